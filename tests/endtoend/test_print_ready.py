"""A class for the printer: `examgen batch --print-ready --duplex --zip`, and what it leaves alone."""

import json
import re
import zipfile
from itertools import accumulate
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from typer.testing import CliRunner

from examgen.batch.packed.print_ready import PackedPaper, Packing, PapersToPack, pack
from examgen.cli import app
from examgen.exams.folders.stores import FolderStore
from tests.page_pictures import page_picture
from tests.stamped_pages import page_texts

RUNNER = CliRunner()
SEED = "5000000000"  # large enough for no note about it
STUDENTS = {"s9": "Zoë", "s1": "Ada", "a/b": "", "s2": "Bob"}
ROSTER = "id,name,group,paper,language\ns9,Zoë,Lab a,,\ns1,Ada,lab A,letter,\na/b,,,,de\ns2,Bob,Lab a,,\n"
FOLDERS = ("s9", "s1", "a%2Fb", "s2")
PRINTED = "print/questions.pdf"


def write_roster(text: str) -> None:
    """The class list of the next run."""
    Path("roster.csv").write_text(text, encoding="utf-8")


def run(*options: str, out: str = "class", exam: str = "scalar-chain", seed: str = SEED) -> tuple[int, str, str]:
    """Make the class: exit code, stdout and stderr."""
    done = RUNNER.invoke(app, ["batch", exam, "roster.csv", "--seed", seed, "--out", out, "--jobs", "1", *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of four on two sizes of paper, in two languages, made for a printer."""
    folder = tmp_path_factory.mktemp("printed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_roster(ROSTER)
        code, _, errors = run("--print-ready", "--duplex", "--zip")
        assert (code, errors) == (0, "")
    return folder / "class"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a roster."""
    monkeypatch.chdir(tmp_path)
    write_roster(ROSTER)
    return tmp_path


def single(folder: Path, name: str) -> bytes:
    """A student's own question paper."""
    return (folder / "handout" / name / "questions.pdf").read_bytes()


def pages_of(path: Path) -> list[tuple[str, str]]:
    """Text and size of each page."""
    with pikepdf.open(path) as pdf:
        sizes = [str(list(page.MediaBox)) for page in pdf.pages]
    return list(zip(page_texts(path.read_bytes()), sizes, strict=True))


def first_page(pdf: pikepdf.Pdf, destination: object) -> int:
    """Where a bookmark leads, from 0."""
    assert isinstance(destination, pikepdf.Array)
    return pdf.pages.index(pikepdf.Page(destination[0]))


def test_each_paper_is_there_as_it_is_alone_on_an_odd_page_behind_its_bookmark(printed: Path) -> None:
    """In the order of the roster, each page with what it says alone, on paper of its own size."""
    papers = [printed / "handout" / name / "questions.pdf" for name in FOLDERS]
    expected = [pages_of(paper) for paper in papers]
    for pages in expected[:-1]:
        pages += [("", pages[-1][1])] * (len(pages) % 2)
    assert pages_of(printed / PRINTED) == [page for pages in expected for page in pages]
    assert len({size for pages in expected for _, size in pages}) == 2
    with pikepdf.open(printed / PRINTED) as pdf, pdf.open_outline() as outline:
        marks = {mark.title: first_page(pdf, mark.destination) for mark in outline.root}
    titles = [f"{name} ({student})" if name else student for student, name in STUDENTS.items()]
    assert list(marks.items()) == list(zip(titles, accumulate(map(len, expected), initial=0), strict=False))


def test_the_page_looks_as_it_does_alone(printed: Path, tmp_path: Path) -> None:
    """Each pixel is the same, boxes and numbers too, though there is nothing to fill in any more."""
    whole = (printed / PRINTED).read_bytes()
    assert np.array_equal(page_picture(whole, 1, tmp_path), page_picture(single(printed, "s9"), 1, tmp_path))
    with pikepdf.open(printed / PRINTED) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert pdf.get_warnings() == []


def test_each_font_is_there_once(printed: Path) -> None:
    """Four papers, of which two are of one shape, have no font program twice, and no name stands for two."""
    with pikepdf.open(printed / PRINTED) as pdf:
        found = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one]
        programs = [(str(one.FontName), one.FontFile2.objgen, one.FontFile2.read_bytes()) for one in found]
    contents = {content for _, _, content in programs}
    assert len(contents) == len({number for _, number, _ in programs}) == len({name for name, _, _ in programs})
    alone = sum((printed / "handout" / name / "questions.pdf").stat().st_size for name in FOLDERS)
    assert (printed / PRINTED).stat().st_size < alone / 2


def test_handouts_are_packed_by_groups(printed: Path) -> None:
    """Each zip has the folders of its students as in handout/; groups that differ in capitals are two files."""
    packed = {}
    for path in sorted((printed / "zip").iterdir()):
        with zipfile.ZipFile(path) as file:
            packed[path.name] = {name: file.read(name) for name in file.namelist()}
    there = {
        re.sub("~[0-9a-f]{8}", "~", name): {path.split("/")[0] for path in files} for name, files in packed.items()
    }
    assert there == {"Lab%20a~.zip": {"s2", "s9"}, "lab%20A~.zip": {"s1"}, "no-group.zip": {"a%2Fb"}}
    for name, content in [file for files in packed.values() for file in files.items()]:
        assert content == (printed / "handout" / name).read_bytes()
    assert sum(map(len, packed.values())) == 3 * len(FOLDERS)


def test_the_same_class_gives_the_same_files(printed: Path, here: Path) -> None:
    """Made in two runs in another folder, the print and the zips are the same bytes."""
    assert run()[0] == 0
    code, told, _ = run("--print-ready", "--duplex", "--zip")
    assert code == 0
    assert f"Print:    {Path('class') / PRINTED}\nZipped:   {Path('class') / 'zip'} (3 files)\n" in told
    for folder in ("print", "zip"):
        ours, theirs = (
            {path.name: path.read_bytes() for path in (at / folder).iterdir()} for at in (here / "class", printed)
        )
        assert ours == theirs


def test_students_who_left_the_roster_are_not_printed(here: Path) -> None:
    """The file follows the roster of the run; what the run does not write is told to be of an earlier one."""
    assert run("--print-ready", "--zip")[0] == 0
    write_roster("id,name,group\ns2,Bob,C\ns9,Zoë,C\n")
    code, told, _ = run("--zip")
    assert code == 0
    assert f"Note: {Path('class') / PRINTED}: is of an earlier run; --print-ready writes it anew\n" in told
    assert re.search(
        r"Note: class.zip.Lab%20a~\w{8}\.zip, .*: of an earlier run; this class list has no such group\n", told
    )
    assert run("--print-ready")[0] == 0
    with pikepdf.open(here / "class" / PRINTED) as pdf, pdf.open_outline() as outline:
        assert [mark.title for mark in outline.root] == ["Bob (s2)", "Zoë (s9)"]
    with zipfile.ZipFile(here / "class" / "zip" / "C.zip") as file:
        assert {name.split("/")[0] for name in file.namelist()} == {"s2", "s9"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--print-ready", "--no-pdf"),
            "--print-ready joins PDFs, and with --no-pdf there are none; leave one of the two out",
        ),
        (("--duplex",), "--duplex is about the PDF for the printer; give --print-ready with it"),
        (("--duplex", "--zip"), "--duplex is about the PDF for the printer; give --print-ready with it"),
    ],
)
@pytest.mark.usefixtures("here")
def test_options_that_make_no_sense_together_are_refused(options: tuple[str, ...], message: str) -> None:
    """In one line, before anything is written."""
    assert run(*options) == (1, "", f"Error: {message}\n")
    assert not Path("class").exists()


@pytest.mark.usefixtures("here", "untypeset")
def test_sheets_alone_are_packed_without_pdfs() -> None:
    """With --no-pdf a zip has the answer sheets only, even where PDFs of an earlier run lie there."""
    write_roster("id,name\ns1,Ada\n")
    assert run()[0] == 0
    code, told, _ = run("--no-pdf", "--zip", "--json")
    assert (code, json.loads(told)["packed"]) == (0, ["zip/all.zip"])
    with zipfile.ZipFile(Path("class/zip/all.zip")) as file:
        assert file.namelist() == ["s1/answers.csv", "s1/answers.html"]


@pytest.mark.usefixtures("here", "untypeset")
def test_another_exam_is_put_aside_with_its_print_and_zips() -> None:
    """--force keeps all of the old class together; what killed runs left half-written there is gone after the next."""
    assert run("--zip")[0] == 0
    Path("class/print").mkdir()
    for name in (PRINTED, "print/.questions.pdf.0a1b2c3d.part", "zip/.A.zip.0a1b2c3d.part"):
        Path("class", name).write_bytes(b"from before")
    assert run("--zip")[0] == 0
    assert not list(Path("class").glob("*/.*.part"))
    assert run("--force", seed="5000000001")[0] == 0
    assert Path("class/old-1", PRINTED).read_bytes() == b"from before"
    assert len(list(Path("class/old-1/zip").iterdir())) == 3
    assert not Path("class/print").exists()
    assert not Path("class/zip").exists()


@pytest.mark.usefixtures("here", "untypeset")
def test_a_file_that_is_in_the_way_is_not_written_over() -> None:
    """Somebody's own print/questions.pdf in a folder without a class stays."""
    Path("class/print").mkdir(parents=True)
    Path("class", PRINTED).write_bytes(b"mine")
    code, told, errors = run("--print-ready")
    assert (code, told) == (1, "")
    assert errors.startswith(f"Error: {Path('class') / PRINTED}: is there already")
    assert Path("class", PRINTED).read_bytes() == b"mine"


@pytest.mark.usefixtures("here", "untypeset")
def test_a_paper_that_cannot_be_joined_leaves_the_print_of_before(here: Path) -> None:
    """It is named in one line, and no file is written half."""
    Path("class/print").mkdir(parents=True)
    assert run()[0] == 0
    Path("class", PRINTED).write_bytes(b"from before")
    code, _, errors = run("--print-ready", "--zip")
    paper = Path("class/handout/s9/questions.pdf")
    assert (code, errors) == (1, f"Error: {paper}: is no PDF that can be read\n")
    assert Path("class", PRINTED).read_bytes() == b"from before"
    assert [path.name for path in (here / "class" / "print").iterdir()] == ["questions.pdf"]
    assert not Path("class/zip").exists()


def test_papers_that_could_not_be_made_are_left_out_and_named(printed: Path, tmp_path: Path) -> None:
    """The others are printed and packed."""
    names = frozenset({"questions", "answers", "sheet", "key", "filled"})
    papers = [PackedPaper("s9", "Zoë", "A", names), PackedPaper("s1", "Ada", "B", frozenset())]
    work = PapersToPack("An exam", tmp_path, FolderStore(printed), papers)
    steps: list[tuple[int, int]] = []
    files, told = pack(Packing(has_print=True, has_zips=True), work, lambda *step: steps.append(step))
    assert (files, told) == (
        (PRINTED, "zip/A.zip"),
        ("not printed or packed, as they could not be made: s1",),
    )
    assert steps == [(1, 2), (2, 2)]
    with pikepdf.open(tmp_path / PRINTED) as pdf, pdf.open_outline() as outline:
        assert [mark.title for mark in outline.root] == ["Zoë (s9)"]
