"""Explanations of single marks: of a small network worked out by hand, and of what cannot be explained.

The network has x = 1.5, w1 = 0.5, b1 = 0.1, a ReLU, w2 = -0.8, b2 = 0.3, a sigmoid, the squared error and y = 1.
"""

import csv
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

import examgen
from examgen.cli import app
from examgen.core.formulas.number_grammar import DecimalMark
from examgen.errors import AnswersError, ExamgenError, KeyFileError
from examgen.exams.keys.solved_papers import entry, papers, solve
from examgen.marking.grading import GradeOptions, grade
from examgen.marking.reading.typed.typed_numbers import REASONS
from examgen.marking.results.appeals.explaining import explain
from examgen.marking.results.appeals.explanation_text import explanation_lines
from tests.marking_sheets import MadeKey, make_key, rounded, write_sheet

EXAM = "relu-sigmoid-1-1-1"
HALF = 0.000051


def marked(
    folder: Path,
    changes: Mapping[str, str],
    name: str = EXAM,
    students: tuple[str, ...] = ("s1", "s2"),
    mark: DecimalMark = ".",
) -> MadeKey:
    """A class of which every student writes the rounded key but for these fields."""
    made = make_key(folder, name, students)
    write_sheet(
        folder / "answers.csv", made.rows, lambda row: changes.get(row["field"], rounded(row).replace(".", mark))
    )
    grade(folder / "answers.csv", key=made.key)
    return made


def test_a_wrong_answer_and_what_follows_from_it(tmp_path: Path) -> None:
    """c, the parts of B and the wrong answer behind it are those that one works out by hand."""
    marked(tmp_path, {"A1": "0.95", "z2": "-0.46"})
    slip, found = explain(tmp_path, "s1", "A1"), explain(tmp_path, "s1", "z2")
    assert (slip.outcome, slip.rule, slip.rests_on, slip.marks) == ("wrong", 5, (), 0)
    assert (found.outcome, found.rule, found.rests_on, found.marks) == ("follow_through", 3, ("A₁",), 1)
    assert found.own.value == pytest.approx(-0.8 * 0.95 + 0.3)
    assert (found.own.formula, found.own.numbers) == ("w₂·A₁ + b₂", "-0.8·0.95 + 0.3")
    assert found.reference.numbers == "-0.8·0.85 + 0.3"
    [part] = found.band
    assert part.symbol == "A₁"
    assert [part.half_unit, part.effect] == pytest.approx([HALF, 0.8 * HALF])
    assert found.tolerance == pytest.approx(1.8 * HALF)
    assert "A₁" in found.why


def test_steps_that_are_not_asked_are_recomputed(tmp_path: Path) -> None:
    """The gradient of b2 comes from A2 by way of the slope of the loss and of the sigmoid, which nobody asked for."""
    marked(tmp_path, {"A2": "0.5", "dC_db2": "-0.25"})
    found = explain(tmp_path, "s1", "dC_db2")
    sources = {source.symbol: source for source in found.sources}
    assert {symbol: source.origin for symbol, source in sources.items()} == {
        "A₂": "own",
        "∂C/∂A₂": "recomputed",
        "σ′(z₂)": "recomputed",
    }
    assert sources["∂C/∂A₂"].value == pytest.approx(2 * (0.5 - 1))
    assert sources["σ′(z₂)"].value == pytest.approx(0.25)
    calculation = sources["σ′(z₂)"].calculation
    assert calculation is not None
    assert (calculation.formula, calculation.numbers) == ("A₂·(1 - A₂)", "0.5·(1 - 0.5)")
    assert found.own.value == pytest.approx(-0.25)
    effects = {part.symbol: part.effect for part in found.band}
    assert effects["∂C/∂A₂"] == pytest.approx(0.25 * HALF)
    assert effects["σ′(z₂)"] == pytest.approx(1 * HALF)
    assert effects["∂C/∂z₂"] == pytest.approx(HALF)
    # The slope of the sigmoid is flat at 0.5, so that half a unit of A2 works by way of the error only.
    assert effects["A₂"] == pytest.approx(2 * HALF * 0.25, rel=1e-3)
    assert found.tolerance == pytest.approx(found.own_half_unit + sum(effects.values()))
    assert (found.outcome, found.rests_on) == ("follow_through", ("A₂",))


@pytest.mark.parametrize(
    ("answer", "value", "why"),
    [
        ("", 0.85, "blank, so the reference"),
        ("n/a", 0.85, "unreadable, so the reference"),
        ("0", 0.85, "a 0 where the right value is not 0 carries no credit forward, so the reference"),
        (
            "5000",
            0.85,
            "larger than 1000 times the largest right value of the question (at least 1), so it carries no credit "
            "forward; the reference",
        ),
        ("0.95", 0.95, ""),
    ],
)
def test_what_a_calculation_starts_from_has_its_reason(tmp_path: Path, answer: str, value: float, why: str) -> None:
    """A blank, unreadable, empty or wild answer is replaced by the reference, and it is said why."""
    marked(tmp_path, {"A1": answer, "z2": "-0.3"})
    [source] = explain(tmp_path, "s1", "z2").sources
    assert source.value == pytest.approx(value)
    assert (source.why, source.written) == (why, answer)
    assert source.origin == ("reference" if why else "own")


def test_a_step_that_was_done_in_the_head_is_recomputed(tmp_path: Path) -> None:
    """Who leaves A1 and z2 blank and goes on from a wrong z1 is followed past the blanks."""
    z1 = 1.0
    a2 = 1 / (1 + 2.718281828459045 ** -(-0.8 * z1 + 0.3))
    marked(tmp_path, {"z1": f"{z1}", "A1": "", "z2": "", "A2": f"{a2:.4f}"})
    found = explain(tmp_path, "s1", "A2")
    assert (found.outcome, found.past_blanks, found.rests_on) == ("follow_through", True, ("z₁",))
    assert found.own.value == pytest.approx(a2)
    assert {source.symbol: source.origin for source in found.sources} == {
        "z₁": "own",
        "A₁": "recomputed",
        "z₂": "recomputed",
    }
    assert {source.symbol for source in found.sources if source.calculation is not None} == {"A₁", "z₂"}


def test_what_the_student_typed_is_shown_with_all_its_digits(tmp_path: Path) -> None:
    """Also if it looks like a formula of a spreadsheet; numbers that nobody typed have six digits."""
    marked(tmp_path, {"A1": "0.8512345678", "z2": "=1+1", "A2": "'x"})
    assert explain(tmp_path, "s1", "A2").written == "'x"
    found = explain(tmp_path, "s1", "z2")
    assert (found.written, found.own.numbers) == ("=1+1", "-0.8·0.8512345678 + 0.3")
    sigmoid = explain(tmp_path, "s1", "dC_db2")
    numbers = [source.calculation.numbers for source in sigmoid.sources if source.calculation is not None]
    assert numbers
    assert max(len(number) for text in numbers for number in re.findall(r"0\.\d+", text)) <= len("0.123456")


def test_an_entry_of_a_layer_rests_on_its_own_unit(tmp_path: Path) -> None:
    """Each activation is computed from its pre-activation, and from no other; the loss from all activations."""
    made = marked(tmp_path, {}, "tanh-two-outputs", ("s1",))
    fields = {(row["quantity"], row["layer"], row["row"]): row["field"] for row in made.rows}
    for unit in ("1", "2"):
        [source] = explain(tmp_path, "s1", fields["a", "2", unit]).sources
        assert source.field == fields["z", "2", unit]
    sources = explain(tmp_path, "s1", "L").sources
    assert [source.field for source in sources] == [fields["a", "2", unit] for unit in ("1", "2")]


@pytest.mark.parametrize(
    ("answer", "outcome", "rule", "missing"),
    [
        ("0.4061", "correct", 2, 0),
        ("0.406", "imprecise", 4, 1),
        ("0.41", "wrong", 4, 2),
        ("0.4", "wrong", 4, 3),
        ("", "blank", 1, 0),
        ("1,234", "unreadable", 1, 0),
        ("0.5", "wrong", 5, 0),
    ],
)
def test_the_rule_that_decided_is_named(tmp_path: Path, answer: str, outcome: str, rule: int, missing: int) -> None:
    """Each way to be right or wrong comes from the rule of that number."""
    marked(tmp_path, {"A2": answer})
    found = explain(tmp_path, "s1", "A2")
    assert (found.outcome, found.rule, found.precision.missing) == (outcome, rule, missing)
    assert found.written == answer
    assert not found.differences


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("0.4061", "It is the reference to the asked digits."),
        ("0.406", "It is right to the digits that are written, one digit fewer than asked."),
        (
            "0.41",
            "It is right to the digits that are written, 2 digits fewer than asked; "
            "only one fewer is imprecise, more are wrong.",
        ),
        ("", "Nothing was written."),
        ("1,234", "The mark may be a decimal one or stand between thousands; write 1.2340 or 1234."),
        ("0.5", "It is neither the reference nor what follows from the student's own answers."),
    ],
)
def test_why_an_entry_came_out_so_is_a_sentence(tmp_path: Path, answer: str, why: str) -> None:
    """Of the rule that decided."""
    marked(tmp_path, {"A2": answer})
    assert explain(tmp_path, "s1", "A2").why == why


AS_WRITTEN = f"""
title = "E"
[policy]
precision = "as_written"
least_digits = 3
[[questions]]
family = "{EXAM}"
"""


@pytest.mark.parametrize(
    ("answers", "field", "outcome", "rule", "half"),
    [
        ({"a2": "0.406"}, "a2", "correct", 4, 0.00051),
        ({"a2": "0.41"}, "a2", "wrong", 4, HALF),
        ({"a1": "0.93", "z2": "-0.444", "a2": "0.391"}, "a2", "follow_through", 3, 0.00051),
        ({"a1": "0.93", "z2": "-0.444", "a2": "0.39"}, "a2", "wrong", 4, HALF),
        ({"a2": "0.4061"}, "a2", "correct", 2, HALF),
    ],
)
def test_what_is_taken_as_written_says_from_how_many_digits_on(
    tmp_path: Path, answers: dict[str, str], field: str, outcome: str, rule: int, half: float
) -> None:
    """Where the least digits decide, explanation and comment name them, and the tolerance is the sum of its parts."""
    exam = tmp_path / "exam.toml"
    exam.write_text(AS_WRITTEN, encoding="utf-8")
    marked(tmp_path, answers, str(exam))
    found = explain(tmp_path, "s1", field)
    assert (found.outcome, found.rule) == (outcome, rule)
    assert found.own_half_unit == pytest.approx(half)
    assert found.tolerance == pytest.approx(found.own_half_unit + sum(part.effect for part in found.band))
    is_decided = rule != 2
    assert ("as they are written from 3 significant figures on" in found.why) == is_decided
    with (tmp_path / "marks" / "results.csv").open(encoding="utf-8", newline="") as file:
        [comment] = [row["comment"] for row in csv.DictReader(file) if (row["student"], row["field"]) == ("s1", field)]
    needed = "Right to the digits that are written, but at least 3 significant figures are needed."
    assert (comment == needed) == (outcome == "wrong")


def test_no_zero_has_a_sign(tmp_path: Path) -> None:
    """A ReLU that is off gives 0, also where the computer has -0, in results.csv and in explanations."""
    made = make_key(tmp_path, "question2", ("s1",), seed=4)
    [(paper, drawn)] = papers(made.exam, made.variants[0])
    solution = solve(paper, drawn.givens)
    values = {field.name: float(entry(solution, field)) for field in paper.fields}
    signed = [name for name, value in values.items() if value == 0 and math.copysign(1, value) < 0]
    assert signed
    write_sheet(tmp_path / "answers.csv", made.rows, lambda row: "-0" if row["field"] in signed else rounded(row))
    grade(tmp_path / "answers.csv", key=made.key)
    with (tmp_path / "marks" / "results.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert "-0" not in {row["value"], row["reference"], row["follow_through"]}
    for name in signed:
        [_, *lines] = explanation_lines(explain(tmp_path, "s1", name))
        assert not [line for line in lines if re.search(r"-0(?![\d.])", line) and "written: -0" not in line]


def test_each_misconception_is_listed_once(tmp_path: Path) -> None:
    """Of the ways to take a sum for the mean of a mini-batch, and of any other, the one that fits, or is nearest."""
    made = make_key(tmp_path, "minibatch", ("s1",))
    row = next(row for row in made.rows if row["quantity"] == "dL_dz")
    marked(tmp_path / "marked", {row["field"]: f"{2 * float(row['answer']):.4f}"}, "minibatch", ("s1",))
    found = explain(tmp_path / "marked", "s1", row["field"])
    names = [trial.misconception for trial in found.trials]
    assert names.count("sum-for-mean") == 3
    lines = explanation_lines(found)
    [shown] = [line.split() for line in lines if line.strip().startswith("sum-for-mean")]
    assert shown[4:] == ["yes", "1", "1"]
    assert "  Each is listed once: of its versions, the one that fits best or is nearest." in lines


def test_without_follow_through_what_follows_is_wrong_and_says_so(tmp_path: Path) -> None:
    """The wrong answers on which it rests are named."""
    exam = tmp_path / "strict.toml"
    exam.write_text(
        f'title = "E"\n[policy]\nfollow_through = "off"\n[[questions]]\nfamily = "{EXAM}"\n', encoding="utf-8"
    )
    marked(tmp_path / "first", {"a1": "9.5"}, str(exam))
    z2 = explain(tmp_path / "first", "s1", "z2").own.value
    marked(tmp_path / "second", {"a1": "9.5", "z2": f"{z2:.4f}"}, str(exam))
    found = explain(tmp_path / "second", "s1", "z2")
    assert (found.outcome, found.rule, found.marks, found.rests_on) == ("wrong", 5, 0, ("a⁽¹⁾",))
    assert found.why == "It follows only from wrong answers (a⁽¹⁾), and follow-through is off."


def test_misconceptions_show_what_they_would_have_given(tmp_path: Path) -> None:
    """1 / (1 + e^z) instead of 1 / (1 + e^-z) at z2 = -0.38 gives 0.5939, which fits and is named."""
    marked(tmp_path, {"A2": "0.5939"})
    found = explain(tmp_path, "s1", "A2")
    [fitting] = [trial for trial in found.trials if trial.fits]
    assert fitting.misconception == found.misconception == "sigmoid-sign"
    assert fitting.value == pytest.approx(1 / (1 + 2.718281828459045**-0.38))
    assert fitting.evidence == 1
    # Half a unit of A2, and half a unit of z2 times the slope 0.2412.
    assert fitting.tolerance == pytest.approx(HALF * (1 + 0.2412), rel=1e-3)


def test_a_decimal_comma_is_read_as_it_was_marked(tmp_path: Path) -> None:
    """An answer of a sheet with decimal commas has the value that results.csv has."""
    marked(tmp_path, {"z2": "-0,46", "A1": "0,95"}, mark=",")
    found = explain(tmp_path, "s1", "z2")
    assert (found.written, found.value, found.outcome, found.precision.written) == ("-0,46", -0.46, "follow_through", 2)


@pytest.mark.parametrize(
    ("typed", "again", "options", "reason"),
    [
        ("1,234", "1,234", GradeOptions(), "ambiguous_mark"),
        ("0,95", "0,95", GradeOptions(decimal="."), "comma"),
        ("0.95", "0.96", GradeOptions(), "duplicate"),
        ("0,95", "0.96", GradeOptions(), "duplicate"),
    ],
)
def test_a_number_that_counts_as_none_has_the_reason_that_the_student_was_told(
    tmp_path: Path, typed: str, again: str, options: GradeOptions, reason: str
) -> None:
    """It lies in other cells or in how the class was marked, and not in the text itself."""
    made = make_key(tmp_path, EXAM, ("s1",))
    texts = iter((typed, again))
    rows = [row for row in made.rows for _ in range(1 + (row["field"] == "A1"))]
    write_sheet(tmp_path / "answers.csv", rows, lambda row: next(texts) if row["field"] == "A1" else rounded(row))
    grade(tmp_path / "answers.csv", made.key, options=options)
    found = explain(tmp_path, "s1", "A1")
    assert (found.outcome, found.why, found.differences) == ("unreadable", REASONS[reason], ())


def test_an_override_is_shown_with_its_reason(tmp_path: Path) -> None:
    """Marks that the instructor has set stand above those of the policy."""
    made = marked(tmp_path, {"A2": "0.5"})
    text = "student,field,marks,reason\ns1,A2,0.5,right on the scrap paper\n"
    (made.key / "overrides.csv").write_text(text, encoding="utf-8")
    found = explain(tmp_path, "s1", "A2")
    assert found.override is not None
    assert (found.marks, found.override.reason) == (0.5, "right on the scrap paper")
    assert explain(tmp_path, "s2", "A2").override is None


def test_tables_of_an_older_key_are_told(tmp_path: Path) -> None:
    """Where results.csv says something else than the marking of today, the explanation says so."""
    marked(tmp_path, {"A2": "0.5"})
    results = tmp_path / "marks" / "results.csv"
    with results.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["field"] == "A2":
            row["outcome"], row["marks"] = "correct", "1"
    with results.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert explain(tmp_path, "s1", "A2").differences == (
        "results.csv has the outcome correct, not wrong",
        "results.csv has the marks 1, not 0",
    )
    assert explain(tmp_path, "s1", "z2").differences == ()


def test_any_way_to_name_the_class_finds_it(tmp_path: Path) -> None:
    """The class, its folder of marks and results.csv lead to the same, and so does another folder with the key."""
    made = marked(tmp_path, {"A2": "0.5"})
    expected = explain(tmp_path, "s1", "A2")
    assert explain(tmp_path / "marks", "s1", "A2") == expected
    assert explain(tmp_path / "marks" / "results.csv", "s1", "Q1:A2") == expected
    moved = (tmp_path / "marks").rename(tmp_path.parent / f"{tmp_path.name}-elsewhere")
    assert explain(moved, "s1", "A2", made.folder) == expected
    with pytest.raises(KeyFileError, match=r"there is no key/ .* say where it is with --key DIR"):
        explain(moved, "s1", "A2")


def test_marks_that_lie_elsewhere_find_their_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marking notes where the key is; without the note, the key of the exam in ./output is taken, and no other."""
    made = marked(tmp_path / "class", {"A2": "0.5"})
    expected = explain(tmp_path / "class", "s1", "A2")
    far = tmp_path / "some" / "where" / "else"
    grade(tmp_path / "class" / "answers.csv", made.key, far)
    assert explain(far, "s1", "A2") == expected
    (far / ".key-folder").write_bytes(b"\0nowhere\n")
    with pytest.raises(KeyFileError, match=rf"is no key/ of exam '{made.exam.id}' .* nor in \./output; say where"):
        explain(far, "s1", "A2")
    make_key(far, EXAM, seed=8, students=("s1", "s2"))  # of another exam, beside the marks
    with pytest.raises(KeyFileError, match="there is no key/ of exam"):
        explain(far, "s1", "A2")
    (tmp_path / "class").rename(tmp_path / "output")
    monkeypatch.chdir(tmp_path)
    assert explain(far, "s1", "A2") == expected
    assert explain(Path("some/where/else/results.csv"), "s1", "A2") == expected


def test_a_damaged_key_beside_the_marks_is_told(tmp_path: Path) -> None:
    """The file that cannot be read is named, not that there is none."""
    made = marked(tmp_path, {})
    (made.key / "exam.json").write_text("{")
    with pytest.raises(KeyFileError, match=r"exam\.json: not a JSON file"):
        explain(tmp_path, "s1", "A2")


def test_a_paper_without_a_name_is_found(tmp_path: Path) -> None:
    """The empty id and a dash are the paper without a name, and ids that spreadsheets could run are found too."""
    marked(tmp_path, {"A2": "0.5"}, students=("", "=1+1"))
    assert explain(tmp_path, "", "A2") == explain(tmp_path, "-", "A2")
    assert explain(tmp_path, "=1+1", "A2").student == explain(tmp_path, "'=1+1", "A2").student == "=1+1"


@pytest.mark.parametrize(
    ("student", "field", "message"),
    [
        ("anne", "A2", r"results\.csv: student 'anne' is not in it; there are anna, bert\. Did you mean \"anna\"\?"),
        ("", "A2", r"no paper in it is without a name; there are anna, bert\."),
        ("anna", "dC_w2", r"field 'dC_w2' is not on this paper; there are z1, A1, z2, .* Did you mean \"dC_dw2\"\?"),
        ("anna", "Q2:A2", r"question 'Q2' is not on this paper; there are Q1\."),
        ("anna", "Q1:", r"field '' is not on Q1; there are z1"),
    ],
)
def test_an_unknown_student_or_field_is_told_what_there_is(
    tmp_path: Path, student: str, field: str, message: str
) -> None:
    """The error says what there is, and what was meant perhaps."""
    marked(tmp_path, {}, students=("anna", "bert"))
    with pytest.raises(AnswersError, match=message):
        explain(tmp_path, student, field)


def test_of_many_students_ten_are_named(tmp_path: Path) -> None:
    """And the others counted."""
    marked(tmp_path, {}, students=tuple(f"s{n:02}" for n in range(12)))
    with pytest.raises(AnswersError, match=r"there are s00, .*, s09 and 2 more\."):
        explain(tmp_path, "unknown", "A2")


def test_two_papers_without_a_name_cannot_be_told_apart(tmp_path: Path) -> None:
    """The error says what to fill in."""
    made = make_key(tmp_path, EXAM, ("s1", "s2"))
    write_sheet(tmp_path / "answers.csv", made.rows, changes={"student": ""})
    grade(tmp_path / "answers.csv", key=made.key)
    with pytest.raises(AnswersError, match="Without a name there are several papers; fill in the column student"):
        explain(tmp_path, "-", "A2")


def test_a_student_whom_the_key_does_not_know_is_explained_by_the_paper_that_was_marked(tmp_path: Path) -> None:
    """It is the one of the grade book; without that, the error says what to do."""
    made = make_key(tmp_path, EXAM, ("s1", "s2"))
    write_sheet(tmp_path / "answers.csv", made.of("s2"), changes={"student": "zoe"})
    grade(tmp_path / "answers.csv", key=made.key, options=GradeOptions(unknown=True))
    found = explain(tmp_path, "zoe", "A2")
    reference = next(float(row["answer"]) for row in made.of("s2") if row["field"] == "A2")
    assert found.student == "zoe"
    assert found.reference.value == pytest.approx(reference)
    (tmp_path / "marks" / "gradebook.csv").unlink()
    with pytest.raises(KeyFileError, match="has no paper of student 'zoe'; mark the class again with it"):
        explain(tmp_path, "zoe", "A2")


def test_damaged_tables_are_an_error(tmp_path: Path) -> None:
    """What is no text is told; an empty line at the end is none."""
    marked(tmp_path, {})
    results = tmp_path / "marks" / "results.csv"
    content = results.read_bytes()
    results.write_bytes(content + b"\n")
    assert explain(tmp_path, "s2", "A2").outcome == "correct"
    results.write_bytes(content + b"\xff")
    with pytest.raises(AnswersError, match=r"results\.csv: cannot be read: 'utf-8'"):
        explain(tmp_path, "s2", "A2")


def test_fields_of_several_questions_need_the_question(tmp_path: Path) -> None:
    """A field of two questions is an error that names both; with the question before it, it is found."""
    bank = tmp_path / "twice.toml"
    question = '[[questions]]\nfamily = "tanh-two-outputs"\n'
    bank.write_text(f'format = 1\ntitle = "Twice"\nabout = "twice"\n{question}{question}', encoding="utf-8")
    made = marked(tmp_path, {}, str(bank), ("s1",))
    name = made.rows[0]["field"]
    with pytest.raises(AnswersError, match=f"field '{name}' is in several questions; say Q1:{name} or Q2:{name}"):
        explain(tmp_path, "s1", name)
    references = [float(row["answer"]) for row in made.rows if row["field"] == name]
    found = [explain(tmp_path, "s1", f"{question}:{name}").reference.value for question in ("Q1", "Q2")]
    assert found == references
    assert len(set(found)) == 2


def test_answers_that_are_no_numbers_have_no_calculation(tmp_path: Path) -> None:
    """A formula is compared with the graph at random numbers, which is said instead of an explanation."""
    made = make_key(tmp_path, "formulas", ("s1",))
    write_sheet(tmp_path / "answers.csv", made.rows, lambda row: row["answer"])
    grade(tmp_path / "answers.csv", key=made.key)
    field = next(row["field"] for row in made.rows if row["field"].endswith("_formula"))
    with pytest.raises(AnswersError, match=f"field '{field}' asks for a formula; only the marks of numbers"):
        explain(tmp_path, "s1", field)


def test_zeros_that_carry_no_credit_are_named(tmp_path: Path) -> None:
    """What follows from nothing but a 0 in an earlier box is wrong by rule 3, and no misconception is looked for."""
    marked(tmp_path, {"A1": "0", "z2": "0.3"})
    found = explain(tmp_path, "s1", "z2")
    assert (found.outcome, found.rule, found.follows_ignored, found.trials) == ("wrong", 3, True, ())


def test_a_folder_that_was_not_marked_is_an_error(tmp_path: Path) -> None:
    """Without results.csv there is nothing to explain, and a table of something else is no results.csv."""
    with pytest.raises(ExamgenError, match=r"there is no results\.csv in it nor in marks/"):
        explain(tmp_path, "s1", "A2")
    made = marked(tmp_path, {})
    with pytest.raises(ExamgenError, match=r"the column value is missing; mark the class again"):
        explain(made.key / "answers.csv", "s1", "A2", made.key)


def test_the_command_prints_the_calculation(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    """The command prints what the function returns, at most 80 columns wide; an error is one line and ends with 1."""
    marked(tmp_path, {"A1": "0.95", "z2": "-0.46", "A2": "0.613", "dC_db2": "-1.2"})
    printed = []
    for field in ("z2", "A2", "dC_db2"):
        done = CliRunner().invoke(app, ["explain", str(tmp_path), "s1", field])
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.splitlines() == explanation_lines(examgen.explain(tmp_path, "s1", field))
        assert max(map(len, done.stdout.splitlines())) <= 80
        printed.append(done.stdout)
    golden("explanations.txt", "\n".join(printed))
    failed = CliRunner().invoke(app, ["explain", str(tmp_path), "s1", "A9"])
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert failed.stderr.startswith("Error: field 'A9' is not on this paper; there are z1")
    assert failed.stderr.count("\n") == 1


def test_each_entry_is_explained_by_what_it_was_judged_from(tmp_path: Path) -> None:
    """∂f/∂b always equals ∂f/∂z. Of two answers for it, one of the wrong sign, the later entries follow from the right
    one, which itself was compared with the other."""
    made = make_key(tmp_path, "sigmoid-neuron", ("s1", "s2"))
    right = {row["field"]: rounded(row) for row in made.of("s1")}
    wrong = f"{-float(right['df_dz']):.4f}"
    changes = {"f": f"{float(right['f']) + 1:.4f}", "df_dz": wrong}
    write_sheet(tmp_path / "answers.csv", made.rows, lambda row: changes.get(row["field"], rounded(row)))
    grade(tmp_path / "answers.csv", key=made.key)
    [source] = explain(tmp_path, "s1", "df_db").sources
    assert (source.symbol, source.answer, source.value, source.why) == ("∂f/∂z", "df_dz", float(wrong), "")
    found = explain(tmp_path, "s1", "df_dw1")
    [source] = found.sources
    assert (source.field, source.origin, source.answer) == ("df_dz", "own", "df_db")
    assert (source.written, source.value, source.outcome) == (wrong, float(right["df_db"]), "correct")
    assert source.why == "the student's answer for ∂f/∂b, which is the same quantity"
    assert found.own.numbers.startswith(f"{float(right['df_db'])}·")
    assert found.follows
    told = " ".join(" ".join(explanation_lines(found)).split())
    assert f"the student's answer for ∂f/∂b, which is the same quantity, correct (written: {wrong})" in told
    assert found.rests_on == ()
    assert explain(tmp_path, "s1", "df_dz").outcome == "wrong"


def test_an_answer_that_the_others_go_on_without_is_recomputed(tmp_path: Path) -> None:
    """A sign that was lost when ∂f/∂z = f(1 - f) was written down, and nowhere else."""
    made = make_key(tmp_path, "sigmoid-neuron", ("s1", "s2"))
    right = {row["field"]: float(rounded(row)) for row in made.of("s1")}
    changes = {"df_dz": f"{-right['df_dz']:.4f}"}
    write_sheet(tmp_path / "answers.csv", made.rows, lambda row: changes.get(row["field"], rounded(row)))
    grade(tmp_path / "answers.csv", key=made.key)
    output, slope = explain(tmp_path, "s1", "df_dw1").sources
    assert (output.symbol, output.origin, output.value) == ("f", "own", right["f"])
    assert (slope.origin, slope.why) == ("recomputed", "the other answers go on without it, so recomputed")
    assert slope.value == pytest.approx(right["f"] * (1 - right["f"]))


def test_what_follows_from_a_wrong_answer_for_an_equal_quantity_names_that_one(tmp_path: Path) -> None:
    """It stands in the chain back to the wrong answer, too."""
    made = make_key(tmp_path, "sigmoid-neuron", ("s1", "s2"))
    reference = {row["field"]: float(row["answer"]) for row in made.of("s1")}
    wrong = f"{reference['df_db'] + 0.3:.4f}"
    changes = {"df_db": wrong}
    for name, by in (("df_dw1", "x1"), ("df_dx1", "w1"), ("df_dw2", "x2"), ("df_dx2", "w2")):
        changes[name] = f"{float(wrong) * float(made.variants[0].questions['Q1'].givens[by]):.4f}"
    write_sheet(tmp_path / "answers.csv", made.rows, lambda row: changes.get(row["field"], rounded(row)))
    grade(tmp_path / "answers.csv", key=made.key)
    found = explain(tmp_path, "s1", "df_dx1")
    assert (found.outcome, found.rests_on, found.chain) == ("follow_through", ("∂f/∂b",), (("∂f/∂b", "wrong"),))


@pytest.mark.parametrize("other", ["377664", ""])
def test_a_rule_that_gives_what_the_right_one_gives_explains_nothing(tmp_path: Path, other: str) -> None:
    """A fraction of the right whole number is wrong, and no cause for it is found in a unit that passes its input on;
    whatever other students have left out."""
    made = make_key(tmp_path, "relu-1-1-3-1", ("s1", "s2"), 0, "row")
    changed = {("s1", "dC_dw3_2_1"): other, ("s2", "dC_dw3_2_1"): "377664.001"}
    write_sheet(
        tmp_path / "answers.csv", made.rows, lambda row: changed.get((row["student"], row["field"]), rounded(row))
    )
    grade(tmp_path / "answers.csv", key=made.key)
    found = explain(tmp_path, "s2", "dC_dw3_2_1")
    assert (found.outcome, found.misconception, found.differences) == ("wrong", "", ())
    assert not any(trial.fits for trial in found.trials)
