"""What a notebook shows of what the functions return, and what a prompt does."""

import io
import sys
import threading
from pathlib import Path

import pytest
from rich.console import Console

import examgen
from examgen.batch.running import run_progress
from examgen.notebooks import html_frame, html_lines, html_table
from tests.marking_sheets import make_key, write_sheet


@pytest.mark.usefixtures("here")
def test_a_paper_is_shown_as_on_a_screen() -> None:
    """Its web sheet, in a frame of its own; at a prompt it is one line."""
    made = examgen.make("scalar-chain", seed=7)
    assert repr(made) == f"<1 paper of {made.exam} in output/scalar-chain-7>"
    shown = made._repr_html_()
    assert shown.count("<iframe") == 1
    assert 'sandbox="allow-scripts" srcdoc="&lt;!doctype html&gt;' in shown


@pytest.mark.usefixtures("here")
def test_a_class_is_shown_as_a_table() -> None:
    """The first of them, and how many more there are; names are no markup."""
    Path("roster.csv").write_text("id,name\n" + "".join(f"s{n},<b>{n}\n" for n in range(25)), encoding="utf-8")
    told: list[tuple[int, int]] = []
    made = examgen.make_class(
        "scalar-chain", "roster.csv", out="class", seed=7, pdf=False, progress=lambda *at: told.append(at)
    )
    assert repr(made) == f"<25 papers of {made.exam} in class>"
    shown = made._repr_html_()
    assert "<td>&lt;b&gt;3</td>" in shown
    assert "<b>" not in shown
    assert "and 5 more" in shown
    assert told[-1] == (25, 25)


def test_marks_are_shown_with_their_summary(tmp_path: Path) -> None:
    """The gradebook, or the report where there is one; marking again without one leaves none that is no longer true."""
    made = make_key(tmp_path / "exam", students=("s1", "s2"))
    sheet = write_sheet(tmp_path / "s.csv", made.of("s1"))
    graded = examgen.grade(sheet, key=made.key)
    assert repr(graded) == f"<{graded.exam}: 1 paper marked, tables in {graded.folder}>"
    shown = graded._repr_html_()
    assert "Spread: one paper has none" in shown
    assert "<td>s2</td>" in shown
    (graded.folder / "report.html").write_text("<!doctype html>the report", encoding="utf-8")
    assert "the report" in graded._repr_html_()
    examgen.grade(sheet, key=made.key)
    assert not (graded.folder / "report.html").exists()


@pytest.mark.usefixtures("here")
def test_a_bank_that_was_checked_is_shown_by_question() -> None:
    """With what there is to be told of it."""
    checked = examgen.check("scalar-chain", draws=60)
    assert repr(checked).startswith(f"<{checked.exam} checked with ")
    assert f"<td>{checked.questions[0].title}</td>" in checked._repr_html_()


def test_a_preview_is_shown_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pictures; without the library that draws them, where the file lies."""
    found = examgen.preview("scalar-chain", open=False, out=tmp_path)
    assert repr(found) == f"<preview in {tmp_path / 'scalar-chain-preview.pdf'}>"
    shown = found._repr_html_()
    assert shown.count('src="data:image/png;base64,') >= 2
    assert "draws are accepted" in shown
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert f"preview: {found.pdf}" in found._repr_html_()


def test_cells_are_text() -> None:
    """Whatever stands in them; what is not there is empty, and whole numbers have no point."""
    assert html_table(["<a>"], [["&"], [None], [float("nan")], [2.0], [0.5]]) == (
        "<table><thead><tr><th>&lt;a&gt;</th></tr></thead><tbody><tr><td>&amp;</td></tr><tr><td></td></tr>"
        "<tr><td></td></tr><tr><td>2</td></tr><tr><td>0.5</td></tr></tbody></table>"
    )
    assert html_lines(["<"]) == "<div>&lt;</div>"
    assert 'srcdoc="&lt;p title=&quot;x&quot;&gt;"' in html_frame('<p title="x">', "t", 10)


def test_a_bar_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """`progress=True`, drawn by no thread beside; None and False show nothing, and a function is called as it is."""
    screen, threads = io.StringIO(), threading.active_count()
    monkeypatch.setattr("rich.console.Console", lambda **_: Console(file=screen, force_terminal=True, width=60))
    with run_progress.told(True, "papers") as told:
        assert told is not None
        told(3, 7)
        assert threading.active_count() == threads
    assert "3/7" in screen.getvalue()
    for nothing in (None, False):
        with run_progress.told(nothing, "papers") as told:
            assert told is None
