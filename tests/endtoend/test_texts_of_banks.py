"""Texts that no page can show, wherever an instructor writes them: one line that says where and what is allowed."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from examgen.cli import app
from examgen.documents.typesetting import Typesetter
from examgen.errors import BankError
from examgen.exams.wording.texts import checked_text, levels_of
from tests.laws import tried
from tests.small_banks import FIXED, changed, written

RUNNER = CliRunner()

DEEP = {
    "fractions": r"\frac{1}{" * 200 + "x" + "}" * 200,
    "fractions in the numerator": r"\frac{" * 200 + "x" + "}{1}" * 200,
    "fractions without braces": r"\frac1" * 200 + "x",
    "braces": "{" * 200 + "x" + "}" * 200,
    "roots": r"\sqrt{" * 200 + "x" + "}" * 200,
    "roots without braces": r"\sqrt " * 200 + "x",
    "powers": "x^{" * 200 + "x" + "}" * 200,
    "subscripts": "x_{" * 200 + "x" + "}" * 200,
    "brackets": r"\left(" * 200 + "x" + r"\right)" * 200,
    "matrices": r"\begin{pmatrix}" * 90 + "x" + r"\end{pmatrix}" * 90,
    "cases": r"\begin{cases}" * 20 + "x" + r"\end{cases}" * 20,
    "hats": r"\hat{" * 200 + "x" + "}" * 200,
    "binomials": r"\binom1" * 40 + "x",
    "what would take all of the stack": r"\frac{1}{" * 50_000 + "x",
    "a sum without end": "x+" * 1500 + "x",
}

PLACES = {
    "title": ('title = "T"', "title = {}"),
    "about": ('title = "T"', 'title = "T"\nabout = {}'),
    "text[2]": ('title = "T"', 'title = "T"\ntext = ["One unit.", {}]'),
    "tasks[1].text": ('text = "Go."', "text = {}"),
    "tasks[2].options[1]": (
        'ask = ["z", "a", "loss"]',
        'ask = "z"\n[[tasks]]\ntext = "?"\nas = "choice"\nanswer = "b"\noptions = [{}, "b"]',
    ),
}

TOKENS = (
    *(r"\frac", r"\sqrt", r"\binom", r"\hat", r"\left(", r"\right)", r"\left|", r"\right|", r"\middle|", r"\Bigg|"),
    *(r"\begin{pmatrix}", r"\end{pmatrix}", r"\begin{cases}", r"\end{cases}", r"\begin{aligned}", r"\end{aligned}"),
    *(
        "{",
        "}",
        "^",
        "_",
        "^{",
        "_{",
        "x",
        "12",
        "+",
        "=",
        "<",
        ",",
        "&",
        r"\\",
        "'",
        r"\sum",
        r"\int",
        r"\max",
        r"\ln",
    ),
    *(r"\text{a b}", r"\mathbf", r"\mathop", r"\operatorname{f}", r"\overbrace", r"\xrightarrow", r"\overset", r"\not"),
    *(
        r"\phantom",
        r"\color{red}",
        r"\displaystyle",
        r"\limits",
        "(",
        ")",
        "[",
        "]",
        r"\{",
        "|",
        "~",
        "%",
        "#",
        "\n",
        "é",
    ),
    *("\x00", "\x0b", "\ufffe", "\ue000", "\U000f0000", "@@alt 9@@"),
)


def refused(*arguments: object) -> str:
    """Run a command that must end with one line on stderr; returns the line."""
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert isinstance(done.exception, SystemExit), done.exception
    assert (done.exit_code, done.stdout) == (1, "")
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    return done.stderr


def with_text(folder: Path, place: str, text: str) -> str:
    """A bank with this text in a place."""
    old, new = PLACES[place]
    return written(folder, changed(FIXED, (old, new.format(json.dumps(text, ensure_ascii=False)))))


@pytest.mark.parametrize("formula", DEEP.values(), ids=DEEP.keys())
def test_a_formula_without_end_is_refused(tmp_path: Path, formula: str) -> None:
    """However it goes on: what reads formulas part by part never sees it."""
    line = refused("make", with_text(tmp_path, "tasks[1].text", f"Compute ${formula}$."), "--seed", "1")
    assert re.search(r"bank\.toml: tasks\[1\]\.text: the formula \$.{40}…\$ has .*; use at most (12|2,000)", line)
    assert len(line) < 300
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bank.toml"]


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_named(tmp_path: Path, place: str) -> None:
    """Every text of a bank is looked at, for formulas and for what no font has."""
    line = refused("make", with_text(tmp_path, place, f"${DEEP['fractions']}$"))
    assert f"bank.toml: {place}: the formula" in line
    line = refused("check", with_text(tmp_path, place, "a\ufffe"))
    assert f"bank.toml: {place}: has the character U+FFFE" in line


def test_texts_of_an_exam_are_looked_at(tmp_path: Path) -> None:
    """Its instructions, and the titles that it gives to families."""
    deep = json.dumps(f"${DEEP['roots']}$")
    exam = f'title = "T"\ninstructions = ["Go.", {deep}]\n[[questions]]\nfamily = "scalar-chain"\n'
    assert "bank.toml: instructions[2]: the formula" in refused("make", written(tmp_path, exam))
    exam = f'title = "T"\n[[questions]]\nfamily = "scalar-chain"\ntitle = {deep}\n'
    assert "bank.toml: questions[1].title: the formula" in refused("make", written(tmp_path, exam))


@pytest.mark.parametrize(
    "toml",
    [
        "a = " + "[" * 5000,
        "a = " + "[" * 400 + "]" * 400,
        "a = " + "{b = " * 400 + "1" + "}" * 400,
        ".".join("a" * 900) + "= 1",
    ],
)
def test_tables_without_end_are_refused(tmp_path: Path, toml: str) -> None:
    """In a bank, as in the words of a theme."""
    assert "bank.toml: " in refused("make", written(tmp_path, f"{toml}\n{FIXED}"))
    texts = tmp_path / "theme" / "texts"
    texts.mkdir(parents=True)
    (texts / "it.toml").write_text(f"{toml}\n", encoding="utf-8")
    line = refused("make", "scalar-chain", "--language", "it", "--theme", tmp_path / "theme")
    assert "it.toml: " in line
    assert len(line) < 1000


@pytest.mark.parametrize(
    "words", ["worked.unrounded = {}", "[phrases]\n'Go.' = {}", "title = {}", "total = '{{marks}}'\nname = {}"]
)
def test_texts_of_a_theme_are_looked_at(tmp_path: Path, words: str) -> None:
    """Its words, and the phrases that stand for texts of banks."""
    texts = tmp_path / "theme" / "texts"
    texts.mkdir(parents=True)
    (texts / "it.toml").write_text(words.format(json.dumps(f"${DEEP['fractions']}$")), encoding="utf-8")
    line = refused("make", "scalar-chain", "--language", "it", "--theme", tmp_path / "theme")
    assert re.search(r"it\.toml: .*(levels of braces|is not a word of papers)", line)


@pytest.mark.parametrize(
    "text", ["@@alt 9999@@", "(@@alt 9999@@)", "/ExamgenOpen 9", "/ExamgenGap7", r"$\text{@@alt 9999@@}$"]
)
def test_texts_like_our_own_marks_are_texts(tmp_path: Path, text: str) -> None:
    """Nothing that is written into a bank is taken for what is put in later."""
    bank = changed(FIXED, ('title = "T"', f"title = {json.dumps(text)}"), ('"Go."', json.dumps(text)))
    done = RUNNER.invoke(app, ["make", written(tmp_path, bank), "--seed", "1", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output


@tried(400)
@given(st.lists(st.sampled_from(TOKENS), max_size=60))
def test_any_text_is_set_or_refused(tokens: list[str]) -> None:
    """Whatever stands between dollar signs, the answer is a page or a sentence."""
    latex = "".join(tokens)
    try:
        Typesetter({}, "en").inline(checked_text(f"${latex}$")[1:-1], "Question 1", room=200.0)
    except (BankError, ValueError) as error:
        said = str(error)
    else:
        said = "set"
    assert re.search(r"\Aset\Z|\AQuestion 1: .* cannot be set|use at most|leave it out", said, re.DOTALL)


@given(st.lists(st.sampled_from(["{", "}", r"\left(", r"\right)", "x", r"\{", r"\begin{cases}", r"\leftarrow"])))
def test_levels_are_those_that_are_open_at_once(tokens: list[str]) -> None:
    """Counted one by one; an escaped brace and an arrow open nothing."""
    opens = {"{": 1, r"\left(": 1, r"\begin{cases}": 1, "}": -1, r"\right)": -1}
    here = most = 0
    for token in tokens:
        here += opens.get(token, 0)
        # The name of an environment stands in braces of its own.
        most = max(most, here + (token == r"\begin{cases}"))
    assert levels_of("".join(tokens)) == most
