"""Sentences that every network question needs: its activations, its loss, what δ is; and its derivatives, for the key.

Called by `papers`.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from examgen.core.graph import Role
from examgen.core.network import NetworkShape
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import fill_latex, fraction_latex
from examgen.documents.style import PaperStyle
from examgen.documents.worked.rule_formulas import loss_symbolic
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.notation import Notation
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.symbol_names import SAMPLE_LETTER, Naming


def derivatives_of(shape: NetworkShape, naming: Naming) -> Iterator[str]:
    """LaTeX of the derivatives that a solution uses: of activations, of a layer, and of the loss where it is short."""
    for name in dict.fromkeys(shape.activations):
        yield ACTIVATIONS[name].derivative
    local = (
        r"\frac{\partial z}{\partial w} = a",
        r"\frac{\partial z}{\partial a} = w",
        r"\frac{\partial z}{\partial b} = 1",
    )
    yield r",\quad ".join(local)
    if shape.has_shortcut:
        is_own = shape.averaged_in_gradient > 1
        cost = naming.cost_of_sample().latex if is_own else naming.notation.cost
        yield fill_latex(LOSSES[shape.loss].shortcut_latex, lambda *_: cost)


def facts_of(solved: SolvedPaper, style: PaperStyle) -> Iterator[str]:
    """Sentences that every network question needs: activations, loss, learning rate."""
    paper, text = solved.paper, style.words["worked"]
    shape, notation = paper.shape, paper.naming.notation
    if not isinstance(shape, NetworkShape):
        return
    yield " ".join([*_activation_facts(shape, notation, style), *_kink_facts(paper, shape, style)])
    loss, several = LOSSES[shape.loss], shape.samples_per_step > 1
    formula = loss_symbolic(paper, next(quantity for quantity in paper.graph if quantity.role is Role.LOSS))
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
    errors = (one for one in paper.needed() if one.role is Role.DERIVATIVE and one.is_per_sample)
    if shape.batch_delta and any(errors):
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
    if not any(quantity.role is Role.SLOPE for quantity in paper.needed()):
        return
    for row in (ACTIVATIONS[name] for name in dict.fromkeys(shape.activations) if name in paper.question.at_kinks):
        about = {"title": style.phrase(row.title), "slope": f"{row.symbol}'(0)", "value": row.slope_at_kink}
        yield style.words["worked"]["slope_at_kink"].format(**about)
