"""The rules of marking on single entries, by numbers that can be checked by hand."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.keys.solved_papers import papers
from examgen.exams.policy import Policy
from examgen.marking.judging import blocks
from examgen.marking.judging.entries import DEFAULT_POLICY, Marked
from tests.marking_sheets import mark_texts, outcomes
from tests.small_banks import DRAWN, all_papers, changed, written

CHAIN = """
title = "A chain"
notation = "scalar"
[network]
sizes = [1, 1, 1]
activations = ["{hidden}", "{output}"]
loss = "half_squared_error"
[fixed]
W1 = [[{w1}]]
b1 = [{b1}]
W2 = [[{w2}]]
b2 = [{b2}]
x = [[{x}]]
y = [[{y}]]
[digits]
{digits}
[[tasks]]
text = "Forward."
ask = {ask}
"""
NUMBERS = {"w1": 0.5, "b1": 0.1, "w2": 30, "b2": 0, "x": 1.5, "y": 1}
FORWARD = '["z", "a"]'


class Chain:
    """A network of one unit per layer; `mark` takes the asked entries by the names of their quantities."""

    def __init__(self, folder: Path, digits: str = "decimals = 2", ask: str = FORWARD, **changes: object) -> None:
        filled = {"hidden": "sigmoid", "output": "identity", "digits": digits, "ask": ask, **NUMBERS, **changes}
        bank = folder / "chain.toml"
        bank.write_text(CHAIN.format(**filled), encoding="utf-8")
        loaded = load_exam(str(bank), 1)
        [variant] = draw_variants(loaded, [Student("s")])
        [(self.paper, self.numbers)] = papers(loaded.exam, variant)

    def marked(self, policy: Policy = DEFAULT_POLICY, /, **written: str) -> Marked:
        """Mark a sheet with these answers; others are blank."""
        sheet = [written.get(field.quantity, "") for field in self.paper.fields]
        return mark_texts(self.paper, [dict(self.numbers.givens)], [sheet], policy)

    def mark(self, policy: Policy = DEFAULT_POLICY, /, **written: str) -> dict[str, str]:
        """Outcomes of the written entries by quantity."""
        found = outcomes(self.marked(policy, **written))[0]
        names = [field.quantity for field in self.paper.fields]
        return {name: outcome for name, outcome in zip(names, found, strict=True) if name in written}


# z1 = 0.5 * 1.5 + 0.1 = 0.85, a1 = sigmoid(0.85) = 0.70057, z2 = 30 a1 = 21.0170.


@pytest.mark.parametrize(("text", "outcome"), [("0.85", "correct"), ("0.855", "correct"), ("0.856", "wrong")])
def test_half_a_unit_and_no_more(tmp_path: Path, text: str, outcome: str) -> None:
    """At 2 decimals 0.85 +- 0.0051 is correct: a tie may go either way, and nothing beyond it."""
    assert Chain(tmp_path).mark(z1=text) == {"z1": outcome}


def test_going_on_with_a_rounded_value_is_correct(tmp_path: Path) -> None:
    """30 * 0.70 = 21.00 is 0.017 away from 21.0170, which is what rounding a1 does."""
    assert Chain(tmp_path).mark(a1="0.70", z2="21.00") == {"a1": "correct", "z2": "correct"}


def test_keeping_the_calculators_value_is_correct(tmp_path: Path) -> None:
    """30 * 0.70057 = 21.02 next to a written 0.70."""
    assert Chain(tmp_path).mark(a1="0.70", z2="21.02") == {"a1": "correct", "z2": "correct"}


def test_the_band_is_half_a_unit_of_each_answer_on_the_way(tmp_path: Path) -> None:
    """After 0.70057, z2 may be off by 30 half units of a1 and its own: 0.158 from 21.0171."""
    assert Chain(tmp_path).mark(a1="0.70057", z2="21.16") == {"a1": "correct", "z2": "correct"}
    assert Chain(tmp_path).mark(a1="0.70057", z2="21.19") == {"a1": "correct", "z2": "wrong"}


def test_who_never_writes_more_figures_goes_on_from_those_written(tmp_path: Path) -> None:
    """1.472 stands for 1.4716, too, in a sheet of four figures, and 0.7358 follows; beside five figures a zero was left
    out."""
    chain = Chain(tmp_path, "decimals = 4", '["z"]', hidden="identity", w1=1, b1=0, x=1.47198, w2=0.5)
    assert chain.mark(z1="1.472", z2="0.7358") == {"z1": "correct", "z2": "correct"}
    assert chain.mark(z1="1.472", z2="0.73580") == {"z1": "correct", "z2": "wrong"}


def test_who_often_writes_fewer_digits_goes_on_from_those_written(tmp_path: Path) -> None:
    """Three of four answers are short, whatever the fourth is: 0.73580 follows from a1 that was 1.4716."""
    chain = Chain(tmp_path, "decimals = 4", hidden="identity", w1=1, b1=0, x=1.47198, w2=0.5)
    sheet = {"z1": "1.472", "a1": "1.472", "z2": "0.73580", "a2": "0.736"}
    assert chain.mark(**sheet)["z2"] == "correct"
    assert chain.mark(**sheet | {"z1": "1.4720", "a2": "0.7360"})["z2"] == "wrong"


def test_a_number_may_be_right_only_because_it_was_rounded(tmp_path: Path) -> None:
    """z2 is 1 exactly; who has z1 = 0.86 instead of 0.855 has 1.003, writes 1.0 and goes on with what was rounded."""
    numbers = {"w1": 0.5, "b1": 0.105, "x": 1.5, "w2": 0.6, "b2": 0.487, "y": 1}
    chain = Chain(tmp_path, "decimals = 4", '["z", "a", "dL_dz"]', hidden="identity", **numbers)
    written = {"z1": "0.86", "a1": "0.86", "z2": "1.0", "a2": "1.0", "dL_dz2": "0.0030"}
    assert set(chain.mark(Policy(precision="as_written", least_digits=2), **written).values()) == {"correct"}
    written |= {"z1": "0.8550", "a1": "0.8550", "z2": "1", "a2": "1"}
    assert chain.mark(Policy(precision="as_written", least_digits=2), **written)["dL_dz2"] == "wrong"


def test_zeros_left_out_behind_whole_numbers_are_no_habit(tmp_path: Path) -> None:
    """0.875 and 26.25 are so exactly: 26.2600 is no rounding of what follows from them, as it is where 0.875 is one."""
    chain = Chain(tmp_path, "decimals = 4", hidden="identity", b1=0.125)
    assert chain.mark(z1="0.875", a1="0.875", z2="26.2600", a2="26.26")["z2"] == "wrong"


def test_too_few_digits_are_not_taken_as_written(tmp_path: Path) -> None:
    """0.622 and 0.62 stand for sigmoid(0.5) = 0.62246; with three digits at least, only the first is taken for it."""
    chain, policy = Chain(tmp_path, "decimals = 4"), Policy(precision="as_written", least_digits=3)
    assert chain.mark(policy, z1="0.5000", a1="0.622")["a1"] == "follow_through"
    assert chain.mark(policy, z1="0.5000", a1="0.62")["a1"] == "wrong"


def test_who_cuts_off_does_so_in_the_head_too(tmp_path: Path) -> None:
    """sigmoid(0.852) = 0.70099 is 0.700 where digits are cut off: 30 * 0.700 follows in a sheet of three figures that
    leaves a1 out, and where they are rounded it does not."""
    chain = Chain(tmp_path, "decimals = 4", '["z", "a", "loss", "dL_dz"]', b1="0.102")
    sheet = {"z1": "0.852", "z2": "21.0000", "a2": "21.0", "loss": "200", "dL_dz2": "20.0"}
    cut, rounded = (Policy(precision="as_written", truncation=is_cut) for is_cut in (True, False))
    assert chain.mark(cut, **sheet)["z2"] == "correct"
    assert chain.mark(rounded, **sheet)["z2"] == "wrong"


def test_who_cuts_off_may_go_on_with_a_whole_unit_more(tmp_path: Path) -> None:
    """sigmoid(0.89) = 0.70889 is 0.70 cut off, and 30 times it is 21.26 on the calculator; 21.32 is too far."""
    chain, cut = Chain(tmp_path), Policy(truncation=True)
    assert chain.mark(cut, z1="0.89", a1="0.70", z2="21.26")["z2"] == "correct"
    assert chain.mark(cut, z1="0.89", a1="0.70", z2="21.32")["z2"] == "wrong"
    assert chain.mark(z1="0.89", a1="0.70", z2="21.26")["z2"] == "wrong"


def test_what_follows_from_the_wrong_one_of_two_equal_answers_is_no_right_answer(tmp_path: Path) -> None:
    """A linear unit's a is its z: beside a right a = 0.85, 30 * 0.50 follows from the wrong z and is not correct."""
    chain = Chain(tmp_path, hidden="identity")
    sheet = {"z1": "0.50", "a1": "0.85", "z2": "15.00"}
    assert chain.mark(**sheet) == {"z1": "wrong", "a1": "correct", "z2": "follow_through"}


def test_unasked_rounding_on_the_way_is_allowed_for(tmp_path: Path) -> None:
    """Where a1 is not asked, 30 times 0.70 is still correct, and 30 times 0.71 is not."""
    chain = Chain(tmp_path, ask='["z"]')
    assert chain.mark(z2="21.00") == {"z2": "correct"}
    assert chain.mark(z2="21.30") == {"z2": "wrong"}


def test_following_a_wrong_answer_is_follow_through(tmp_path: Path) -> None:
    """a1 = sigmoid(0.50) = 0.62 follows from a wrong z1, and 0.65 does not."""
    chain = Chain(tmp_path)
    assert chain.mark(z1="0.50", a1="0.62") == {"z1": "wrong", "a1": "follow_through"}
    assert chain.mark(z1="0.50", a1="0.65") == {"z1": "wrong", "a1": "wrong"}
    marked = chain.marked(z1="0.50", a1="0.62")
    assert [bool(rests) for rests in marked.rests_on_wrong[0]] == [False, True, False, False]
    assert marked.own[0][1] == pytest.approx(1 / (1 + np.exp(-0.5)))


def test_without_follow_through_it_is_wrong_and_says_so(tmp_path: Path) -> None:
    """The strict exam gives nothing for what follows from a wrong answer, not even for a digit less."""
    chain, strict = Chain(tmp_path), Policy(follow_through="off")
    assert chain.mark(strict, z1="0.50", a1="0.62") == {"z1": "wrong", "a1": "wrong"}
    assert chain.marked(strict, z1="0.50", a1="0.62").rests_on_wrong[0][1]
    assert chain.mark(strict, z1="0.50", a1="0.6") == {"z1": "wrong", "a1": "wrong"}
    assert chain.mark(strict, z1="0.85", a1="0.70") == {"z1": "correct", "a1": "correct"}


def test_a_right_answer_after_a_wrong_one_is_correct(tmp_path: Path) -> None:
    """A slip of the pen in z1 does not cost the right a1."""
    assert Chain(tmp_path).mark(z1="0.58", a1="0.70") == {"z1": "wrong", "a1": "correct"}


@pytest.mark.parametrize("z1", ["1e300", "-1e300", "22000"])
def test_a_wild_value_carries_no_credit(tmp_path: Path, z1: str) -> None:
    """What follows from a value a thousand times too large for the paper is marked as if the right one stood there."""
    a1 = "1" if float(z1) > 0 else "0"
    assert Chain(tmp_path).mark(z1=z1, a1=a1) == {"z1": "wrong", "a1": "wrong"}
    assert Chain(tmp_path).mark(z1=z1, a1="0.70") == {"z1": "wrong", "a1": "correct"}
    generous = Policy().model_copy(update={"ignore_above": Decimal("1e301")})
    assert Chain(tmp_path).mark(generous, z1=z1, a1=a1) == {"z1": "wrong", "a1": "follow_through"}


def test_a_wild_value_of_few_digits_widens_nothing(tmp_path: Path) -> None:
    """Nobody has gone on from 9000000, so its missing decimals are no rounding of a1: 30 is not near 21.0170."""
    assert Chain(tmp_path, "decimals = 4").mark(a1="9000000", z2="30.0000") == {"a1": "wrong", "z2": "wrong"}


def test_a_zero_carries_where_more_follows_from_it(tmp_path: Path) -> None:
    """A wrong 0 is not what later work is marked from, unless more follows from it, or the exam says so."""
    zeros = {"a1": "0", "z2": "0", "a2": "0"}
    assert Chain(tmp_path).mark(a1="0", z2="21.15") == {"a1": "wrong", "z2": "correct"}
    assert Chain(tmp_path).mark(**zeros) == {"a1": "wrong", "z2": "follow_through", "a2": "follow_through"}
    lenient = Policy(zeros_carry=True)
    assert Chain(tmp_path).mark(lenient, **zeros) == {"a1": "wrong", "z2": "follow_through", "a2": "follow_through"}


def test_a_dead_unit_carries_on(tmp_path: Path) -> None:
    """A wrong negative input of a ReLU makes everything behind it 0, and all of that follows; it is paid as work is."""
    chain = Chain(tmp_path, ask='["z", "a", "slope", "dL_dz", "dL_dW"]', hidden="relu", digits="decimals = 3")
    zeros = dict.fromkeys(["a1", "z2", "a2", "slope1", "dL_dz1", "dL_dW1", "dL_dW2"], "0")
    found = chain.mark(z1="-0.85", **zeros, dL_dz2="-1")
    assert {name for name, outcome in found.items() if outcome == "wrong"} == {"z1"}
    assert set(found.values()) == {"wrong", "follow_through"}


def test_a_blank_counts_as_right_for_later_work(tmp_path: Path) -> None:
    """Behind a blank a1, z2 may follow from the right a1, or from the a1 that a wrong z1 gives."""
    z2 = f"{30 / (1 + np.exp(-0.5)):.2f}"
    assert Chain(tmp_path).mark(z1="0.50", z2=z2) == {"z1": "wrong", "z2": "follow_through"}
    assert Chain(tmp_path).mark(z1="0.50", z2="21.02") == {"z1": "wrong", "z2": "correct"}
    assert Chain(tmp_path).mark(z1="0.50", z2="20.00") == {"z1": "wrong", "z2": "wrong"}


def test_what_an_answer_is_compared_with_behind_a_blank(tmp_path: Path) -> None:
    """With the value to which the wrong z1 leads where that is what was written, and else with that of the right a1."""
    past = 30 / (1 + np.exp(-0.5))
    for z2, own in ((f"{past:.2f}", past), ("20.00", 30 / (1 + np.exp(-0.85)))):
        marked = Chain(tmp_path).marked(z1="0.50", z2=z2)
        assert marked.own[0, 2] == pytest.approx(own)
        assert bool(marked.past_blanks[0, 2]) == (own == past)


def test_of_two_ways_past_a_blank_the_kinder_counts(tmp_path: Path) -> None:
    """Behind a blank a1, 21.22 is too far from 30 * 0.70057, and not from 30 * sigmoid(0.855); so a2 rests on no slip.

    Where both ways lead to an answer, it is compared with what the right a1 gives.
    """
    chain = Chain(tmp_path)
    answers = {"z1": "0.855", "z2": "21.22", "a2": "21.22"}
    assert chain.mark(z2="21.22") == {"z2": "wrong"}
    assert chain.mark(**answers) == dict.fromkeys(answers, "correct")
    assert not chain.marked(z1="0.855", z2="21.02").past_blanks.any()


def test_one_digit_fewer_is_imprecise_and_two_are_wrong(tmp_path: Path) -> None:
    """At 4 decimals 0.701 is imprecise and 0.70 is wrong, with the number of digits that is missing."""
    chain = Chain(tmp_path, "decimals = 4")
    assert chain.mark(a1="0.701") == {"a1": "imprecise"}
    assert chain.mark(a1="0.70") == {"a1": "wrong"}
    assert chain.marked(a1="0.70").missing_digits[0].tolist() == [0, 2, 0, 0]
    assert chain.mark(a1="0.702") == {"a1": "wrong"}
    assert chain.marked(a1="0.702").missing_digits.tolist() == [[0, 0, 0, 0]]


def test_what_follows_with_a_digit_fewer_is_imprecise(tmp_path: Path) -> None:
    """sigmoid(0.5) = 0.6225: after a wrong z1, 0.622 is right to the digits it has."""
    found = Chain(tmp_path, "decimals = 4").mark(z1="0.5000", a1="0.622")
    assert found == {"z1": "wrong", "a1": "imprecise"}


def test_one_digit_fewer_after_rounded_answers_is_imprecise(tmp_path: Path) -> None:
    """2 * 0.7006 = 1.4012, written as 1.401, is farther off than rounding a1 can explain."""
    found = Chain(tmp_path, "decimals = 4", w2=2).mark(a1="0.7006", z2="1.401")
    assert found == {"a1": "correct", "z2": "imprecise"}


def test_significant_figures_may_be_one_fewer_too(tmp_path: Path) -> None:
    """At 4 significant figures 0.701 and 21.0 are imprecise for 0.7006 and 21.02, and 0.70 and 21 are wrong."""
    chain = Chain(tmp_path, "significant_figures = 4")
    assert chain.mark(a1="0.701", z2="21.0") == {"a1": "imprecise", "z2": "imprecise"}
    assert [chain.mark(a1="0.70"), chain.mark(z2="21")] == [{"a1": "wrong"}, {"z2": "wrong"}]
    assert chain.marked(a1="0.70", z2="21.02").missing_digits[0].tolist() == [0, 2, 0, 0]


def test_imprecise_answers_have_the_band_of_rounding_and_no_more(tmp_path: Path) -> None:
    """sigmoid(0.5) = 0.62246: 0.623 is off by 0.54 of its own last digit, more than rounding z1 can explain."""
    chain = Chain(tmp_path, "decimals = 4")
    assert chain.mark(z1="0.5000", a1="0.623") == {"z1": "wrong", "a1": "wrong"}


def test_no_digit_is_missing_in_what_is_correct_or_follows(tmp_path: Path) -> None:
    """0.85 for 0.8500 is complete, and so is 0.75 for 0.7500 = sigmoid(1.0986) after a slip that leads there."""
    chain = Chain(tmp_path, "decimals = 4", output="sigmoid", w2=0)
    answers = {"z1": "0.85", "a1": "0.7006", "z2": "1.0986", "a2": "0.75"}
    assert chain.mark(**answers) == {"z1": "correct", "a1": "correct", "z2": "wrong", "a2": "follow_through"}
    assert chain.marked(**answers).missing_digits.tolist() == [[0, 0, 0, 0]]


def test_imprecise_answers_may_come_from_unrounded_ones(tmp_path: Path) -> None:
    """A wrong 0.60006 is written as 0.6001; 5 times it is 3.0003, written as 3.000, where 3.0005 would follow."""
    found = Chain(tmp_path, "decimals = 4", w2=5).mark(a1="0.6001", z2="3.000")
    assert found == {"a1": "wrong", "z2": "imprecise"}


def test_a_zero_that_rounding_explains_is_gone_on_with(tmp_path: Path) -> None:
    """30 * 0.70 - 21 is 0.00 where full precision has 0.017: it is correct, and so is the 0.00 that is read from it."""
    found = Chain(tmp_path, b2=-21).mark(a1="0.70", z2="0.00", a2="0.00")
    assert found == {"a1": "correct", "z2": "correct", "a2": "correct"}


def test_a_class_larger_than_a_block_is_marked_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven students, two at a time: each has the own outcomes, in the order of the class."""
    chain = Chain(tmp_path)
    sheets = [["0.85", f"0.{70 + n}", "", ""] for n in range(7)]
    monkeypatch.setattr(blocks, "BLOCK", 2)
    found = outcomes(mark_texts(chain.paper, [dict(chain.numbers.givens)] * 7, sheets))
    assert [student[1] for student in found] == ["correct"] + ["wrong"] * 6


def test_wide_networks_are_marked_in_small_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The effects of 2 entries on all 15 of a layer of two units are 30 for each student; one always has room."""
    [paper] = all_papers(load_exam(written(tmp_path, changed(DRAWN, ("[1, 1]", "[1, 2]"))), 1))
    assert blocks.block_size(paper) == 1024
    for cells, students in ((60, 2), (30, 1), (29, 1)):
        monkeypatch.setattr(blocks, "CELLS", cells)
        assert blocks.block_size(paper) == students


def test_zero_is_never_imprecise(tmp_path: Path) -> None:
    """0.00 for 0.0013 has no right digit."""
    assert Chain(tmp_path, "decimals = 3", w1=0, b1="0.0013").mark(z1="0.00") == {"z1": "wrong"}


def test_trailing_zeros_may_be_left_out(tmp_path: Path) -> None:
    """A spreadsheet writes 0.85 for 0.8500; nothing is missing."""
    assert Chain(tmp_path, "decimals = 4").mark(z1="0.85") == {"z1": "correct"}


def test_fractions_have_all_their_digits(tmp_path: Path) -> None:
    """17/20 is 0.85, and 7/10 for 0.7006 is wrong, not imprecise."""
    assert Chain(tmp_path, "decimals = 4").mark(z1="17/20", a1="7/10") == {"z1": "correct", "a1": "wrong"}


def test_a_cancelled_sum_is_zero_at_significant_figures(tmp_path: Path) -> None:
    """0.1 * 3 - 0.3 is 5.6e-17 in binary and 0 on paper; both 0 and 0.00 are correct."""
    chain = Chain(tmp_path, "significant_figures = 3", w1=0.1, x=3, b1=-0.3)
    assert chain.mark(z1="0") == chain.mark(z1="0.00") == {"z1": "correct"}
    assert chain.mark(z1="0.001") == {"z1": "wrong"}


def test_significant_figures_follow_the_students_own_power_of_ten(tmp_path: Path) -> None:
    """Rounded answers lift z2 from 0.009992 to 0.010051, which has one decimal fewer: 0.0101 is rounded as asked."""
    chain = Chain(tmp_path, "significant_figures = 3", w1=0, b1=1.0051, w2=0.0625, b2=-0.0357615)
    honest = {"z1": "1.01", "a1": "0.733"}
    assert chain.mark(**honest, z2="0.0101") == dict.fromkeys(["z1", "a1", "z2"], "correct")
    assert chain.mark(**honest, z2="0.0102")["z2"] == "wrong"
    assert chain.mark(z2="0.0101") == {"z2": "correct"}
    assert chain.mark(z1="1.005", a1="0.7320", z2="0.0101")["z2"] == "wrong"


def test_negative_values_have_powers_of_ten_as_well(tmp_path: Path) -> None:
    """Rounded answers take z2 from -0.009992 to -0.010051."""
    chain = Chain(tmp_path, "significant_figures = 3", w1=0, b1=1.0051, w2=-0.0625, b2=0.0357615)
    assert chain.mark(z1="1.01", a1="0.733", z2="-0.0101")["z2"] == "correct"
    assert chain.mark(z1="1.01", a1="0.733", z2="-0.0102")["z2"] == "wrong"
    assert chain.mark(z2="-0.0101") == {"z2": "correct"}


def test_wild_numbers_neither_warn_nor_widen_anything(tmp_path: Path) -> None:
    """Numbers that overflow on the way are wrong, and so is all that follows from them."""
    chain = Chain(tmp_path, ask='["z", "a", "loss", "dL_dz", "dL_dW"]')
    names = {field.quantity for field in chain.paper.fields}
    assert set(chain.mark(**dict.fromkeys(names, "1.7e308")).values()) == {"wrong"}
    assert set(chain.mark(**dict.fromkeys(names, "-1.7e308")).values()) == {"wrong"}


def test_the_tolerance_is_that_of_the_rule(tmp_path: Path) -> None:
    """Half a unit, 0.0051, and its effect: times the slope 0.21 of z1 on a1, 30 of a1 on z2, and 1 of z2 on a2."""
    marked = Chain(tmp_path).marked(a1="0.70", z2="21.00")
    assert marked.tolerance[0].tolist() == pytest.approx([0.0051, 0.0051 * 1.21, 0.0051 * 31, 0.0051 * 2], rel=1e-3)


def test_a_fraction_is_no_whole_number(tmp_path: Path) -> None:
    """Where 5 is asked 5.5 is wrong, and what follows from it may be off by what 0.5 makes, and no more."""
    chain = Chain(
        tmp_path,
        "decimals = 0",
        '["z", "a", "dL_dz", "dL_dW"]',
        hidden="relu",
        output="relu",
        **{"w1": 2, "b1": 1, "w2": 3, "b2": 1, "x": 2, "y": 1},
    )
    # z1 = a1 = 5, z2 = a2 = 16, dL_dz2 = 15, dL_dW2 = 75, dL_dz1 = 45, dL_dW1 = 90.
    found = chain.mark(z1="5.5", dL_dz2="30", dL_dz1="90", dL_dW1="90")
    assert found == {"z1": "wrong", "dL_dz2": "wrong", "dL_dz1": "follow_through", "dL_dW1": "correct"}
    assert chain.mark(z1="5.0", dL_dW1="90.3") == {"z1": "correct", "dL_dW1": "wrong"}


def test_a_blank_behind_a_fraction_is_as_whole_as_its_reference(tmp_path: Path) -> None:
    """Behind z1 = 5.5 and a blank a1, z2 is 16 exactly, from a1 = 5, or about 17.5: 15 is neither."""
    whole = {"w1": 2, "b1": 1, "w2": 3, "b2": 1, "x": 2, "y": 1}
    chain = Chain(tmp_path, "decimals = 0", FORWARD, hidden="relu", output="relu", **whole)
    assert chain.mark(z1="5.5", z2="15")["z2"] == "wrong"
    assert chain.mark(z1="5.5", z2="16")["z2"] == "correct"
    assert chain.mark(z1="5.5", z2="18")["z2"] == "follow_through"
