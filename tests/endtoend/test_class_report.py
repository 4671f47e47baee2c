"""`examgen grade --report`: what it says of a class, of the smallest ones, and on the terminal each time."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import examgen
from examgen.batch.reported import class_report
from examgen.documents.report import printing_beside
from tests.command_line import refused, run
from tests.marking_sheets import MadeKey, make_key, read_rows, write_sheet
from tests.web_browser import findings, opened

LARGEST = 2_000_000


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are written without their PDF."""
    monkeypatch.setattr(printing_beside, "printed_report", lambda *_: b"%PDF report")


def rehearsed(folder: Path, exam: str, students: int) -> tuple[MadeKey, Path]:
    """A class of which some slip, some believe something, and some leave off; and the folder of its marks."""
    made = make_key(folder / "exam", exam, students=[f"s{number}" for number in range(students)])
    examgen.rehearse(made.key)
    return made, made.folder / "rehearsal" / "marks"


def text_of(html: str) -> str:
    """What a reader sees, in one line."""
    shown = re.sub(r"<(style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_a_report_says_what_the_tables_say(tmp_path: Path, chromium: Browser) -> None:
    """Its numbers are those of the gradebook and of results.csv; axe finds nothing."""
    made, marks = rehearsed(tmp_path, "tanh-two-outputs", 12)
    said = run("grade", made.folder / "rehearsal" / "handed-in", "--report")
    assert f"Report: {marks / 'report.html'}\n" in said
    book, rows = read_rows(marks / "gradebook.csv"), read_rows(marks / "results.csv")
    html = (marks / "report.html").read_text(encoding="utf-8")
    told = text_of(html)
    mean = sum(float(row["marks"]) for row in book) / len(book)
    assert f"Papers marked {len(book)}" in told
    assert f"{mean:.2f} of {float(book[0]['max_marks']):g}" in told
    for name in {row["misconception"] for row in rows if row["misconception"].isascii()} - {""}:
        for one in re.split(r"[|+]", name):
            students = {row["student"] for row in rows if one in re.split(r"[|+]", row["misconception"])}
            entries = [row for row in rows if one in re.split(r"[|+]", row["misconception"])]
            assert f"{one} {len(students)} {len(entries)} " in told
    unreadable = [row for row in rows if row["outcome"] == "unreadable"]
    assert f"{unreadable[0]['comment']} {len(unreadable)} " in told
    assert len(html.encode()) < LARGEST
    assert (marks / "report.pdf").read_bytes().startswith(b"%PDF")
    for width, scheme in ((1280, "light"), (390, "dark")):
        with opened(chromium, html, width, scheme) as page:
            assert findings(page) == []


@pytest.mark.usefixtures("unprinted")
def test_the_same_marks_make_the_same_report(tmp_path: Path) -> None:
    """Byte for byte; of every kind of exercise, formulas and choices too, with a picture for each question."""
    made, marks = rehearsed(tmp_path, "final", 5)
    sheets = made.folder / "rehearsal" / "handed-in"
    run("grade", sheets, "--report")
    first = (marks / "report.html").read_text(encoding="utf-8")
    run("grade", sheets, "--report")
    assert (marks / "report.html").read_text(encoding="utf-8") == first
    for question in made.exam.questions:
        assert re.search(rf"<h2 [^>]*>{question.id}\b", first)
    assert "<script" not in first


@pytest.mark.usefixtures("unprinted")
def test_a_class_of_one_is_told_what_cannot_be_said(tmp_path: Path) -> None:
    """There is no spread, no discrimination and no reliability, and no number in their place."""
    made = make_key(tmp_path / "exam")
    said = run("grade", write_sheet(tmp_path / "s.csv", made.of("s1")), "--key", made.key, "--report")
    assert "Spread: one paper has none\n" in said
    told = text_of((made.folder / "marks" / "report.html").read_text(encoding="utf-8"))
    assert "One paper is no class" in told
    assert "alpha" not in told
    assert "nan" not in told


@pytest.mark.usefixtures("unprinted")
def test_a_class_that_answered_nothing_is_told(tmp_path: Path) -> None:
    """Empty sheets are marked, and the report says that they are empty."""
    made = make_key(tmp_path / "exam", students=("s1", "s2"))
    for student in ("s1", "s2"):
        write_sheet(tmp_path / "in" / f"{student}.csv", made.of(student), lambda _: "")
    said = run("grade", tmp_path / "in", "--key", made.key, "--report")
    assert "Commonest cause: none is named\nUnreadable: none\n" in said
    told = text_of((made.folder / "marks" / "report.html").read_text(encoding="utf-8"))
    assert "Nobody answered anything that can be read" in told
    assert "nan" not in told


def test_six_lines_are_always_printed(tmp_path: Path) -> None:
    """Mean, median, spread, hardest entry, commonest cause and unreadable answers, with or without a report."""
    made, marks = rehearsed(tmp_path, "question2", 6)
    said = run("grade", made.folder / "rehearsal" / "handed-in").splitlines()
    heads = [line.partition(":")[0] for line in said]
    first = heads.index("Mean")
    assert heads[first : first + 6] == ["Mean", "Median", "Spread", "Hardest entry", "Commonest cause", "Unreadable"]
    assert not (marks / "report.html").exists()


def test_without_the_library_a_report_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line; the marks are written all the same."""
    made = make_key(tmp_path / "exam")
    sheet = write_sheet(tmp_path / "s.csv", made.of("s1"))
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    assert refused("grade", sheet, "--key", made.key, "--report") == (
        'the report draws with Matplotlib, which is not installed: pip install "examgen[report]"'
    )
    assert (made.folder / "marks" / "gradebook.csv").is_file()


@pytest.mark.parametrize("ended", [False, True])
def test_another_process_prints_the_same_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: bool) -> None:
    """Byte for byte, and where it is ended this one prints."""
    made, marks = rehearsed(tmp_path, "scalar-chain", 3)
    sheets = made.folder / "rehearsal" / "handed-in"
    run("grade", sheets, "--report")
    first = (marks / "report.pdf").read_bytes()
    monkeypatch.setattr(class_report, "LARGE", 0)
    monkeypatch.setattr(printing_beside, "printed_report", lambda *_: b"%PDF printed here")
    if ended:
        started = printing_beside._started
        monkeypatch.setattr(printing_beside, "_started", lambda: killed(started()))
    run("grade", sheets, "--report")
    assert (marks / "report.pdf").read_bytes() == (b"%PDF printed here" if ended else first)


def killed(process: printing_beside.Process | None) -> printing_beside.Process:
    """A process that died before it was asked for anything."""
    assert process is not None
    process.kill()
    return process
