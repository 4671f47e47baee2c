"""Filling equals rendering: a web sheet that was cut from its shape's page is the one that the templates make."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examgen.documents.paper import web_sheet as web_sheets
from examgen.documents.paper.papers import question_page
from examgen.documents.paper.render import sheet_html
from examgen.documents.paper.web_sheet import web_sheet
from examgen.documents.placeholders import person_mark
from examgen.documents.style import STANDARD, PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import csv_bytes
from examgen.exams.keys.key_lines import SHEET_COLUMNS, sheet_csv, sheet_rows
from tests.laws import tried

BANKS = [
    ("question2", None), ("question2", "nielsen"), ("midterm", None), ("minibatch", "row"), ("formulas", None),
    ("matrix-warmups", None), ("scalar-chain", "scalar"), ("relu-integers", None), ("tanh-two-outputs", None),
]  # fmt: skip
LANGUAGES = ["en", "de", "hi"]
HOSTILE = [
    "</script><script>alert(1)</script>", "\"><img src=x onerror='alert(1)'>", "' autofocus onfocus=alert(1) '",
    "&lt;b&gt;&amp;", r"a\b\u003c\n", "{variant}{{ 7 * 7 }}{% raw %}", "$\\frac{1}{2}$ \\$ %s", "a\u2028b\u2029c\x85",
    "=1+1", ",;\t\"\"", "\U0001f9ee\U0001f469\u200d\U0001f393", "\U000f0000\U000f0001\ue000", "A\u030a\u05d0\u202e",
    "@@person 2@@", person_mark(0), person_mark(2), " ", "", "0", "a\r\nb",
]  # fmt: skip
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@cache
def drawn(name: str, notation: str | None) -> tuple[Exam, Sequence[Variant]]:
    """Papers of several shapes, where there are several."""
    loaded = load_exam(name, 7, notation)
    return loaded.exam, draw_variants(loaded, [Student(f"s{place}", "") for place in range(4)])


def rendered(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> bytes:
    """The page as the templates make it for this one student."""
    rows = [(question, field, symbol) for _, _, _, question, field, symbol, _ in sheet_rows(exam, [variant])]
    return sheet_html(question_page(exam, variant, style), rows).encode()


@pytest.mark.parametrize(
    ("name", "notation", "language"), [(*bank, LANGUAGES[place % 3]) for place, bank in enumerate(BANKS)]
)
def test_a_filled_sheet_is_the_rendered_one(name: str, notation: str | None, language: str) -> None:
    """Byte for byte, whatever the exercise, its numbers, the notation and the language."""
    exam, variants = drawn(name, notation)
    style = PaperStyle(language)
    for variant in variants:
        for student, person in (("s1", "Ada <Lovelace> & 'Co'"), ("s1", ""), ("", "Ada"), ("", "")):
            own = replace(variant, student=student, name=person)
            assert web_sheet(exam, own, style) == rendered(exam, own, style)


@tried(60)
@given(TEXTS, TEXTS, TEXTS)
@example('"><script>alert(1)</script>', "</output></form><script>", "'\"&<>")
@example(person_mark(1), person_mark(2), person_mark(0))
def test_a_hostile_student_stays_text(student: str, name: str, code: str) -> None:
    """Nothing in an id, a name or a code is taken for markup, for a template, or for what is filled in."""
    exam, variants = drawn("scalar-chain", None)
    own = replace(variants[0], student=student, name=name, code=code)
    page = web_sheet(exam, own)
    assert page == rendered(exam, own)
    read, usual = Read(page), Read(web_sheet(exam, replace(variants[0], student="s1", name="Ada" if name else "")))
    assert read.student == student
    assert read.code == code
    assert read.tags == usual.tags
    assert read.script == usual.script


class Read(HTMLParser):
    """What a browser finds: all tags with the names of their attributes, the script, and whose sheet it is."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.script = ""
        self.student: str | None = None
        self.code: str | None = None
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        # Only a sheet for anybody can have its number changed.
        self.tags.append((tag, *(name for name in found if name != "readonly")))
        if found.get("id") == "student":
            self.student = found["value"]
        if found.get("id") == "sheet":
            self.code = found["data-variant"]

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script":
            self.script += data


def test_a_theme_changes_the_words_of_a_filled_sheet_too(tmp_path: Path) -> None:
    """A word may show the code twice, or not at all, and braces and tags in it are text."""
    (tmp_path / "texts").mkdir()
    words = 'variant = "{variant} <b>&</b> {{x}} {variant}"\nsheet_title = "</title>"\nname = "Wer \\"?\\""\n'
    (tmp_path / "texts" / "de.toml").write_text(words, encoding="utf-8")
    (tmp_path / "texts" / "fr.toml").write_text('variant = "Copie"', encoding="utf-8")
    exam, variants = drawn("question2", None)
    own = replace(variants[0], student="<s&1>", name="Ada")
    code = own.code.encode()
    for language, count in (("de", 3), ("fr", 1)):
        style = PaperStyle.of(language, "a4", tmp_path)
        page = web_sheet(exam, own, style)
        assert page == rendered(exam, own, style)
        assert page.count(code) == count


def test_an_exam_may_be_named_like_a_slot() -> None:
    """The name of a bank's file is any; no character of it is taken for what is filled in."""
    exam, variants = drawn("scalar-chain", None)
    for name in ("\U000f0000-7", "@@person 0@@", '"><b>'):
        other = replace(exam, id=name)
        assert web_sheet(other, variants[0]) == rendered(other, variants[0])


def test_a_page_is_rendered_once_for_all_students_of_a_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are; who has no name or is not known has a page of another kind."""
    exam, [variant, *_] = drawn("scalar-chain", None)
    pages = []

    def counted(*arguments: object) -> str:
        pages.append(arguments)
        return sheet_html(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(web_sheets, "sheet_html", counted)
    web_sheets._skeleton.cache_clear()
    made = {web_sheet(exam, replace(variant, student=f"s{place}", name=f"N {place}")) for place in range(50)}
    assert len(made) == 50
    assert len(pages) == 1
    for place in range(3):
        web_sheet(exam, replace(variant, student=f"s{place}", name=""))
        web_sheet(exam, replace(variant, student="", name=""))
    assert len(pages) == 3


@tried(60)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_the_table_of_the_sheet_is_its_rows(people: list[tuple[str, str]]) -> None:
    """Lines that are put together from parts are those that are written cell by cell, quotes and line ends included."""
    exam, variants = drawn("midterm", None)
    own = [
        replace(variant, student=student, code=code) for variant, (student, code) in zip(variants, people, strict=False)
    ]
    assert sheet_csv(exam, own) == csv_bytes(SHEET_COLUMNS, sheet_rows(exam, own))
