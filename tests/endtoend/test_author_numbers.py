"""Numbers as authors write them, through the command line: fractions, and plain lists for the only sample."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from tests.small_banks import FIXED, changed, written
from tests.stamped_pages import copied_texts

BANK = changed(
    FIXED,
    ("[1, 1]", "[2, 1]"),
    ("[[0.5]]", '["1/3", "-2/7"]'),
    ("x = [[1]]", 'x = ["1/2", 3]'),
    ("y = [[1]]", 'y = [1]\nlearning_rate = "2/3"'),
    ('"loss"]', '"loss", "dL_dW", "W_new"]\nmarks = "2/3"'),
)


def run(*arguments: object, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    return done.stdout + done.stderr


def text_of(pdf: Path) -> str:
    """The text of all pages, with one kind of minus sign and no spaces."""
    return "".join("".join(copied_texts(pdf)).replace("−", "-").split())


def test_fractions_go_from_the_bank_to_full_marks(tmp_path: Path) -> None:
    """Paper and key show 1/3, 2/7 and 2/3 as written, and the key's own answers get all marks of a third each."""
    folder = tmp_path / "paper"
    run("make", written(tmp_path, BANK), "--seed", 7, "--student", "ada", "--out", folder)
    for pdf in ("questions.pdf", "key/answers.pdf"):
        printed = text_of(folder / pdf)
        assert all(fraction in printed for fraction in ("1/3", "-2/7", "2/3"))
        assert "0.333" not in printed
    header, row, *_ = (line.split("\t") for line in run("grade", folder / "key" / "answers.csv").splitlines())
    cells = dict(zip(header, row, strict=True))
    assert (cells["percent"], cells["marks"]) == ("100", cells["of"])
    # z, a, loss, two weights and their gradients.
    assert float(cells["of"]) == pytest.approx(7 * 2 / 3, rel=1e-5)


def test_a_bank_of_fractions_passes_the_bench(tmp_path: Path) -> None:
    """Right work in every notation gets all marks, though an entry is worth two thirds."""
    printed = run("check", written(tmp_path, BANK), "--draws", 1, "--out", tmp_path / "sample")
    assert printed.endswith("All is well.\n")


def test_a_shape_error_says_what_a_row_is(tmp_path: Path) -> None:
    """Where, what was found, what is needed, and that samples are rows."""
    bank = written(tmp_path, changed(BANK, ('x = ["1/2", 3]', "x = [1, 2, 3]")))
    printed = run("make", bank, "--seed", 7, "--out", tmp_path / "paper", code=1)
    assert f"{bank}: fixed.x: found shape [3]; this network needs [1, 2], a row for each sample" in printed


def test_a_bank_may_begin_with_a_mark_of_byte_order(tmp_path: Path) -> None:
    """Some editors put one before the text that they save; the paper is the same."""
    bank = Path(written(tmp_path, BANK))
    run("make", bank, "--seed", 7, "--out", tmp_path / "plain")
    bank.write_bytes(b"\xef\xbb\xbf" + bank.read_bytes())
    run("make", bank, "--seed", 7, "--out", tmp_path / "marked")
    sheets = [(tmp_path / folder / "answers.csv").read_bytes() for folder in ("plain", "marked")]
    assert sheets[0] == sheets[1]
