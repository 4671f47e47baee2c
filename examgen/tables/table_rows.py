"""The rows of a CSV text, one by one, by RFC 4180; but a quote which is not closed costs its own row only.

Called by `csv_tables` for small tables and by `columns` for the rows that are not plain.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from examgen.tables.text import Limits, Line, printable

_QUOTE_PROBLEMS = {
    "open": ("open_quote", "a quote is opened and not closed; close it or leave it out"),
    "after": ("after_quote", "text stands behind a closing quote; put quotes around the whole cell or leave them out"),
}
_COMMA_ADVICE = "put quotes around a cell with a comma, such as a decimal comma, or semicolons between the cells"
BLANK = " \t\ufeff"
WHOLE = re.compile(r"[+\-\u2010-\u2015\u2212]?[0-9]+")
DECIMALS = re.compile(r"[0-9]+(?:[eE][+-]?[0-9]+)?")


class Row(NamedTuple):
    """A row: the number of its first line (the file's first is 1), and its cells in the order of the wanted columns.

    `others` are the cells that the layout takes along, empty where the row has none.
    """

    line: int
    cells: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was not read: `wrong_columns`, `open_quote`, `after_quote` or `too_long`.

    Of a row that is only `too_long`, `columns` names the long cells and `cells` holds all, cut to the limit.
    """

    line: int
    reason: str
    detail: str
    columns: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows are cut into cells, and which of them are wanted under which names.

    Attributes:
        width: cells of the header.
        columns, places: the wanted cells; all behind the last of them may be missing, and no more than blank ones may
            be too many.
        others: places of cells that are taken along, however long they are, and may be missing.
        is_exact: whether each row must have as many cells as the header.
        number: place of a wanted cell with a number, whose decimals are in the next one, which is not wanted, where a
            decimal comma stands without quotes; -1 where that cannot be.
    """

    delimiter: str
    width: int
    columns: tuple[str, ...]
    places: tuple[int, ...]
    number: int = -1
    is_exact: bool = False
    others: tuple[int, ...] = ()

    @property
    def least(self) -> int:
        """Cells that a row must have."""
        return self.width if self.is_exact else max(self.places) + 1

    @property
    def has_others(self) -> bool:
        """Whether the header has cells that nobody wants."""
        return not self.is_exact and self.width > len(self.places)

    def passes_over(self, cells: Sequence[str]) -> bool:
        """Whether a row has none of the wanted cells, but others."""
        if self.is_exact or (len(cells) == self.width and not self.has_others):
            return False
        return not any(cells[place].strip(BLANK) for place in self.places if place < len(cells))

    def taken_along(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The cells of `others`."""
        return tuple([cells[place] if place < len(cells) else "" for place in self.others])

    def split_number(self, cells: Sequence[str]) -> str:
        """The number that may stand in two cells as its decimal comma has no quotes; empty where none does."""
        if not 0 <= self.number < len(cells) - 1:
            return ""
        whole, decimals = cells[self.number].strip(), cells[self.number + 1].strip()
        return f"{whole},{decimals}" if WHOLE.fullmatch(whole) and DECIMALS.fullmatch(decimals) else ""


def records(lines: Iterator[Line], layout: Layout, limits: Limits) -> Iterator[Row | RowProblem]:
    """Read lines behind the header as rows; blank ones are passed over.

    So are rows without any of the wanted cells. A line without quotes that has as many delimiters as the header is
    always a row of its own, whatever stands around it: lines may be left out between two such lines.
    """
    delimiter, width, least, pick = layout.delimiter, layout.width, layout.least, _picker(layout.places)
    is_whole = not layout.has_others
    ahead: deque[Line] = deque()
    looked_to = 0
    blank = BLANK + delimiter
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        number, text, is_cut = line
        if not text.strip(blank) and not is_cut:
            continue
        if '"' not in text:
            cells, state = text.split(delimiter), "closed"
        else:
            cells, state = walk(text, delimiter)
        if state == "open" and is_cut:
            cells, state = walk(text + '"', delimiter)
        elif state == "open" and number >= looked_to:
            # Each line is looked at from one opening quote at most, so that no file takes quadratic time.
            taken, state, looked_to = _look_ahead(ahead, lines, delimiter, least, limits.max_field)
            if state == "closed":
                cells, state = walk("\n".join([text, *taken]), delimiter)
        if state != "closed":
            yield RowProblem(number, *_QUOTE_PROBLEMS[state])
        elif len(cells) == width and is_whole and not is_cut and len(text) <= limits.max_field:
            yield Row(number, pick(cells), layout.taken_along(cells))
        elif (found := _judged(number, text, cells, layout, limits, is_cut=is_cut)) is not None:
            yield found


def _judged(
    number: int, text: str, cells: list[str], layout: Layout, limits: Limits, *, is_cut: bool
) -> Row | RowProblem | None:
    """A row of another width than the header, with cells that nobody wants, or a long one; None if it holds nothing."""
    if not is_cut and layout.passes_over(cells):
        return None
    if len(cells) != layout.width and not (not is_cut and _fits(cells, layout)):
        return RowProblem(number, *_count_problem(len(cells), layout, is_cut, limits))
    if (told := layout.split_number(cells)) and not is_cut:
        detail = f"the row may have a decimal comma in {printable(told, 40)}; {_COMMA_ADVICE}"
        return RowProblem(number, "wrong_columns", detail)
    row = Row(number, _picker(layout.places)(cells), layout.taken_along(cells))
    if not is_cut and len(text) <= limits.max_field:
        return row
    return _measured(row, layout.columns, limits, len(cells[-1]) if is_cut else None)


def holds_nothing(line: str, layout: Layout) -> bool:
    """Whether a line, of which no quote is open, has none of the wanted cells."""
    return not line.strip(BLANK + layout.delimiter) or layout.passes_over(walk(line, layout.delimiter)[0])


def walk(text: str, delimiter: str, is_inside: bool = False) -> tuple[list[str], str]:
    """Split a line by RFC 4180; its end is "closed", "open" (within quotes) or "after" (text behind a quote)."""
    cells: list[str] = []
    at = 0
    while True:
        if is_inside or text.startswith('"', at):
            begin = at if is_inside else at + 1
            end = _closing_quote(text, begin)
            if end < 0:
                return cells, "open"
            cells.append(text[begin:end].replace('""', '"'))
            if end + 1 == len(text):
                return cells, "closed"
            if text[end + 1] != delimiter:
                return cells, "after"
            at, is_inside = end + 2, False
        else:
            end = text.find(delimiter, at)
            cells.append(text[at:] if end < 0 else text[at:end])
            if end < 0:
                return cells, "closed"
            at = end + 1


def _picker(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(places) == 1:  # itemgetter gives a bare item for one place
        return lambda cells: (cells[places[0]],)
    return itemgetter(*places)


def _measured(row: Row, columns: tuple[str, ...], limits: Limits, cut_cell: int | None) -> Row | RowProblem:
    """Refuse the row if a cell is too long; `cut_cell` is the length of the last cell if the line was cut in it."""
    # A last cell that is not itself too long may be incomplete, and then it says nothing.
    if cut_cell is not None and cut_cell <= limits.max_field:
        return RowProblem(row.line, *_too_long(limits))
    long = tuple(column for column, cell in zip(columns, row.cells, strict=True) if len(cell) > limits.max_field)
    if not long and cut_cell is None:
        return row
    return RowProblem(row.line, *_too_long(limits), long, tuple(cell[: limits.max_field] for cell in row.cells))


def _fits(cells: Sequence[str], layout: Layout) -> bool:
    """Whether all that a row has too few or too many are cells that nobody wants, or blank ones behind them."""
    if layout.is_exact or len(cells) < layout.least:
        return False
    return not any(cell.strip(BLANK) for cell in cells[layout.width :])


def _look_ahead(
    ahead: deque[Line], lines: Iterator[Line], delimiter: str, least: int, longest: int
) -> tuple[list[str], str, int]:
    """Find the lines that close a quote; return them ("closed") or put all back, and the first line not looked at.

    A line with as many delimiters as a row is taken for a row: then it is the opening quote that is wrong.
    """
    seen: list[Line] = []
    state, left = "open", longest
    while state == "open" and left > 0:
        line = ahead.popleft() if ahead else next(lines, None)
        if line is None:
            break
        seen.append(line)
        left -= len(line.text) + 1
        if line.is_cut or line.text.count(delimiter) >= least - 1:
            break
        if '"' in line.text:
            state = walk(line.text, delimiter, is_inside=True)[1]
    if state == "closed":
        return [line.text for line in seen], state, 0
    ahead.extendleft(reversed(seen))
    return [], "open", seen[-1].number if seen else 0


def _closing_quote(text: str, at: int) -> int:
    while (at := text.find('"', at)) >= 0 and text.startswith('"', at + 1):
        at += 2
    return at


def _count_problem(found: int, layout: Layout, is_cut: bool, limits: Limits) -> tuple[str, str]:
    if is_cut:
        return _too_long(limits)
    is_comma = layout.delimiter == "," and found > layout.width
    advice = _COMMA_ADVICE if is_comma else "a cell with a delimiter needs quotes"
    return "wrong_columns", f"the row has {found} cells and the header {layout.width}; {advice}"


def _too_long(limits: Limits) -> tuple[str, str]:
    return "too_long", f"a cell is longer than {limits.max_field:,} characters, the most allowed"
