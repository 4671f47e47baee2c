"""The key: its files, their columns, what is read back from them, and what is said about damaged ones."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.errors import KeyFileError
from examgen.exams.banks.bank_files import Family, load_bank, shipped_banks
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import write_files
from examgen.exams.keys.key_documents import Making
from examgen.exams.keys.key_folder import exam_id_of, key_files, read_key
from examgen.exams.keys.key_lines import sheet_csv
from examgen.exams.paper_shapes import paper_shape
from examgen.exams.policy import Policy, Rounding
from tests.classroom.hand_circuits import all_quantities
from tests.laws import some_of
from tests.oracles import Numbers, by_autograd, by_dual_numbers
from tests.small_banks import DRAWN, changed, class_of, fitting_notations, shipped_names, written

SHEET = "exam,variant,student,question,field,symbol,answer"
KEY = f"{SHEET},quantity,layer,step,sample,row,col,decimals,marks"
STUDENTS = [Student("maria", "Maria Muster"), Student("=1+1", "O'Hara, \u2028 Zo\u00eb"), Student("")]

EVERYTHING = changed(
    DRAWN,
    ("[1, 1]", "[2, 1]"),
    ("loss =", "steps = 2\nsamples_per_step = 2\nloss ="),
    ("y =", "learning_rate = { choices = [0.5] }\ny ="),
    ('["z", "a", "loss"]', '["z", "a", "loss", "slope", "dL_da", "dL_dz", "dL_dW", "dL_db", "W_new", "b_new"]'),
)
"""A mini-batch network with two steps that asks for everything."""


def made(folder: Path, name: str, notation: str | None = None) -> tuple[Exam, list[Variant]]:
    """An exam with its papers; its key is written to the folder."""
    loaded = load_exam(name, 7, notation)
    variants = draw_variants(loaded, STUDENTS)
    write_files(folder, key_files(loaded.exam, variants, "1.2.3"))
    return loaded.exam, variants


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def canonical(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("question", "quantity", "layer", "step", "sample", "row", "col"))


@pytest.mark.parametrize(("place", "name"), some_of(list(enumerate(shipped_names())), 13))
def test_a_key_reads_back_as_it_was_made(tmp_path: Path, place: int, name: str) -> None:
    """Exam, fields, digits, marks, policy and numbers are the same: in its own notation and, in turn, in each other."""
    notations = fitting_notations(name)
    for notation in (None, notations[place % len(notations)]):
        exam, variants = made(tmp_path, name, notation)
        key = read_key(tmp_path)
        assert key.folder == tmp_path
        for part in ("id", "name", "title", "notation", "instructions", "policy"):
            assert getattr(key.exam, part) == getattr(exam, part)
        for before, after in zip(exam.questions, key.exam.questions, strict=True):
            for part in ("id", "title", "text", "tasks", "digits", "shapes", "given_decimals"):
                assert getattr(after, part) == getattr(before, part)
            for label in before.shapes:
                fields = [paper_shape(question, label, exam.notation).fields for question in (before, after)]
                assert fields[0] == fields[1]
        assert [_plain(variant) for variant in key.variants] == [_plain(variant) for variant in variants]
        assert key_files(key.exam, key.variants, "1.2.3") == key_files(exam, variants, "1.2.3")


def _plain(variant: Variant) -> tuple[Any, ...]:
    numbers = {
        question: (part.label, {name: values.tolist() for name, values in part.givens.items()})
        for question, part in variant.questions.items()
    }
    return variant.student, variant.name, variant.code, numbers


def test_a_key_is_found_in_the_folder_of_its_exam(tmp_path: Path) -> None:
    """The folder that `make` wrote and its key folder are both good; a stray folder of that name does no harm."""
    made(tmp_path / "out/key", "scalar-chain")
    assert read_key(tmp_path / "out").folder == read_key(tmp_path / "out/key").folder == tmp_path / "out/key"
    (tmp_path / "out/key/key").mkdir()
    assert read_key(tmp_path / "out/key").folder == tmp_path / "out/key"


def test_the_same_papers_give_the_same_bytes(tmp_path: Path) -> None:
    """Two runs write the same three files."""
    papers = [made(tmp_path / run, "midterm") for run in "ab"]
    first, second = (key_files(exam, variants, "1.2.3") for exam, variants in papers)
    assert list(first) == ["exam.json", "variants.jsonl", "answers.csv"]
    assert first == second


def test_sheets_and_keys_have_the_columns_of_the_format(tmp_path: Path) -> None:
    """Seven columns for students, eight more in the key; the same rows, answers empty on the sheet."""
    exam, variants = made(tmp_path, "question2")
    sheet, key = sheet_csv(exam, variants), (tmp_path / "answers.csv").read_bytes()
    assert sheet.decode().splitlines()[0] == SHEET
    assert key.decode().splitlines()[0] == KEY
    blank = [dict(row, answer="") for row in table(key)]
    assert table(sheet) == [{name: row[name] for name in SHEET.split(",")} for row in blank]
    assert {row["exam"] for row in blank} == {exam.id}
    assert list(dict.fromkeys(row["variant"] for row in blank)) == [variant.code for variant in variants]


def test_canonical_columns_are_one_based_and_in_stored_order(tmp_path: Path) -> None:
    """A 2-1 network with two mini-batches: to before from for weights, sample and unit for activations, else empty."""
    made(tmp_path, written(tmp_path, EVERYTHING), "from-to")
    rows = {row["field"]: ",".join(canonical(row)[1:]) for row in table((tmp_path / "answers.csv").read_bytes())}
    assert rows["s1_z1_1_2"] == "z,1,1,2,1,"
    assert rows["s2_a1_1_1"] == "a,1,2,1,1,"
    assert rows["s1_L"] == "loss,,1,,,"
    assert rows["s2_slope1_1_2"] == "slope,1,2,2,1,"
    assert rows["s2_dL_da1_1_2"] == "dL_da,1,2,2,1,"
    assert rows["s1_delta1_1_1"] == "dL_dz,1,1,1,1,"
    assert rows["s1_dL_dw1_2_1"] == "dL_dW,1,1,,1,2"
    assert rows["s2_dL_db1"] == "dL_db,1,2,,1,"
    assert rows["s2_w1_2_1_new"] == "W_new,1,2,,1,2"
    assert rows["s1_b1_new"] == "b_new,1,1,,1,"
    assert len(rows) == 2 * (2 * 5 + 1 + 2 + 1 + 2 + 1)


def test_products_have_their_number_as_layer(tmp_path: Path) -> None:
    """Row and column are those of the product; there is no step and no sample."""
    made(tmp_path, "matrix-warmups")
    rows = {row["field"]: ",".join(canonical(row)[1:]) for row in table((tmp_path / "answers.csv").read_bytes())}
    assert rows["P2_3_4"] == "product,2,,,3,4"
    assert rows["P5_1_2"] == "product,5,,,1,2"


@pytest.mark.parametrize("name", ["question2", "minibatch", "matrix-warmups", "scalar-chain"])
def test_canonical_columns_are_the_same_in_every_notation(tmp_path: Path, name: str) -> None:
    """Programs that read the key need not know the notation: the same places have the same values, but for the sign of
    error terms where the notation chooses it."""
    found = {}
    for notation in fitting_notations(name):
        made(tmp_path, name, notation)
        rows = table((tmp_path / "answers.csv").read_bytes())
        found[notation] = {(row["student"], *canonical(row)): (row["answer"], row["decimals"]) for row in rows}
    of_other_sign = found.pop("descent", {})
    usual, *others = found.values()
    assert len(others) >= 3
    assert all(rows == usual for rows in others)
    for place, (text, digits) in of_other_sign.items():
        is_error_term = any(str(part).startswith("dL_") for part in place)
        assert digits == usual[place][1]
        assert float(text) in {float(usual[place][0]), (-1 if is_error_term else 1) * float(usual[place][0])}


def plain_networks() -> list[str]:
    """Shipped families of networks that another library knows: all is learned by plain gradient descent, with the usual
    signs."""
    known = {"sizes", "activations", "loss", "steps", "samples_per_step", "batch_delta"}
    banks = {path.stem: load_bank(path) for path in shipped_banks()}
    return [
        name
        for name, bank in banks.items()
        if isinstance(bank, Family) and bank.network is not None and bank.notation != "descent"
        if bank.network.model_fields_set <= known and "perceptron" not in bank.network.loss
    ]


@pytest.mark.parametrize("name", plain_networks())
def test_answers_are_those_of_another_library(tmp_path: Path, name: str) -> None:
    """Each reference, found by its canonical columns, is the derivative that automatic differentiation gives."""
    exam, variants = made(tmp_path, name)
    rows = table((tmp_path / "answers.csv").read_bytes())
    for variant in variants:
        [(question, numbers)] = variant.questions.items()
        shape = exam.questions[0].shapes[numbers.label]
        values = _by_another_library(shape, numbers.givens)
        own = [row for row in rows if row["variant"] == variant.code]
        assert len(own) == len(paper_shape(exam.questions[0], numbers.label, exam.notation).fields)
        for row in own:
            assert row["question"] == question
            if not row["decimals"]:
                # A formula, a shape or a choice, which has tests of its own.
                continue
            reference = _by_columns(values, row)
            assert float(row["answer"]) == pytest.approx(reference, rel=1e-9, abs=1e-12)


def _by_another_library(shape: Exercise, givens: Any) -> Numbers:
    batched = {name: np.array(values)[None] for name, values in givens.items()}
    if isinstance(shape, CircuitShape):
        return {name: values[0] for name, values in all_quantities(shape, batched).items()}
    assert isinstance(shape, NetworkShape)
    batched.setdefault("learning_rate", np.ones(1))
    return {name: values[0] for name, values in by_autograd(shape, batched).items()}


def _by_columns(values: Numbers, row: dict[str, str]) -> Any:
    kind, layer = row["quantity"], row["layer"]
    name = kind if kind in values else f"{kind[0]}{layer}_new" if kind.endswith("_new") else f"{kind}{layer}"
    suffix = "" if row["step"] in {"", "1"} else f"@{row['step']}"
    place = tuple(int(row[column]) - 1 for column in ("sample", "row", "col") if row[column])
    return values[name + suffix][place]


@pytest.mark.parametrize("name", ["relu-integers", "relu-1-1-3-1"])
def test_networks_of_whole_numbers_have_whole_answers(tmp_path: Path, name: str) -> None:
    """Answers are spelled without a point, and are exact in fractions."""
    exam, variants = made(tmp_path, name)
    rows = table((tmp_path / "answers.csv").read_bytes())
    assert all(row["answer"].lstrip("-").isdigit() and row["answer"] != "-0" for row in rows)
    for variant in variants:
        shape = exam.questions[0].shapes[variant.questions["Q1"].label]
        assert isinstance(shape, NetworkShape)
        givens = {"learning_rate": np.array(1), **variant.questions["Q1"].givens}
        values = by_dual_numbers(shape, givens, lambda number: Fraction(str(number)))
        for row in rows:
            if row["variant"] == variant.code:
                assert Fraction(row["answer"]) == _by_columns(values, row)


def test_references_are_rounded_once(tmp_path: Path) -> None:
    """Sums of decimals that doubles miss by a hair are exact: 0.1 * 3 + 0.3 is 0.6."""
    text = changed(
        DRAWN,
        ('["sigmoid"]', '["identity"]'),
        ('{ min = "-1", max = "1", step = "0.1", exclude = ["0"] }', "{ choices = [0.1] }"),
        ('["0.1", 0.2]', "[0.3]"),
        ("{ min = 1, max = 2, step = 0.5 }", "{ choices = [3] }"),
    )
    made(tmp_path, written(tmp_path, text))
    rows = table((tmp_path / "answers.csv").read_bytes())
    assert {row["answer"] for row in rows if row["quantity"] == "z"} == {"0.6"}


def test_decimals_and_marks_are_those_of_the_task(tmp_path: Path) -> None:
    """Significant figures are told as the decimals that they mean for the reference."""
    text = changed(DRAWN, ("decimals = 4", "significant_figures = 3")) + "marks = 2.5\n"
    made(tmp_path, written(tmp_path, text))
    for row in table((tmp_path / "answers.csv").read_bytes()):
        spelled = f"{float(row['answer']):.2e}"
        assert int(row["decimals"]) == 2 - int(spelled.partition("e")[2])
        assert row["marks"] == "2.5"


def test_exam_json_is_the_fixed_format(tmp_path: Path) -> None:
    """The keys and their order, and a shape as the format spells it."""
    exam, _ = made(tmp_path, "relu-sigmoid-3-2-2-1")
    document = json.loads((tmp_path / "exam.json").read_text(encoding="utf-8"))
    assert " ".join(document) == (
        "format examgen draws exam name title notation seed language paper decimal_mark key_detail "
        "instructions policy questions sha256 counts"
    )
    assert (document["format"], document["examgen"], document["exam"]) == (1, "1.2.3", exam.id)
    assert document["notation"] == "from-to"
    assert document["policy"] == {
        "correct": "1",
        "follow_through": "1",
        "imprecise": "0.5",
        "wrong": "0",
        "misconception": "0",
        "precision": "strict",
        "ignore_above": "1000",
        "follow_through_cause": True,
        "least_digits": 2,
        "truncation": False,
        "zeros_carry": False,
        "rounding": "none",
        "grades": [],
    }
    assert document["questions"][0]["id"] == "Q1"
    assert document["questions"][0]["shapes"] == {
        "A": {
            "sizes": [3, 2, 2, 1],
            "activations": ["relu", "sigmoid", "sigmoid"],
            "loss": "half_squared_error",
            "steps": 2,
            "samples_per_step": 1,
            "updates": True,
        }
    }


POLICY = """
[policy]
follow_through = "off"
imprecise = 0.25
ignore_above = 1e3
rounding = { step = 0.25, direction = "down" }
grades = [{ grade = "pass", from = 50 }]
"""


def test_a_whole_policy_and_marks_of_tasks_read_back(tmp_path: Path) -> None:
    """Everything that a bank file may say about marks is in exam.json."""
    task = '[[tasks]]\ntext = "W"\nask = ["dL_dW"]\nmarks = "0.125"\n'
    exam, _ = made(tmp_path, written(tmp_path, f"{DRAWN}marks_per_task = 10\nbonus = true\n{task}{POLICY}"))
    again = read_key(tmp_path).exam
    assert again.policy == exam.policy
    assert again.policy.follow_through == "off"
    assert again.questions[0].tasks == exam.questions[0].tasks
    rows = table((tmp_path / "answers.csv").read_bytes())
    assert [row["marks"] for row in rows[:4]] == ["3.333333", "3.333333", "3.333333", "0.125"]


def test_an_older_key_has_the_defaults(tmp_path: Path) -> None:
    """What exam.json did not say before means what it always meant."""
    exam, _ = made(tmp_path, "scalar-chain")
    path = tmp_path / "exam.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["policy"] = {"correct": "1", "imprecise": "0.5"}
    path.write_text(json.dumps(document))
    assert read_key(tmp_path).exam.policy == exam.policy == Policy()


@pytest.mark.parametrize(
    "making",
    [
        Making(0, "de", "letter"),
        Making(2**70, "tlh", "a4", key_detail="short", draws=3),
        Making(),
        Making(7, fairness=0.1),
        Making(7, fairness=0.0),
        Making(7, scan=1),
    ],
)
def test_how_papers_were_made_stands_in_the_key(tmp_path: Path, making: Making) -> None:
    """Seed, draws, language, paper size and the detail of the worked solution are read back, however large they are."""
    loaded = load_exam("scalar-chain", 7)
    write_files(tmp_path, key_files(loaded.exam, draw_variants(loaded, STUDENTS), "1.2.3", making))
    assert read_key(tmp_path).making == making


@pytest.mark.parametrize("told", [-1, 1.5, "1", True, [1]])
def test_bubble_pages_of_no_format_are_told(tmp_path: Path, told: object) -> None:
    """Where it stands, what is there, and what is allowed; a key that says nothing is of papers without them."""
    made(tmp_path, "scalar-chain")
    assert read_key(tmp_path).making.scan == 0
    path = tmp_path / "exam.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "scan": told}))
    with pytest.raises(KeyFileError, match=r"exam\.json: scan is .*; allowed: a whole number from 0 on"):
        read_key(tmp_path)


@pytest.mark.parametrize("told", [-0.1, 1.5, "0.1", True, [0.1]])
def test_a_fairness_that_is_no_share_is_told(tmp_path: Path, told: object) -> None:
    """Where it stands, what is there, and what is allowed."""
    made(tmp_path, "scalar-chain")
    path = tmp_path / "exam.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "fairness": told}))
    with pytest.raises(KeyFileError) as caught:
        read_key(tmp_path)
    assert f"fairness is {told!r}; allowed: a number from 0 to 1, or null" in str(caught.value)


def test_an_older_key_does_not_say_how_its_papers_were_made(tmp_path: Path) -> None:
    """A key from before these fields is read all the same: seed unknown, English on A4."""
    made(tmp_path, "scalar-chain")
    path = tmp_path / "exam.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps(
            {
                name: document[name]
                for name in document
                if name not in {"draws", "seed", "language", "paper", "key_detail"}
            }
        )
    )
    assert read_key(tmp_path).making == Making(None, "en", "a4", draws=1)


def test_an_instructor_may_edit_the_policy_as_plain_json(tmp_path: Path) -> None:
    """Numbers need no quotes, and the words are those of bank files."""
    made(tmp_path, "scalar-chain")
    path = tmp_path / "exam.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["policy"] |= {"imprecise": 0.1, "follow_through": "full", "rounding": {"step": 0.5}, "wrong": 0}
    document["questions"][0]["tasks"][0] |= {"marks": 0.3, "bonus": True}
    path.write_text(json.dumps(document))
    exam = read_key(tmp_path).exam
    assert exam.policy == Policy(imprecise=Decimal("0.1"), rounding=Rounding(step=Decimal("0.5")))
    assert (exam.questions[0].tasks[0].marks, exam.questions[0].tasks[0].bonus) == (Decimal("0.3"), True)


def test_variants_are_one_line_each(tmp_path: Path) -> None:
    """Who, which code, and decimal numbers as drawn: weights to, from; a row of x per sample; whole numbers whole."""
    made(tmp_path, "relu-sigmoid-3-2-2-1")
    lines = (tmp_path / "variants.jsonl").read_bytes().split(b"\n")
    assert len(lines) == len(STUDENTS) + 1
    first = json.loads(lines[0])
    assert (first["student"], first["name"], list(first["questions"])) == ("maria", "Maria Muster", ["Q1"])
    assert b'"W1": [[0.42, 0.72, 0.21], [0.11, 0.3, 0.65]]' in lines[0]
    assert b'"x": [[6, 2, 5], [5, 8, 6]], "y": [[1], [1]]' in lines[0]
    assert b'"learning_rate": 0.7' in lines[0]


def test_odd_names_survive(tmp_path: Path) -> None:
    """Ids like formulas and names with line separators are read back as they were."""
    made(tmp_path, "scalar-chain")
    key = read_key(tmp_path)
    assert [(variant.student, variant.name) for variant in key.variants] == [(s.id, s.name) for s in STUDENTS]


# Damaged keys: a change of one document, the file and, where there is one, the line, and what is said.

Change = Callable[[Any], None]
QUESTION, TASK, SHAPE = ("questions", 0), ("questions", 0, "tasks", 0), ("questions", 0, "shapes", "A")
GIVENS = ("questions", "Q1", "givens")
AT_TASK = "questions[1].tasks[1]"
AT_SHAPE = "questions[1].shapes.A"


def put(*path: str | int, value: Any) -> Change:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return change


BROKEN_EXAMS = [
    (put("format", value=2), "format 2, written by examgen 1.2.3; this version reads format 1"),
    (drop("format"), "format None, written by examgen 1.2.3; this version reads format 1"),
    (drop("title"), "damaged: 'title' is missing or not known"),
    (drop(*QUESTION, "tasks"), "damaged: 'tasks' is missing or not known"),
    (put("notation", value="rows"), "damaged: 'rows' is missing or not known"),
    (put("title", value=3), "damaged: 3 is no text"),
    (put("title", value="\ud800"), "title: has the character U+D800, which no page can show"),
    (put("seed", value=-1), "seed is -1; allowed: a whole number from 0 on, or null"),
    (put("seed", value="7"), "seed is '7'; allowed: a whole number from 0 on, or null"),
    (put("seed", value=7.0), "seed is 7.0; allowed: a whole number from 0 on, or null"),
    (put("seed", value=True), "seed is True; allowed: a whole number from 0 on, or null"),
    (put("language", value=None), "damaged: None is no text"),
    (put("paper", value=4), "damaged: 4 is no text"),
    (drop("policy"), "damaged: 'policy' is missing or not known"),
    (put("policy", value="strict"), "policy: found 'strict'; use a table in { }"),
    (put("policy", "correct", value="lots"), "policy.correct: found 'lots'; use a number such as 0.1"),
    (put("policy", "correct", value="NaN"), "policy.correct: found 'NaN'; use a finite number"),
    (put("policy", "correct", value=float("nan")), "policy.correct: found NaN; use a finite number"),
    (put("policy", "imprecise", value=1.5), "policy.imprecise: found 1.5; use 1 or less"),
    (
        put("policy", "corect", value=1),
        "policy.corect: unknown key; allowed here: correct, follow_through, imprecise, ",
    ),
    (
        put("policy", "follow_through", value="half"),
        'policy.follow_through: found \'half\'; use "full", "off" or a share from 0 to 1',
    ),
    (put("policy", "rounding", value={"step": 0}), "policy.rounding.step: found 0; use 0.000001 or more"),
    (put("policy", "grades", value=[{"grade": "A"}]), "policy.grades[1].from: is missing"),
    (put(*TASK, value="z"), f"{AT_TASK}: found 'z'; use a table in {{ }}"),
    (put(*TASK, "text", value=None), f"{AT_TASK}.text: found null; use a text in quotes"),
    (put(*TASK, "text", value="\ud800"), f"{AT_TASK}.text: has the character U+D800, which no page can show"),
    (put(*TASK, "ask", value=[7]), f"{AT_TASK}.ask[1]: found 7; use a text in quotes"),
    (put(*TASK, "ask", value=["zz"]), f"{AT_TASK}: quantity 'zz' is unknown; allowed: z, a, loss, "),
    (put(*TASK, "as", value="text"), f"{AT_TASK}.as: found 'text'; use 'number', 'formula', 'shape' or 'choice'"),
    (put(*TASK, "as_", value="shape"), f"{AT_TASK}.as_: unknown key; allowed here: text, ask, "),
    (put(*TASK, "bouns", value=True), f"{AT_TASK}.bouns: unknown key; allowed here: text, ask, "),
    (put(*TASK, "steps", value=[True]), f"{AT_TASK}.steps[1]: found true; use a whole number"),
    (put(*TASK, "marks", value="-1"), f"{AT_TASK}.marks: found '-1'; use 0 or more"),
    (put(*TASK, "marks", value=True), f"{AT_TASK}.marks: found true; use a number such as 0.1"),
    (put(*TASK, "marks", value="1e-999999999"), f"{AT_TASK}.marks: found '1e-999999999'; use at most 15 digits"),
    (drop(*TASK, "marks"), f"{AT_TASK}.marks: is missing"),
    (put(*TASK, "marks_per_task", value="1001"), f"{AT_TASK}.marks_per_task: found '1001'; use 1000 or less"),
    (put(*TASK, "marks_per_task", value="3"), f"{AT_TASK}: give either marks, for each entry, or marks_per_task, "),
    (put(*TASK, "bonus", value="no"), f"{AT_TASK}.bonus: found 'no'; use true or false"),
    (put(*TASK, "digits", value={"decimals": 100}), f"{AT_TASK}.digits.decimals: found 100; use 9 or less"),
    (put(*TASK, "digits", value={"places": 3}), f"{AT_TASK}.digits.places: unknown key; allowed here: decimals, "),
    (drop(*TASK, "digits"), f"{AT_TASK}.digits: is missing"),
    (put(*QUESTION, "digits", value={}), "questions[1].digits: give either decimals or significant_figures"),
    (
        put(*SHAPE, "sizes", value=[1, 10**9, 1]),
        f"{AT_SHAPE}: sizes: found 1000000000; use a whole number from 1 to 64",
    ),
    (put(*SHAPE, "steps", value=3000), f"{AT_SHAPE}: steps: found 3000; use a whole number from 1 to 64"),
    (put(*SHAPE, "step", value=2), f"{AT_SHAPE}: step: unknown key; allowed here: sizes, activations, loss, steps, "),
    (drop(*SHAPE, "steps"), f"{AT_SHAPE}: steps: is missing"),
    (put(*SHAPE, "loss", value="\ud800"), f"{AT_SHAPE}: has the character U+D800, which no page can show"),
    (put(*SHAPE, value=3.5), f"{AT_SHAPE}: found 3.5; a shape is a table with sizes or products"),
    (put(*SHAPE, "sizes", value=[1, 1]), f"{AT_SHAPE}: 2 activations for 1 layers; use one for each"),
    (put(*SHAPE, "loss", value="focal"), f"{AT_SHAPE}: loss 'focal' is unknown"),
    (
        put(*SHAPE, "batch_delta", value="sum"),
        f"{AT_SHAPE}: batch_delta: found 'sum'; use 'mean' or 'sample'",
    ),
    (
        put(*SHAPE, "batch_delta", value=["mean"]),
        f"{AT_SHAPE}: batch_delta: found ['mean']; use 'mean' or 'sample'",
    ),
    (put(*SHAPE, "batch_delta", value="mean"), f"{AT_SHAPE}: batch_delta says what δ is in a mini-batch"),
    (put(*SHAPE, value=[]), f"{AT_SHAPE}: found []; a shape is a table with sizes or products"),
    (put(*SHAPE, "sizes", value=["1", 1]), f"{AT_SHAPE}: sizes[1]: found '1'; use a whole number"),
    (put(*QUESTION, "given_decimals", "x", value=-1), "damaged: -1 is no whole number from 0 to 15"),
]

BROKEN_LINES = [
    (drop("variant"), "damaged: 'variant' is missing or not known"),
    (drop("questions", "Q1"), "damaged: 'Q1' is missing or not known"),
    (drop(*GIVENS, "W1"), "damaged: 'W1' is missing or not known"),
    (put("questions", "Q1", "shape", value="Z"), "damaged: 'Z' is missing or not known"),
    (put("questions", "Q1", "shape", value=["A"]), "damaged: unhashable type: 'list'"),
    (put("student", value=7), "damaged: 7 is no text"),
    (put("name", value=None), "damaged: None is no text"),
    (put(*GIVENS, "W1", value=[[1, 2]]), "damaged: Q1 W1: shape (1, 2), not (1, 1)"),
    (put(*GIVENS, "W1", value=[[1], [2, 3]]), "damaged: setting an array element with a sequence"),
    (put(*GIVENS, "W1", value=[["one"]]), "damaged: could not convert string to float: 'one'"),
    (put(*GIVENS, "W1", value=[[None]]), "damaged: Q1 W1: not a finite number"),
    (put(*GIVENS, "W1", value=[[float("nan")]]), "damaged: Q1 W1: not a finite number"),
    (put(*GIVENS, "W1", value=[[10**400]]), "damaged: int too large to convert to float"),
    (put("questions", value="Q1"), "damaged: string indices must be integers"),
]


@pytest.mark.parametrize(("change", "said"), BROKEN_EXAMS)
def test_a_damaged_exam_file_is_explained(tmp_path: Path, change: Change, said: str) -> None:
    """The message names exam.json and what is wrong in it."""
    made(tmp_path, "scalar-chain")
    path = tmp_path / "exam.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(KeyFileError) as caught:
        read_key(tmp_path)
    assert str(caught.value).startswith(f"{path}: {said}")


@pytest.mark.parametrize(("change", "said"), BROKEN_LINES)
def test_a_damaged_variant_is_explained_with_its_line(tmp_path: Path, change: Change, said: str) -> None:
    """The message names variants.jsonl, the line and what is wrong in it."""
    made(tmp_path, "scalar-chain")
    path = tmp_path / "variants.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n")
    document = json.loads(lines[1])
    change(document)
    lines[1] = json.dumps(document)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KeyFileError) as caught:
        read_key(tmp_path)
    assert str(caught.value).startswith(f"{path}: line 2: {said}")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a JSON file"),
        (b"{", "not a JSON file"),
        (b"\xff\xfe", "not a JSON file"),
        (b"[" * 200_000, "not a JSON file"),
        (b"[]", "not the key of an exam"),
        (b"7", "not the key of an exam"),
    ],
)
def test_what_is_no_exam_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """Anything but a JSON object is no exam.json."""
    made(tmp_path, "scalar-chain")
    (tmp_path / "exam.json").write_bytes(content)
    with pytest.raises(KeyFileError) as caught:
        read_key(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/exam.json: {said}")
    assert exam_id_of(tmp_path) is None


@pytest.mark.parametrize("line", [b"", b"{", b"7", b"[]", b'"Q1"', b"null", b"[" * 200_000])
def test_a_line_of_something_else_is_damaged(tmp_path: Path, line: bytes) -> None:
    """Empty lines, lines cut short and lines of other JSON are told with their number."""
    made(tmp_path, "scalar-chain")
    path = tmp_path / "variants.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(KeyFileError) as caught:
        read_key(tmp_path)
    assert str(caught.value).startswith(f"{path}: line 4: damaged: ")


def test_missing_files_are_told(tmp_path: Path) -> None:
    """No key at all, a key without its variants, and one that has lost all of its papers."""
    with pytest.raises(
        KeyFileError, match=r"exam\.json: No such file or directory; a key folder holds exam\.json, var"
    ):
        read_key(tmp_path / "nowhere")
    made(tmp_path, "scalar-chain")
    (tmp_path / "variants.jsonl").write_bytes(b"")
    with pytest.raises(KeyFileError, match=r"variants\.jsonl: has no papers; put the file back as it was made"):
        read_key(tmp_path)
    (tmp_path / "variants.jsonl").write_bytes(b"\xff")
    with pytest.raises(KeyFileError, match=r"variants\.jsonl: not UTF-8 text \(byte 0\)"):
        read_key(tmp_path)
    (tmp_path / "variants.jsonl").unlink()
    with pytest.raises(KeyFileError, match=r"variants\.jsonl: cannot be read: No such file or directory"):
        read_key(tmp_path)


def test_the_exam_id_of_a_folder_is_looked_up(tmp_path: Path) -> None:
    """The id of a readable key, nothing where there is none or where it names none."""
    exam, _ = made(tmp_path, "scalar-chain")
    assert exam_id_of(tmp_path) == exam.id
    assert exam_id_of(tmp_path / "nowhere") is None
    (tmp_path / "exam.json").write_text("{}")
    assert exam_id_of(tmp_path) is None


def test_old_line_ends_do_no_harm(tmp_path: Path) -> None:
    """A key that went through a Windows editor reads the same."""
    made(tmp_path, "scalar-chain")
    path = tmp_path / "variants.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_key(tmp_path).variants) == len(STUDENTS)


def test_a_class_is_written_in_its_order(tmp_path: Path) -> None:
    """Rows of the key follow the roster."""
    loaded = load_exam("scalar-chain", 7)
    write_files(tmp_path, key_files(loaded.exam, draw_variants(loaded, class_of(12)), "1"))
    rows = table((tmp_path / "answers.csv").read_bytes())
    assert list(dict.fromkeys(row["student"] for row in rows)) == [f"s{number}" for number in range(12)]
