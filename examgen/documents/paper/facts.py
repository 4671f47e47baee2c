"""Sentences that every network question needs: its activations, its loss, what δ is; and its derivatives, for the key.

Called by `papers`.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from examgen.core.graph import Quantity, Role
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.linear import OUTPUT_ERROR
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import fill_latex, fraction_latex
from examgen.documents.style import PaperStyle
from examgen.documents.worked.rule_formulas import loss_symbolic
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.documents.worked.step_samples import turn_facts
from examgen.exams.naming.symbol_names import SAMPLE_LETTER, Naming
from examgen.exams.paper_shapes import PaperShape


def derivatives_of(paper: PaperShape) -> Iterator[str]:
    """LaTeX of the derivatives that a solution uses: of activations, of a layer, and of the loss where it is short."""
    names = paper.graph.rule_names(Role.ACTIVATION)
    if not names:
        return
    yield from filter(None, (ACTIVATIONS[name].derivative for name in names))
    local = [r"\frac{\partial z}{\partial w} = a", r"\frac{\partial z}{\partial a} = w"]
    if any(one.is_of_biases for one in paper.graph):
        local.append(r"\frac{\partial z}{\partial b} = 1")
    yield r",\quad ".join(local)
    if (short := next((one for one in paper.graph.derived if _is_short(one)), None)) is not None:
        cost = paper.naming.cost_of(short).latex
        (loss,) = paper.graph.rule_names(Role.LOSS)
        yield fill_latex(LOSSES[loss].shortcut_latex, lambda *_: cost)


def _is_short(quantity: Quantity) -> bool:
    """Whether loss and activation cancel in it."""
    return quantity.rule is not None and quantity.rule.name == OUTPUT_ERROR


def facts_of(solved: SolvedPaper, style: PaperStyle) -> Iterator[str]:
    """Sentences that every question with a loss needs: activations, loss, what has been decided."""
    paper, text, notation = solved.paper, style.words["worked"], solved.paper.naming.notation
    if not paper.graph.rule_names(Role.ACTIVATION):
        return
    *_, output = (one for one in paper.graph.derived if one.role is Role.ACTIVATION)
    yield " ".join([*_activation_facts(paper, style), *_kink_facts(paper, style)])
    samples = output.shape[0]
    yield " ".join(_loss_facts(paper, style))
    layout = [text["folded_bias"]] if any(map(paper.naming.folds, paper.graph)) else []
    if samples > 1:
        layout.insert(0, text[f"samples_as_{notation.samples_as}"])
    if constants := [*_constant_facts(paper, text)]:
        yield " ".join(constants)
    layout = [*turn_facts(paper, text), *layout]
    if layout:
        yield " ".join(layout)
    errors = [one for one in paper.needed() if one.role is Role.DERIVATIVE and one.is_per_sample]
    for convention in paper.shape.conventions if errors else ():
        yield text[convention].format(**_about_delta(paper.naming, errors[0], samples))


def _loss_facts(paper: PaperShape, style: PaperStyle) -> Iterator[str]:
    """What the loss is and what its signs mean, or of what the derivatives are where there is none."""
    text, notation = style.words["worked"], paper.naming.notation
    value = next((one for one in paper.graph.derived if one.role is Role.LOSS), None)
    if value is None or value.rule is None:
        of = next(one for one in paper.graph.derived if one.derivative)
        yield text["no_loss"].format(output=paper.naming.cost_of(of).latex)
        return
    loss, samples = LOSSES[value.rule.name], paper.graph[value.inputs[0]].shape[0]
    about = {
        "title": style.phrase(loss.title),
        "cost": notation.cost,
        "formula": loss_symbolic(paper, value),
        "samples": samples,
    }
    of_batch = "" if samples == 1 else "_of_sum" if value.rule.averaged == 1 else "_of_batch"
    yield text[f"{'loss' if notation.cost == 'L' else 'cost'}{of_batch}"].format(**about)
    if loss.fact:
        yield fill_latex(text[loss.fact], lambda *_: notation.learning_rate)


def _constant_facts(paper: PaperShape, text: Mapping[str, str]) -> Iterator[str]:
    """What the penalty is, and how the optimizer takes its steps."""
    about = {"rate": paper.naming.notation.learning_rate, "cost": paper.naming.notation.cost}
    for given in paper.graph.givens:
        if given.role is Role.CONSTANT and (sentence := text.get(f"constant_{given.kind}")):
            yield fill_latex(sentence, lambda name, _: about[name])


def _about_delta(naming: Naming, error: Quantity, samples: int) -> Mapping[str, str]:
    """What a paper says of δ in a mini-batch, for the sentence of its convention."""
    by = naming.notation.delta.removeprefix("dL_d") or "z"
    sign = "-" if naming.notation.turned else ""
    cost = naming.cost_of(error).latex
    return {
        "cost": naming.notation.cost,
        "own": naming.cost_of_sample().latex,
        "sample": SAMPLE_LETTER,
        "share": fraction_latex(Fraction(1, samples)),
        "delta": rf"{sign}\frac{{\partial {cost}}}{{\partial {by}}}",
    }


def _activation_facts(paper: PaperShape, style: PaperStyle) -> Iterator[str]:
    """Each activation with its definition, once for all layers that have it."""
    layers_of: dict[str, list[int]] = {}
    for quantity in paper.graph.derived:
        if quantity.role is Role.ACTIVATION and quantity.rule is not None and quantity.step == 1:
            layers_of.setdefault(quantity.rule.name, []).append(quantity.layer or 0)
    offset, depth = paper.naming.notation.activation_offset, sum(map(len, layers_of.values()))
    for name, layers in layers_of.items():
        row = ACTIVATIONS[name]
        shown = ", ".join(str(layer + offset) for layer in layers)
        about = {"title": style.phrase(row.title), "definition": row.definition, "layers": shown}
        key = "all_layers" if len(layers) == depth else "one_layer" if len(layers) == 1 else "some_layers"
        yield style.words["worked"][key].format(**about)
        if row.fact:
            yield style.words["worked"][row.fact]


def _kink_facts(paper: PaperShape, style: PaperStyle) -> Iterator[str]:
    """What counts as the slope right at a kink, where a paper has such a unit and slopes are needed."""
    if not any(quantity.role is Role.SLOPE for quantity in paper.needed()):
        return
    names = [name for name in paper.graph.rule_names(Role.ACTIVATION) if name in paper.question.at_kinks]
    for row in map(ACTIVATIONS.__getitem__, names):
        about = {"title": style.phrase(row.title), "slope": f"{row.symbol}'(0)", "value": row.slope_at_kink}
        yield style.words["worked"]["slope_at_kink"].format(**about)
