"""Follow-through is paid for work, through the tables that an instructor sees; and what that rests on."""

import math
from pathlib import Path

import numpy as np
import pytest

from examgen import grade
from examgen.core.network import NetworkShape, network_graph
from examgen.core.probes.equality import are_equal, copies
from examgen.exams.banks.building import draw_variants, load_exam
from examgen.exams.keys.solved_papers import papers
from examgen.marking.judging.fairness.free_values import FreeValues
from examgen.marking.judging.fairness.work_shown import WHY, Paid, paid
from examgen.marking.judging.outcomes import OUTCOMES
from tests.marking_sheets import Row, make_key, mark_texts, read_rows, rounded, submitted_texts, write_sheet
from tests.small_banks import FIXED, changed, class_of, written


def marked(folder: Path, name: str, answer: dict[str, str], *, rest: str = "right") -> tuple[list[Row], list[Row]]:
    """results.csv and notes.csv of one sheet: some answers by field, and the others right, blank or a constant."""
    made = make_key(folder, name, ("s1",), seed=3)

    def text(row: Row) -> str:
        return answer.get(row["field"], rounded(row) if rest == "right" else rest)

    write_sheet(folder / "answers.csv", made.rows, text)
    grade(folder / "answers.csv", key=made.key)
    tables = [read_rows(folder / "marks" / table) for table in ("results.csv", "notes.csv")]
    return tables[0], tables[1]


@pytest.mark.parametrize("constant", ["0.0001", "1", "0"])
def test_a_sheet_of_constants_earns_nothing_and_is_named(tmp_path: Path, constant: str) -> None:
    """What follows from constants is follow-through by name, is not paid, and the notes name the student."""
    results, notes = marked(tmp_path, "sigmoid-chain", {}, rest=constant)
    assert sum(row["outcome"] == "follow_through" for row in results) > 5
    assert sum(float(row["marks"]) for row in results) <= 0.05 * len(results)
    [held] = (note for note in notes if note["kind"] == "held_back")
    assert held["student"] == "s1"
    assert "Q1" in held["text"]


def test_one_slip_is_paid_in_full_and_not_named(tmp_path: Path) -> None:
    """A right sheet with one wrong gradient loses that entry, and nobody is told to look at it."""
    results, notes = marked(tmp_path, "sigmoid-chain", {"dC_db2_1": "0.9"})
    assert [row["field"] for row in results if row["marks"] != row["max_marks"]] == ["dC_db2_1"]
    assert notes == []


def test_who_leaves_the_beginning_out_is_not_paid_for_what_is_made_up(tmp_path: Path) -> None:
    """Without a forward pass, constants behind it follow from one another and show no work."""
    blank = {"z": "", "a": ""}
    made = make_key(tmp_path / "look", "tanh-two-outputs", ("s1",), seed=3)
    forward = {row["field"]: "" for row in made.rows if row["quantity"] in blank}
    results, _ = marked(tmp_path / "sheet", "tanh-two-outputs", forward, rest="-0.1")
    assert sum(float(row["marks"]) for row in results) <= 0.05 * len(results)


def test_a_unit_that_can_be_dead_is_no_copy() -> None:
    """z and a of a ReLU are equal only while it is live; of a linear unit always."""
    graph = network_graph(NetworkShape((1, 1, 1), ("relu", "identity"), "squared_error", 1, 1, updates=False))
    equal = {frozenset(pair) for pair in copies(graph)}
    assert frozenset({"z1", "a1"}) not in equal
    assert frozenset({"z2", "a2"}) in equal


TWO_STARTS = """
title = "T"
[graph]
given = { x = [], y = [], z = [], w = [] }
output = "f"
[graph.define]
q = "x + y"
r = "z * w"
s = "q * r"
f = "s + q"
[fixed]
x = 2
y = 3
z = 4
w = -1
[digits]
decimals = 0
[[tasks]]
text = "Go."
ask = ["q", "r", "s", "f", "df_ds", "df_dq", "df_dr"]
"""


class OneSheet:
    """The sheet of one student on a bank of fixed numbers; answers by quantity, of one entry each, others blank."""

    def __init__(self, bank: str, **answers: str) -> None:
        loaded = load_exam(bank, 1)
        [variant] = draw_variants(loaded, class_of(1))
        [(self.paper, numbers)] = papers(loaded.exam, variant)
        self.givens = {name: values[None] for name, values in numbers.givens.items()}
        texts = [answers.get(field.quantity, "") for field in self.paper.fields]
        self.submitted = submitted_texts([texts])
        self.marked = mark_texts(self.paper, [dict(numbers.givens)], [texts])

    def free(self, quantity: str) -> tuple[bool, bool, bool]:
        """Whether what follows, what was written and what is right needs no calculation."""
        place = [field.quantity for field in self.paper.fields].index(quantity)
        found = FreeValues(self.paper, self.givens, self.submitted.values, self.marked)
        return bool(found.follows[0, place]), bool(found.written[0, place]), bool(found.right[0, place])

    def paid(self) -> Paid:
        """What is paid of one mark for each right answer, where no misconception has a name."""
        marks = np.where(self.marked.outcome == OUTCOMES["correct"].code, 1.0, 0.0)
        nothing = np.zeros(marks.shape, dtype=bool)
        return paid(self.paper, self.givens, self.submitted, self.marked, nothing, marks)

    def following(self) -> Paid:
        """The same with a mark for each answer that follows, too."""
        lost = self.marked.outcome == OUTCOMES["wrong"].code
        nothing = np.zeros(lost.shape, dtype=bool)
        return paid(self.paper, self.givens, self.submitted, self.marked, nothing, np.where(lost, 0.0, 1.0))

    def started(self) -> float:
        """The share of the entries that start from the paper's numbers which are work on it."""
        return float(self.paid().started[0])


def test_the_limit_of_an_activation_needs_no_calculation(tmp_path: Path) -> None:
    """After z = 12 a sigmoid is 1, whatever z is exactly; after z = 2 it has to be worked out."""
    bank = written(tmp_path, FIXED)
    assert OneSheet(bank, z1="12", a1="1").free("a1") == (True, True, False)
    assert OneSheet(bank, z1="2", a1="0.8808").free("a1") == (False, False, False)


def test_what_is_right_is_seen_beside_the_numbers_of_the_key(tmp_path: Path) -> None:
    """A live ReLU hands 0.6 on, which says nothing even beside a z that is wrong."""
    bank = written(tmp_path, changed(FIXED, ("sigmoid", "relu")))
    assert OneSheet(bank, z1="0.5", a1="0.6").free("a1") == (True, False, True)


def test_what_was_left_out_was_not_started(tmp_path: Path) -> None:
    """Of z, the loss and two gradients only the loss shows work; who has not come to the gradients has not left them
    out."""
    bank = written(tmp_path, changed(FIXED, ('"loss"', '"loss", "dL_dW", "dL_db"')))
    loss = f"{(1 - 1 / (1 + math.exp(-0.6))) ** 2:.4f}"
    assert OneSheet(bank, loss=loss, dL_dW1="7", dL_db1="8").started() == pytest.approx(1 / 4)
    assert OneSheet(bank, z1="0.6", a1="0.6457", loss="3").started() == pytest.approx(1 / 2)


def test_new_weights_of_a_later_step_do_not_start_from_the_paper(tmp_path: Path) -> None:
    """They are made of earlier answers and of the learning rate, which is the same on every paper: who has only them
    right has started nothing."""
    two = changed(
        FIXED,
        ('"squared_error"', '"squared_error"\nsteps = 2'),
        ("x = [[1]]\ny = [[1]]", "x = [[1], [2]]\ny = [[1], [0]]\nlearning_rate = 0.1"),
        ('["z", "a", "loss"]', '["z", "a", "dL_dW", "dL_db", "W_new", "b_new"]'),
    )
    bank = written(tmp_path, two)
    empty = OneSheet(bank)
    right = {
        field.quantity: number for field, number in zip(empty.paper.fields, empty.marked.reference[0], strict=True)
    }
    sheet = dict.fromkeys(right, "7") | {name: f"{right[name]:.4f}" for name in ("W1_new@2", "b1_new@2")}
    assert OneSheet(bank, **sheet).started() == 0
    assert OneSheet(bank, **sheet | {"z1": f"{right['z1']:.4f}"}).started() > 0


def test_a_right_zero_beside_no_work_is_not_paid(tmp_path: Path) -> None:
    """A ReLU is 0 after z = -1.5, which whoever writes 0 has right; beside a right z and loss it is paid."""
    dead = changed(FIXED, ("sigmoid", "relu"), ("[0.1]", "[-2]"), ('"loss"', '"loss", "dL_dW", "dL_db"'))
    bank, wrong = written(tmp_path, dead), {"dL_dW1": "7", "dL_db1": "8"}
    idle = OneSheet(bank, z1="7", a1="0", loss="3", **wrong)
    at_work = OneSheet(bank, z1="-1.5", a1="0", loss="1", **wrong)
    place = [field.quantity for field in idle.paper.fields].index("a1")
    assert [WHY[sheet.paid().why[0, place]] for sheet in (idle, at_work)] == ["zero", ""]
    assert [sheet.paid().share[0, place] for sheet in (idle, at_work)] == [0, 100]


def test_two_slips_are_paid_beside_a_start_that_is_right(tmp_path: Path) -> None:
    """Where both entries that read the paper are wrong, the circuit was worked out with other numbers; where one is
    right, so few wrong answers are slips."""
    bank = written(tmp_path, TWO_STARTS)
    rest = {"s": "-21", "f": "-14", "df_ds": "1", "df_dq": "-2", "df_dr": "7"}
    elsewhere = OneSheet(bank, q="7", r="-3", **rest)
    assert elsewhere.started() == 0
    names = [field.quantity for field in elsewhere.paper.fields]
    follows = [names.index(name) for name in ("s", "f", "df_dq", "df_dr")]
    assert elsewhere.following().share[0, follows].tolist() == [0] * 4
    slipped = OneSheet(bank, q="7", r="-4", s="-28", f="-20", df_ds="1", df_dq="-3", df_dr="7")
    assert slipped.following().share.tolist() == [[100] * len(names)]


def test_a_unit_that_jumps_may_slip_to_zero(tmp_path: Path) -> None:
    """Behind a 0 for the 1 of a step, the weights stay as they are: together they pay as much as the right z, and not
    half of it as behind zeros that show no work."""
    jumping = changed(
        FIXED,
        ('"sigmoid"', '"step"'),
        ('"squared_error"', '"perceptron"'),
        ("y = [[1]]", "y = [[0]]\nlearning_rate = 1"),
        ('"loss"', '"W_new", "b_new"'),
    )
    sheet = OneSheet(written(tmp_path, jumping), z1="0.6", a1="0", W1_new="0.5", b1_new="0.1")
    assert sheet.following().share.tolist() == [[100, 100, 50, 50]]


def test_what_is_no_number_both_times_is_the_same() -> None:
    """Two ways to the logarithm of a negative number come to the same, and to another than a number."""
    undefined = np.array([np.nan, 1.0])
    assert are_equal(undefined, undefined.copy())
    assert not are_equal(undefined, np.array([2.0, 1.0]))
    assert not are_equal(undefined, np.array([np.nan, 1.1]))
