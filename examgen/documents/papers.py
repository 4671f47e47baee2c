"""From an exam and one student's variant to the pages that the templates print.

Called by the batch for every student, and by tests. What depends on the shape of a question only (text, diagram,
boxes) is built once per shape.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import numpy as np

from examgen.core.activations import ACTIVATIONS
from examgen.core.exact import as_fractions
from examgen.core.graph import Quantity, evaluate
from examgen.core.losses import LOSSES
from examgen.core.network import SAMPLES, NetworkShape, network_graph
from examgen.core.rules import Array, fill_latex, fraction_latex
from examgen.documents.formulas import loss_symbolic, symbol_of
from examgen.documents.other_tasks import other_boxes, spelling_lines, typed_answers
from examgen.documents.pages import AnswerBox, Cell, Given, LayerPicture, NetworkPicture, PaperPage, QuestionPart
from examgen.documents.pages import Task as TaskPart
from examgen.documents.solved_paper import SolvedPaper, bias_name, folds
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.symbols import symbol_sentences
from examgen.documents.worked import worked_sections
from examgen.exams.cover import Cover
from examgen.exams.digits import Digits
from examgen.exams.exam import (
    MARKS_DECIMALS,
    Exam,
    Field,
    PaperShape,
    QuestionVariant,
    Variant,
    shown_places,
    task_letter,
    total_marks,
)
from examgen.exams.keys import entry, papers
from examgen.exams.notation import SAMPLE_LETTER, Naming, Notation
from examgen.exams.texts import UNSHOWN


def question_page(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> PaperPage:
    """What is handed out: nothing on it depends on the solution."""
    parts = [givens_for_print(paper, numbers) for paper, numbers in papers(exam, variant)]
    return page_of(exam, Person(variant.student, variant.name, variant.code), parts, style, with_solution=False)


def key_page(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> PaperPage:
    """The same paper with its worked solution."""
    parts = [solve_for_print(paper, numbers) for paper, numbers in papers(exam, variant)]
    return page_of(exam, Person(variant.student, variant.name, variant.code), parts, style, with_solution=True)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a paper is for, and its code; or slots for them."""

    student: str
    name: str
    variant: str

    @property
    def as_text(self) -> "Person":
        """Without characters that no page can show, among them those of slots."""
        return Person(*(UNSHOWN.sub("\ufffd", text) for text in astuple(self)))


def page_of(
    exam: Exam,
    person: Person,
    parts: Sequence[SolvedPaper],
    style: PaperStyle,
    *,
    with_solution: bool,
) -> PaperPage:
    """The page of an exam from its questions' values, or from marks for them."""
    marks = total_marks((field for part in parts for field in part.paper.fields), with_bonus=False)
    return PaperPage(
        title=style.phrase(exam.title),
        exam=exam.id,
        student=person.student,
        name=person.name,
        variant=person.variant,
        instructions=tuple(map(style.phrase, exam.instructions)) or (style.words["instructions"],),
        questions=tuple(
            _part(number, solved, style, with_solution=with_solution) for number, solved in enumerate(parts, start=1)
        ),
        marks=_plain(marks),
        symbols=symbol_sentences([solved.paper for solved in parts], style),
        facts=tuple(_cover_facts(exam.cover, style)),
        is_duplex=exam.cover.is_duplex,
        style=style,
    )


def _cover_facts(cover: Cover, style: PaperStyle) -> Iterator[tuple[str, str]]:
    """Label and text of what is said of the exam in the head of its papers."""
    words = style.words
    if cover.course:
        yield words["course"], style.phrase(cover.course)
    if cover.date:
        yield words["date"], style.phrase(cover.date) if isinstance(cover.date, str) else style.day(cover.date)
    if cover.duration:
        is_text = isinstance(cover.duration, str)
        yield (
            words["duration"],
            style.phrase(str(cover.duration)) if is_text else words["minutes"].format(minutes=cover.duration),
        )


def _part(number: int, solved: SolvedPaper, style: PaperStyle, *, with_solution: bool) -> QuestionPart:
    text, paper = style.words["worked"], solved.paper
    shape, notation = paper.shape, paper.naming.notation
    return QuestionPart(
        number=str(number),
        title=style.phrase(paper.question.title),
        text=(*map(style.phrase, paper.question.text), *_facts(solved, style)),
        picture=_picture(shape, notation, style) if isinstance(shape, NetworkShape) else None,
        givens=tuple(_givens(solved, text)),
        tasks=_tasks(paper, style, with_solution=with_solution),
        sections=worked_sections(solved, text, has_chains=style.key_detail == "full") if with_solution else (),
        appendix=tuple(_derivatives(shape, paper.naming)) if with_solution and isinstance(shape, NetworkShape) else (),
        marks=_plain(total_marks(paper.fields, with_bonus=False)),
    )


def _derivatives(shape: NetworkShape, naming: Naming) -> Iterator[str]:
    """LaTeX of the derivatives that a solution uses: of activations, of a layer, and of the loss where it is short."""
    for name in dict.fromkeys(shape.activations):
        yield ACTIVATIONS[name].derivative
    local = (
        r"\frac{\partial z}{\partial w} = a",
        r"\frac{\partial z}{\partial a} = w",
        r"\frac{\partial z}{\partial b} = 1",
    )
    yield r",\quad ".join(local)
    loss = LOSSES[shape.loss]
    if loss.shortcut == shape.activations[-1]:
        is_own = shape.averaged_in_gradient > 1
        cost = naming.cost_of_sample().latex if is_own else naming.notation.cost
        yield fill_latex(loss.shortcut_latex, lambda *_: cost)


def solve_for_print(paper: PaperShape, numbers: QuestionVariant) -> SolvedPaper:
    """All values of one student's question and the decimals to print them with."""
    # Kept as fractions where they are exact: a key prints those too.
    solution = evaluate(paper.graph, as_fractions(numbers.givens) if paper.shape.is_rational else numbers.givens)
    decimals = {
        quantity.name: _decimals_on_the_way(paper, quantity, np.asarray(solution[quantity.name]))
        for quantity in paper.graph.derived
    }
    for field in paper.number_fields:
        asked = int(field.digits.decimals_for(entry(solution, field)))
        decimals[field.quantity] = max(decimals[field.quantity], asked)
    decimals |= _given_decimals(paper)
    _carry_decimals(paper, decimals)
    return SolvedPaper(paper, solution.values, decimals)


def _carry_decimals(paper: PaperShape, decimals: dict[str, int]) -> None:
    """Enough decimals for what is computed from a value, and as many for folded biases as for their weights."""
    asked = {field.quantity for field in paper.number_fields}
    for quantity in reversed(paper.graph.derived):
        for name in quantity.inputs:
            source = paper.graph[name]
            if source.rule is not None and name not in asked and source.kind not in _EXACT_KINDS:
                decimals[name] = max(decimals[name], decimals[quantity.name])
    for quantity in paper.graph:
        if folds(paper, quantity):
            bias = bias_name(quantity)
            decimals[quantity.name] = decimals[bias] = max(decimals[quantity.name], decimals[bias])


_EXACT_KINDS = SAMPLES | {"slope"}
"""Kinds whose values are given numbers, or zeros and ones where they have few decimals."""


def _decimals_on_the_way(paper: PaperShape, quantity: Quantity, values: Array) -> int:
    """Decimals to print a quantity with that nobody need ask for."""
    digits = paper.question.digits
    if quantity.kind == "slope" and isinstance(paper.shape, NetworkShape):
        few = ACTIVATIONS[paper.shape.activations[(quantity.layer or 1) - 1]].slope_decimals
        if few is not None:
            return few
    if digits.unit == "decimals":
        return digits.count
    sizes = digits.decimals_for(values)
    return max(int(np.max(sizes, initial=0)), 0)


def _given_decimals(paper: PaperShape) -> dict[str, int]:
    """Given numbers as drawn; the samples of one step as all samples."""
    given = paper.question.given_decimals
    found = {quantity.name: given.get(quantity.name, 0) for quantity in paper.graph.givens}
    for quantity in paper.graph.derived:
        if quantity.kind in SAMPLES:
            found[quantity.name] = given.get(quantity.inputs[0], 0)
    return found


def givens_for_print(paper: PaperShape, numbers: QuestionVariant) -> SolvedPaper:
    """Given numbers and nothing computed from them but the samples of each step."""
    values = dict(numbers.givens)
    for quantity in paper.graph.derived:
        if quantity.kind in SAMPLES and quantity.rule is not None:
            values[quantity.name] = quantity.rule.compute(numbers.givens[quantity.inputs[0]])
    return SolvedPaper(paper, values, _given_decimals(paper))


def _facts(solved: SolvedPaper, style: PaperStyle) -> Iterator[str]:
    """Sentences that every network question needs: activations, loss, learning rate."""
    paper, text = solved.paper, style.words["worked"]
    shape, notation = paper.shape, paper.naming.notation
    if not isinstance(shape, NetworkShape):
        return
    yield " ".join([*_activation_facts(shape, notation, style), *_kink_facts(paper, shape, style)])
    loss, several = LOSSES[shape.loss], shape.samples_per_step > 1
    formula = loss_symbolic(paper, next(quantity for quantity in paper.graph if quantity.kind == "loss"))
    about = {
        "title": style.phrase(loss.title),
        "cost": notation.cost,
        "formula": formula,
        "samples": shape.samples_per_step,
    }
    facts = [text[f"{'loss' if notation.cost == 'L' else 'cost'}{'_of_batch' if several else ''}"].format(**about)]
    if loss.fact:
        facts.append(text[loss.fact])
    yield " ".join(facts)
    layout = [text["folded_bias"]] if notation.folds_bias else []
    if several:
        layout.insert(0, text[f"samples_as_{notation.samples_as}"])
    if layout:
        yield " ".join(layout)
    if shape.batch_delta and any(quantity.kind in {"dL_da", "dL_dz"} for quantity in paper.needed()):
        yield text[f"batch_delta_{shape.batch_delta}"].format(**_about_delta(shape, paper.naming))


def _about_delta(shape: NetworkShape, naming: Naming) -> Mapping[str, str]:
    """What a paper says of δ in a mini-batch, for the sentence of its convention."""
    own, mean = naming.cost_of_sample().latex, naming.notation.cost
    by = naming.notation.delta.removeprefix("dL_d") or "z"
    cost = own if shape.batch_delta == "sample" else mean
    return {
        "cost": mean,
        "own": own,
        "sample": SAMPLE_LETTER,
        "share": fraction_latex(Fraction(1, shape.samples_per_step)),
        "delta": rf"\frac{{\partial {cost}}}{{\partial {by}}}",
    }


def _activation_facts(shape: NetworkShape, notation: Notation, style: PaperStyle) -> Iterator[str]:
    """Each activation with its definition, once for all layers that have it."""
    for name in dict.fromkeys(shape.activations):
        row = ACTIVATIONS[name]
        layers = [
            str(layer + notation.activation_offset)
            for layer, other in enumerate(shape.activations, start=1)
            if other == name
        ]
        about = {"title": style.phrase(row.title), "definition": row.definition, "layers": ", ".join(layers)}
        key = "all_layers" if len(layers) == shape.depth else "one_layer" if len(layers) == 1 else "some_layers"
        yield style.words["worked"][key].format(**about)


def _kink_facts(paper: PaperShape, shape: NetworkShape, style: PaperStyle) -> Iterator[str]:
    """What counts as the slope right at a kink, where a paper has such a unit and slopes are needed."""
    if not any(quantity.kind == "slope" for quantity in paper.needed()):
        return
    for row in (ACTIVATIONS[name] for name in dict.fromkeys(shape.activations) if name in paper.question.at_kinks):
        about = {"title": style.phrase(row.title), "slope": f"{row.symbol}'(0)", "value": row.slope_at_kink}
        yield style.words["worked"]["slope_at_kink"].format(**about)


def _givens(solved: SolvedPaper, text: Mapping[str, str]) -> Iterator[Given]:
    """The given numbers: samples, then weights and biases by layer."""
    paper = solved.paper
    several = isinstance(paper.shape, NetworkShape) and paper.shape.steps > 1
    for quantity in paper.graph:
        if quantity.kind in ({"x_of_step"} if several else {"x"}):
            target = "y" + quantity.name.removeprefix("x")
            pair = rf"{_equation(solved, quantity)},\quad {_equation(solved, paper.graph[target])}"
            named = text["sample" if quantity.shape[0] == 1 else "mini_batch"].format(step=quantity.step)
            yield Given(named if several else "", pair)
    by_layer: dict[int | None, list[str]] = {}
    for quantity in paper.graph.givens:
        if quantity.kind in {"W", "A", "B", "C"} or (quantity.kind == "b" and not paper.naming.notation.folds_bias):
            by_layer.setdefault(quantity.layer, []).append(_equation(solved, quantity))
        elif quantity.kind == "learning_rate":
            by_layer[None] = [f"{paper.naming.notation.learning_rate} = {solved.number(quantity.name)}"]
    yield from (Given("", r",\quad ".join(equations)) for equations in by_layer.values())


def _equation(solved: SolvedPaper, quantity: Quantity) -> str:
    paper = solved.paper
    symbol = symbol_of(paper, quantity.name)
    if quantity.kind in {"x", "x_of_step"} and not paper.naming.notation.inputs:
        symbol = f"{'X' if quantity.shape[0] > 1 else 'x'} = {symbol}"
    value = solved.with_bias(quantity.name) if folds(paper, quantity) else solved.number(quantity.name)
    return f"{symbol} = {value}"


@lru_cache(maxsize=512)
def _tasks(paper: PaperShape, style: PaperStyle, *, with_solution: bool) -> tuple[TaskPart, ...]:
    text = style.words
    found: list[TaskPart] = []
    for number, task in enumerate(paper.question.tasks):
        fields = [field for field in paper.fields if field.task == number]
        is_number = task.as_ == "number"
        digits = digits_text(task.digits, text["worked"]) if is_number else text[f"as_{task.as_}"]
        boxes = _boxes(paper, number, fields, digits) if is_number else other_boxes(paper, number, style)
        # The same table is printed once.
        spellings = tuple(spelling_lines(paper, number))
        found.append(
            TaskPart(
                letter=task_letter(number),
                text=style.phrase(task.text),
                digits=digits if task.as_ != "formula" else "",
                marks=_plain(total_marks(fields)),
                boxes=tuple(boxes),
                each="" if task.marks_per_task is not None else _plain(task.marks),
                kind=task.as_,
                options=tuple((task_letter(place), style.phrase(option)) for place, option in enumerate(task.options)),
                spellings=spellings if all(spellings != part.spellings for part in found) else (),
                answers=tuple(typed_answers(paper, number, style)) if with_solution and not is_number else (),
                characters=_characters(task.digits) if is_number else 4,
            )
        )
    return tuple(found)


def digits_text(digits: Digits, text: Mapping[str, str]) -> str:
    """To how many digits, in words."""
    if digits.unit == "decimals":
        key = {0: "whole_number", 1: "one_decimal"}.get(digits.count, "decimals")
    else:
        key = "one_significant_figure" if digits.count == 1 else "significant_figures"
    return text[key].format(count=digits.count)


def _characters(digits: Digits) -> int:
    """Of a number to so many digits: a sign, a digit before the point, the point and the decimals; "−123" at least."""
    return max(digits.count + (3 if digits.unit == "decimals" else 4), 4)


def _boxes(paper: PaperShape, number: int, fields: list[Field], digits: str) -> Iterator[AnswerBox]:
    """One box per asked quantity; in row notation the biases are the last row of their weights' box."""
    cells = {
        (field.quantity, field.index): Cell(field.name, paper.naming.entry(field.quantity, field.index).unicode, digits)
        for field in fields
    }
    asked = paper.asked(number)
    names = {quantity.name for quantity in asked}
    done: set[str] = set()
    for quantity in asked:
        if quantity.name in done:
            continue
        rows = [tuple(cells[quantity.name, place] for place in row) for row in shown_places(paper.naming, quantity)]
        symbol = paper.naming.whole(quantity.name)
        if folds(paper, quantity) and (bias := bias_name(quantity)) in names:
            places = shown_places(paper.naming, paper.graph[bias])
            rows += [tuple(cells[bias, place] for place in row) for row in places]
            symbol = symbol_of(paper, quantity.name)
            done.add(bias)
        yield AnswerBox(symbol, tuple(rows))


@lru_cache(maxsize=512)
def _picture(shape: NetworkShape, notation: Notation, style: PaperStyle) -> NetworkPicture:
    """The network's diagram; units are named as for a single sample."""
    text = style.words["worked"]
    single = NetworkShape(shape.sizes, shape.activations, shape.loss, 1, 1, updates=False)
    naming = Naming(notation, single, network_graph(single))
    titles = [style.phrase(ACTIVATIONS[name].title) for name in shape.activations]
    single_input = shape.sizes[0] == 1
    layers = [LayerPicture(_units(naming, "x", shape.sizes[0]), text["input" if single_input else "inputs"])]
    for layer, (size, title) in enumerate(zip(shape.sizes[1:], titles, strict=True), start=1):
        layers.append(LayerPicture(_units(naming, f"a{layer}", size), title, has_bias=True))
    named = [text["picture_input" if single_input else "picture_inputs"].format(count=shape.sizes[0])]
    for size, title in zip(shape.sizes[1:], titles, strict=True):
        named.append(text["picture_unit" if size == 1 else "picture_layer"].format(count=size, title=title))
    return NetworkPicture(tuple(layers), text["picture"].format(layers=", ".join(named)))


def _units(naming: Naming, name: str, size: int) -> tuple[str, ...]:
    return tuple(naming.entry(name, (0, unit)).latex for unit in range(size))


def _plain(marks: Decimal) -> str:
    return format(round(marks, MARKS_DECIMALS).normalize(), "f")
