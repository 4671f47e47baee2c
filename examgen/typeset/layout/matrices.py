"""Matrices, cases and aligned rows: LaTeX's row spacing, and columns of numbers aligned on their decimal points."""

from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple
from xml.etree.ElementTree import Element

from examgen.typeset.boxes import EMPTY, Box, Cell, Inset, Table, placed, rule, word
from examgen.typeset.faults import UnknownMath
from examgen.typeset.fonts.alphabets import is_slot
from examgen.typeset.fonts.font import MathFont
from examgen.typeset.layout.atom_rows import atoms, joined
from examgen.typeset.layout.context import Context, Style, check, declarations, length, restyled, tag
from examgen.typeset.layout.tokens import sign_of

STRUT = (0.84, 0.36)  # em above and below the baseline of a row: LaTeX's \baselineskip of 1.2
JOT = 0.3  # em; further apart are rows of displayed formulas
CASES = 1.2  # rows of cases are further apart than those of a matrix
GAP = 0.15  # em; between rows that are taller than a strut
SIDE = 0.5  # em; LaTeX's \arraycolsep
EDGE = 0.07  # em; between brackets and a minus sign
ALIGNS = {"left": 0.0, "center": 0.5, "right": 1.0}
PROPERTIES = (
    "text-align",
    "justify-items",
    "padding-left",
    "padding-right",
    "width",
    "border-top",
    "border-bottom",
    "border-left",
    "border-right",
)
BORDER = 0.05  # em
SIGNS = "−+±"


class Entry(NamedTuple):
    """A cell before its column is known. `tail` is what stands right of the decimal point, None if it is no number."""

    box: Box
    tail: float | None
    align: float | None
    left: float
    right: float
    borders: frozenset[str]
    is_empty: bool


NO_BORDERS: frozenset[str] = frozenset()
NONE = Entry(EMPTY, None, None, SIDE, SIDE, NO_BORDERS, True)


class Column(NamedTuple):
    """Where a column begins, and the widths of its numbers before and behind their points."""

    x: float
    width: float
    head: float
    tail: float
    align: float
    aligned: bool  # on decimal points
    elastic: bool


def table(element: Element, style: Style, context: Context) -> Box:
    """`<mtable>` with its middle on the axis."""
    check(element, "displaystyle", "scriptlevel", "columnalign", "style", "columnspacing", "rowspacing")
    declarations(element.get("style", ""), "width", "color")
    style = restyled(element, style)
    rows = [_entries(line, style, context) for line in element]
    columns, width = _columns(rows, context.em(style), 0.0 if style.display else EDGE * context.em(style))
    lines = [[*line, *(NONE for _ in columns[len(line) :])] for line in rows]
    baselines, height, depth = _baselines(lines, style, context)
    cells = tuple(
        _cell(entry, index, column, y)
        for line, y in zip(lines, baselines, strict=True)
        for index, (entry, column) in enumerate(zip(line, columns, strict=True))
        if not entry.is_empty
    )
    content = Table(cells, tuple(column.align for column in columns), tuple(column.elastic for column in columns))
    body = Box(width, height, depth, content)
    is_ruled = any(entry.borders for line in lines for entry in line)
    return _ruled(body, lines, columns, baselines, context.em(style)) if is_ruled else body


def _entries(line: Element, style: Style, context: Context) -> list[Entry]:
    if tag(line) != "mtr":
        raise UnknownMath(f"<{tag(line)}> within <mtable> is not known here; use mtr")
    return [_entry(cell, style, context) for cell in line]


def _entry(cell: Element, style: Style, context: Context) -> Entry:
    if tag(cell) != "mtd":
        raise UnknownMath(f"<{tag(cell)}> within <mtr> is not known here; use mtd")
    figure = _figure(cell)
    if figure is not None and not cell.attrib:
        box, tail = _number(context.font, figure, style.level)
        return Entry(box, tail, None, SIDE, SIDE, NO_BORDERS, False)
    check(cell, "style", "columnalign")
    css = declarations(cell.get("style", ""), *PROPERTIES)
    parts = atoms(list(cell), style, context)
    if len(parts) == 1 and length(css.get("padding-left", "1em")) != 0:
        # A sign alone in a cell has no space of its own, unless it goes on with the cell before it.
        parts = [parts[0]._replace(left=0.0, right=0.0)]
    slot = context.slots.get(cell[0].text or "") if len(cell) == 1 else None
    widest = figure if slot is None else slot.widest.replace("-", "−")
    return Entry(
        joined(parts),
        None if widest is None else _number(context.font, widest, style.level)[1],
        ALIGNS.get(css.get("text-align", cell.get("columnalign", ""))),
        length(css.get("padding-left", f"{SIDE}em")),
        length(css.get("padding-right", f"{SIDE}em")),
        frozenset(name.removeprefix("border-") for name in css if name.startswith("border")),
        len(cell) == 0,
    )


def _figure(cell: Element) -> str | None:
    """The characters of a cell that is a number with or without a sign, and nothing else."""
    if not 1 <= len(cell) <= 2 or tag(cell[-1]) != "mn":
        return None
    text = (cell[-1].text or "").strip()
    if len(cell) == 2:
        sign = sign_of(cell[0]) if tag(cell[0]) == "mo" else ""
        if len(sign) != 1 or sign not in SIGNS:
            return None
        text = sign + text
    return None if any(map(is_slot, text)) else text.replace("-", "−")


@lru_cache(maxsize=8192)
def _number(font: MathFont, text: str, level: int) -> tuple[Box, float]:
    """A number that stays at its right, and its width from the decimal point on."""
    whole = word(font, text, level)
    places = [place for place in (text.find("."), text.find(",")) if place >= 0]
    return _inset(whole, 1.0), word(font, text[min(places) :], level).width if places else 0.0


def _columns(rows: list[list[Entry]], em: float, edge: float) -> tuple[list[Column], float]:
    columns: list[Column] = []
    x, pending = edge, 0.0
    for column in zip_longest(*rows, fillvalue=NONE):
        entries = [entry for entry in column if not entry.is_empty]
        left = max((entry.left for entry in entries), default=SIDE) * em
        x += pending + (left if columns else 0.0)
        columns.append(_column(entries, x))
        x += columns[-1].width
        pending = max((entry.right for entry in entries), default=SIDE) * em
    return columns, x + edge


def _column(entries: list[Entry], x: float) -> Column:
    align = next((entry.align for entry in entries if entry.align is not None), None)
    # Only a column that is centred may stand on its decimal points instead.
    numbers = [entry for entry in entries if entry.tail is not None and align in (None, 0.5)]
    tail = max((entry.tail or 0.0 for entry in numbers), default=0.0)
    head = max((entry.box.width - (entry.tail or 0.0) for entry in numbers), default=0.0)
    width = max((entry.box.width for entry in entries), default=0.0)
    aligned = bool(numbers) and len(numbers) == len(entries)
    if numbers:
        width = max(width, head + tail)
    if aligned:
        align = 1.0
    return Column(x, width, head, tail, 0.5 if align is None else align, aligned, aligned or not numbers)


def _cell(entry: Entry, index: int, column: Column, y: float) -> Cell:
    """A cell at its place; the content of a number stays at its right."""
    width = entry.box.width
    if entry.tail is not None and (column.head or column.tail) and column.align in (0.5, 1.0):
        start = column.x + (column.width - column.head - column.tail) / 2
        x = start + column.head + entry.tail - width
        slack = x - column.x if column.aligned else None
        return Cell(index, x, y, entry.box if type(entry.box.content) is Inset else _inset(entry.box, 1.0), slack)
    x = column.x + column.align * (column.width - width)
    return Cell(index, x, y, _inset(entry.box, column.align), column.width - width)


def _inset(box: Box, align: float) -> Box:
    return box._replace(content=Inset(box, align))


def _baselines(lines: list[list[Entry]], style: Style, context: Context) -> tuple[list[float], float, float]:
    """Baselines from top to bottom, and the height and depth of all, with the middle on the axis."""
    em = context.em(style)
    stretch = CASES if any(entry.left > 2 * SIDE - 0.01 for line in lines for entry in line) else 1.0
    jot = JOT * em if style.display else 0.0
    above, below = STRUT[0] * stretch * em, STRUT[1] * stretch * em + jot
    half = GAP / 2 * em
    sizes = []
    for line in lines:
        boxes = [entry.box for entry in line]
        sizes.append(
            (
                max([above, *[box.height + half for box in boxes]]),
                max([below, *[box.depth + half for box in boxes]]),
            )
        )
    total = sum(map(sum, sizes)) - jot
    y = context.constant("AxisHeight", style) + total / 2
    top, baselines = y, []
    for height, depth in sizes:
        baselines.append(y - height)
        y -= height + depth
    return baselines, top, total - top


def _ruled(body: Box, lines: list[list[Entry]], columns: list[Column], baselines: list[float], em: float) -> Box:
    """The same table with the borders of its cells; such a table keeps its widths."""
    thick = BORDER * em
    side = SIDE * em
    parts: list[tuple[float, float, Box]] = [(side, 0.0, body._replace(content=Inset(body, 0.0)))]
    middles = [(before - STRUT[1] * em + after + STRUT[0] * em) / 2 for before, after in pairwise(baselines)]
    tops = [body.height, *middles]
    bottoms = [*middles, -body.depth]
    for line, top, bottom in zip(lines, tops, bottoms, strict=True):
        for entry, column in zip(line, columns, strict=True):
            left, right = column.x, column.x + column.width + 2 * side
            for name, y in (("top", top), ("bottom", bottom)):
                if name in entry.borders:
                    parts.append((left, y - thick / 2, rule(right - left, thick)))
            for name, x in (("left", left), ("right", right)):
                if name in entry.borders:
                    parts.append((x - thick / 2, bottom, rule(thick, top - bottom)))
    return placed(parts, body.width + 2 * side)
