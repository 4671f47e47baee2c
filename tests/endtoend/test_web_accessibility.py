"""answers.html and the web page of feedback in a real browser: axe finds nothing, on wide and narrow screens."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

import examgen
from examgen.batch.returned import class_feedback as feedback_files
from tests.marking_sheets import Row, read_rows, rounded, write_sheet
from tests.web_browser import findings, opened

EXAMS = [("tanh-two-outputs", "en"), ("formulas", "de")]
"""The first has matrices; the second formulas, shapes and a choice."""

SCREENS = [(1200, "light"), (360, "light"), (1200, "dark")]
"""Widths and colour schemes; rows of feedback stand in a table on the first, and are cards on the second."""

NO_NUMBER = "0.2 or 0.3?"


def answered(row: Row) -> str:
    """Some of everything: right, too few digits, no number, errors of the other sign, and nothing written."""
    if row["quantity"] == "loss":
        return NO_NUMBER
    if row["quantity"] == "dL_dz":
        return f"-({row['answer']})" if "(" in row["answer"] else rounded({**row, "answer": f"{-float(row['answer'])}"})
    if row["quantity"] in {"W_new", "b_new"}:
        return ""
    if row["quantity"] in {"z", "a"}:
        return rounded(row)[: None if row["row"] == "1" else -1]
    return row["answer"]


def made(exam: str, language: str) -> Path:
    """The folder of a paper."""
    return examgen.make(exam, seed=7, student="s1", language=language).folder


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
@pytest.mark.parametrize(("exam", "language"), EXAMS)
@pytest.mark.usefixtures("here")
def test_answer_sheets_are_for_all(exam: str, language: str, width: int, scheme: str, chromium: Browser) -> None:
    """Empty, and with an answer that cannot be read and the reason beside it."""
    html = (made(exam, language) / "answers.html").read_text(encoding="utf-8")
    with opened(chromium, html, width, scheme) as page:
        assert findings(page) == []
        box = page.locator("[data-number]").first
        box.fill(NO_NUMBER)
        box.blur()
        page.locator(".box.unread").wait_for()
        assert findings(page) == []


@pytest.mark.parametrize(("exam", "language"), EXAMS)
@pytest.mark.usefixtures("here")
def test_feedback_is_for_all(
    exam: str, language: str, chromium: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With mistakes that are explained, all that is right unfolded, and the worked solution."""
    monkeypatch.setattr(feedback_files, "feedback_pdf", lambda *_: b"%PDF feedback")
    folder = made(exam, language)
    sheet = write_sheet(tmp_path / "sheet.csv", read_rows(folder / "key" / "answers.csv"), answered)
    examgen.grade(sheet, key=folder, feedback=True)
    html = (folder / "marks" / "feedback" / "s1.html").read_text(encoding="utf-8")
    assert {f'class="result {outcome}"' in html for outcome in ("correct", "wrong", "unreadable")} == {True}
    for width, scheme in SCREENS:
        with opened(chromium, html, width, scheme) as page:
            assert findings(page) == []


@pytest.mark.usefixtures("here")
def test_faults_are_found(chromium: Browser) -> None:
    """Boxes without names, and words too pale to be read, are told; else the tests above would show nothing."""
    html = (made("scalar-chain", "en") / "answers.html").read_text(encoding="utf-8")
    faulty = html.replace("<label><span>", "<label><span hidden>").replace("--soft: #5a6472", "--soft: #c0c8d0")
    with opened(chromium, faulty, 1200, "light") as page:
        found = findings(page)
    assert {line.split(":")[0] for line in found} == {"color-contrast", "label"}
