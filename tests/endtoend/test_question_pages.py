"""Question papers as students and instructors see them: boxes to write in, the head of a paper, and room to work."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from examgen.batch import making
from examgen.cli import app
from examgen.documents.paper.printing import PrintedPaper
from tests.pdf_structure import Drawn, PdfReading, file_findings, read_pdf, ua_findings

MM = 72 / 25.4
LEAST_BOX = 11 * MM
LEAST_LABEL = 7.0
SLACK = 0.5

EXAM = """title = "Midterm"
course = "CS 101: Neural networks"
date = 2026-11-27
duration = 90
[[questions]]
family = "matrix-warmups"
[[questions]]
family = "scalar-chain"
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A field of the form on its page; points from the lower left corner."""

    page: int
    name: str
    left: float
    bottom: float
    right: float
    top: float


@pytest.fixture(autouse=True)
def keys_are_not_typeset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only question papers are looked at here."""
    monkeypatch.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")


def run(*arguments: str, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code, done.output
    return done.output


def made(folder: Path, exam: str, *options: str) -> PdfReading:
    """The question paper that the command line makes."""
    run("make", exam, "--seed", "3", "--out", str(folder), *options)
    return read_pdf(folder / "questions.pdf")


def answer_boxes(reading: PdfReading) -> list[Box]:
    """The boxes for answers, in the order of the form."""
    found = []
    for number, page in enumerate(reading.pdf.pages, start=1):
        annotations: Any = page.obj.get("/Annots", [])
        for widget in annotations:
            left, bottom, right, top = map(float, widget.Rect)
            bottom, top = sorted((bottom, top))
            if top > bottom and str(widget.T) != "student":
                found.append(Box(number, str(widget.T), left, bottom, right, top))
    return found


def written(reading: PdfReading) -> list[Drawn]:
    """All text on the pages."""
    return [item for item in reading.drawn if item.text.strip()]


def fields_of(folder: Path) -> dict[str, str]:
    """The symbol of each field of the sheet."""
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        return {row["field"]: row["symbol"].partition(" (step")[0] for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("exam", "options", "most_pages"),
    [
        ("tanh-sigmoid-2-1-2", (), 1),
        ("matrix-warmups", ("--paper", "letter"), 1),
        ("sigmoid-chain", (), 2),
        ("question2", ("--notation", "row", "--language", "de"), 3),
    ],
)
def test_boxes_can_be_written_in(tmp_path: Path, exam: str, options: tuple[str, ...], most_pages: int) -> None:
    """Boxes are 11 mm high inside, symbols stand above and not in them, and no page is there for one box."""
    reading = made(tmp_path / "paper", exam, *options)
    boxes, letters, symbols = answer_boxes(reading), written(reading), fields_of(tmp_path / "paper")
    assert len(reading.pdf.pages) <= most_pages
    assert sorted(box.name for box in boxes) == sorted(symbols)
    for box in boxes:
        assert box.top - box.bottom >= LEAST_BOX - 0.01
        here = [item for item in letters if item.page == box.page]
        assert [item for item in here if _overlaps(item, box)] == []
        label = [item for item in here if box.top < item.y < box.top + 8 and box.left - 2 < item.x < box.right]
        if label:
            assert "".join(item.text for item in label).replace(" ", "") == symbols[box.name].replace(" ", "")
            assert min(item.size for item in label) >= LEAST_LABEL
    for page in range(1, len(reading.pdf.pages) + 1):
        assert len([box for box in boxes if box.page == page]) != 1


def _overlaps(item: Drawn, box: Box) -> bool:
    return item.right > box.left + 1 and item.x < box.right - 1 and box.bottom < item.y < box.top


@pytest.mark.parametrize(
    ("exam", "language"),
    [("question2", "en"), *(("scalar-chain", language) for language in ("de", "hi"))],
)
def test_every_paper_has_its_whole_title_at_the_right_edge(tmp_path: Path, exam: str, language: str) -> None:
    """The foot says the title in full, flush right, and no heading says it again."""
    reading = made(tmp_path / "paper", exam, "--language", language)
    right_margin = float(reading.pdf.pages[0].mediabox[2]) - 20 * MM
    title = str(reading.pdf.docinfo["/Title"])
    for page in range(1, len(reading.pdf.pages) + 1):
        foot = [item for item in written(reading) if item.page == page and item.y < 17 * MM]
        lines = [item for item in foot if item.x > 300]
        assert max(item.right for item in lines) == pytest.approx(right_margin, abs=SLACK)
        if language != "hi":
            assert "".join("".join(item.text for item in lines).split()) == "".join(title.split())
    assert not re.search(r"1\s?: " + re.escape(title[:12]), reading.extracted_text)


def test_head_of_an_exam(tmp_path: Path) -> None:
    """Course, date, duration and the marks of each question stand on the first page, in the language of the paper."""
    (tmp_path / "exam.toml").write_text(EXAM, encoding="utf-8")
    words = {
        "en": ("2026-11-27", "90 minutes", "Reached"),
        "es": ("27/11/2026", "90 minutos", "Número de matrícula"),
    }
    for language, expected in words.items():
        reading = made(tmp_path / language, str(tmp_path / "exam.toml"), "--language", language)
        text = " ".join(reading.extracted_text.split())
        for part in (*expected, "CS 101: Neural networks", "26", "17", "43"):
            assert part in text
        assert unexpected(reading) == []


def unexpected(reading: PdfReading) -> list[str]:
    """What a screen reader stumbles over."""
    return [*ua_findings(reading), *file_findings(reading.path)]


def test_head_changes_neither_numbers_nor_id(tmp_path: Path) -> None:
    """A paper that is printed again with another date has the same sheet, so that all answers can be marked."""
    sheets = set()
    for place, change in enumerate(("", "2027-01-05", '"spring term"')):
        text = EXAM.replace("2026-11-27", change) if change else EXAM
        (tmp_path / "exam.toml").write_text(text, encoding="utf-8")
        made(tmp_path / str(place), str(tmp_path / "exam.toml"))
        sheets.add((tmp_path / str(place) / "answers.csv").read_bytes())
    assert len(sheets) == 1


def test_margins_are_centred_unless_sheets_are_bound(tmp_path: Path) -> None:
    """Text begins at the same place on all pages; with `duplex = true` the inner margin is the wider one."""
    for name, text, lefts in (
        ("plain", EXAM, (20, 20)),
        ("bound", f"duplex = true\n{EXAM}", (23, 17)),
    ):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        reading = made(tmp_path / name, str(tmp_path / f"{name}.toml"))
        assert len(reading.pdf.pages) >= 2
        for page, left in enumerate(lefts, start=1):
            assert min(item.x for item in written(reading) if item.page == page) == pytest.approx(left * MM, abs=SLACK)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("duration = 0", "duration: found 0; use minutes from 1 to 10000, or a text such as"),
        ("duration = true", "duration: found true; use minutes from 1 to 10000, or a text such as"),
        ("date = 27", "date: found 27; use a day such as 2026-11-27, or a text such as"),
        ("date = 2026-11-27T10:00:00", "use a day such as 2026-11-27, or a text such as"),
        ('duplex = "yes"', "duplex: found 'yes'; use true or false"),
        (f'course = "{"x" * 200}"', "; give 120 or fewer characters"),
        (f'date = "{"x" * 200}"', "; give 120 or fewer characters"),
        ('cours = "CS 101"', "cours: unknown key; allowed here: "),
    ],
)
def test_mistakes_in_the_head_are_one_line(tmp_path: Path, line: str, said: str) -> None:
    """Where, what, and what is allowed; nothing is written."""
    (tmp_path / "exam.toml").write_text(f'title = "T"\n{line}\n[[questions]]\nfamily = "scalar-chain"\n', "utf-8")
    told = run("make", str(tmp_path / "exam.toml"), "--out", str(tmp_path / "paper"), code=1)
    assert said in told
    assert told.count("\n") == 1
    assert not (tmp_path / "paper").exists()


def test_working_space_under_each_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ruled lines under every task of a paper and of a class, no other number, and a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roster.csv").write_text("id,name\ns1,Ada\n", encoding="utf-8")
    run("make", "scalar-chain", "--seed", "3", "--working-space")
    run("batch", "scalar-chain", "roster.csv", "--seed", "3", "--out", "class", "--working-space")
    plain = made(tmp_path / "plain", "scalar-chain")
    ruled = read_pdf(tmp_path / "output" / "scalar-chain-3-working-space" / "questions.pdf")
    of_class = read_pdf(tmp_path / "class" / "handout" / "s1" / "questions.pdf")
    for reading in (ruled, of_class):
        assert _painted(reading) >= _painted(plain) + 3 * 4
        assert unexpected(reading) == []
    sheet = (tmp_path / "output" / "scalar-chain-3-working-space" / "answers.csv").read_bytes()
    assert sheet == (tmp_path / "plain" / "answers.csv").read_bytes()


def _painted(reading: PdfReading) -> int:
    return sum(item.kind == "path" for item in reading.drawn)


def test_a_nearly_empty_last_page_is_saved(tmp_path: Path) -> None:
    """Where the tasks of a last page have room on the page before if all stands closer, they stand there."""
    reading = made(tmp_path / "paper", "relu-integers")
    assert len(reading.pdf.pages) == 1
    assert min(box.top - box.bottom for box in answer_boxes(reading)) >= LEAST_BOX - 0.01
    assert unexpected(reading) == []
