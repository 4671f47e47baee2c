"""Themes and missing glyphs as an instructor meets them at the command line, with papers that are really set."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import examgen
from examgen.cli import app
from tests.marking_sheets import read_rows
from tests.pdf_structure import read_pdf
from tests.printed_boxes import texts_in_boxes
from tests.stamped_pages import text_of

THEME = {
    "paper.css": ".instructions { display: none }",
    "texts/it.toml": 'name = "Nome e cognome"\nstudent = "Matricola"\n',
    "questions.html.j2": '{% extends "shipped/questions.html.j2" %}{% block kind %}<p>Facoltà</p>{% endblock %}',
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a theme and a class of which one name has a character that no font has."""
    monkeypatch.chdir(tmp_path)
    for name, text in THEME.items():
        path = tmp_path / "look" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("id,name\ns1,Ada\ns2,Bob \u0378\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code, done.output
    return done.output


def test_papers_in_an_instructors_own_looks(here: Path) -> None:
    """One paper and a class have the theme's words and heading; its rules hide what the shipped paper shows."""
    options = ("--seed", "7", "--theme", "look", "--language", "it")
    run("make", "scalar-chain", *options, "--out", "one")
    run("batch", "scalar-chain", "roster.csv", *options, "--out", "class")
    for folder in (here / "one", here / "class" / "handout" / "s1"):
        text = text_of((folder / "questions.pdf").read_bytes())
        assert "Facoltà" in text
        assert "Matricola" in text
        assert "Write each answer into its box" not in text
        assert "Matricola" in (folder / "answers.html").read_text(encoding="utf-8")
    assert "Nome e cognome" in text_of((here / "one" / "key" / "answers.pdf").read_bytes())


def test_a_short_key_leaves_out_the_chain_rule(here: Path) -> None:
    """For one paper and a class, and by Python the same bytes; the papers that are handed out are the same."""
    chain = "Single entries by the chain rule"
    run("make", "scalar-chain", "--seed", "7", "--out", "full")
    run("make", "scalar-chain", "--seed", "7", "--key-detail", "short", "--out", "short")
    run("batch", "scalar-chain", "roster.csv", "--seed", "7", "--key-detail", "short", "--out", "class")
    full, short = ((here / name / "key" / "answers.pdf").read_bytes() for name in ("full", "short"))
    assert chain in text_of(full)
    for key in (short, (here / "class" / "key" / "papers" / "s1.pdf").read_bytes()):
        assert chain not in text_of(key)
        assert "Derivatives used" in text_of(key)
    assert json.loads((here / "short" / "key" / "exam.json").read_text(encoding="utf-8"))["key_detail"] == "short"
    assert (here / "full" / "questions.pdf").read_bytes() == (here / "short" / "questions.pdf").read_bytes()
    examgen.make("scalar-chain", seed=7, key_detail="short", out=here / "python")
    assert (here / "python" / "key" / "answers.pdf").read_bytes() == short
    told = run("make", "scalar-chain", "--key-detail", "shor", "--out", "other", code=1)
    assert told == "Error: key detail 'shor' is unknown; allowed: full, short. Did you mean \"short\"?\n"


def test_each_student_of_a_class_has_a_filled_paper(here: Path) -> None:
    """Below key/filled/, in a theme too; the boxes hold the key's answers."""
    run("batch", "scalar-chain", "roster.csv", "--seed", "7", "--theme", "look", "--language", "it", "--out", "class")
    rows = read_rows(here / "class" / "key" / "answers.csv")
    for student in ("s1", "s2"):
        filled = read_pdf(here / "class" / "key" / "filled" / f"{student}.pdf")
        assert student in [str(field.V) for field in filled.pdf.Root.AcroForm.Fields if field.T == "student"]
        expected = {
            row["field"]: f"{float(row['answer']):.{row['decimals']}f}".replace("-", "−")
            for row in rows
            if row["student"] == student
        }
        assert texts_in_boxes(filled) == (expected, expected)


def test_a_slip_in_a_theme_is_one_line_and_nothing_is_written(here: Path) -> None:
    """Where, what, and what is allowed."""
    (here / "look" / "texts" / "it.toml").write_text('nome = "x"', encoding="utf-8")
    told = run("make", "scalar-chain", "--theme", "look", "--out", "one", code=1)
    assert told.startswith("Error: look/texts/it.toml: 'nome' is not a word of papers; allowed: name, student, ")
    assert told.count("\n") == 1
    assert "no such folder" in run("batch", "scalar-chain", "roster.csv", "--theme", "x", "--out", "class", code=1)
    assert not (here / "one").exists()
    assert not (here / "class").exists()


def test_a_name_that_no_font_has_is_told_in_one_line(here: Path) -> None:
    """The class is made all the same, and nobody else is named."""
    told = run("batch", "scalar-chain", "roster.csv", "--seed", "7000000000", "--out", "class")
    assert [line for line in told.splitlines() if line.startswith("Note:")] == [
        "Note: student 's2': no font has U+0378 without a name; boxes stand there. Install a font with that script, "
        "such as the Noto font for it, and make the papers again"
    ]
    assert (here / "class" / "handout" / "s2" / "questions.pdf").exists()
    assert "Note:" not in run("make", "scalar-chain", "--seed", "7000000000", "--out", "one")
