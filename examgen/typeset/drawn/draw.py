"""Draws placed formulas as operators of a PDF content stream.

    stream = pdf_operators(formula.place(texts), b"/M")

The font of that name in the page's resources is the one that `embedding.embedded_font` describes: a character code is
the number of a glyph.
"""

from typing import NamedTuple

from examgen.typeset.drawn.formula import Drawing, Formula, decimal
from examgen.typeset.drawn.slot_texts import slot_codes


class Move(NamedTuple):
    """A distance that texts change: `thousandths` less what `group` moves to the left, and more what `before` does, the
    group of what was drawn before. Where `before` is None, the left edge of the formula counts instead."""

    thousandths: int
    group: int
    before: int | None


class Template(NamedTuple):
    """The operators of a formula, `%s` standing for what texts change: a move, or the glyphs of slot n."""

    text: str
    gaps: tuple[Move | int, ...]


def pdf_operators(drawing: Drawing, font_name: bytes, *, x: float = 0.0, y: float = 0.0) -> bytes:
    """A fragment that draws a formula with the left end of its first baseline at (x, y); y grows upwards.

    Numbers have at most three decimals; the same drawing gives the same bytes.
    """
    formula, texts = drawing.formula, drawing.texts
    name = font_name.decode("ascii")
    out: list[str] = []
    right, up = round(x * 1000), round(y * 1000)
    size, here_x, here_y = -1, -right, -up
    moved = [round(shift * 1000) for shift in drawing.shifts]
    for to_x, to_y, group, letters, code, slot, level in formula.steps:
        if letters != size:
            size = letters
            out.append(f"{name} {decimal(size)} Tf")
        to_x -= moved[group]
        shown = code or f"<{slot_codes(formula.font, texts[slot], level)}>Tj"
        out.append(f"{decimal(to_x - here_x)} {decimal(to_y - here_y)} Td{shown}")
        here_x, here_y = to_x, to_y
    found = [f"BT {' '.join(out)} ET"] if out else []
    for left, bottom, group, sides in formula.bars:
        found.append(f"{decimal(left + right - moved[group])} {decimal(bottom + up)} {sides} re")
    if formula.rules:
        found.append("f")
    return " ".join(found).encode("ascii")


def template(formula: Formula, font_name: bytes) -> Template:
    """What `pdf_operators` writes for any texts, with y at the formula's depth: its bottom is at 0."""
    name = font_name.decode("ascii")
    up = round(formula.depth * 1000)
    out: list[str] = []
    gaps: list[Move | int] = []
    size, here_x, here_y = -1, 0, -up
    here_group: int | None = None
    for x, y, group, letters, code, slot, _ in formula.steps:
        if letters != size:
            size = letters
            out.append(_constant(f"{name} {decimal(size)} Tf"))
        if group == here_group:
            right = decimal(x - here_x)
        else:
            gaps.append(Move(x - here_x, group, here_group))
            right = "%s"
        if not code:
            gaps.append(slot)
        shown = _constant(code) if code else "<%s>Tj"
        out.append(f"{right} {decimal(y - here_y)} Td{shown}")
        here_x, here_y, here_group = x, y, group
    found = [f"BT {' '.join(out)} ET"] if out else []
    for left, bottom, group, sides in formula.bars:
        gaps.append(Move(left, group, None))
        found.append(f"%s {decimal(bottom + up)} {sides} re")
    if formula.rules:
        found.append("f")
    return Template(" ".join(found), tuple(gaps))


def _constant(text: str) -> str:
    return text.replace("%", "%%")
