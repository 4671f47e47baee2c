"""The picture of a free graph as inline SVG with formulas over it; a filter of the templates calls this.

It is drawn in as much detail as a page has room for: in large letters first, with all that may stand at the wires.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

from markupsafe import Markup, escape

from examgen.documents.pages import CircuitPicture
from examgen.documents.paper.pictures.circuit_drawing import circuit_drawing
from examgen.documents.paper.pictures.grid_drawing import grid_drawing
from examgen.documents.paper.pictures.lettering import HEIGHT, Drawing, Letters, below_another
from examgen.documents.paper.pictures.unrolled_drawing import unrolled_drawing

SIZES = (11.0, 10.0, 9.2, 8.4, 7.6, 7.0)
"""Of letters, in points."""

SMALL = 7.5
"""Rather than in smaller letters a circuit is drawn in its simpler form."""

DETAILS = (0, 1)
"""How much is written at the wires: values, and those of single numbers only."""

BARE = 2
"""Only names are written, where there is no room for values."""

BETWEEN = 8.0
"""Between drawings below one another, in pixels."""


def circuit_markup(picture: CircuitPicture, letters: Letters, written: Callable[[str], Markup]) -> Markup:
    """The drawing with its caption, a text that `written` sets; nothing where no page has room for it.

    Raises: BankError for a symbol that is not LaTeX.
    """
    drawing, has_values = next(((one, values) for one, values in drawings(picture, letters) if one.fits), (None, False))
    if drawing is None:
        return Markup("")
    width, height = f"{drawing.width:.2f}", f"{drawing.height:.2f}"
    svg = Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><title>{escape(picture.description)}</title>{"".join(drawing.parts)}</svg>'
    )
    labels = Markup("").join(letters.shown(label) for label in drawing.labels)
    told = Markup("")
    if picture.captions and has_values:
        has_derivatives = any(label.is_tinted for label in drawing.labels)
        told = Markup('<span class="told">{}</span>').format(written(picture.captions[0 if has_derivatives else -1]))
    return Markup('<span class="diagram">{}{}</span>{}').format(svg, labels, told)


def drawings(picture: CircuitPicture, letters: Letters) -> Iterator[tuple[Drawing, bool]]:
    """All ways to draw it, the best first, and whether values stand at the wires where they are known."""
    if picture.grids:
        yield from _with_grids(picture, letters)
        return
    large, small = [size for size in SIZES if size >= SMALL], [size for size in SIZES if size < SMALL]
    for detail, sizes in product((*DETAILS, BARE), (large, small)):
        for draw in _ways(picture, letters):
            yield from ((draw(size, detail), detail != BARE) for size in sizes)


def _ways(picture: CircuitPicture, letters: Letters) -> Iterator[Callable[[float, int], Drawing]]:
    """The forms of a circuit that is no window's, each as a function of the size of letters and the detail."""
    if picture.line is not None:
        yield partial(unrolled_drawing, picture.forms[0], picture.line, letters)
    yield from (partial(circuit_drawing, nodes, letters) for nodes in picture.forms)


def _with_grids(picture: CircuitPicture, letters: Letters) -> Iterator[tuple[Drawing, bool]]:
    """Grids with the circuit below them, where that has more to tell and there is room; else the grids."""
    count = len(picture.grids)
    circuits = (circuit_drawing(nodes, letters, size, DETAILS[-1]) for nodes in picture.forms[-1:] for size in SIZES)
    circuit = next((one for one in circuits if one.fits), None)
    if circuit is not None:
        room = (HEIGHT - circuit.height) / count - BETWEEN
        yield below_another([*(grid_drawing(row, letters, room) for row in picture.grids), circuit], BETWEEN), True
    room = HEIGHT / count - BETWEEN
    yield below_another([grid_drawing(row, letters, room) for row in picture.grids], BETWEEN), False
