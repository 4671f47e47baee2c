"""What the symbols of a paper mean, for its first page, in its notation; `papers` calls it.

Each statement comes from the graph and the names of the paper itself: what z is summed over and which index of a weight
comes first are never written down a second time. Only what stands on the paper is told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from examgen.core.graph import Quantity, Role
from examgen.documents.paper.typed_tasks import spelling_lines
from examgen.documents.style import PaperStyle
from examgen.exams.naming.symbol_names import SAMPLE_LETTER
from examgen.exams.paper_shapes import PaperShape


def symbol_sentences(papers: Sequence[PaperShape], style: PaperStyle) -> tuple[str, ...]:
    """What the symbols of the networks mean, as text with formulas; a line for what only one question has.

    Args:
        papers: all questions, in the order of the paper.
        style: of the paper.
    """
    text = style.words["worked"]
    told = {
        number: list(_statements(paper, text))
        for number, paper in enumerate(papers, start=1)
        if paper.graph.rule_names(Role.WEIGHTED_SUM)
    }
    if not told:
        return ()
    if len(told) == 1:
        [(sums, *others)] = told.values()
        return _sentence([sums], text), _sentence(others, text)
    shared = [one for one in next(iter(told.values())) if all(one in others for others in told.values())]
    lines = [_sentence(shared, text)] if shared else []
    for number, statements in told.items():
        if own := [one for one in statements if one not in shared]:
            lines.append(text["symbols_of"].format(number=number, symbols=_sentence(own, text)))
    return tuple(lines)


def _sentence(statements: Sequence[str], text: Mapping[str, str]) -> str:
    return f"{text['symbol_joint'].join(statements)}{text['symbol_end']}"


def _statements(paper: PaperShape, text: Mapping[str, str]) -> Iterator[str]:
    """Each symbol of one network: weighted inputs, δ, learning rate, samples and loss."""
    naming, notation = paper.naming, paper.naming.notation
    sums = ", ".join(f"${latex}$" for latex in _weighted_inputs(paper))
    has_samples = any(one.is_per_sample and one.shape[0] > 1 for one in paper.graph.derived)
    yield f"{sums}{text['symbol_joint']}{text['symbol_sample'].format(sample=SAMPLE_LETTER)}" if has_samples else sums
    if deltas := [f"${latex}$" for latex in _deltas(paper)]:
        yield ", ".join(deltas)
    if any(given.role is Role.RATE for given in paper.graph.givens):
        yield text["symbol_rate"].format(rate=notation.learning_rate)
    if any(one.role is Role.CHANGE for one in paper.graph.derived):
        yield text["symbol_change"]
    if paper.graph.rule_names(Role.LOSS):
        yield text["symbol_loss"].format(cost=notation.cost)
    if _has_own_losses(paper):
        yield text["symbol_own"].format(own=naming.cost_of_sample().latex, sample=SAMPLE_LETTER)


def _weighted_inputs(paper: PaperShape) -> Iterator[str]:
    r"""By layer, such as `z_{j}^{(1)} = \sum_{i=1}^{3} w_{ij}^{(1)} x_{i} + b_{j}^{(1)}`, in the first step."""
    naming = paper.naming
    to, source = naming.notation.letters
    for quantity in _first_step(paper, lambda one: one.role is Role.WEIGHTED_SUM):
        weights, activations, *biases = quantity.inputs
        units, inputs = paper.graph[weights].shape
        here, below = (to if units > 1 else 0), (source if inputs > 1 else 0)
        sample = SAMPLE_LETTER if quantity.shape[0] > 1 else 0
        term = f"{naming.entry(weights, (here, below)).latex} {naming.entry(activations, (sample, below)).latex}"
        whole = rf"\sum_{{{source}=1}}^{{{inputs}}} {term}" if inputs > 1 else term
        bias = "".join(f" + {naming.entry(name, (here,)).latex}" for name in biases)
        yield f"{naming.entry(quantity.name, (sample, here)).latex} = {whole}{bias}"


def _deltas(paper: PaperShape) -> Iterator[str]:
    """What each δ of the paper is the derivative of."""
    naming = paper.naming
    kind = naming.notation.delta
    if not kind or not _shows_delta(paper, kind):
        return
    for quantity in _first_step(paper, lambda one: one.kind == kind):
        cost = naming.cost_of(quantity).latex
        below = f"{kind.removeprefix('dL_d')}{quantity.layer}"
        if quantity.shape[0] > 1:
            # A column or row of δ belongs to one sample, so that a whole matrix would say too little.
            index = (SAMPLE_LETTER, naming.notation.letters[0] if quantity.shape[1] > 1 else 0)
            delta, by = (naming.entry(name, index).latex for name in (quantity.name, below))
        else:
            delta, by = naming.whole(quantity.name), naming.whole(below)
        sign = "-" if quantity.derivative is not None and quantity.derivative.is_turned else ""
        yield rf"{delta} = {sign}\frac{{\partial {cost}}}{{\partial {by}}}"


def _has_own_losses(paper: PaperShape) -> bool:
    """Whether derivatives of a sample are those of its own loss."""
    return any(one.derivative is not None and one.derivative.of_each_sample for one in paper.graph.derived)


def _shows_delta(paper: PaperShape, kind: str) -> bool:
    """Whether a box, a text or the spellings of formulas have a δ."""
    if any(paper.graph[field.quantity].kind == kind for field in paper.fields if field.quantity):
        return True
    question = paper.question
    texts = [*question.text, *(text for task in question.tasks for text in (task.text, *task.options))]
    spelled = [line.latex for number in range(len(question.tasks)) for line in spelling_lines(paper, number)]
    return any(r"\delta" in text or "δ" in text for text in (*texts, *spelled))


def _first_step(paper: PaperShape, is_wanted: Callable[[Quantity], bool]) -> list[Quantity]:
    """The wanted quantities of the first step, by layer."""
    found = [quantity for quantity in paper.graph.derived if is_wanted(quantity) and quantity.step in (None, 1)]
    return sorted(found, key=lambda quantity: quantity.layer or 0)
