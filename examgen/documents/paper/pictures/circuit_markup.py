"""The picture of a free graph as inline SVG with formulas over it; a filter of the templates calls this.

It is drawn in as much detail as a page has room for: in large letters first, with all that may stand at the wires.
"""

from collections.abc import Iterator

from markupsafe import Markup, escape

from examgen.documents.pages import CircuitPicture
from examgen.documents.paper.pictures.circuit_drawing import circuit_drawing
from examgen.documents.paper.pictures.lettering import Drawing, Letters

SIZES = (11.0, 10.0, 9.2, 8.4, 7.6)
"""Of letters, in points."""

DETAILS = 2


def circuit_markup(picture: CircuitPicture, letters: Letters, caption: Markup) -> Markup:
    """The drawing with its caption; nothing where no page has room for it.

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
    told = Markup('<span class="told">{}</span>').format(caption) if caption else Markup("")
    return Markup('<span class="diagram">{}{}</span>{}').format(svg, labels, told)


def drawings(picture: CircuitPicture, letters: Letters) -> Iterator[Drawing]:
    """All ways to draw it, the best first."""
    for nodes in picture.forms:
        for detail in range(DETAILS):
            for size in SIZES:
                yield circuit_drawing(nodes, letters, size, detail)
