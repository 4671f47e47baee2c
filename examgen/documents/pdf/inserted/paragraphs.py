"""Sets headings, paragraphs and displayed formulas without a layout engine, as blocks for `inserting`.

Words are in the math font, whose letters are those of the text font, and in its bold companion; for `note_setting`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from examgen.documents.pdf.inserted.inserting import Block, Part
from examgen.documents.pdf.inserted.text_font import BOLD, bold_font
from examgen.documents.pdf.stamping import FONT
from examgen.documents.typesetting import HYPHEN, SIZE, TEXT_WIDTH, Image, Typesetter, math_font
from examgen.exams.wording.texts import FORMULA
from examgen.typeset import MathFont, pdf_operators
from examgen.typeset.drawn.formula import decimal
from examgen.typeset.drawn.slot_texts import slot_codes, slot_width

LINE = 1.45
"""Height of a line in sizes of its letters, as in paper.css."""

ABOVE, ROOM = 1.02, 1.5
"""Of a line, what is above the baseline in sizes; and space in points between a formula and the lines around it."""

_IMAGE = re.compile(r"formula:(\d+)")
_WORDS = re.compile(r" +|[^ ]+")


class Run(NamedTuple):
    """A piece of a paragraph: `kind` is "bold", "text" with formulas between dollar signs, "typed" or "formula"."""

    kind: str
    content: str


class _Atom(NamedTuple):
    """What is not broken: letters, or a formula."""

    width: float
    text: str = ""
    is_bold: bool = False
    image: Image | None = None


@dataclass(slots=True)
class _Line:
    atoms: list[tuple[float, _Atom]]
    width: float = 0.0


def images_of(markup: str, typesetter: Typesetter) -> list[Image]:
    """The formulas of a piece of a page, in their order."""
    return [typesetter.images[int(number)] for number in _IMAGE.findall(markup)]


def paragraph(runs: Sequence[Run], language: str, *, role: str = "P", size: float = SIZE) -> Block:
    """A paragraph of the width of the page, or a heading.

    Args:
        runs: its pieces in order.
        language: in which formulas are read aloud.
        role: of its element.
        size: of its letters, in points.

    Raises: BankError for a formula that cannot be set.
    """
    lines = _broken(_Words(language, size).groups(runs), size)
    parts: list[Part] = []
    text: list[bytes] = []
    down = 0.0
    for number, line in enumerate(lines):
        images = [atom.image for _, atom in line.atoms if atom.image is not None]
        above = max([ABOVE * size, *(image.formula.height + ROOM for image in images)])
        below = max([(LINE - ABOVE) * size, *(image.formula.depth + ROOM for image in images)])
        down += above
        for x, shown, image in _pieces(line, is_last=number == len(lines) - 1):
            if image is None:
                text.append(letters(x, -down, shown, size))
                continue
            if text:
                parts.append(Part(b" ".join(text)))
                text = []
            drawn = pdf_operators(image.formula.place(), FONT, x=x, y=-down)
            parts.append(Part(drawn, image.spoken))
        down += below
    if text:
        parts.append(Part(b" ".join(text)))
    return Block(role, down, tuple(parts))


def display(drawn: bytes, image: Image, spoken: str, left: float) -> Block:
    """A displayed formula, drawn from its lower left corner."""
    height = image.formula.height + image.formula.depth
    place = f"1 0 0 1 {decimal(round(1000 * left))} {decimal(round(-1000 * height))} cm ".encode()
    return Block("P", height, (Part(place + drawn, spoken),))


class _Words:
    """Breaks runs into groups that stay together on a line."""

    def __init__(self, language: str, size: float) -> None:
        self._typesetter = Typesetter({}, language)
        self._size = size

    def groups(self, runs: Sequence[Run]) -> list[list[_Atom]]:
        found: list[list[_Atom]] = [[]]
        for atom in (atom for run in runs for atom in self._atoms(run)):
            if atom is None:
                found.append([])
            else:
                found[-1].append(atom)
        return [group for group in found if group]

    def _atoms(self, run: Run) -> Iterator[_Atom | None]:
        """The atoms of a run; None where a line may end."""
        if run.kind == "formula":
            yield self._formula(run.content)
        elif run.kind != "text":
            yield from self._plain(run.content, is_bold=run.kind == "bold")
        else:
            end = 0
            for match in FORMULA.finditer(run.content):
                yield from self._plain(run.content[end : match.start()])
                if match[1] is None:
                    yield from self._plain("$")
                else:
                    yield self._formula(match[1])
                end = match.end()
            yield from self._plain(run.content[end:])

    def _plain(self, text: str, *, is_bold: bool = False) -> Iterator[_Atom | None]:
        for word in _WORDS.findall(text):
            shown = word.replace("-", HYPHEN)
            yield None if word[0] == " " else _Atom(width_of(shown, self._size, is_bold=is_bold), shown, is_bold)

    def _formula(self, latex: str) -> _Atom:
        (image,) = images_of(self._typesetter.inline(latex, size=self._size), self._typesetter)
        return _Atom(image.formula.width, image=image)


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """Width of letters in points."""
    font = _font(is_bold)
    return slot_width(font, text, 0) * size / font.units_per_em


def _font(is_bold: bool) -> MathFont:
    return bold_font() if is_bold else math_font()


def _broken(groups: Sequence[Sequence[_Atom]], size: float) -> list[_Line]:
    """As many groups on each line as fit."""
    lines = [_Line([])]
    for group in groups:
        space = width_of(" ", size, is_bold=group[0].is_bold) if lines[-1].atoms else 0.0
        width = sum(atom.width for atom in group)
        if lines[-1].atoms and lines[-1].width + space + width > TEXT_WIDTH:
            lines.append(_Line([]))
            space = 0.0
        line = lines[-1]
        line.width += space
        for atom in group:
            line.atoms.append((line.width, atom))
            line.width += atom.width
    return lines


def _pieces(line: _Line, *, is_last: bool) -> Iterator[tuple[float, tuple[str, bool], Image | None]]:
    """The words and formulas of a line from left to right: place, letters and whether they are bold, formula.

    A space that is drawn behind words keeps them apart for who copies or hears them.
    """
    for number, (x, atom) in enumerate(line.atoms):
        after = line.atoms[number + 1][0] if number + 1 < len(line.atoms) else x + atom.width + (not is_last)
        is_apart = after > x + atom.width + 0.01
        if atom.image is not None:
            yield x, ("", False), atom.image
            if is_apart and (number + 1 == len(line.atoms) or line.atoms[number + 1][1].image is None):
                yield x + atom.width, (" ", False), None
        else:
            yield x, (atom.text + " " * is_apart, atom.is_bold), None


def letters(x: float, y: float, shown: tuple[str, bool], size: float) -> bytes:
    """Operators that draw words, and whether they are bold, from here on."""
    text, is_bold = shown
    codes = slot_codes(_font(is_bold), text, 0)
    name = (BOLD if is_bold else FONT).decode()
    at = f"{decimal(round(1000 * x))} {decimal(round(1000 * y))}"
    return f"BT {name} {decimal(round(1000 * size))} Tf {at} Td<{codes}>Tj ET".encode()
