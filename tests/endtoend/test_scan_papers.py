"""Papers with bubble pages, `--scan`: codes, what is told, what stays as it was, and mistakes."""

import json
import sys
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from examgen.batch import making
from examgen.documents.paper.bubbled import page_squares
from examgen.documents.paper.printing import PrintedPaper
from examgen.exams.bubbles.page_codes import FORMAT, PageCode, page_code, read_code
from examgen.exams.folders.files import folder_name
from examgen.exams.keys.key_folder import read_key
from examgen.exams.keys.pdf_form import BUBBLES
from tests.command_line import invoke, refused, run

SEED = "5000000000"  # large enough for no note about it
ROSTER = "id,name,paper,language\ns9,Zoë,,\ns1,Ada,letter,\na/b,,,de\nरोल-७,प्रिया,,hi\n"
STUDENTS = ("s9", "s1", "a/b", "रोल-७")


@pytest.fixture(autouse=True)
def keys_are_not_typeset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only question papers are looked at here."""
    monkeypatch.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")
    monkeypatch.chdir(tmp_path)


def codes(path: Path) -> list[PageCode | None]:
    """What the code of each page says; None for a page without one."""
    document = pypdfium2.PdfDocument(path)
    seen = [page.render(scale=150 / 72, grayscale=True).to_numpy().squeeze() for page in document]
    found = [zxingcpp.read_barcode(page) for page in seen]
    return [None if one is None else read_code(one.text) for one in found]


def bubbled(path: Path) -> list[bool]:
    """Which pages are bubble pages."""
    with pikepdf.open(path) as pdf:
        return [BUBBLES in page for page in pdf.pages]


def batch(out: str, *options: str) -> None:
    """Make the papers of the class."""
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")
    run("batch", "scalar-chain", "roster.csv", "--seed", SEED, "--out", out, "--jobs", "1", *options)


def test_each_student_of_a_class_has_bubble_pages_of_their_own() -> None:
    """In every language and on every paper, and for the printer each on a sheet of its own; sheets are as before."""
    batch("class", "--scan", "--print-ready", "--duplex")
    key = read_key(Path("class"))
    assert key.making.scan == FORMAT
    expected = []
    for variant in key.variants:
        handout = Path("class/handout") / folder_name(variant.student)
        own = page_code(key.exam.id, variant.code, 1, variant.student)
        assert codes(handout / "questions.pdf") == [None, own]
        assert bubbled(handout / "questions.pdf") == [False, True]
        # A page of questions, a blank one, the bubbles, and a blank one before the next student.
        expected += [None, None, own, None]
    assert [variant.student for variant in key.variants] == list(STUDENTS)
    assert codes(Path("class/print/questions.pdf")) == expected[:-1]
    batch("plain")
    for name in map(folder_name, STUDENTS):
        for file in ("answers.csv", "answers.html"):
            assert (
                Path(f"class/handout/{name}/{file}").read_bytes() == Path(f"plain/handout/{name}/{file}").read_bytes()
            )
        assert bubbled(Path(f"plain/handout/{name}/questions.pdf")) == [False]
    for file in ("answers.csv", "variants.jsonl"):
        assert Path(f"class/key/{file}").read_bytes() == Path(f"plain/key/{file}").read_bytes()
    assert "scan" not in json.loads(Path("plain/key/exam.json").read_text(encoding="utf-8"))


def test_the_same_command_makes_the_same_pages() -> None:
    """Byte for byte, also of one paper alone; it has a folder of its own beside the paper without."""
    run("make", "scalar-chain", "--seed", SEED, "--student", "s9", "--scan")
    run("make", "scalar-chain", "--seed", SEED, "--student", "s9")
    scanned = Path(f"output/scalar-chain-{SEED}-s9-scan/questions.pdf")
    assert bubbled(scanned) == [False, True]
    assert bubbled(Path(f"output/scalar-chain-{SEED}-s9/questions.pdf")) == [False]
    first = scanned.read_bytes()
    run("make", "scalar-chain", "--seed", SEED, "--student", "s9", "--scan")
    assert scanned.read_bytes() == first


def test_what_is_on_no_bubble_page_is_told() -> None:
    """How many entries bubbles cannot hold, which, and that pages for anybody do not say whose they are."""
    done = invoke("make", "formulas", "--seed", SEED, "--scan", "--out", "paper")
    assert done.exit_code == 0
    told = done.stdout + done.stderr
    assert "bubbles hold no formulas and no shapes: 9 entries of a paper are left to the boxes of the questions" in told
    assert "delta2_formula" in told
    assert "the bubble pages of a paper for anybody do not say whose they are" in told
    done = invoke("make", "scalar-chain", "--seed", SEED, "--scan", "--out", "other", "--student", "s1")
    assert "bubble" not in done.stdout + done.stderr


ONLY_FORMULAS = """format = 1
title = "Symbols"
[network]
sizes = [1, 1]
activations = ["sigmoid"]
loss = "half_squared_error"
[values]
weights = { choices = ["0.5", "-0.5"] }
biases = { choices = ["0.1", "0.2"] }
x = { choices = ["1", "2"] }
y = { choices = ["0", "1"] }
learning_rate = { choices = ["0.5"] }
[digits]
decimals = 4
[[tasks]]
text = "Give the slope as a formula of $a$."
ask = ["slope"]
as = "formula"
"""


def test_a_paper_on_which_nothing_can_be_bubbled_has_no_bubble_pages() -> None:
    """It is made all the same, and that is told."""
    Path("symbols.toml").write_text(ONLY_FORMULAS, encoding="utf-8")
    done = invoke("make", "symbols.toml", "--seed", SEED, "--scan", "--student", "s1", "--out", "paper")
    assert done.exit_code == 0, done.output
    assert not any(bubbled(Path("paper/questions.pdf")))
    told = done.stdout + done.stderr
    assert "1 entry of a paper is left to the boxes of the questions" in told
    assert "papers on which nothing can be bubbled have no bubble pages" in told


def test_mistakes_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class without them is not written over, there must be PDFs, and the library that draws codes."""
    batch("class", "--no-pdf")
    command = ("batch", "scalar-chain", "roster.csv", "--seed", SEED, "--out", "class")
    assert "--scan adds pages to PDFs, and with --no-pdf there are none" in refused(*command, "--no-pdf", "--scan")
    assert "holds a class of 4 of exam" in refused(*command, "--scan")
    batch("scanned", "--scan")
    told = refused(*(*command[:-1], "scanned"))
    assert "full key, bubble pages)" in told
    monkeypatch.setitem(sys.modules, "segno", None)
    page_squares._segno.cache_clear()
    assert refused("make", "scalar-chain", "--scan", "--out", "paper") == page_squares.MISSING
    assert not Path("paper").exists()
