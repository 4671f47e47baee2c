"""When a wrong zero, or a wild value, is what later work is marked from: where the own work leads to it, and a zero
also where more follows from it.
"""

from pathlib import Path

import pytest

from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.keys.solved_papers import papers
from examgen.marking.judging.entries import Marked
from tests.marking_sheets import mark_texts, outcomes

TWO_UNITS = """
title = "Two hidden units"
notation = "to-from-da"
[network]
sizes = [1, 2, 1]
activations = ["relu", "identity"]
loss = "half_squared_error"
[fixed]
W1 = [[0.5], [{w12}]]
b1 = [0.1, 0.2]
W2 = [[2, 3]]
b2 = [0.5]
x = [[1]]
y = [[4]]
[digits]
decimals = 2
[[tasks]]
text = "Go."
ask = ["z", "a"]
"""
BACKWARD = """[[tasks]]
text = "Back."
layers = [1]
ask = ["dL_dz", "dL_db"]
"""


class Sheet:
    """A network of two hidden ReLUs; `mark` takes the asked entries by quantity, a text for each unit.

    z1 = a1 = (0.6, 1), z2 = a2 = 1.2 + 3 + 0.5 = 4.7. With a second weight of -0.8, z1 = (0.6, -0.6), a1 = (0.6, 0) and
    z2 = a2 = 1.7.
    """

    def __init__(self, folder: Path, more_tasks: str = "", second_weight: float = 0.8) -> None:
        bank = folder / "units.toml"
        bank.write_text(TWO_UNITS.format(w12=second_weight) + more_tasks, encoding="utf-8")
        loaded = load_exam(str(bank), 1)
        [variant] = draw_variants(loaded, [Student("s")])
        [(self.paper, self.numbers)] = papers(loaded.exam, variant)

    def marked(self, **written: str) -> Marked:
        """Mark a sheet with these answers, in words such as "0.6 -1"; `_` and what is not named are blank."""
        texts = {name: iter(words.split()) for name, words in written.items()}
        sheet = [next(texts.get(field.quantity, iter("_"))) for field in self.paper.fields]
        return mark_texts(self.paper, [dict(self.numbers.givens)], [[text.replace("_", "") for text in sheet]])

    def mark(self, **written: str) -> dict[str, str]:
        """Outcomes by quantity, in words."""
        found: dict[str, list[str]] = {}
        for field, outcome in zip(self.paper.fields, outcomes(self.marked(**written))[0], strict=True):
            found.setdefault(field.quantity, []).append(outcome)
        return {name: " ".join(words) for name, words in found.items() if name in written}


def test_a_unit_that_a_slip_switches_off_carries_its_zero_beside_a_live_one(tmp_path: Path) -> None:
    """z1 = -1 for 1 makes a1 = (0.6, 0) and z2 = 1.2 + 0.5: all of it follows."""
    assert Sheet(tmp_path).mark(z1="0.6 -1", a1="0.6 0", z2="1.7", a2="1.7") == {
        "z1": "correct wrong",
        "a1": "correct follow_through",
        "z2": "follow_through",
        "a2": "follow_through",
    }


def test_beside_a_live_unit_a_zero_carries_however_many_slips_there_are(tmp_path: Path) -> None:
    """z1 = (0.9, -1) for (0.6, 1) makes a1 = (0.9, 0) and z2 = 2 * 0.9 + 0.5, in a paper of six answers."""
    found = Sheet(tmp_path).mark(z1="0.9 -1", a1="0.9 0", z2="2.3")
    assert found == {"z1": "wrong wrong", "a1": "follow_through follow_through", "z2": "follow_through"}


def test_a_zero_from_nowhere_carries_where_more_follows_from_it(tmp_path: Path) -> None:
    """a1 = (0.6, 0) does not follow from z1 = (0.6, 1): z2 = 1.7 follows from it, and 4.7 is right all the same."""
    sheet = Sheet(tmp_path)
    found = sheet.mark(z1="0.6 1", a1="0.6 0", z2="1.7")
    assert found == {"z1": "correct correct", "a1": "correct wrong", "z2": "follow_through"}
    assert sheet.mark(z1="0.6 1", a1="0.6 0", z2="4.7")["z2"] == "correct"


def test_a_layer_of_zeros_carries_on(tmp_path: Path) -> None:
    """Where no unit is live, z2 is the bias: it follows, and the right 4.7 stays right."""
    sheet = Sheet(tmp_path)
    assert sheet.mark(z1="-0.6 -1", a1="0 0", z2="0.5", a2="0.5")["z2"] == "follow_through"
    assert sheet.mark(z1="-0.6 -1", a1="0 0", z2="4.7", a2="0")["z2"] == "correct"


def test_all_zeros_of_one_slip_follow(tmp_path: Path) -> None:
    """z1 = -0.6 for 0.6 leaves a layer of zeros, however many there are: z2 = 0.5, and every derivative 0."""
    slip = {"z1": "-0.6 -0.6", "a1": "0 0", "z2": "0.5", "dL_dz1": "0 0", "dL_db1": "0 0", "dL_dW1": "0 0"}
    sheet = Sheet(tmp_path, BACKWARD.replace('"dL_db"', '"dL_db", "dL_dW"'), second_weight=-0.8)
    found = sheet.mark(**slip)
    assert found["z1"] == "wrong correct"
    assert "wrong" not in " ".join(words for name, words in found.items() if name != "z1")


def test_what_follows_from_an_ignored_value_is_flagged(tmp_path: Path) -> None:
    """z2 = 1.2 + 3 * 90000 + 0.5 follows from a wild value that carries nothing, and a2 is as wild as z2."""
    sheet = Sheet(tmp_path)
    marked = sheet.marked(z1="0.6 1", a1="0.6 90000", z2="270001.7", a2="270001.7")
    flags = zip(sheet.paper.fields, marked.follows_ignored[0], strict=True)
    assert [field.quantity for field, is_flagged in flags if is_flagged] == ["z2", "a2"]


def test_a_zero_from_which_as_much_follows_carries_nothing(tmp_path: Path) -> None:
    """z2 = 4.7 follows from the right a1, and 0.7 * 0 = 0 from the written one: as much either way, and the 0 is of
    somebody who went on from a1 = 1."""
    back = BACKWARD.replace("[1]", "[2]").replace('"dL_dz", "dL_db"', '"dL_dW"')
    assert pytest.approx(0.7) == (4.7 - 4) * 1
    found = Sheet(tmp_path, back).mark(z1="0.6 1", a1="0.6 0", z2="4.7", a2="4.7", dL_dW2="0.42 0")
    assert found["a1"] == "correct wrong"
    assert (found["z2"], found["dL_dW2"]) == ("correct", "correct wrong")
