"""The picture of a free graph as inline SVG with formulas over it; a filter of the templates calls this.

It is drawn in as much detail as a page has room for: in large letters first, with all that may stand at the wires.
"""

from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

from examgen.documents.pages import CircuitPicture
from examgen.documents.paper.pictures.circuit_drawing import circuit_drawing
from examgen.documents.paper.pictures.grid_drawing import grid_drawing
from examgen.documents.paper.pictures.lettering import HEIGHT, Drawing, Letters, below_another
from examgen.documents.paper.pictures.unrolled_drawing import unrolled_drawing

SIZES = (11.0, 10.0, 9.2, 8.4, 7.6, 7.0)
"""Of letters, in points."""

DETAILS = 2

BETWEEN = 8.0
"""Between drawings below one another, in pixels."""


def circuit_markup(picture: CircuitPicture, letters: Letters, written: Callable[[str], Markup]) -> Markup:
    """The drawing with its caption, a text that `written` sets; nothing where no page has room for it.

    Raises: BankError for a symbol that is not LaTeX.
    """
    drawing = next((one for one in drawings(picture, letters) if one.fits), None)
    if drawing is None:
        return Markup("")
    width, height = f"{drawing.width:.2f}", f"{drawing.height:.2f}"
    svg = Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><title>{escape(picture.description)}</title>{"".join(drawing.parts)}</svg>'
    )
    labels = Markup("").join(letters.shown(label) for label in drawing.labels)
    told = Markup("")
    if picture.captions:
        has_derivatives = any(label.is_tinted for label in drawing.labels)
        told = Markup('<span class="told">{}</span>').format(written(picture.captions[0 if has_derivatives else -1]))
    return Markup('<span class="diagram">{}{}</span>{}').format(svg, labels, told)


def drawings(picture: CircuitPicture, letters: Letters) -> Iterator[Drawing]:
    """All ways to draw it, the best first."""
    if picture.line is not None:
        for detail in range(DETAILS):
            for size in SIZES:
                yield unrolled_drawing(picture.forms[0], picture.line, letters, size, detail)
    if picture.grids:
        yield from _with_grids(picture, letters)
        return
    for nodes in picture.forms:
        for detail in range(DETAILS):
            for size in SIZES:
                yield circuit_drawing(nodes, letters, size, detail)


def _with_grids(picture: CircuitPicture, letters: Letters) -> Iterator[Drawing]:
    """Grids with the circuit below them, where that has more to tell and there is room; else the grids."""
    room = HEIGHT / len(picture.grids) - BETWEEN
    circuits = [circuit_drawing(picture.forms[-1], letters, size, DETAILS) for size in SIZES if len(picture.forms)]
    circuit = next((one for one in circuits if one.fits), None)
    if circuit is not None:
        less = (HEIGHT - circuit.height) / len(picture.grids) - BETWEEN
        yield below_another([*(grid_drawing(row, letters, less) for row in picture.grids), circuit], BETWEEN)
    yield below_another([grid_drawing(row, letters, room) for row in picture.grids], BETWEEN)
