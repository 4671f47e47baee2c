"""The PDF files of shipped exams: all of them is read by ear and in order, and no question paper holds its key."""

import csv
import getpass
import json
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

import examgen
from examgen.resources import shipped
from tests.laws import some_of
from tests.pdf_structure import (
    PdfReading,
    file_findings,
    leaks,
    number_secrets,
    numbers_in_reading_order,
    read_pdf,
    read_text,
    trace_findings,
    ua_findings,
)
from tests.printed_boxes import form_names, texts_in_boxes

SEED = 987654321
"""It draws numbers as wide as those of the goldens for nearly all exams: one layout serves both."""

IN_PARTS = frozenset({"midterm"})
"""Exams that are read family by family: as long as another one that is read as a whole, and of the same templates."""

OTHER_NOTATIONS = (("tanh-two-outputs", "nielsen"),)
"""In the one notation that no family has by itself."""

TRANSLATED = (("scalar-chain", "de"), ("scalar-chain", "hi"))
"""With a decimal comma, and with letters that are shaped; other languages have other words on the same pages."""

WITH_FILLED = frozenset({"relu-integers", "homework", "formulas", "final"})
"""Exams whose filled papers are read as a whole, and so are those in other notations and languages: with answers of all
kinds. What others have behind the question paper are the same boxes with other numbers."""

COMMA_LANGUAGES = frozenset({"de"})
"""Languages that write a decimal comma."""

CHAINS = ({"z", "a", "loss"}, {"dL_da"}, {"dL_dz"}, {"slope"}, {"dL_dW", "dL_db"}, {"W_new", "b_new"}, {"product"})
"""Quantities that a sheet and a worked solution go through in the same order; these mix them each in its own way."""

ALLOWED: dict[str, str] = {
    r"page \d+: characters that no reader can say: \['U\+0000'\]": (
        "the map of characters that WeasyPrint writes for shaped Devanagari names no character for some marks"
    ),
}
"""Findings that are known, as patterns of the whole line, with the reason. To be emptied."""

MARGIN = 45  # pt from the edge of the paper, where the lines are that the structure tree leaves out
COMMON_WORDS = 6  # letters: shorter names of users and machines may well be part of a word


@dataclass(frozen=True)
class Case:
    """A shipped exam in a notation and language; its own where there is none."""

    exam: str
    notation: str | None = None
    language: str | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.exam, self.notation, self.language)))


@dataclass(frozen=True)
class Papers:
    """The files of one paper, each read when it is first asked for; that of the only student of a class, or of nobody
    in particular."""

    folder: Path
    has_comma: bool
    student: str = ""
    reads_filled: bool = True

    def pointed(self, text: str) -> str:
        """A text with decimal points, whatever its language writes."""
        return re.sub(r"(?<=\d),(?=\d)", ".", text) if self.has_comma else text

    @cached_property
    def questions(self) -> PdfReading:
        """What is handed out."""
        handout = self.folder / "handout" / self.student if self.student else self.folder
        return read_pdf(handout / "questions.pdf")

    @cached_property
    def key(self) -> PdfReading:
        """The worked solution."""
        key = self.folder / "key"
        return read_pdf(key / "papers" / f"{self.student}.pdf" if self.student else key / "answers.pdf")

    @cached_property
    def filled(self) -> PdfReading:
        """The question paper with its boxes filled in."""
        key = self.folder / "key"
        return read_pdf(key / "filled" / f"{self.student}.pdf" if self.student else key / "filled.pdf")

    @property
    def as_filled(self) -> tuple[PdfReading, ...]:
        """The filled paper, where all of it is read."""
        return (self.filled,) if self.reads_filled else ()

    @cached_property
    def entries(self) -> list[dict[str, str]]:
        """The key's entries, in the order of the sheet."""
        with (self.folder / "key" / "answers.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """Those that ask for numbers."""
        return [row for row in self.entries if row["decimals"]]

    @cached_property
    def givens(self) -> list[str]:
        """All numbers that are given, as drawn."""
        lines = (self.folder / "key" / "variants.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [question for line in lines for question in json.loads(line, parse_float=str)["questions"].values()]
        return [str(number) for question in questions for number in _flat(question["givens"])]


def unexpected(findings: Sequence[str]) -> list[str]:
    """Findings that are not known."""
    return [finding for finding in findings if not any(re.fullmatch(pattern, finding) for pattern in ALLOWED)]


def _cases() -> list[Case]:
    """Every shipped exam and family; one that is a question of an exam is read there. What is worked out for all with
    fixed numbers has the pages of families."""
    texts = {
        path.stem: path.read_text(encoding="utf-8")
        for path in shipped("banks").rglob("*.toml")
        if path.parent.name != "worked" and path.stem not in IN_PARTS
    }
    asked_elsewhere = {name for text in texts.values() for name in re.findall(r'(?m)^family = "(.*)"', text)}
    exams = sorted(texts.keys() - asked_elsewhere)
    cases = [Case(exam) for exam in exams] + [Case(*pair) for pair in OTHER_NOTATIONS]
    return cases + [Case(exam, None, language) for exam, language in TRANSLATED]


@pytest.fixture(scope="module", params=some_of(_cases(), 10, 3), ids=str)
def papers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """The papers of each case in turn, made once for all tests: of a class of one, and in other notations and languages
    for nobody in particular."""
    case: Case = request.param
    folder = tmp_path_factory.mktemp("papers")
    if case == Case(case.exam):
        roster = tmp_path_factory.mktemp("roster") / "roster.csv"
        roster.write_text("id,name\ns1,Ada\n", encoding="utf-8")
        return Papers(
            examgen.make_class(case.exam, roster, seed=SEED, out=folder).folder, False, "s1", case.exam in WITH_FILLED
        )
    more: dict[str, Any] = {"language": case.language} if case.language else {}
    made = examgen.make(case.exam, seed=SEED, notation=case.notation, out=folder, **more)
    return Papers(made.folder, case.language in COMMA_LANGUAGES)


def test_papers_are_accessible_and_in_order(papers: Papers) -> None:
    """Question paper and key meet PDF/UA-1, and are read from the first page to the last and from top to bottom."""
    for reading in (papers.questions, papers.key, *papers.as_filled):
        assert unexpected(ua_findings(reading)) == [], reading.path.name
        assert file_findings(reading.path) == [], reading.path.name


def test_only_margins_are_left_out_of_the_structure_tree(papers: Papers) -> None:
    """What is not in the structure tree repeats the title, the page number or the variant in a margin."""
    for reading in (papers.questions, papers.key):
        marks = set(reading.tree.marks()) if reading.tree is not None else set()
        for item in reading.drawn:
            if item.text.strip() and item.mark not in marks:
                height = float(reading.pdf.pages[item.page - 1].mediabox[3])
                assert min(item.y, height - item.y) < MARGIN, item


def test_numbers_are_read_in_the_order_of_the_work(papers: Papers) -> None:
    """A key, read in the order of its structure tree, comes to each result after those that it rests on."""
    text = papers.pointed(read_text(papers.key))
    for question, rows in groupby(papers.rows, lambda row: row["question"]):
        asked = list(rows)
        for chain in CHAINS:
            expected = [_printed(row) for row in asked if row["quantity"] in chain]
            assert numbers_in_reading_order(text, expected) == [], (question, sorted(chain))


def test_numbers_are_extracted_by_other_programs(papers: Papers) -> None:
    """All results stand in the key's text, and all given numbers in that of the question paper."""
    results = {Decimal(_printed(row)) for row in papers.rows}
    assert results - _numbers(papers.pointed(papers.key.extracted_text)) == set()
    givens = {Decimal(number) for number in papers.givens}
    assert givens - _numbers(papers.pointed(papers.questions.extracted_text)) == set()


def test_question_paper_holds_nothing_of_its_key(papers: Papers) -> None:
    """No object of it tells a result, the seed, where the key is, or where and by whom it was made."""
    secrets = number_secrets([row["answer"] for row in papers.rows], papers.givens)
    secrets |= {row["answer"] for row in papers.entries if "*" in row["answer"]}
    assert leaks(papers.questions.stored_texts, secrets | _origins(papers) | {"key/answers", "variants.jsonl"}) == []
    assert trace_findings(papers.questions.pdf, papers.questions.stored_texts) == []


def test_key_tells_nothing_of_time_and_machine(papers: Papers) -> None:
    """The key holds no date, path, seed, or name of a user or machine either."""
    for reading in (papers.key, *papers.as_filled):
        assert leaks(reading.stored_texts, _origins(papers)) == []
        assert trace_findings(reading.pdf, reading.stored_texts) == []


def test_each_box_holds_its_answer_and_nothing_else(papers: Papers) -> None:
    """What another program finds in each box is the key's entry, to its digits, and so is what the field says."""
    in_boxes, in_fields = texts_in_boxes(papers.filled)
    names = form_names(papers.entries)
    assert in_boxes.keys() == in_fields.keys() == set(names)
    for name, row in zip(names, papers.entries, strict=True):
        expected = row["answer"]
        if row["decimals"]:
            expected = _printed(row).replace(".", "," if papers.has_comma else ".")
        assert in_boxes[name] == expected.replace("-", "−").replace(" ", ""), name
        assert in_fields[name].replace("−", "-") == expected, name


def test_the_paper_itself_is_not_touched(papers: Papers) -> None:
    """The filled paper is the question paper and its answers behind it, and no field of it can be changed."""
    own = papers.filled.path.read_bytes()
    assert own.startswith(papers.questions.path.read_bytes())
    names = form_names(papers.entries)
    flags = {str(field.T): int(field.get("/Ff", 0)) for field in papers.filled.pdf.Root.AcroForm.Fields}
    assert {flags[name] for name in names} == {1}


def _origins(papers: Papers) -> set[str]:
    """What would tell where a paper comes from."""
    names = {name for name in (getpass.getuser(), socket.gethostname()) if len(name) >= COMMON_WORDS}
    return names | {str(SEED), str(papers.folder), str(Path.cwd())}


def _printed(row: dict[str, str]) -> str:
    """A result as the key prints it: 0 has no sign."""
    rounded = round(Decimal(row["answer"]), int(row["decimals"]))
    return f"{rounded if rounded else abs(rounded):f}"


def _numbers(text: str) -> set[Decimal]:
    """All numbers of a text, both with and without a minus before them."""
    found = re.findall(r"(-?)\s?(\d+(?:\.\d+)?)", text.replace("−", "-"))
    return {Decimal(sign + number) for sign, number in found} | {Decimal(number) for _, number in found}


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _flat(inner)
    else:
        yield value
