"""A key of which a file was changed is refused in one line that names the place; what instructors may change is not."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.exams.keys.key_sums import SUMS
from tests.laws import some_of
from tests.marking_sheets import MadeKey, Row, make_key, write_sheet

RUNNER = CliRunner()

Change = Callable[[list[Row]], object]
Edit = Callable[[Any], object]


@pytest.fixture
def made(tmp_path: Path) -> MadeKey:
    """The key of a class of three, one of them called like a formula, and what the first handed in."""
    made = make_key(tmp_path / "class", students=["s1", "=s2", "s3"])
    write_sheet(tmp_path / "sheet.csv", made.of("s1"))
    return made


@pytest.fixture(params=["with sums", "of an earlier version"])
def key(request: pytest.FixtureRequest, made: MadeKey) -> MadeKey:
    """The same as it is written now, and without what is new in it."""
    if request.param != "with sums":
        edit(made, lambda document: document.pop(SUMS))
    return made


def graded(made: MadeKey) -> tuple[int, str, str]:
    """Exit code, output and errors of `examgen grade`."""
    sheet = made.folder.parent / "sheet.csv"
    done = RUNNER.invoke(app, ["grade", str(sheet), "--key", str(made.key), "--out", str(made.folder / "marks")])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def refused(made: MadeKey) -> str:
    """The one line with which the key is refused, and nothing is marked."""
    code, out, errors = graded(made)
    assert (code, out) == (1, "")
    assert re.fullmatch(r"Error: [^\n]+\n", errors)
    assert not (made.folder / "marks").exists()
    return errors


def edit(made: MadeKey, change: Edit) -> None:
    """Change exam.json."""
    path = made.key / "exam.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def edit_line(made: MadeKey, line: int, change: Edit) -> None:
    """Change a line of variants.jsonl."""
    path = made.key / "variants.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    document = json.loads(lines[line - 1])
    change(document)
    lines[line - 1] = json.dumps(document)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def edit_rows(made: MadeKey, change: Change, delimiter: str = ",") -> None:
    """Change the rows of answers.csv."""
    rows = [dict(row) for row in made.rows]
    header = list(rows[0])
    change(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (made.key / "answers.csv").write_text(text.getvalue(), encoding="utf-8")


def put(row: int, name: str, value: str) -> Change:
    """Another cell."""
    return lambda rows: rows[row].update({name: value})


def cases(table: Mapping[str, tuple[Any, str]], count: int) -> dict[str, Any]:
    """So many rows of a table for `parametrize`, under their names."""
    names = some_of(list(table), count)
    return {"argvalues": [table[name] for name in names], "ids": names}


DISAGREEMENTS: dict[str, tuple[Change, str]] = {
    "an answer": (
        put(1, "answer", "7"),
        r"line 3: Q1 A1 of student 's1' is '7' here, and -?\d+\.\d+ by .* line 1 of var",
    ),
    "an answer far behind": (
        put(40, "answer", "1e9"),
        r"line 42: .* of student 's3' is '1e9' here, and .* line 3 of var",
    ),
    "a small change": (lambda rows: rows[4].update(answer=str(float(rows[4]["answer"]) * (1 + 1e-7))), "line 6: "),
    "the sign": (lambda rows: rows[1].update(answer=f"-{rows[1]['answer']}"), "line 3: "),
    "no number": (put(1, "answer", "0.5 or so"), r"line 3: Q1 A1 of student 's1' is '0.5 or so' here"),
    "no answer": (put(1, "answer", ""), "line 3: Q1 A1 of student 's1' is '' here"),
    "not a number": (put(1, "answer", "nan"), "line 3: Q1 A1 of student 's1' is 'nan' here"),
    "another exam": (put(5, "exam", "other-abcdef"), "line 7: exam 'other-abcdef' is not that of exam.json, 'scalar"),
    "an unknown student": (put(5, "student", "s9"), "line 7: student 's9' is not in variants.jsonl"),
    "another's row": (
        put(5, "student", "s3"),
        r"line 7: student 's3' has variant '\w+' here, and '\w+' in line 3 of var",
    ),
    "another variant": (put(5, "variant", "AAAAAAAA"), "line 7: student 's1' has variant 'AAAAAAAA' here, and '"),
    "an unknown question": (put(5, "question", "Q2"), "line 7: Q2 '.*' is not on the paper of student 's1'"),
    "an unknown field": (put(5, "field", "z9"), "line 7: Q1 'z9' is not on the paper of student 's1' by exam.json and"),
    "a missing row": (
        lambda rows: rows.pop(20),
        r"answers\.csv: has no row for Q1 \w+ of student '=s2', who is in line 2 ",
    ),
    "a missing student": (
        lambda rows: rows.__delitem__(slice(17, 34)),
        "has no row for Q1 z1 of student '=s2', who is in",
    ),
    "a row twice": (lambda rows: rows.append(rows[3]), "line 53: Q1 .* of student 's1' stands in line 5 already"),
    "two rows exchanged": (
        lambda rows: (rows[0].update(field=rows[6]["field"]), rows[6].update(field="z1")),
        r"line 2: Q1 \w+ of student 's1' is ",
    ),
}


@pytest.mark.parametrize(("change", "said"), **cases(DISAGREEMENTS, 9))
def test_answers_that_do_not_follow_are_refused(key: MadeKey, change: Change, said: str) -> None:
    """The line of answers.csv is named, what stands there, and what should; so is the way out."""
    edit_rows(key, change)
    line = refused(key)
    assert re.search(rf"key/answers\.csv: .*{said}|{said}", line), line
    assert "answers.csv" in line
    assert line.endswith(
        "; put the files back as they were made, or take answers.csv away, which marking does not need\n"
    )
    (key.key / "answers.csv").unlink()
    assert graded(key)[0] == 0


def test_numbers_that_were_changed_are_refused(key: MadeKey) -> None:
    """A given number of variants.jsonl, of which the answers are not."""
    edit_line(key, 2, lambda line: line["questions"]["Q1"]["givens"].update(x=[[0.125]]))
    assert re.search(r"answers\.csv: line \d+: Q1 \w+ of student '=s2' is .* by the numbers in line 2 of", refused(key))


def test_shapes_that_were_changed_are_refused(key: MadeKey) -> None:
    """A known activation or loss in the place of another one, and a task that asks for something else."""
    edit(key, lambda document: document["questions"][0]["tasks"][0].update(ask=["z"]))
    assert re.search(
        r"answers\.csv: line \d+: Q1 '\w+' is not on the paper of student 's1' by exam\.json", refused(key)
    )
    edit(key, lambda document: document["questions"][0]["tasks"][0].update(ask=["z", "a", "loss"]))
    used = json.loads((key.key / "variants.jsonl").read_text().splitlines()[0])["questions"]["Q1"]["shape"]
    edit(key, lambda document: document["questions"][0]["shapes"][used].update(loss="huber"))
    assert re.search(r"answers\.csv: line \d+: Q1 \w+ of student '.*' is ", refused(key))


HARMLESS: dict[str, tuple[Change, str]] = {
    "another order": (lambda rows: rows.reverse(), ","),
    "semicolons": (lambda _: None, ";"),
    "semicolons and commas": (lambda rows: [row.update(answer=row["answer"].replace(".", ",")) for row in rows], ";"),
    "other spellings": (lambda rows: [row.update(answer=f"{float(row['answer']):.15e}") for row in rows], ","),
    "the last digits": (lambda rows: [row.update(answer=f"{float(row['answer']):.12g}") for row in rows], ","),
    "labels and places": (lambda rows: [row.update(symbol="", layer="", step="7") for row in rows], ","),
    "no rows": (lambda rows: rows.clear(), ","),
}


@pytest.mark.parametrize(("change", "delimiter"), HARMLESS.values(), ids=HARMLESS.keys())
def test_the_same_answers_in_another_form_are_the_same(key: MadeKey, change: Change, delimiter: str) -> None:
    """The order of rows, what a spreadsheet makes of numbers, and columns that nothing rests on."""
    edit_rows(key, change, delimiter)
    assert graded(key)[0] == 0


def test_what_an_instructor_may_change_is_no_disagreement(key: MadeKey) -> None:
    """Policy, marks, digits and texts of exam.json, names, and line ends; answers.csv shows the marks of before."""

    def change(document: Any) -> None:
        document["policy"] |= {"imprecise": 1, "follow_through": "off"}
        document["title"] = "Another title"
        for task in document["questions"][0]["tasks"]:
            task |= {"marks": 3, "bonus": True, "text": "Go on.", "digits": {"decimals": 2}}

    edit(key, change)
    edit_line(key, 1, lambda line: line.update(name="Ada"))
    for name in ("variants.jsonl", "exam.json", "answers.csv"):
        path = key.key / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    code, out, _ = graded(key)
    assert code == 0
    assert "s1\t51\t0" in out


@pytest.mark.parametrize("name", ["exam.json", "variants.jsonl"])
def test_a_mark_of_byte_order_changes_nothing(key: MadeKey, name: str) -> None:
    """Some editors put one before the text that they save, and a mistake further on is still told by its own line."""
    path = key.key / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert graded(key)[0] == 0
    shutil.rmtree(key.folder / "marks")
    lines = (key.key / "variants.jsonl").read_bytes().split(b"\n")
    (key.key / "variants.jsonl").write_bytes(b"\n".join([lines[0], lines[1][:-9], *lines[2:]]))
    assert "variants.jsonl: line 2: " in refused(key)


def test_a_key_needs_no_answers(key: MadeKey) -> None:
    """Who has copied exam.json and variants.jsonl alone can mark."""
    (key.key / "answers.csv").unlink()
    code, said = graded(key)[:2]
    assert code == 0
    # A key of an earlier version does not say what it had.
    is_known = '"sha256"' in (key.key / "exam.json").read_text(encoding="utf-8")
    assert ("answers.csv: is not there, or empty; marking does without it" in said) is is_known


def test_lost_papers_are_told_without_the_answers(key: MadeKey) -> None:
    """Nobody is left out unseen: exam.json says how many papers there were."""
    if '"sha256"' not in (key.key / "exam.json").read_text(encoding="utf-8"):
        return  # an earlier version did not say it
    (key.key / "answers.csv").unlink()
    path = key.key / "variants.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert f"has {len(lines) - 1} papers, and the key was made with {len(lines)}" in refused(key)


BROKEN_LINES: dict[str, tuple[Callable[[list[str]], object], str]] = {
    "a line twice": (lambda lines: lines.append(lines[1]), r"line 4: student '=s2' is in line 2 already"),
    "a student twice": (
        lambda lines: lines.append(lines[1].replace('"variant": "', '"variant": "X')),
        r"line 4: student '=s2' is in line 2 already",
    ),
    "another student's line": (
        lambda lines: lines.append(lines[1].replace('"=s2"', '"s4"')),
        r"line 4: variant '\w+' of student 's4' is that of line 2 again",
    ),
    "no lines": (lambda lines: lines.clear(), "has no papers"),
    "no questions": (
        lambda lines: lines.__setitem__(1, re.sub(r'"questions": .*', '"questions": {}}', lines[1])),
        "line 2: damaged: 'Q1' is missing",
    ),
    "a list of questions": (
        lambda lines: lines.__setitem__(1, re.sub(r'"questions": .*', '"questions": []}', lines[1])),
        "line 2: damaged: ",
    ),
    "one question more": (
        lambda lines: lines.__setitem__(2, lines[2].replace('{"Q1": ', '{"Q2": {}, "Q1": ')),
        "line 3: damaged: questions must be Q1, and no others",
    ),
    "one number more": (
        lambda lines: lines.__setitem__(2, lines[2].replace('"givens": {', '"givens": {"W7": [[1]], ')),
        "line 3: damaged: Q1: givens must be x, y, W1, ",
    ),
    "a number in quotes": (
        lambda lines: lines.__setitem__(0, re.sub(r'"W1": \[\[(.*?)\]\]', r'"W1": [["\1"]]', lines[0])),
        "line 1: damaged: Q1 W1: not numbers alone; write them without quotes",
    ),
    "a name twice": (
        lambda lines: lines.__setitem__(0, lines[0].replace('{"student": "s1"', '{"student": "s1", "student": "s2"')),
        "line 1: damaged: 'student' stands twice in one table; keep one of them",
    ),
    "a number twice": (
        lambda lines: lines.__setitem__(2, lines[2].replace('"W1": ', '"W1": [[9]], "W1": ')),
        "line 3: damaged: 'W1' stands twice",
    ),
    "no number": (
        lambda lines: lines.__setitem__(0, re.sub(r'"W1": \[\[.*?\]\]', '"W1": [[NaN]]', lines[0])),
        "line 1: damaged: Q1 W1: not a finite number",
    ),
    "a number without end": (
        lambda lines: lines.__setitem__(0, re.sub(r'"W1": \[\[.*?\]\]', '"W1": [[1e999]]', lines[0])),
        "line 1: damaged: Q1 W1: not a finite number",
    ),
    "an unknown shape": (
        lambda lines: lines.__setitem__(1, re.sub('"shape": "."', '"shape": "ZZ"', lines[1])),
        "line 2: damaged: 'ZZ' is missing or not known",
    ),
    "half a line": (lambda lines: lines.__setitem__(2, lines[2][:50]), "line 3: damaged: "),
}


@pytest.mark.parametrize(("change", "said"), **cases(BROKEN_LINES, 8))
def test_lines_that_cannot_be_are_refused(key: MadeKey, change: Callable[[list[str]], object], said: str) -> None:
    """The line of variants.jsonl is named, whatever answers.csv says."""
    path = key.key / "variants.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    change(lines)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert re.search(rf"key/variants\.jsonl: {said}", refused(key))
    (key.key / "answers.csv").unlink()
    assert re.search(rf"key/variants\.jsonl: {said}", refused(key))


def at(*path: str | int, value: Any) -> Edit:
    """Another value in exam.json."""

    def change(document: Any) -> None:
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = value

    return change


QUESTION, TASK, SHAPE = ("questions", 0), ("questions", 0, "tasks", 0), ("questions", 0, "shapes", "A")

BROKEN_EXAMS: dict[str, tuple[Edit, str]] = {
    "no questions": (at("questions", value=[]), r"questions is \[\]; give a list of one or more"),
    "questions that are none": (at("questions", value="Q1"), "questions is 'Q1'; give a list of one or more"),
    "a question that is none": (
        at(*QUESTION, value=7),
        r"questions\[1\] is 7; a question is a table with id, tasks and",
    ),
    "a question twice": (
        lambda document: document["questions"].append(document["questions"][0]),
        r"questions\[2\]\.id is 'Q1', as questions\[1\]\.id is; each question has an id of its own",
    ),
    "no tasks": (at(*QUESTION, "tasks", value=[]), r"questions\[1\]\.tasks is \[\]; give a list of one or more"),
    "no shapes": (
        at(*QUESTION, "shapes", value={}),
        r"questions\[1\]\.shapes is \{\}; give one or more shapes by their",
    ),
    "tasks that ask for nothing": (
        lambda document: [task.update(ask=["product"]) for task in document["questions"][0]["tasks"]],
        r"questions\[1\]\.tasks\[1\]: .*'product' is unknown; allowed: z, a, loss, ",
    ),
    "an entry that is asked twice": (
        lambda document: document["questions"][0]["tasks"].append(document["questions"][0]["tasks"][0]),
        "Q1 asks for z1 twice; ask for each quantity once",
    ),
    "an unknown activation": (
        at(*SHAPE, "activations", value=["swoosh", "tanh"]),
        r"questions\[1\]\.shapes\.A: activation 'swoosh' is unknown; allowed",
    ),
    "an unknown loss": (
        at(*SHAPE, "loss", value="gain"),
        r"questions\[1\]\.shapes\.A: loss 'gain' is unknown; allowed: squared_error, ",
    ),
    "too many layers": (
        at(*SHAPE, "sizes", value=[64] * 2000),
        r"questions\[1\]\.shapes\.A\.sizes has 2,000 layers; use at",
    ),
    "too many numbers": (
        at(
            *SHAPE,
            value={
                "sizes": [64] * 9,
                "activations": ["tanh"] * 8,
                "loss": "squared_error",
                "steps": 64,
                "samples_per_step": 64,
                "updates": True,
            },
        ),
        r"questions\[1\]\.shapes\.A: its quantities are about [\d,]+ numbers; use a shape of at most 1,000,000",
    ),
    "a formula without end": (
        at(*TASK, "text", value="$" + r"\frac{1}{" * 200 + "x" + "}" * 200 + "$"),
        r"questions\[1\]\.tasks\[1\]\.text: the formula .* has 200 levels of",
    ),
}


@pytest.mark.parametrize(("change", "said"), **cases(BROKEN_EXAMS, 7))
def test_exams_that_cannot_be_are_refused(key: MadeKey, change: Edit, said: str) -> None:
    """The place in exam.json is named, and what is allowed there."""
    edit(key, change)
    assert re.search(rf"key/exam\.json: (damaged: )?{said}", refused(key))


def test_a_table_that_says_something_twice_is_refused(key: MadeKey) -> None:
    """Other readers of JSON take the last, without a word."""
    path = key.key / "exam.json"
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace('{"format"', '{"notation": "nielsen", "format"', 1)
        .replace('{\n "format"', '{\n "notation": "nielsen",\n "format"', 1),
        encoding="utf-8",
    )
    assert "exam.json: not a JSON file: 'notation' stands twice in one table" in refused(key)


def test_a_code_may_be_that_of_two_papers(tmp_path: Path) -> None:
    """Codes are short: in a very large class two papers with other numbers may share one."""
    made = make_key(tmp_path / "class", students=["s1", "s2"])
    write_sheet(tmp_path / "sheet.csv", made.of("s1"))
    codes = [variant.code for variant in made.variants]
    edit_line(made, 2, lambda line: line.update(variant=codes[0]))
    edit_rows(made, lambda rows: [row.update(variant=codes[0]) for row in rows])
    assert graded(made)[0] == 0


def test_explaining_and_feedback_ask_the_key_too(key: MadeKey) -> None:
    """What is told long after the marking is told by a key that is as it was."""
    assert graded(key)[0] == 0
    edit_line(key, 1, lambda line: line["questions"]["Q1"]["givens"].update(x=[[0.125]]))
    done = RUNNER.invoke(app, ["explain", str(key.folder), "s1", "z1", "--key", str(key.key)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "answers.csv: line 2: Q1 z1 of student 's1' is" in done.stderr


@pytest.mark.parametrize(
    ("kind", "wrong"), [("formula", "2 * z1"), ("shape", "(7, 7)"), ("choice", "c")], ids=["formula", "shape", "choice"]
)
def test_answers_that_are_no_numbers_are_compared_too(tmp_path: Path, kind: str, wrong: str) -> None:
    """A formula in another form is the same; another formula, shape or letter is not."""
    made = make_key(tmp_path / "class", "formulas", ["s1", "s2"])
    write_sheet(tmp_path / "sheet.csv", made.of("s1"), lambda row: row["answer"])
    edit(made, lambda document: document.pop(SUMS))
    assert graded(made)[0] == 0
    of_kind = {"formula": "_formula", "shape": "_shape", "choice": "choice_"}[kind]
    place = next(number for number, row in enumerate(made.rows) if of_kind in row["field"])
    right = made.rows[place]["answer"]
    edit_rows(made, put(place, "answer", f"0 + {right}" if kind == "formula" else f" {right} "))
    assert graded(made)[0] == 0
    edit_rows(made, put(place, "answer", wrong))
    code, _, errors = graded(made)
    assert code == 1
    assert re.search(
        rf"answers\.csv: line {place + 2}: Q1 \w+ of student 's1' is .* here, and .* by exam\.json", errors
    )
