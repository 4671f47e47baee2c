"""Hints for a quantity, each of which says more: what it follows from, its formula, and the numbers put in.

They are the lines of the worked solution, without its results. Called by `practice_page`.
"""

from collections.abc import Iterator

from examgen.core.graph import Quantity, Role
from examgen.documents.style import PaperStyle
from examgen.documents.worked.rule_formulas import loss_numeric, loss_symbolic, numeric, symbol_of, symbolic
from examgen.documents.worked.solved_paper import SolvedPaper


def hints_for(solved: SolvedPaper, quantity: Quantity, style: PaperStyle) -> tuple[str, ...]:
    """Texts with `$LaTeX$`, in their order; none says what another has said."""
    paper = solved.paper
    # Biases that a notation folds in have no line of their own.
    folding = paper.naming.weights_around(quantity)
    told = paper.graph[folding] if folding else quantity
    return tuple(dict.fromkeys(_hints(solved, told, style)))


def _hints(solved: SolvedPaper, quantity: Quantity, style: PaperStyle) -> Iterator[str]:
    paper, is_loss = solved.paper, quantity.role is Role.LOSS
    symbol = symbol_of(paper, quantity.name)
    reads = dict.fromkeys(symbol_of(paper, name) for name in quantity.inputs)
    if reads:
        yield style.words["practice"]["reads"].format(symbol=symbol, reads=r",\; ".join(reads))
    formula = loss_symbolic(paper, quantity) if is_loss else symbolic(paper, quantity)
    if formula:
        yield f"${symbol} = {formula}$"
    numbers = loss_numeric(solved, quantity) if is_loss else numeric(solved, quantity)
    if numbers and numbers != formula:
        yield f"${symbol} = {numbers}$"
