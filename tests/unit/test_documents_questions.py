"""Question pages: nothing computed, every field in one box, and letters, digits and marks in good English."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.network import NetworkShape
from examgen.documents.pages import AnswerBox, Cell, CircuitPicture, NetworkPicture, PaperPage, QuestionPart
from examgen.documents.paper.papers import key_page, question_page
from examgen.documents.style import PaperStyle
from examgen.documents.worked import solved_numbers
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_lines import sheet_rows
from examgen.exams.keys.solved_papers import papers
from tests.latex_values import value_of
from tests.laws import some_of
from tests.printed_pages import CONVENTIONS, plain_shape
from tests.small_banks import DRAWN, FIXED, changed, in_two_notations, shipped_names, written
from tests.stamped_pages import html_of

CASES = some_of(in_two_notations(shipped_names("families", "worked")), 29, 1)
NETWORKS = [case for case in CASES if "warmups" not in case[0]]
FORMULA = re.compile(r"\$.*?\$")
NEW_ENTRY = re.compile(r"w(\^\{.*\})_\{(\d)(\d),\\text\{new\}\}")
DECIMAL = re.compile(r"\d+\.\d+")


def drawn(name: str, notation: str | None = None, seed: int = 7) -> tuple[Exam, Variant]:
    """An exam and one student's paper of it."""
    loaded = load_exam(name, seed, notation)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    return loaded.exam, variant


def cells_of(box: AnswerBox) -> Iterator[Cell]:
    """The cells that ask for something."""
    return (cell for row in box.cells for cell in row if cell)


def question_of(folder: Path, text: str, notation: str | None = None) -> QuestionPart:
    """The only question of a small bank, as handed out."""
    return question_page(*drawn(written(folder, text), notation)).questions[0]


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def paper(request: pytest.FixtureRequest) -> tuple[Exam, Variant, PaperPage]:
    """A shipped exam in one notation with its question page."""
    exam, variant = drawn(*request.param)
    return exam, variant, question_page(exam, variant)


def test_question_pages_need_no_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed out can be built without solving anything."""

    def never(*_: object) -> None:
        raise AssertionError("solved")

    exam, variant = drawn("midterm")
    monkeypatch.setattr(solved_numbers, "evaluate", never)
    question_page(exam, variant)
    with pytest.raises(AssertionError, match="solved"):
        key_page(exam, variant)


def test_question_page_is_the_key_without_its_solution(paper: tuple[Exam, Variant, PaperPage]) -> None:
    """Both are about the same question, and only the key works it out."""
    exam, variant, page = paper
    key = key_page(exam, variant)
    assert all(question.sections for question in key.questions)
    bare = tuple(
        replace(
            question,
            tasks=tuple(replace(task, answers=()) for task in question.tasks),
            sections=(),
            appendix=(),
            # A circuit has values at its wires in the key.
            picture=handed_out.picture if isinstance(question.picture, CircuitPicture) else question.picture,
        )
        for question, handed_out in zip(key.questions, page.questions, strict=True)
    )
    assert page == replace(key, questions=bare)


def test_only_given_numbers_stand_on_question_pages(paper: tuple[Exam, Variant, PaperPage]) -> None:
    """The printed numbers are the drawn ones, each once; sentences have none but the slope of a leaky ReLU."""
    exam, variant, page = paper
    for part, (asked, numbers) in zip(page.questions, papers(exam, variant), strict=True):
        if isinstance(asked.shape, CircuitShape):
            # Its definitions stand before its numbers.
            part = replace(part, givens=part.givens[len(asked.shape.define) :])
        given = [np.ravel(value) for value in numbers.givens.values()]
        # Intermediates that are given are computed; `test_documents_worked` compares them with the right ones.
        shown = {asked.naming.whole(name) for name in asked.shown}
        assert sorted(_printed(part, shown)) == sorted(np.concatenate(given).tolist())
        assert shown <= {equation.split(" = ")[0] for equation in _equations(part)}
        assert {float(number) for text in part.text for number in DECIMAL.findall(text)} <= {0.01}


def test_tasks_are_lettered_and_marks_add_up(paper: tuple[Exam, Variant, PaperPage]) -> None:
    """a, b, c, … in each question, and the marks of all tasks are those of the page and of the sheet."""
    exam, variant, page = paper
    for question in page.questions:
        assert "".join(task.letter for task in question.tasks) == "abcdefgh"[: len(question.tasks)]
    total = sum(Decimal(task.marks) for question in page.questions for task in question.tasks)
    assert total == Decimal(page.marks)
    assert total == sum(field.marks for paper, _ in papers(exam, variant) for field in paper.fields)
    assert [question.number for question in page.questions] == [str(n + 1) for n in range(len(page.questions))]


def test_every_field_of_the_sheet_is_in_one_box(paper: tuple[Exam, Variant, PaperPage]) -> None:
    """The boxes have the sheet's fields, each once and under its symbol, and the task's digits."""
    exam, variant, page = paper
    rows = sheet_rows(exam, [variant])
    symbols = {(row[3].removeprefix("Q"), row[4]): row[5] for row in rows}
    found = []
    for question in page.questions:
        for task in question.tasks:
            for cell in (cell for box in task.boxes for cell in cells_of(box)):
                found.append((question.number, cell.field))
                assert symbols[found[-1]].partition(" (step")[0] == cell.symbol
                assert cell.digits == ("a formula" if task.kind == "formula" else task.digits)
    assert sorted(found) == sorted(symbols)
    assert len(rows) == len(symbols)


def test_boxes_have_the_shape_of_what_they_ask_for(paper: tuple[Exam, Variant, PaperPage]) -> None:
    """A box is as wide and as high as the key's result under the same symbol."""
    exam, variant, page = paper
    for question, key in zip(page.questions, key_page(exam, variant).questions, strict=True):
        results: dict[str, list[tuple[int, ...]]] = {}
        for line in (line for section in key.sections for line in section.lines if line.relations):
            results.setdefault(line.relations[0], []).append(value_of(line.relations[-1].partition(" ")[2]).shape)
        for box in (box for task in question.tasks if task.kind == "number" for box in task.boxes):
            assert (len(box.cells), len(box.cells[0])) in _shapes_of(box.symbol, results), box.symbol
            assert len({len(row) for row in box.cells}) == 1


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("decimals = 4", "4 decimals"),
        ("decimals = 1", "1 decimal"),
        ("decimals = 0", "whole numbers"),
        ("significant_figures = 3", "3 significant figures"),
        ("significant_figures = 1", "1 significant figure"),
    ],
)
def test_digits_in_words(tmp_path: Path, digits: str, words: str) -> None:
    """One decimal is singular, none is a whole number."""
    [task] = question_of(tmp_path, changed(FIXED, ("decimals = 4", digits))).tasks
    assert task.digits == words
    assert {cell.digits for box in task.boxes for cell in cells_of(box)} == {words}


def test_marks_in_words(tmp_path: Path) -> None:
    """One mark is singular, and half a mark is no whole number."""
    several = changed(FIXED, ('ask = ["z", "a", "loss"]', 'ask = "z"\n[[tasks]]\ntext = "On."\nask = ["a", "loss"]'))
    page = html_of(question_page(*drawn(written(tmp_path, several))))
    assert set(re.findall(r"\b\d+ marks?\b", page)) == {"1 mark", "2 marks", "3 marks"}
    [task] = question_of(tmp_path, changed(FIXED, ('ask = ["z", "a", "loss"]', 'ask = "z"\nmarks = 0.5'))).tasks
    assert task.marks == "0.5"


def test_row_notation_folds_biases_into_boxes(tmp_path: Path) -> None:
    """The last row of a box of weights asks for the biases where both are asked, and only there."""
    wide = changed(
        FIXED,
        ("[1, 1]", "[2, 3]"),
        ("[[0.5]]", "[[1, 2], [3, 4], [5, 6]]"),
        ("[0.1]", "[7, 8, 9]"),
        ("[[1]]", "[[1, 1]]"),
        ("[[1]]", "[[1, 1, 0]]"),
        ("[digits]", "learning_rate = 0.5\n[digits]"),
    )
    asked = changed(wide, ('["z", "a", "loss"]', '["dL_dW", "dL_db"]'))
    [gradient] = question_of(tmp_path, asked, "row").tasks[0].boxes
    assert gradient.symbol == r"\frac{\partial C}{\partial \tilde{W}^{(1)}}"
    assert [[cell.symbol for cell in row if cell] for row in gradient.cells] == [
        ["∂C/∂w⁽¹⁾₁₁", "∂C/∂w⁽¹⁾₁₂", "∂C/∂w⁽¹⁾₁₃"],
        ["∂C/∂w⁽¹⁾₂₁", "∂C/∂w⁽¹⁾₂₂", "∂C/∂w⁽¹⁾₂₃"],
        ["∂C/∂b⁽¹⁾₁", "∂C/∂b⁽¹⁾₂", "∂C/∂b⁽¹⁾₃"],
    ]
    alone = changed(wide, ('["z", "a", "loss"]', '"W_new"'))
    [weights] = question_of(tmp_path, alone, "row").tasks[0].boxes
    assert weights.symbol == r"W^{(1)}_{\text{new}}"
    assert len(weights.cells) == 2


@pytest.mark.parametrize("case", NETWORKS, ids="-".join)
def test_diagrams_show_the_network(case: tuple[str, str]) -> None:
    """One column per layer, its units by symbol and number, its activation under it, and biases where they are."""
    exam, variant = drawn(*case)
    convention = CONVENTIONS[case[1]]
    titles = {"relu": "ReLU"}
    for part, (paper, _) in zip(question_page(exam, variant).questions, papers(exam, variant), strict=True):
        if not isinstance(plain_shape(paper), NetworkShape):
            assert not isinstance(part.picture, NetworkPicture)
            continue
        assert isinstance(part.picture, NetworkPicture)
        layers = part.picture.layers
        assert [len(layer.units) for layer in layers] == list(plain_shape(paper).sizes)
        assert [layer.caption for layer in layers] == [
            "inputs" if plain_shape(paper).sizes[0] > 1 else "input",
            *(titles.get(name, name) for name in plain_shape(paper).activations),
        ]
        biased = plain_shape(paper).bias or [True] * (len(layers) - 1)
        assert [layer.has_bias for layer in layers] == [False, *biased]
        for number, layer in enumerate(layers):
            letter = convention.marked(convention.activation, number + convention.offset)
            letter = "x" if number == 0 and not convention.inputs_are_activation else letter
            units = [f"{letter}_{{{unit + 1}}}" for unit in range(len(layer.units))]
            assert list(layer.units) == (units if len(units) > 1 else [letter])


def test_descriptions_of_diagrams(tmp_path: Path) -> None:
    """Counts in good English, from the inputs to the outputs."""
    single = question_of(tmp_path, DRAWN).picture
    assert single is not None
    assert single.description == "Fully connected network: 1 input, 1 sigmoid unit."
    several = question_page(*drawn("question2")).questions[0].picture
    assert several is not None
    assert re.fullmatch(
        r"Fully connected network: 3 inputs, 2 (ReLU|tanh|sigmoid) units, 2 (sigmoid|tanh) units, 1 sigmoid unit\.",
        several.description,
    )


@pytest.mark.parametrize(("steps", "samples"), [(1, 1), (2, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("notation", ["from-to", "to-from-da", "nielsen", "row"])
def test_samples_are_named(tmp_path: Path, steps: int, samples: int, notation: str) -> None:
    """Each step has its sample; inputs and targets of several samples are capitals, under every name that they have."""
    rows = [[number + 1, number + 5] for number in range(steps * samples)]
    bank = changed(
        FIXED,
        ("[1, 1]", "[2, 1]"),
        ("[network]", f"[network]\nsteps = {steps}\nsamples_per_step = {samples}"),
        ("[[0.5]]", "[[0.5, 0.25]]"),
        ("[[1]]", str(rows)),
        ("[[1]]", str([[1]] * len(rows))),
        ("[digits]", "learning_rate = 0.5\n[digits]"),
    )
    x, y = ("X", "Y") if samples > 1 else ("x", "y")
    givens = [given for given in question_of(tmp_path, bank, notation).givens if rf",\quad {y} = " in given.latex]
    inputs = {"from-to": x, "row": x, "to-from-da": rf"{x} = {'aA'[samples > 1]}^{{(1)}}"}
    expected = inputs.get(notation, rf"{x} = {'aA'[samples > 1]}^{{0}}")
    assert len(givens) == steps
    for number, given in enumerate(givens, start=1):
        assert (str(number) in given.label) == (steps > 1)
        assert given.latex.startswith(f"{expected} = ")


MINI_BATCH = changed(
    FIXED,
    ("[network]", "[network]\nsamples_per_step = 2"),
    ("x = [[1]]", "x = [[1], [2]]"),
    ("y = [[1]]", "y = [[1], [0]]"),
    ('"loss"', '"loss", "dL_dW"'),
)
MEAN = (
    r"All derivatives are those of $L$, the mean over the samples: $\delta = \frac{\partial L}{\partial z}$ has the "
    r"factor $\frac{1}{2}$ in it, and the gradients of weights and biases are sums over the samples."
)
SAMPLE = (
    r"$C_{s}$ is $C$ of sample $s$ alone, so that $C = \frac{1}{2} \sum_{s} C_{s}$. Derivatives with respect to $z$ "
    r"and $a$ are those of each sample’s own $C_{s}$, in matrices at the place of the sample: $\delta = \frac{\partial "
    r"C_{s}}{\partial a}$ has no factor $\frac{1}{2}$ in it. The gradients of weights and biases are those of $C$: "
    r"means over the samples."
)


def saying(batch_delta: str, bank: str = MINI_BATCH) -> str:
    return changed(bank, ("samples_per_step = 2", f'samples_per_step = 2\nbatch_delta = "{batch_delta}"'))


def test_a_paper_says_what_delta_of_a_mini_batch_is(tmp_path: Path) -> None:
    """In the letters of the notation; nothing where the bank does not say it, or where no δ is on the way."""
    assert question_of(tmp_path, saying("mean")).text[-1] == MEAN
    assert question_of(tmp_path, saying("sample"), "to-from-da").text[-1] == SAMPLE
    silent = question_of(tmp_path, MINI_BATCH).text
    assert question_of(tmp_path, saying("mean")).text[:-1] == silent
    forward_only = changed(saying("sample"), (', "dL_dW"', ""))
    assert question_of(tmp_path, forward_only).text == silent


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "hi"])
@pytest.mark.parametrize("convention", ["mean", "sample"])
def test_what_delta_is_is_said_in_every_language(tmp_path: Path, language: str, convention: str) -> None:
    """Question page and key, with the same formulas."""
    exam, variant = drawn(written(tmp_path, saying(convention)))
    [page, key] = (make(exam, variant, PaperStyle(language)).questions[0] for make in (question_page, key_page))
    text = page.text[-1]
    assert key.text == page.text
    expected = MEAN if convention == "mean" else SAMPLE_IN_L
    assert sorted(FORMULA.findall(text)) == sorted(FORMULA.findall(expected))


SAMPLE_IN_L = SAMPLE.replace("C", "L").replace(r"\partial a", r"\partial z")


def _printed(part: QuestionPart, left_out: Collection[str]) -> Iterator[float]:
    """All numbers of the givens but those of these symbols."""
    for equation in _equations(part):
        symbol, *_, number = equation.split(" = ")
        if symbol not in left_out:
            yield from value_of(number).value.ravel().tolist()


def _equations(part: QuestionPart) -> Iterator[str]:
    return (equation for given in part.givens for equation in given.latex.split(r",\quad "))


def _shapes_of(symbol: str, results: Mapping[str, list[tuple[int, ...]]]) -> list[tuple[int, ...]]:
    """The shapes of the results that a box asks for, or for a part of: an entry, or weights without biases."""
    if symbol in results:
        return results[symbol]
    if entry := NEW_ENTRY.fullmatch(symbol):
        [whole] = results[rf"W{entry[1]}_{{\text{{new}}}}"]
        assert int(entry[2]) <= whole[0]
        assert int(entry[3]) <= whole[1]
        return [(1, 1)]
    return [(rows - 1, columns) for rows, columns in results[rf"\tilde{{W}}{symbol.removeprefix('W')}"]]
