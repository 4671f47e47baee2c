"""Where a class goes wrong, drawn along the graph of a question: a network by its units, anything else by its steps.

The darker, the fewer had it right: what is dark is to be talked about, in print, too.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from examgen.documents.report.plots import INK, SOFT, WIDTH, drawing, set_off, svg_of
from examgen.documents.report.report_page import NetworkFlow, QuestionReport, Step

LIGHT, DARK = 1.0, 0.35
"""The greys of what all had right, and of what half of the class or fewer had."""

MOST_UNITS, MOST_STEPS = 12, 40
"""Of a layer, and of a graph; more are only in the table."""

_HALF = 0.5
_GAP, _APART = 1.0, 1.9


def flow_picture(question: QuestionReport) -> Markup:
    """The picture of a question; nothing where it has no room, or nothing is asked along it."""
    told = f"{question.name}: how many had each quantity right; the numbers are in the table below"
    if question.network is not None and max(map(len, question.network.units)) <= MOST_UNITS:
        return _network(question.network, told)
    if 1 < len(question.steps) <= MOST_STEPS:
        return _steps(question.steps, told)
    return Markup()


def grey(share: float) -> str:
    """The grey of a share that is right; white where nothing was asked."""
    if math.isnan(share):
        return "1.0"
    return f"{DARK + (LIGHT - DARK) * max(0.0, min(1.0, (share - _HALF) / (1 - _HALF))):.3f}"


def percent(share: float) -> str:
    """A share in whole percent, never 100 where somebody had it wrong."""
    if math.isnan(share):
        return ""
    shown = round(100 * share)
    return f"{99 if shown == 100 and share < 1 else 1 if shown == 0 and share > 0 else shown}%"


def _network(flow: NetworkFlow, told: str) -> Markup:
    """The network twice: by its values on the way forward, and by its derivatives on the way back."""
    ways: list[tuple[str, Sequence[Sequence[float]], Sequence[Sequence[Sequence[float]]]]]
    ways = [("forward: values", flow.forward, ())]
    if any(not math.isnan(share) for layer in flow.backward for share in layer) or _has_weights(flow):
        ways.append(("back: derivatives", flow.backward, flow.weights))
    tallest = max(map(len, flow.units))
    with drawing(WIDTH if len(ways) > 1 else WIDTH * 0.55, 0.55 + 0.62 * tallest) as figure:
        for place, (title, shares, weights) in enumerate(ways, start=1):
            axes = figure.add_subplot(1, len(ways), place)
            set_off(axes)
            axes.set_title(title, fontsize=9)
            _units(axes, flow, shares, weights)
        return svg_of(figure, told)


def _has_weights(flow: NetworkFlow) -> bool:
    return any(not math.isnan(share) for layer in flow.weights for row in layer for share in row)


def _units(
    axes: Any,
    flow: NetworkFlow,
    shares: Sequence[Sequence[float]],
    weights: Sequence[Sequence[Sequence[float]]],
) -> None:
    """Units as discs with the share that had them right, and their wires: the thicker, the fewer had the weight's."""
    places = [[(_APART * layer, _GAP * ((len(units) - 1) / 2 - one)) for one in range(len(units))]
              for layer, units in enumerate(flow.units)]  # fmt: skip
    for layer, (before, after) in enumerate(pairwise(places)):
        for to, end in enumerate(after):
            for origin, begin in enumerate(before):
                share = weights[layer][to][origin] if weights else math.nan
                axes.plot(*zip(begin, end, strict=True), color=_wire(share), linewidth=_thickness(share), zorder=1)
    for units, of_layer, known in zip(flow.units, places, shares, strict=True):
        for unit, (x, y), share in zip(units, of_layer, known, strict=True):
            axes.add_patch(_disc(x, y, share))
            axes.text(x, y, percent(share) or unit, ha="center", va="center", fontsize=7.5, color=_letter(share))
    axes.set_xlim(-0.6, _APART * (len(places) - 1) + 0.6)
    tallest = max(map(len, places))
    axes.set_ylim(-_GAP * (tallest - 1) / 2 - 0.55, _GAP * (tallest - 1) / 2 + 0.55)


def _disc(x: float, y: float, share: float) -> Any:
    from matplotlib.patches import Circle

    style = "-" if not math.isnan(share) else ":"
    return Circle((x, y), 0.36, facecolor=grey(share), edgecolor=INK, linewidth=0.9, linestyle=style, zorder=2)


def _wire(share: float) -> str:
    return SOFT if math.isnan(share) else INK


def _thickness(share: float) -> float:
    return 0.5 if math.isnan(share) else 0.6 + 5 * min(1.0, 1 - share)


def _letter(share: float) -> str:
    return "white" if not math.isnan(share) and float(grey(share)) < 0.55 else INK


def _steps(steps: Sequence[Step], told: str) -> Markup:
    """Asked quantities as boxes from left to right, joined where one is worked out from another."""
    columns = [list(_of_layer(steps, layer)) for layer in sorted({one.layer for one in steps})]
    rows = max(map(len, columns))
    lines = -(-len(columns) // _LINE)
    with drawing(WIDTH, 0.15 + lines * (0.25 + 0.5 * rows)) as figure:
        axes = figure.add_subplot()
        axes.set_axis_off()
        places: dict[int, tuple[float, float]] = {}
        for number, column in enumerate(columns):
            line, x = divmod(number, _LINE)
            top = -line * (rows + 0.7) - (rows - len(column)) / 2
            places |= {place: (float(x), top - row) for row, place in enumerate(column)}
        for place, step in enumerate(steps):
            for origin in step.reads:
                _arrow(axes, places[origin], places[place])
        for place, step in enumerate(steps):
            _box(axes, places[place], step)
        # However few columns there are, boxes are as wide as anywhere.
        beside = (_LINE - min(_LINE, len(columns))) / 2
        axes.set_xlim(-0.5 - beside, min(_LINE, len(columns)) - 0.5 + beside)
        axes.set_ylim(-lines * (rows + 0.7) + 0.9, 0.6)
        return svg_of(figure, told)


_LINE = 7
"""Columns of boxes that stand beside one another; more go on below."""


def _of_layer(steps: Sequence[Step], layer: int) -> Iterator[int]:
    return (place for place, step in enumerate(steps) if step.layer == layer)


def _arrow(axes: Any, begin: tuple[float, float], end: tuple[float, float]) -> None:
    if begin[0] >= end[0]:
        return  # on the next line
    axes.annotate(
        "", (end[0] - 0.37, end[1]), (begin[0] + 0.37, begin[1]), zorder=1,
        arrowprops={"arrowstyle": "-|>", "color": SOFT, "linewidth": 0.6, "mutation_scale": 6},
    )  # fmt: skip


def _box(axes: Any, at: tuple[float, float], step: Step) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y = at
    axes.add_patch(
        FancyBboxPatch(
            (x - 0.35, y - 0.3), 0.7, 0.6, boxstyle="round,pad=0,rounding_size=0.06", facecolor=grey(step.right),
            edgecolor=INK, linewidth=0.8, zorder=2, linestyle="-" if not math.isnan(step.right) else ":",
        )
    )  # fmt: skip
    axes.text(x, y, f"{step.symbol}\n{percent(step.right)}", ha="center", va="center", fontsize=7,
              color=_letter(step.right), zorder=3)  # fmt: skip
