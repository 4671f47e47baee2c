"""How much memory the cells of a spreadsheet may take in the parser at most, from the numbers that stand in its parts.

Called by `spreadsheet_child` on systems that do not limit the memory of a process. A real XML parser reads the part,
and names count whatever stands before their colon, so that no spelling hides a number.
"""

from typing import Any

_ROWS = frozenset({"row", "table-row"})
_CELLS = frozenset({"c", "table-cell", "covered-table-cell"})
_TEXTS = frozenset({*_CELLS, "si"})
_CELL_BYTES = 64


class Extent:
    """The rectangle around all cells that are not empty, as the parser holds it, with a text for each of them."""

    def __init__(self, most_cells: int, most_bytes: int) -> None:
        self.most_cells, self.most_bytes = most_cells, most_bytes
        self.row = self.column = self.lowest = self.widest = self.farthest = 0
        self.times = 1
        self.is_in_cell = False
        self.text = self.longest = 0

    def watch(self, parser: Any) -> None:
        """Take up what this parser of `xml.parsers.expat` finds."""
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.add_text

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins: a row, a cell, or what is in a cell."""
        local = _local(name)
        numbers = {_local(key): _numbers_of(value) for key, value in attributes.items()}
        self.text += sum(map(len, attributes.values())) + (numbers.get("c", (0, 0))[1] if local == "s" else 0)
        if local in _ROWS:
            self.row, self.column = self.row + self.times, 0
            self.times = max(1, numbers.get("number-rows-repeated", (0, 0))[1])
            self.farthest = max(self.farthest, numbers.get("r", (0, 0))[1])
        elif local in _CELLS:
            across, down = numbers.get("r", (0, 0))
            self.column += max(1, numbers.get("number-columns-repeated", (0, 0))[1])
            self.farthest, self.widest = max(self.farthest, down), max(self.widest, across)
            self.is_in_cell = True
        if self.is_in_cell and (local not in _CELLS or any("value" in key for key in numbers)):
            self.fill()

    def end(self, name: str) -> None:
        """An element ends, and with a cell or a shared text all that was in it."""
        local = _local(name)
        if local in _TEXTS:
            self.longest, self.text = max(self.longest, self.text), 0
            self.judge()
        self.is_in_cell = self.is_in_cell and local not in _CELLS

    def add_text(self, text: str) -> None:
        """Text between the elements."""
        self.text += len(text)

    def fill(self) -> None:
        """The cell that was begun last is not empty."""
        self.lowest = max(self.lowest, self.row + self.times)
        self.widest = max(self.widest, self.column)
        self.judge()

    def judge(self) -> None:
        """Raise MemoryError where all this may take too much."""
        cells = (self.lowest + self.farthest) * self.widest
        if cells > self.most_cells or cells * (_CELL_BYTES + max(self.longest, self.text)) > self.most_bytes:
            raise MemoryError("too many cells")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _numbers_of(text: str) -> tuple[int, int]:
    """The column and the row of a reference such as B7, whatever else stands between them."""
    column = 0
    for char in [char for char in text if char.isalpha()][:8]:
        column = 26 * column + (ord(char.upper()) - 64) % 64
    return column, int("".join([char for char in text if char.isdecimal()][:18]) or 0)
