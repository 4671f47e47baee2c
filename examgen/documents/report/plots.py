"""The plots of a class report as SVG, by Matplotlib: readable in black and white, the same bytes each time.

Every number in them stands in a table beside them, so that each has one sentence for who cannot see it.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from examgen.documents.report.report_page import EntryRow, TaskBar
from examgen.errors import SetupError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, SOFT, LINE = "#1d2733", "#5b6b82", "#c9d1dc"
GREYS = ("#1d4f91", "#7fa6d6", "#d9e4f2", "#f3d9b1", "#ffffff")
"""From dark to light, also in black and white."""

HATCHES = ("", "", "", "///", "...")
WIDTH = 7.2
"""Inches: that of the text on a page."""

MISSING = 'the report draws with Matplotlib, which is not installed: pip install "examgen[report]"'

_SETTINGS: Mapping[Any, Any] = MappingProxyType(
    {
        "svg.hashsalt": "examgen",
        "svg.fonttype": "none",  # letters stay letters: smaller, and set several times faster in print
        "font.family": "DejaVu Sans",  # Matplotlib brings it
        "font.size": 9,
        "text.color": INK,
        "axes.edgecolor": SOFT,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "hatch.linewidth": 0.6,
    }
)


@contextmanager
def drawing(width: float, height: float) -> Iterator["Figure"]:
    """An empty figure of so many inches, with the settings of all plots.

    Raises: SetupError: Matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise SetupError(MISSING) from None
    with matplotlib.rc_context(dict(_SETTINGS)):
        yield Figure(figsize=(width, height), layout="constrained")


def svg_of(figure: "Figure", told: str) -> Markup:
    """A figure as an element of a page, with a sentence for who cannot see it."""
    target = io.StringIO()
    figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    _, _, found = target.getvalue().partition("<svg ")
    # Its size is that of the page; `viewBox` has the shape.
    found = re.sub(r"<metadata>.*?</metadata>", "", found, count=1, flags=re.DOTALL)
    found = re.sub(r'(?:width|height)="[^"]*pt"\s*', "", found, count=2)
    found = found.replace("'DejaVu Sans'", "'Examgen Text', 'DejaVu Sans', sans-serif")
    return Markup('<svg role="img" aria-label="{}" {}').format(escape(told), Markup(_with_own_names(found)))


def _with_own_names(svg: str) -> str:
    """A drawing whose names are in no other one of the page, and those that nothing refers to left out."""
    used = set(re.findall(r"#([\w.-]+)", svg)) & set(re.findall(r'\bid="([\w.-]+)"', svg))
    own = blake2b(svg.encode(), digest_size=4).hexdigest()
    svg = re.sub(r'\s?\bid="([\w.-]+)"', lambda found: f' id="{own}-{found[1]}"' if found[1] in used else "", svg)
    return re.sub(r"#([\w.-]+)", lambda found: f"#{own}-{found[1]}" if found[1] in used else found[0], svg)


def histogram(counts: Sequence[int], told: str) -> Markup:
    """Papers by tenth of the marks."""
    with drawing(WIDTH, 2.1) as figure:
        axes = figure.add_subplot()
        bars = axes.bar(range(len(counts)), counts, width=0.94, color=GREYS[1], edgecolor=INK, linewidth=0.6)
        axes.bar_label(bars, [str(count) if count else "" for count in counts], padding=2)
        axes.set_xticks([place - 0.5 for place in range(len(counts) + 1)], [str(10 * one) for one in range(11)])
        axes.set_xlabel("percent of the marks")
        axes.set_ylabel("papers")
        axes.locator_params(axis="y", integer=True)
        axes.margins(y=0.15)
        return svg_of(figure, told)


def task_bars(tasks: Sequence[TaskBar], told: str) -> Markup:
    """How the entries of each task came out."""
    names = ("right", "follows from a slip", "too few digits", "wrong", "blank or unreadable")
    with drawing(WIDTH, 0.75 + 0.28 * len(tasks)) as figure:
        axes = figure.add_subplot()
        left = [0.0] * len(tasks)
        for place, name in enumerate(names):
            shares = [(one.right, one.follows, one.imprecise, one.wrong, one.missing)[place] for one in tasks]
            axes.barh(
                range(len(tasks)), shares, left=left, height=0.72, color=GREYS[place], hatch=HATCHES[place],
                edgecolor=INK, linewidth=0.6, label=name,
            )  # fmt: skip
            left = [one + share for one, share in zip(left, shares, strict=True)]
        axes.set_yticks(range(len(tasks)), [one.name for one in tasks])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        figure.legend(loc="outside upper center", ncols=5, frameon=False, fontsize=8)
        return svg_of(figure, told)


def hard_and_telling(entries: Sequence[EntryRow], told: str) -> Markup:
    """Each entry by how hard it is and how much it tells weak papers from strong ones."""
    known = [one for one in entries if one.discrimination == one.discrimination]
    with drawing(WIDTH, 2.9) as figure:
        axes = figure.add_subplot()
        axes.axhline(0, color=SOFT, linewidth=0.8)
        hard, telling = [100 * one.difficulty for one in known], [one.discrimination for one in known]
        axes.scatter(hard, telling, s=22, facecolor=GREYS[1], edgecolor=INK, linewidth=0.5, alpha=0.8)
        for one in _worth_a_name(known):
            axes.annotate(
                one.symbol, (100 * one.difficulty, one.discrimination), textcoords="offset points", xytext=(5, 3),
                fontsize=8,
            )  # fmt: skip
        axes.set_xlabel("mean percent of its marks: hard on the left, easy on the right")
        axes.set_ylabel("correlation with the rest")
        axes.grid(color=LINE, linewidth=0.4)
        axes.set_axisbelow(True)
        return svg_of(figure, told)


def _worth_a_name(entries: Sequence[EntryRow]) -> list[EntryRow]:
    """The hardest, and the one that tells least."""
    hardest = sorted(entries, key=lambda one: one.difficulty)[:2]
    least = sorted(entries, key=lambda one: one.discrimination)[:1]
    return list({one.field: one for one in (*hardest, *least)}.values())


def set_off(axes: Any) -> None:
    """Axes that only hold a drawing."""
    axes.set_axis_off()
    axes.set_aspect("equal")
