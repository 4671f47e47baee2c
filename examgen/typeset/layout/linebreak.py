"""Breaks a formula that is too wide: at relations, then between the terms of sums, within products, and within
parentheses; what need not break to fit stays whole.

As in amsmath's `split`, relations stand under the first one, and everything else begins under the right-hand side.
"""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from examgen.typeset.drawn.flatten import Line
from examgen.typeset.layout.atom_rows import Atom, atoms, joined, operator, places
from examgen.typeset.layout.context import Context, Style, restyled, tag
from examgen.typeset.layout.operators import Kind, kind
from examgen.typeset.layout.tokens import sign_of

STATEMENT, RELATION, OPERATOR, PRODUCT, FACTOR, INNER = range(6)
WEIGHTS = (0.5, 1, 3, 8, 10, 20)  # what a break of each sort costs beside the others
WIDE = 0.9  # em; a comma and such a space end a statement, and the next may begin at the left edge
SKIP, GAP = 1.5, 0.4  # em; between baselines, and at least between what stands below and above
INDENT = 2.0  # em; of later lines where the left-hand side is too wide to stand beside them; else none
SLOP = 1e-6
TIMES = frozenset("⋅·×∗*∘⊙⊗/∕÷")
"""Signs between the factors of a product."""

OPERANDS = frozenset({Kind.ORD, Kind.CLOSE})


class Piece(NamedTuple):
    """Atoms `first` up to `last`, with the sort of break that stands before them."""

    first: int
    last: int
    sort: int


class Plan(NamedTuple):
    """One way to break a formula; the smallest plan is the best."""

    overflow: float
    sort: int
    option: int
    cost: float
    starts: tuple[int, ...]


def broken(element: Element, style: Style, context: Context, limit: float) -> list[Line]:
    """The lines of a formula, none wider than `limit` unless it has no place to break."""
    parts, style = _unwrapped(element, style, context)
    em = context.em(style)
    sorts = _breaks(parts, WIDE * em)
    positions, _ = places(parts)
    hang = next((index for index, sort in sorts.items() if sort == RELATION and _is_relation(parts[index])), None)
    options = [(INDENT * em, INDENT * em), (0.0, 0.0)]
    if hang is not None:
        after = positions[hang] + parts[hang].box.width + parts[hang].right
        options.insert(0, (positions[hang], after))
    plan = _best_plan(_Measured.of(parts, positions), sorts, limit, options)
    hangs = hang is not None and plan.option == 0
    return _lines(parts, plan.starts, sorts, options[plan.option], hang if hangs else None, em)


def _unwrapped(element: Element, style: Style, context: Context) -> tuple[list[Atom], Style]:
    """The parts of the outermost row that has more than one."""
    style = restyled(element, style)
    inside = list(element)
    while len(inside) == 1 and tag(inside[0]) in ("mrow", "mstyle"):
        style = restyled(inside[0], style)
        inside = list(inside[0])
    return atoms(inside, style, context), style


def _breaks(parts: Sequence[Atom], wide: float) -> dict[int, int]:
    """Where a line may begin, and the sort of that break."""
    found: dict[int, int] = {}
    depth, before, gap = 0, None, 0.0
    for index, atom in enumerate(parts):
        if atom.kind is None:
            gap += atom.box.width
        else:
            ends = before is not None and before.kind is Kind.PUNCT and gap >= wide
            sort = STATEMENT if ends else _sort(before, atom)
            if sort is not None:
                found[index] = sort if depth == 0 else INNER
            # An empty group only keeps the sign behind it an operator; alone on a line it would leave the line empty.
            if before is not None or atom.box.width > 0:
                before, gap = atom, 0.0
        depth = max(0, depth + _balance(atom.element))
    return found


def _sort(before: Atom | None, atom: Atom) -> int | None:
    if before is None:
        return None
    if _is_relation(atom):
        return None if _is_relation(before) else RELATION
    if atom.kind is Kind.BIN:
        sign = operator(atom.element)  # it may have scripts
        return PRODUCT if sign is not None and sign_of(sign) in TIMES else OPERATOR
    if before.kind is Kind.PUNCT:
        return OPERATOR
    signs = [part for part in (before, atom) if tag(part.element) == "mo" and part.kind is Kind.ORD]
    if before.kind in OPERANDS and atom.kind in (Kind.ORD, Kind.OPEN, Kind.OP) and not signs:
        return FACTOR
    return None


def _is_relation(atom: Atom) -> bool:
    return atom.kind is Kind.REL


def _balance(element: Element) -> int:
    """Opening delimiters less closing ones, anywhere within an element: a function may take only its `(` with it."""
    found = 0
    for sign in element.iter():
        if tag(sign) == "mo":
            one = kind(sign_of(sign))
            found += (one is Kind.OPEN) - (one is Kind.CLOSE)
    return found


class _Measured(NamedTuple):
    """Where the parts of a formula stand, all on one line.

    Attributes:
        lefts: where each part begins.
        reaches: where the ink of each ends.
        trimmed: by the place behind a line's last part, the one behind its last that is no space.
    """

    lefts: list[float]
    reaches: list[float]
    trimmed: list[int]

    @classmethod
    def of(cls, parts: Sequence[Atom], lefts: list[float]) -> "_Measured":
        """Measured once, as every plan asks for every line."""
        reaches, trimmed = [], [0]
        for place, part in enumerate(parts):
            italic = part.box.italic if part.box.letter is not None else 0.0
            reaches.append(lefts[place] + part.box.width + italic)
            trimmed.append(trimmed[-1] if part.kind is None else place + 1)
        return cls(lefts, reaches, trimmed)

    def extent(self, first: int, last: int) -> float:
        """The width of a line of these parts."""
        return self.reaches[max(self.trimmed[last], first + 1) - 1] - self.lefts[first]


def _best_plan(parts: _Measured, sorts: dict[int, int], limit: float, options: Sequence[tuple[float, float]]) -> Plan:
    """The best plan with any of these indents. Where all fits, no plan with deeper breaks is better."""
    plans: list[Plan] = []
    for highest in range(RELATION, INNER + 1):
        plans += [_plan(parts, sorts, limit, indents, highest, option) for option, indents in enumerate(options)]
        if min(plans).overflow == 0:
            break
    return min(plans)


def _plan(
    parts: _Measured,
    sorts: dict[int, int],
    limit: float,
    indents: tuple[float, float],
    highest: int,
    option: int,
) -> Plan:
    """The best breaks of sorts up to `highest`, by dynamic programming over the places for breaks."""
    end = len(parts.lefts)
    starts = [0, *(index for index, sort in sorts.items() if sort <= highest)]
    best: dict[int, tuple[float, float, tuple[int, ...]]] = {end: (0.0, 0.0, ())}
    for place in range(len(starts) - 1, -1, -1):
        first = starts[place]
        room = limit - _indent(sorts.get(first, STATEMENT), indents)
        price = WEIGHTS[sorts[first]] if first else 0
        ways = []
        for last in [*starts[place + 1 :], end]:
            slack = room - parts.extent(first, last)
            over, cost, rest = best[last]
            ways.append((over + max(0.0, -slack - SLOP), cost + price + (slack / limit) ** 2 / 10, rest))
        over, cost, rest = min(ways)
        best[first] = over, cost, (first, *rest)
    over, cost, chosen = best[0]
    # Neither a deeper break nor another indent, unless more fits.
    return Plan(round(over, 3), highest, option, cost, chosen)


def _indent(sort: int, indents: tuple[float, float]) -> float:
    """Where a line begins; the first one begins like a statement."""
    return 0.0 if sort == STATEMENT else indents[0] if sort == RELATION else indents[1]


def _lines(
    parts: Sequence[Atom],
    starts: Sequence[int],
    sorts: dict[int, int],
    indents: tuple[float, float],
    hang: int | None,
    em: float,
) -> list[Line]:
    lines: list[Line] = []
    y, depth = 0.0, 0.0
    for first, last in zip(starts, [*starts[1:], len(parts)], strict=True):
        atoms_here = _trimmed(parts[first:last])
        box = joined(atoms_here)
        if not lines:
            if hang is not None and 0 < hang < len(atoms_here):
                lead = joined(parts[:hang])
                rest = joined(_trimmed(parts[hang:last]))
                lines.append(Line(indents[0], 0.0, rest, lead))
            else:
                lines.append(Line(0.0, 0.0, box))
        else:
            y -= max(SKIP * em, depth + box.height + GAP * em)
            hung = hang is not None and sorts[first] != STATEMENT
            lines.append(Line(_indent(sorts[first], indents), y, box, None, hung))
        depth = box.depth
    return lines


def _trimmed(parts: Sequence[Atom]) -> list[Atom]:
    """Atoms of a line, without the spaces at its ends."""
    found = list(parts)
    while found and found[-1].kind is None:
        found.pop()
    while found and found[0].kind is None:
        found.pop(0)
    found[0] = found[0]._replace(left=0.0)
    found[-1] = found[-1]._replace(right=0.0)
    return found
