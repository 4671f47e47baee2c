"""Characters that no font can show: they are told, wherever they stand and as often as a paper is made."""

import logging
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from examgen import make_class
from examgen.batch import making
from examgen.documents.paper import printing
from examgen.documents.paper.printing import PrintedPaper, print_key, print_questions
from examgen.documents.pdf.html_pdf import set_pages
from examgen.documents.pdf.stored import store
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from tests.small_banks import FIXED, changed, written

# Not assigned by Unicode, so that no font of any machine has them.
NOWHERE, NOR_HERE = "\u0378", "\u0379"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Layouts of other tests are not looked at."""
    monkeypatch.setattr(store, "_folder", lambda: tmp_path / "store")
    printing._skeleton.cache_clear()
    yield
    printing._skeleton.cache_clear()


def kept() -> list[str]:
    """Names of the layouts on the disk."""
    return sorted(path.name for path in store._folder().glob("*"))


def page(text: str) -> str:
    """A document of one paragraph."""
    return f"<html lang='en'><title>t</title><p>{text}"


def characters_of(pdf: bytes) -> list[bytes]:
    """The tables that tell a viewer which characters a font's glyphs are."""
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item]
        return [font.ToUnicode.read_bytes().lower() for font in fonts]


def drawn(loaded: LoadedExam, name: str = "Ada") -> Variant:
    """One student's variant."""
    [variant] = draw_variants(loaded, [Student("s1", name)])
    return variant


def test_each_missing_character_is_told_once_and_in_order() -> None:
    """Others beside them are not."""
    assert set_pages(page(f"a{NOR_HERE}b {NOWHERE}{NOR_HERE}"), {}).missing == NOR_HERE + NOWHERE


@pytest.mark.parametrize("text", ["Łukasz Żółć", "Ωμέγα", "Жуков", "Nguyễn", "हिन्दी", "e\u0301", "a\u200d\u00ad\ufe0f"])
def test_what_the_shipped_fonts_have_is_not_told(text: str) -> None:
    """Neither are characters that are not to be seen."""
    assert set_pages(page(text), {}).missing == ""


def test_a_silenced_log_tells_too(caplog: pytest.LogCaptureFixture) -> None:
    """What a program does with the log changes nothing, and the log is left as it was."""
    logger = logging.getLogger("weasyprint")
    before = logger.level, list(logger.filters)
    logger.setLevel(logging.CRITICAL)
    try:
        pages = set_pages(page(f"{NOWHERE}<p style='color: nonsense'>x"), {})
        assert (logger.level, logger.filters) == (logging.CRITICAL, before[1])
    finally:
        logger.setLevel(before[0])
    assert pages.missing == NOWHERE
    assert caplog.records == []


def test_a_name_is_told_and_can_be_copied() -> None:
    """On the paper and on its key; viewers are told which characters stand under the boxes."""
    loaded = load_exam("scalar-chain", 7)
    for made in (
        print_questions(loaded.exam, drawn(loaded, f"Ada {NOWHERE}")),
        print_key(loaded.exam, drawn(loaded, f"Ada {NOWHERE}")),
    ):
        assert made.missing == NOWHERE
        assert any(f"<{ord(NOWHERE):04x}>".encode() in table for table in characters_of(made.pdf))
    assert print_questions(loaded.exam, drawn(loaded)).missing == ""


def test_text_of_a_bank_is_told_every_time(tmp_path: Path) -> None:
    """Also of the second paper and in the next run; such a layout is not kept, for a font may come."""
    bank = changed(FIXED, ('text = "Go."', f'text = "Go {NOWHERE}."'))
    loaded = load_exam(written(tmp_path, bank), 1)
    for _ in range(2):
        assert [print_questions(loaded.exam, drawn(loaded, name)).missing for name in ("Ada", "Bob")] == [NOWHERE] * 2
        printing._skeleton.cache_clear()
    assert kept() == []
    whole = load_exam(written(tmp_path, FIXED), 1)
    print_questions(whole.exam, drawn(whole))
    assert len(kept()) == 1


@pytest.fixture
def without_tibetan(monkeypatch: pytest.MonkeyPatch) -> None:
    """No typesetting: fonts lack the letters of one script, and the exam has a sign that they lack."""

    def printed(exam: Exam, variant: Variant, *_: object) -> PrintedPaper:
        shown = f"{variant.student}{variant.name}☃{exam.title}"
        return PrintedPaper(b"%PDF", "".join(dict.fromkeys(char for char in shown if char == "☃" or "ༀ" <= char < "࿿")))

    monkeypatch.setattr(making, "print_questions", printed)
    monkeypatch.setattr(making, "print_key", printed)
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF")


@pytest.mark.usefixtures("without_tibetan")
def test_a_class_has_a_notice_for_each_student_and_one_for_the_exam(tmp_path: Path) -> None:
    """Who, which characters by number and name, at most five and how many more, and what to do."""
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\ns1,Ada\ns2,ཀ\ns3,ཀཁགངཅཆཇཀ\nཀ4,Bob\n", encoding="utf-8")
    notices = make_class("scalar-chain", roster, seed=7, out=tmp_path / "class").notices
    advice = (
        "boxes stand there. Install a font with that script, such as the Noto font for it, and make the papers again"
    )
    assert [notice.removesuffix(advice) for notice in notices if notice.endswith(advice)] == [
        "exam 'scalar-chain-j4vdfj': no font has U+2603 SNOWMAN; ",
        "student 's2': no font has U+0F40 TIBETAN LETTER KA; ",
        "student 's3': no font has U+0F40 TIBETAN LETTER KA, U+0F41 TIBETAN LETTER KHA, U+0F42 TIBETAN LETTER GA, "
        "U+0F44 TIBETAN LETTER NGA, U+0F45 TIBETAN LETTER CA and 2 more; ",
        "student 'ཀ4': no font has U+0F40 TIBETAN LETTER KA; ",
    ]
