"""Each student is shown their own marks, whatever the ids: like formulas, like variants, alike but for capitals."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from tests.marking_sheets import Row, make_key, read_rows, rounded, write_sheet

RUNNER = CliRunner()
BOB = "@bob"
LIKE_BOB = ("@bob", "'@bob", "''@bob", "'bob", "bob", "BOB", "-")


def run(*arguments: object) -> str:
    """Run a command that must do well; returns what it prints."""
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A marked class: for each id what was typed for z1, which no other has; the folder is that of the empty text.

    The last student is called as the variant of `@bob`, and somebody handed in that variant without a name.
    """
    folder = tmp_path_factory.mktemp("ids")
    code = make_key(folder / "one", students=[BOB]).variants[0].code
    ids = [*LIKE_BOB, code]
    made = make_key(folder / "class", students=ids)
    typed = {student: f"100{place}" for place, student in enumerate([*ids, "nameless"])}

    def answer(row: Row) -> str:
        return typed[row["student"] or "nameless"] if row["field"] == "z1" else rounded(row)

    nameless = [row | {"student": ""} for row in made.of(BOB)]
    sheet = write_sheet(folder / "answers.csv", [*made.rows, *nameless], answer)
    typed[""] = str(folder)
    typed["said"] = run("grade", sheet, "--key", made.key, "--feedback")
    return typed


def test_every_page_is_of_the_student_whose_name_it_has(marked: dict[str, str]) -> None:
    """Nobody reads what another one wrote, and no file is missing."""
    pages = Path(marked[""]) / "class" / "marks" / "feedback"
    told = {}
    for page in pages.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        (answer,) = re.findall(r">(100\d)</td>", text)
        told[answer] = page.stem.split("~")[0]
        assert page.with_suffix(".pdf").is_file()
    (code,) = set(marked) - {*LIKE_BOB, "", "said", "nameless"}
    names = ["@bob", "%27@bob", "%27%27@bob", "%27bob", "bob", "BOB", "-", code, f"variant={code}"]
    assert told == {f"100{place}": name for place, name in enumerate(names)}
    assert len({page.name.lower() for page in pages.iterdir()}) == 2 * len(names)


def test_every_student_is_explained_by_the_very_id(marked: dict[str, str]) -> None:
    """What is typed on the command line is the id, a dash the paper without a name."""
    folder = Path(marked[""]) / "class"
    for student in set(marked) - {"", "said", "nameless", "-"}:
        assert marked[student] in run("explain", folder, student, "z1"), student
    assert marked["nameless"] in run("explain", folder, "-", "z1")
    assert marked["-"] in run("explain", folder, "'-", "z1")


def test_printed_ids_are_those_of_the_class(marked: dict[str, str]) -> None:
    """The list of marks has no apostrophes that are not in the ids; the tables have them."""
    printed = [line.split("\t")[0] for line in marked["said"].splitlines()]
    assert printed[1 : 1 + len(LIKE_BOB)] == list(LIKE_BOB)
    book = read_rows(Path(marked[""]) / "class" / "marks" / "gradebook.csv")
    assert [row["student"] for row in book[:3]] == ["'@bob", "''@bob", "'''@bob"]


def test_marks_set_by_hand_go_to_the_student_who_is_meant(marked: dict[str, str], tmp_path: Path) -> None:
    """An id may be written as it is or as the tables show it; where these are two students, it is asked which one."""
    folder = Path(marked[""])
    by_hand = tmp_path / "overrides.csv"
    grade = ("grade", folder / "answers.csv", "--key", folder / "class", "--out", tmp_path, "--overrides", by_hand)
    by_hand.write_text("student,field,marks,reason\n@bob,z1,1,read it\n'''@bob,z1,1,read it\n", encoding="utf-8")
    run(*grade)
    rows = [row for row in read_rows(tmp_path / "results.csv") if row["field"] == "z1"]
    assert [row["student"] for row in rows if row["marks"] == "1"] == ["'@bob", "'''@bob"]
    by_hand.write_text("student,field,marks,reason\n'@bob,z1,1,read it\n", encoding="utf-8")
    done = RUNNER.invoke(app, [str(argument) for argument in grade])
    assert (done.exit_code, done.stdout) == (1, "")
    said = r"Error: .*overrides\.csv: line 2: '@bob may be two students .*; write @bob or ''@bob\n"
    assert re.fullmatch(said, done.stderr)


def test_ids_are_known_as_our_own_tables_spell_them(tmp_path: Path) -> None:
    """Who makes a table of answers from the gradebook's ids is understood, apostrophe and all, and nobody is absent."""
    made = make_key(tmp_path / "class", students=["-7", "=b()", "@c", "d"])
    spelled = {"-7": "'-7", "=b()": "'=b()"}
    rows = [row | {"student": spelled.get(row["student"], row["student"])} for row in made.rows]
    said = run("grade", write_sheet(tmp_path / "answers.csv", rows, rounded), "--key", made.key)
    assert "student \"'-7\" is credited to '-7', whose id is spelled so" in said
    book = read_rows(made.folder / "marks" / "gradebook.csv")
    assert [(row["student"], row["status"]) for row in book] == [
        (one, "marked") for one in ("'-7", "'=b()", "'@c", "d")
    ]
