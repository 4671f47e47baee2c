"""Why draws were turned away, in words: screens with how often, the network, and what wrong work would look right.

`drawing` says it of papers that cannot be drawn, and `examgen check` of families of which hardly any draw passes.
"""

from collections.abc import Iterable, Mapping

from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.draws.screens import SCREENS
from examgen.exams.paper_shapes import PaperShape

ADVICE = "widen [values] or relax [screens]"
"""What an author can do about it."""

MOST_SHAPES = 3
MOST_MISTAKES = 4
"""So many are told in one message."""


def screens_text(rejections: Mapping[str, int]) -> str:
    """Screens with how often: "kink 3, dead 40"."""
    return ", ".join(f"{name} {count}" for name, count in rejections.items() if count)


def worst_screen(rejections: Mapping[str, int]) -> str:
    """The name of the screen that turns away most draws."""
    return max(rejections, key=lambda name: rejections[name])


def details(papers: Iterable[PaperShape], mistaken: Mapping[str, int]) -> str:
    """Sentences behind a complaint: what the shapes are, and which misconceptions would look right.

    Args:
        papers: the shapes that it is about.
        mistaken: draws that were turned away, by misconception.
    """
    return f". {_shapes_text([*papers])}{_mistakes_text(mistaken)}"


def explained(name: str) -> str:
    """A screen by its name and its reason."""
    return f"{name}, {SCREENS[name].reason}"


def _shapes_text(papers: list[PaperShape]) -> str:
    told = [f"shape {paper.label}: {paper.shape.text}" for paper in papers[:MOST_SHAPES]]
    more = f"; and {len(papers) - MOST_SHAPES} more shapes" if len(papers) > MOST_SHAPES else ""
    text = "; ".join(told) + more
    return text[:1].upper() + text[1:]


def _mistakes_text(mistaken: Mapping[str, int]) -> str:
    counted = sorted((name for name in mistaken if mistaken[name]), key=lambda name: -mistaken[name])
    told = [f"{MISCONCEPTIONS[name].mistake} ({name} {mistaken[name]})" for name in counted[:MOST_MISTAKES]]
    more = f"; and {len(counted) - MOST_MISTAKES} more misconceptions" if len(counted) > MOST_MISTAKES else ""
    return f". What would look right: {'; '.join(told)}{more}" if told else ""
