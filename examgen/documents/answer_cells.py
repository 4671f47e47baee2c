"""Empty answer boxes on the printed paper; a filter of the templates calls this.

The font draws each box as one character, so that all boxes of a quantity are one block of text, quick to lay out.
"""

from unicodedata import normalize

from markupsafe import Markup, escape

from examgen.documents.pages import AnswerBox

WIDE, NARROW = "\u25a1", "\u25ab"  # the font's boxes; `paper.css` knows their widths
WIDTHS = {WIDE: 62.4, NARROW: 49.4}  # pt
MOST_WIDE = 6  # columns that fit beside a symbol


def answer_cells(box: AnswerBox) -> Markup:
    """Boxes in the shape of the quantity; where there are several, each is labelled by its symbol."""
    columns = max(len(row) for row in box.cells)
    several = sum(len(row) for row in box.cells) > 1
    sign = WIDE if columns <= MOST_WIDE else NARROW
    lines = []
    for row in box.cells:
        labels = ["" if cell is None else sign + (normalize("NFC", cell.symbol) if several else "") for cell in row]
        lines.append("\t".join(labels))
    kind = "cells" if sign == WIDE else "cells narrow"
    style = f"width:{columns * WIDTHS[sign]:.1f}pt"
    return Markup('<span class="{}" style="{}">{}</span>').format(kind, style, escape("\n".join(lines)))
