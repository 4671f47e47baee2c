"""Lengths that the style sheets of pages and the layout here share: they stand in the style sheets, and are read there.

In `paper.css` those that several rules or the layout need are custom properties of the page; margins are those of its
page rules. All in points.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from examgen.resources import shipped

MILLIMETRE = 72 / 25.4
_PROPERTY = re.compile(r"--([a-z-]+):\s*([0-9.]+)pt")
_MARGINS = re.compile(r"@page (a4|letter) \{[^}]*margin: ([0-9.]+)mm")


def length(name: str) -> float:
    """A custom property of paper.css, in points.

    Raises: KeyError: there is none.
    """
    return _properties()[name]


@cache
def margins(style_sheet: str) -> Mapping[str, float]:
    """The upper and lower margins of a style sheet's pages by size of paper, in points."""
    text = (shipped("templates") / style_sheet).read_text(encoding="utf-8")
    return MappingProxyType({size: float(number) * MILLIMETRE for size, number in _MARGINS.findall(text)})


@cache
def _properties() -> Mapping[str, float]:
    text = (shipped("templates") / "paper.css").read_text(encoding="utf-8")
    return MappingProxyType({name: float(number) for name, number in _PROPERTY.findall(text)})
