"""Empty answer boxes on the printed paper; a filter of the templates calls this.

The font draws each box as one character of no width, so that all boxes of a quantity are one block of text: quick to
lay out, and readable for those who hear the paper.
"""

from unicodedata import normalize

from markupsafe import Markup

from examgen.documents.math_boxes import em, fill, text_width
from examgen.documents.pages import AnswerBox

WIDE, NARROW = "\u25a1", "\u25ab"  # the font's boxes
WIDTHS = {WIDE: 9.882, NARROW: 7.765}  # em
MOST_WIDE = 6  # columns that fit beside a symbol
EDGE = 0.1


def answer_cells(box: AnswerBox) -> Markup:
    """Boxes in the shape of the quantity; where there are several, each is labelled by its symbol."""
    columns = max(len(row) for row in box.cells)
    several = sum(len(row) for row in box.cells) > 1
    sign = WIDE if columns <= MOST_WIDE else NARROW
    lines = []
    for row in box.cells:
        line = ""
        for column, cell in enumerate(row):
            if cell is not None:
                line += fill(column * WIDTHS[sign] - text_width(line)) + sign
                line += normalize("NFC", cell.symbol) if several else ""
        lines.append(line)
    width = em(columns * WIDTHS[sign] + EDGE)
    return Markup('<span class="cells" style="width:{}">{}</span>').format(width, "\n".join(lines))
