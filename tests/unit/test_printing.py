"""Papers as PDF: names of all kinds, one layout per shape, the same bytes always, fields, and nothing of the key."""

import os
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader, PdfWriter

from examgen.documents.paper import printing
from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.documents.pdf.stamping import PaperSkeleton
from examgen.documents.pdf.stored import store
from examgen.documents.typesetting import fitted, widest_text
from examgen.errors import BankError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.keys.key_lines import sheet_rows
from tests.small_banks import FIXED, changed, written
from tests.stamped_pages import alternative_texts, assert_sound, text_of

PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
SEED = 7_318_204_655_019


@pytest.fixture(autouse=True, scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Layouts of earlier runs are not looked at."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_folder", lambda: folder)
        printing._skeleton.cache_clear()
        yield


@pytest.fixture(scope="module")
def chain() -> LoadedExam:
    """The smallest exam."""
    return load_exam("scalar-chain", SEED)


def paper(loaded: LoadedExam, name: str = "Ada Lovelace", student: str = "s1") -> bytes:
    """What one student is handed."""
    [variant] = draw_variants(loaded, [Student(student, name)])
    return questions_pdf(loaded.exam, variant)


@pytest.mark.parametrize(
    "name", [r"\frac{1}{2} $x$ 5% #1 & ~_^", "<b>Bob</b> (O'Neil)", "Łukasz Żółć", "a\\", "O’Brien–Ünal"]
)
def test_a_name_is_text(chain: LoadedExam, name: str) -> None:
    """Markup, formulas, brackets and backslashes are shown and read aloud as they were typed."""
    pdf = paper(chain, name)
    assert name in text_of(pdf)
    assert alternative_texts(pdf)[:2] == [name, "s1"]


@pytest.mark.parametrize("name", ["\U000f0005", "\U0010ffff", "a\U000f0000b", "@@alt 99@@", "/ExamgenOpen 9 \u2200"])
def test_a_name_is_no_place_for_a_number(chain: LoadedExam, name: str) -> None:
    """What stands for numbers in a layout, and for what is put in later, is a character like any other in a name."""
    text = text_of(paper(chain, name))
    assert re.sub("[\U000f0000-\U0010ffff]", "\ufffd", name) in text
    assert not PRIVATE.search(text)


def test_a_hyphen_is_no_minus(chain: LoadedExam) -> None:
    """A double name and an id are copied as they were given."""
    text = text_of(paper(chain, "Anna-Lena Ångström", "s-12"))
    assert "Anna-Lena Ångström" in text
    assert "s-12" in text


def test_a_long_name_ends_in_an_ellipsis(chain: LoadedExam) -> None:
    """It is cut where its field ends, and seen to be; all of it is read aloud."""
    pdf = paper(chain, "Wolfeschlegelsteinhausen " * 20)
    shown = re.search(r"Wolfe[\w ]*…", text_of(pdf))
    assert shown
    assert 25 < len(shown[0]) < 60
    assert alternative_texts(pdf)[0].count("Wolfe") == 20


def test_the_variant_code_is_never_cut(chain: LoadedExam) -> None:
    """Any eight letters of a code fit, however wide."""
    for student in ("s1", "s2", "s3", "s4", "s5", "s6"):
        [variant] = draw_variants(chain, [Student(student)])
        assert f"Variant {variant.code}" in text_of(questions_pdf(chain.exam, variant))
    assert fitted("WWWWWWWW", len(widest_text(printing.PERSON_WIDTHS[2]))) == "WWWWWWWW"


@pytest.mark.parametrize("name", ["محمد علي", "अदा लवलेस", "Nguyễn Thị Hằng", "עדה", "Ada ∀"])
def test_a_name_that_the_formulas_font_lacks_is_printed(chain: LoadedExam, name: str) -> None:
    """It gets a layout of its own, in which it can be found, and that is not kept."""
    before = {*store._folder().iterdir()}
    pdf = paper(chain, name)
    assert name in text_of(pdf)
    assert "Variant" in text_of(pdf)
    assert {*store._folder().iterdir()} == before


def test_a_shape_is_laid_out_once(chain: LoadedExam, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second student of a shape costs no layout, and neither does the next run."""
    pages: list[object] = []
    laid_out = printing._laid_out

    def counted(*layout: Any) -> PaperSkeleton:
        pages.append(layout)
        return laid_out(*layout)

    monkeypatch.setattr(printing, "_laid_out", counted)
    variants = draw_variants(chain, [Student(f"t{number}") for number in range(20)])
    first = [questions_pdf(chain.exam, variant) for variant in variants]
    count = len(pages)
    assert count <= 2
    assert [questions_pdf(chain.exam, variant) for variant in variants] == first
    printing._skeleton.cache_clear()
    assert [questions_pdf(chain.exam, variant) for variant in reversed(variants)] == first[::-1]
    assert len(pages) == count
    assert len(set(first)) == 20


def test_wider_numbers_widen_the_layout(tmp_path: Path) -> None:
    """Numbers of many digits, and products that have more than any given number, are printed in full."""
    bank = changed(FIXED, ("W1 = [[0.5]]", "W1 = [[-98765.25]]"), ("x = [[1]]", "x = [[-9999]]"))
    bank = changed(bank, ('["sigmoid"]', '["identity"]'))
    loaded = load_exam(written(tmp_path, bank), 1)
    [variant] = draw_variants(loaded, [Student("s1")])
    assert "−98765.25" in text_of(questions_pdf(loaded.exam, variant))
    assert "987553734.8500" in text_of(key_pdf(loaded.exam, variant))


def test_bytes_are_the_same_in_every_process(tmp_path: Path) -> None:
    """Neither hash seeds, time zones, an empty store nor the order of students show: one process begins with nothing,
    the other one with what was laid out before."""
    code = (
        "import sys; from hashlib import sha256\n"
        "from examgen.documents.paper.printing import key_pdf, questions_pdf\n"
        "from examgen.exams.banks.building import Student, draw_variants, load_exam\n"
        "loaded = load_exam('scalar-chain', 7)\n"
        "made = {v.student: questions_pdf(loaded.exam, v) + key_pdf(loaded.exam, v)\n"
        "        for v in draw_variants(loaded, [Student(s) for s in sys.argv[1:]])}\n"
        "print(*(sha256(made[s]).hexdigest() for s in sorted(made)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code, *order],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "XDG_CACHE_HOME": str(tmp_path / cache)},
        ).stdout
        for seed, zone, order, cache in (
            ("1", "Asia/Tokyo", "acd", "x"),
            ("2", "UTC", "dac", os.environ["XDG_CACHE_HOME"]),
        )
    }
    assert len(found) == 1
    assert len(set(found.pop().split())) == 3


@pytest.fixture(scope="module")
def midterm() -> tuple[LoadedExam, bytes]:
    """The longest exam with one student's paper."""
    loaded = load_exam("midterm", SEED)
    return loaded, paper(loaded)


def test_objects_are_where_the_table_says(midterm: tuple[LoadedExam, bytes]) -> None:
    """The file needs no repair, every object can be read, and no mark of an open place is left."""
    pdf = midterm[1]
    assert_sound(pdf)
    with pikepdf.open(BytesIO(pdf), attempt_recovery=False) as document:
        for item in document.objects:
            stored = item.read_bytes() if isinstance(item, pikepdf.Stream) else item.unparse(resolved=True)
            assert not re.search(rb"@@alt|ExamgenOpen|formula:", stored)
            if not isinstance(item, pikepdf.Stream):
                for text in re.findall(rb"<FEFF([0-9A-F]+)>", stored, re.IGNORECASE):
                    assert not PRIVATE.search(bytes.fromhex(text.decode()).decode("utf-16-be"))
    assert not PRIVATE.search(text_of(pdf))


def test_text_can_be_searched_for(midterm: tuple[LoadedExam, bytes]) -> None:
    """Letters that are set as one sign are copied as the letters that they are."""
    text = text_of(midterm[1])
    assert "Affine map" in text
    assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]", text)


def test_papers_hold_nothing_of_the_key(midterm: tuple[LoadedExam, bytes]) -> None:
    """No reference value and no seed is in any stream or string; a number of the key is found in its key."""
    loaded, pdf = midterm
    [variant] = draw_variants(loaded, [Student("s1", "Ada Lovelace")])
    key = set(re.findall(r"\d+\.\d{4,}", text_of(key_pdf(loaded.exam, variant))))
    assert len(key) > 30
    with pikepdf.open(BytesIO(pdf)) as document:
        everything = b"\n".join(
            item.read_bytes() if isinstance(item, pikepdf.Stream) else item.unparse(resolved=True)
            for item in document.objects
        )
    said = text_of(pdf) + " ".join(alternative_texts(pdf))
    assert not [number for number in key if number in said]
    assert str(SEED).encode() not in everything
    assert b"Forward pass of" not in everything


def test_every_answer_is_a_field_that_can_be_filled(midterm: tuple[LoadedExam, bytes]) -> None:
    """Another program types into each, saves, and finds it again."""
    loaded, pdf = midterm
    [variant] = draw_variants(loaded, [Student("s1", "Ada Lovelace")])
    names = [f"{question}_{field}" for _, _, _, question, field, _, _ in sheet_rows(loaded.exam, [variant])]
    writer = PdfWriter(clone_from=BytesIO(pdf))
    assert set(names) <= set(writer.get_fields() or {})
    typed = {name: f"{place / 4:.2f}" for place, name in enumerate(names)}
    for page in writer.pages:
        writer.update_page_form_field_values(page, typed, auto_regenerate=False)
    saved = BytesIO()
    writer.write(saved)
    values = PdfReader(saved).get_form_text_fields() or {}
    assert {name: values[name] for name in names} == typed


def test_fields_of_a_single_question_are_called_as_in_the_sheet(chain: LoadedExam) -> None:
    """The field ids alone, and what they mean for a screen reader."""
    [variant] = draw_variants(chain, [Student("s1")])
    fields = PdfReader(BytesIO(paper(chain))).get_fields() or {}
    for _, _, _, _, field, symbol, _ in sheet_rows(chain.exam, [variant]):
        assert symbol.partition(" (step")[0] in fields[field]["/TU"]


def test_stamping_needs_no_more_memory_for_more_papers(chain: LoadedExam) -> None:
    """A school of students leaves nothing behind but one layout."""
    variants = draw_variants(chain, [Student(f"u{number}") for number in range(600)])
    for variant in variants[:50]:
        questions_pdf(chain.exam, variant)
    digest = sha256()
    tracemalloc.start()
    for variant in variants[50:100]:
        digest.update(questions_pdf(chain.exam, variant))
    few = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    for variant in variants[100:500]:
        digest.update(questions_pdf(chain.exam, variant))
    tracemalloc.start()
    for variant in variants[500:]:
        digest.update(questions_pdf(chain.exam, variant))
    many, left = tracemalloc.get_traced_memory()[::-1]
    tracemalloc.stop()
    assert many < 2 * few + 1_000_000
    assert left < 3_000_000


@pytest.mark.parametrize("command", [r"\includegraphics{x}", r"\frac{1}"])
def test_a_formula_that_cannot_be_set_is_told(tmp_path: Path, command: str) -> None:
    """The message names the question and shows the formula."""
    bank = changed(FIXED, ('text = "Go."', f"text = '${command}$'"))
    loaded = load_exam(written(tmp_path, bank), 1)
    [variant] = draw_variants(loaded, [Student("s1")])
    with pytest.raises(BankError, match=r"Question 1: .*" + re.escape(command[:5])):
        questions_pdf(loaded.exam, variant)
