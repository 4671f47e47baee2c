"""An author's way: a new bank, its preview at each save, its schema, and own folders of banks."""

import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pypdf
import pytest

import examgen
from examgen.batch.bench.watching import PreviewOptions, previews
from examgen.exams.banks.bank_files import find_bank, shipped_banks
from examgen.exams.banks.new_banks import commented_bank
from tests.bank_files import mistakes_in
from tests.command_line import refused, run, started, with_examgen
from tests.small_banks import DRAWN, EXAM, FIXED, changed

SQUARE = changed(
    FIXED,
    ("sizes = [1, 1]", "sizes = [2, 2]"),
    ("W1 = [[0.5]]", "W1 = [[0.5, 0.6], [0.7, 0.8]]"),
    ("b1 = [0.1]", "b1 = [0.1, 0.2]"),
    ("x = [[1]]", "x = [[1, 2]]"),
    ("y = [[1]]", "y = [[1, 0]]"),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clean folder without own banks and without a screen."""
    monkeypatch.chdir(tmp_path)
    for name in ("EXAMGEN_BANKS", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("option", [(), ("--graph",)])
def test_a_new_bank_passes_the_check_as_it_stands(option: tuple[str, ...], here: Path) -> None:
    """A network or a graph, with a line for each key, a pointer to the schema, and the schema beside it."""
    printed = run("new", "mine", *option)
    text = Path("mine.toml").read_text(encoding="utf-8")
    assert printed.startswith("Bank:   mine.toml\nSchema: examgen.schema.json")
    assert text.startswith("#:schema ./examgen.schema.json\n")
    assert ("\n[graph]\n" in text) == bool(option)
    assert "# decimals: " in text
    assert mistakes_in(text) == []
    assert (here / "examgen.schema.json").read_text(encoding="utf-8") == run("schema")
    assert run("check", "mine.toml", "--draws", 60, "--out", "sample").endswith("All is well.\n")


def test_a_copy_says_what_the_shipped_bank_says(here: Path) -> None:
    """With comments above its keys, and nothing else changed; families and exams alike."""
    for path in shipped_banks():
        name = f"{path.stem}-of-mine"
        run("new", name, "--like", path.stem)
        made = (here / f"{name}.toml").read_text(encoding="utf-8")
        assert tomllib.loads(made) == tomllib.loads(path.read_text(encoding="utf-8"))
        assert made.count("# tasks: ") + made.count("# questions: ") == 1


def test_what_cannot_be_commented_is_copied_as_it_is() -> None:
    """Lines inside a text look like keys; a comment there would change what the bank says."""
    text = 'title = """\nT\nabout = 3\n"""\n' + DRAWN.partition("\n")[2]
    assert commented_bank(text) == text


def test_nothing_is_written_over(here: Path) -> None:
    """Neither a bank, nor a link to nowhere, nor a schema of something else; other names are refused in a line."""
    (here / "mine.toml").write_text("mine")
    (here / "link.toml").symlink_to("nowhere")
    (here / "examgen.schema.json").write_text("{}")
    assert "mine.toml: is there already; take another name" in refused("new", "mine")
    assert "link.toml: is there already" in refused("new", "link.toml")
    assert "use letters, digits, - and _" in refused("new", "../mine")
    assert "use letters, digits, - and _" in refused("new", "")
    assert "not both" in refused("new", "other", "--graph", "--like", "circuit")
    assert 'Did you mean "circuit"?' in refused("new", "other", "--like", "circut")
    assert "is no schema of examgen and was left" in run("new", "other")
    assert (here / "mine.toml").read_text() == "mine"
    assert (here / "examgen.schema.json").read_text() == "{}"
    assert not (here / "nowhere").exists()


def test_an_exam_of_files_beside_it_is_not_copied_alone(here: Path) -> None:
    """The copy would not find them."""
    (here / "exam.toml").write_text(changed(EXAM, ("scalar-chain", "mine.toml")))
    assert "exam.toml: asks mine.toml, which is found beside it only" in refused("new", "copy", "--like", "./exam.toml")


def test_an_older_schema_is_renewed(here: Path) -> None:
    """The one beside a new bank is that of this version; it may be written wherever the author wants it, too."""
    run("new", "one")
    schema = here / "examgen.schema.json"
    schema.write_text(schema.read_text(encoding="utf-8").replace("weights_as", "weights_were"), encoding="utf-8")
    run("new", "two")
    assert schema.read_text(encoding="utf-8") == examgen.schema()
    assert run("schema", "--out", "deep/of-mine.json") == "Schema: deep/of-mine.json\n"
    assert (here / "deep" / "of-mine.json").read_text(encoding="utf-8") == examgen.schema()


def test_a_preview_is_the_paper_with_its_key(here: Path) -> None:
    """One PDF, in a temporary folder where none is given; without a screen nothing is opened, and nothing fails."""
    (here / "mine.toml").write_text(DRAWN)
    printed = run("preview", "mine.toml", "--out", "seen")
    assert printed.startswith("Preview: seen/mine-preview.pdf\nQ1: ")
    assert "of 200 draws are accepted" in printed
    outline = [
        str(item.get("/Title")) for item in pypdf.PdfReader("seen/mine-preview.pdf").outline if isinstance(item, dict)
    ]
    assert outline == ["Questions", "Answers"]
    made = examgen.preview("mine.toml")
    assert not made.is_open
    assert made.pdf.is_file()
    shutil.rmtree(made.pdf.parent)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SQUARE, "W1 is 2 × 2: rows are the units that it leads to; the paper shows them as columns, and weights_as ="),
        (
            changed(SQUARE, ('"squared_error"', '"squared_error"\nweights_as = "printed"')),
            'W1 is 2 × 2: rows are the units that it comes from, as weights_as = "printed" says; the paper shows it so',
        ),
        (
            changed(SQUARE, ('title = "T"', 'title = "T"\nnotation = "nielsen"')),
            "W1 is 2 × 2: rows are the units that it leads to; the paper shows it so\n",
        ),
        (
            changed(DRAWN, ("sizes = [1, 1]", "sizes = [2, 2]")),
            "W1 is 2 × 2: rows are the units that it leads to; the paper shows them as columns\n",
        ),
    ],
)
def test_a_square_matrix_is_told_what_its_rows_are(text: str, told: str, here: Path) -> None:
    """It could be meant either way, and no shape would tell."""
    (here / "mine.toml").write_text(text)
    assert told in run("preview", "mine.toml", "--no-open", "--out", ".")


def test_a_viewer_is_started_where_there_is_one(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own command has the file; --no-open leaves it."""
    if sys.platform in ("win32", "darwin"):
        pytest.skip("the command is of other systems")
    viewer = here / "bin" / "xdg-open"
    viewer.parent.mkdir()
    viewer.write_text('#!/bin/sh\necho "$1" > "$0.told"\n')
    viewer.chmod(0o755)
    monkeypatch.setenv("PATH", f"{viewer.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    (here / "mine.toml").write_text(FIXED)
    told = here / "bin" / "xdg-open.told"
    run("preview", "mine.toml", "--no-open", "--out", ".")
    assert not told.exists()
    run("preview", "mine.toml", "--out", ".")
    assert awaited(told) == f"{here / 'mine-preview.pdf'}\n"


def awaited(path: Path) -> str:
    """The text of a file that another process writes."""
    for _ in range(200):
        if path.is_file() and (text := path.read_text()):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{path} is not there")


def test_watching_follows_each_save(here: Path) -> None:
    """A mistake is told in a line, in its place; the next save is laid out again; Ctrl+C ends it in one line."""
    bank = here / "mine.toml"
    bank.write_text(FIXED)
    process = started(
        "preview",
        "mine.toml",
        "--watch",
        "--no-open",
        "--out",
        "seen",
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = said(process.stdout)
        assert next(lines) == "Preview: seen/mine-preview.pdf"
        assert next(lines) == "Q1: fixed numbers, nothing is drawn"
        bank.write_text(changed(FIXED, ("squared_error", "squared_eror")))
        assert next(lines).startswith("Error: mine.toml: network: loss 'squared_eror' is unknown;")
        # As editors save: a new file takes the name of the old one.
        (here / "mine.toml~").write_text(FIXED)
        (here / "mine.toml~").rename(bank)
        assert next(lines) == "Preview: seen/mine-preview.pdf"
        assert next(lines) == "Q1: fixed numbers, nothing is drawn"
        process.send_signal(signal.SIGINT)
        assert list(lines) == ["Stopped."]
    finally:
        process.kill()
        process.communicate()


def said(output: IO[str]) -> Iterator[str]:
    """The lines of a process as they come, without what other saves of the same moment repeat."""
    for line in output:
        yield line.rstrip("\n")


def test_watching_an_exam_follows_its_families(here: Path) -> None:
    """A save of a family is one of the exam; what else changes in the folder is none of it."""
    (here / "mine.toml").write_text(FIXED)
    (here / "exam.toml").write_text(changed(EXAM, ("scalar-chain", "mine.toml")))
    seen = previews("exam.toml", PreviewOptions(out=here / "seen", is_shown=False))
    first = next(seen)
    (here / "other.toml").write_text("nothing")
    (here / "mine.toml").write_text(changed(FIXED, ("decimals = 4", "decimals = 99")))
    second = next(seen)
    (here / "mine.toml").write_text(FIXED)
    third = next(seen)
    assert not isinstance(first, Exception)
    assert "digits.decimals" in str(second)
    assert not isinstance(third, Exception)


def test_without_the_library_watching_says_how_to_get_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line; an exam that is not there is told before anything is watched."""
    (here / "mine.toml").write_text(FIXED)
    assert "there is no such file" in refused("preview", "no.toml", "--watch")
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert refused("preview", "mine.toml", "--watch") == (
        '--watch needs the library watchfiles: pip install "examgen[watch]"'
    )


def test_own_folders_come_first(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Families and exams are found in them by name, those of --banks before EXAMGEN_BANKS, in every command."""
    for folder, title in (("near", "Near"), ("far", "Far")):
        (here / folder).mkdir()
        (here / folder / "mine.toml").write_text(changed(FIXED, ('"T"', f'"{title}"\nabout = "of {folder}"')))
    (here / "far" / "ours.toml").write_text(changed(EXAM, ("scalar-chain", "mine")))
    (here / "far" / "roster.csv").write_text("id,name\ns1,Ada\n")
    assert "exam 'mine' is not shipped" in refused("make", "mine")
    monkeypatch.setenv("EXAMGEN_BANKS", os.pathsep.join([str(here / "far"), "no/such/folder"]))
    assert "'theirs' is neither in your own folders nor shipped" in refused("make", "theirs")
    for path, own in (("far/mine.toml", ()), ("near/mine.toml", (Path("near"),))):
        assert find_bank("mine", own=own).samefile(path)
    printed = run("make", "ours", "--seed", 1, "--banks", "near")
    near, far = Path("near/mine.toml"), here / "far" / "mine.toml"
    assert f"Note: mine is in 2 places: {near} is taken, and not {far}" in printed
    assert (here / "output" / "ours-1" / "questions.pdf").is_file()
    run("batch", "ours", "far/roster.csv", "--out", "class", "--no-pdf", "--jobs", 1)
    assert "All is well." in run("check", "ours", "--out", "sample")
    assert "Preview: " in run("preview", "mine", "--out", ".", "--no-open")
    assert "mine has the same name" not in run("new", "fresh", "--like", "mine", "--banks", "near")
    assert 'title = "Near"' in Path("fresh.toml").read_text(encoding="utf-8")
    assert "no/such: there is no such folder" in refused("make", "mine", "--banks", "no/such")


def test_list_shows_own_folders_first(here: Path) -> None:
    """With what is wrong in a file, and what a name in two places means; the shipped ones follow."""
    for folder in ("near", "far"):
        (here / folder).mkdir()
        (here / folder / "mine.toml").write_text(changed(FIXED, ('"T"', f'"T"\nabout = "of {folder}"')))
    (here / "near" / "circuit.toml").write_text(changed(FIXED, ('"T"', '"T"\nabout = "my own"')))
    (here / "far" / "broken.toml").write_text("title =")
    listed = run("list", "--banks", "near", "--banks", "far")
    own, _, rest = listed.partition("Exams\n")
    lines = [" ".join(line.split()) for line in own.splitlines()]
    assert lines == [
        "In near",
        f"circuit my own (taken instead of {find_bank('circuit')})",
        "mine of near (taken instead of far/mine.toml)",
        "In far",
        "broken cannot be used: not valid TOML: Invalid value (at end of document)",
        "mine of far (not found by this name, for near/mine.toml is before it)",
    ]
    assert rest == run("list").partition("Exams\n")[2].replace("  ", "  ")
    assert [one.path for one in examgen.list_banks("far")][:2] == [Path("far/broken.toml"), Path("far/mine.toml")]


def test_own_folders_of_another_process(here: Path) -> None:
    """The installed command reads the variable, with ~ for the home of its user."""
    (here / "banks").mkdir()
    (here / "banks" / "mine.toml").write_text(FIXED)
    environment = with_examgen(here / "bin") | {"EXAMGEN_BANKS": "~/banks"}
    done = subprocess.run(["examgen", "list", "mine"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"In {here}/banks\n  mine ")
