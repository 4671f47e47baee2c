"""Pages of notes in printed feedback: put in for each student behind a layout that knows nothing of them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from examgen.batch.returned.class_feedback import student_feedback
from examgen.documents.feedback.printed.feedback_layout import _laid_out
from examgen.documents.feedback.web_and_print import feedback_pdf
from examgen.documents.style import PaperStyle
from tests.feedback_rows import Did, class_of, rows_of
from tests.misconception_names import NAMES
from tests.pdf_structure import file_findings, read_pdf, ua_findings
from tests.stamped_pages import alternative_texts, page_texts
from tests.unit.test_feedback_texts import FORMULA, WITH_SLOTS

EXAM = "scalar-chain"
FIELDS = ("z1", "z2", "dC_dz2")
TITLE = "What went wrong"


def pdf_of(did: Mapping[str, Did], language: str = "en") -> bytes:
    """A student's feedback on paper."""
    key = class_of(EXAM, "s1")
    variant = key.variants[0]
    told = student_feedback(key.exam, variant, "s1", rows_of(key, variant, did))
    return feedback_pdf(key.exam, variant, told, PaperStyle(language))


def wrong(*names: str) -> dict[str, Did]:
    """Entries that these misconceptions explain, each an entry of its own."""
    return {field: Did("9.0000", "wrong", 9.0, None, name) for field, name in zip(FIELDS, names, strict=False)}


def bookmarks(pdf: bytes) -> list[str]:
    """Titles of the bookmarks, but not of those below the worked solution."""
    found: Any = PdfReader(BytesIO(pdf)).outline
    while len(found) > 1 and isinstance(found[1], list):
        found = found[1]
    return [str(one.title) for one in found if not isinstance(one, list)]


@pytest.mark.parametrize(
    ("names", "pages"),
    [((), 0), (("no-slope",), 1), (("no-slope|layer-skipped|ascent", "log10|no-bias|no-update", "bce-sign|ascent"), 2)],
)
def test_pages_of_notes_are_tagged_like_all_others(tmp_path: Path, names: tuple[str, ...], pages: int) -> None:
    """There are as many as the notes need, none without notes; they are numbered, tagged, and have a bookmark."""
    pdf = pdf_of(wrong(*names))
    path = tmp_path / "feedback.pdf"
    path.write_bytes(pdf)
    assert ua_findings(read_pdf(path)) + file_findings(path) == []
    texts = page_texts(pdf)
    assert sum(TITLE in text or "Note 3:" in text for text in texts) == pages
    assert all(re.search(rf"\b{number} / {len(texts)}\b", text) for number, text in enumerate(texts, start=1))
    assert (TITLE in bookmarks(pdf)) is bool(pages)


def test_notes_of_a_language_beyond_the_font_are_in_the_layout() -> None:
    """Hindi pages have their explanations and their numbers, too."""
    texts = page_texts(pdf_of(wrong("no-slope"), "hi"))
    assert sum("9.0000" in text for text in texts) >= 1
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts, start=1))


def test_a_name_beyond_the_font_has_notes_like_any_other() -> None:
    """Only the name is set by the layout."""
    key = class_of(EXAM, "s1")
    variant = replace(key.variants[0], name="王小明")
    told = student_feedback(key.exam, variant, "s1", rows_of(key, variant, wrong("no-slope")))
    assert "Note 1: Slope left out" in " ".join(page_texts(feedback_pdf(key.exam, variant, told, PaperStyle())))


@pytest.mark.parametrize("names", [("no-slope",), ("ascent", "log10", "no-bias"), ("no-slope|layer-skipped",) * 3])
def test_notes_stand_before_all_answers(names: tuple[str, ...]) -> None:
    """On the first page behind the marks, in the bookmarks, and where a screen reader is, however long they are."""
    pdf = pdf_of(wrong(*names))
    titles = bookmarks(pdf)
    assert titles.index(TITLE) < titles.index("Your answers")
    texts = page_texts(pdf)
    assert TITLE in texts[0]
    text = " ".join(texts)
    assert text.index(TITLE) < text.rindex("Note ") < text.index("Your answers")
    with pikepdf.open(BytesIO(pdf)) as document:
        roles = [str(kid.S) for kid in document.Root.StructTreeRoot.K[0].K]
        assert roles.index("/Div") < roles.index("/H2")


def test_students_with_other_misconceptions_share_a_layout() -> None:
    """Which notes there are, how many and about which entries needs no layout of its own."""
    alike: list[tuple[str, ...]] = [(), ("no-slope",), ("log10", "no-bias")]
    for names in alike:
        pdf_of(wrong(*names))
    before = _laid_out.cache_info().misses
    for names in (("ascent",), ("log10", "no-bias"), ("not-transposed|single-path", "no-update", "error-sign")):
        pdf_of(wrong(*names))
    assert _laid_out.cache_info().misses == before


@pytest.mark.parametrize("turn", range(len(WITH_SLOTS)))
def test_every_note_is_printed_with_all_its_letters(turn: int) -> None:
    """What should be, as copied from the page, is what the language file says, and no character is unknown; the notes
    in one language after another."""
    language = WITH_SLOTS[turn]
    words = PaperStyle(language).words["misconceptions"]
    for start in range(turn * len(FIELDS), len(NAMES), len(WITH_SLOTS) * len(FIELDS)):
        names = NAMES[start : start + len(FIELDS)]
        text = " ".join(page_texts(pdf_of(wrong(*names), language)))
        assert "\ufffd" not in text
        copied = re.sub(r"\s", "", text)
        for name in names:
            for part in (words[name]["title"], *FORMULA.split(words[name]["should"])[::2]):
                assert re.sub(r"\s", "", part) in copied, part


def test_numbers_of_a_note_are_the_students_own() -> None:
    """The calculation has the numbers that the student wrote before: 1.2 · 0.6 · 0.4 is 0.288."""
    did = {
        "A2": Did("0.6000", "wrong", 0.6, 0.51749),
        "dC_dA2": Did("1.2000", "follow_through", 1.2, 1.2),
        "dC_dz2": Did("1.2000", "wrong", 1.2, 0.288, "no-slope"),
    }
    pdf = pdf_of(did)
    [text] = [text for text in page_texts(pdf) if TITLE in text]
    assert "earlier values lead to 0.2880" in text
    assert "1.2000" in text
    assert "0.2400" in text
    assert any("1.2 times 0.2400" in said for said in alternative_texts(pdf))


def test_decimal_comma_is_in_notes_too() -> None:
    """Numbers have the mark of the language in sentences and calculations; what was typed stays."""
    [text] = [
        text for text in page_texts(pdf_of(wrong("no-bias"), "de")) if "schiefging" in text or "Hinweis 1" in text
    ][-1:]
    assert re.search(r"\d,\d{4}", text)
    assert "9.0000" in text


def test_numbers_with_many_digits_widen_the_calculation() -> None:
    """A student's wild number is printed in full."""
    did = {
        "A2": Did("123456.6000", "wrong", 123456.6, 0.51749),
        "w2_new": Did("9.0000", "wrong", 9.0, None, "ascent"),
    }
    assert pdf_of(did).startswith(b"%PDF-")


def test_same_feedback_is_the_same_file() -> None:
    """Byte for byte, also from a layout that is made anew."""
    first = pdf_of(wrong("no-slope", "log10"))
    _laid_out.cache_clear()
    assert pdf_of(wrong("no-slope", "log10")) == first
