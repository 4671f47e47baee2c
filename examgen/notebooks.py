"""What functions return, shown in a notebook: tables and pages as HTML that takes the notebook's own style."""

import io
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

MOST_PAGES, PIXELS = 4, 110
"""So many pages are shown, and so many pixels to the inch."""

MOST_ROWS = 20
"""A notebook shows the first ones and how many there are."""


def html_table(heads: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A table; what stands in its cells is text and no markup."""
    listed = [list(row) for row in rows]
    head = "".join(f"<th>{escape(str(name))}</th>" for name in heads)
    cells = ("".join(f"<td>{escape(_text(cell))}</td>" for cell in row) for row in listed[:MOST_ROWS])
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    more = f"<p>and {len(listed) - MOST_ROWS:,} more</p>" if len(listed) > MOST_ROWS else ""
    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{told}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def html_lines(lines: Iterable[str]) -> str:
    """Lines of text."""
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def html_frame(page: str, title: str, height: int) -> str:
    """A whole page inside another one, with nothing of either seen by the other; its scripts run, its saving does not
    reach the notebook."""
    return (
        f'<iframe title="{escape(title)}" sandbox="allow-scripts" srcdoc="{escape(page)}" '
        f'style="width:100%;height:{height}px;border:1px solid #ccc;background:#fff"></iframe>'
    )


def html_pages(pdf: Path, title: str) -> str:
    """The first pages of a PDF as pictures; where the library that draws them is not installed, where it lies."""
    try:
        import pypdfium2  # only notebooks show pages as pictures
    except ImportError:
        return html_lines([f"{title}: {pdf}"])
    shown = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(min(MOST_PAGES, len(document))):
            png = io.BytesIO()
            document[number].render(scale=PIXELS / 72).to_pil().save(png, "PNG", optimize=True)
            shown.append(
                f'<img alt="{escape(title)}, page {number + 1} of {len(document)}" '
                f'src="data:image/png;base64,{b64encode(png.getvalue()).decode()}" '
                'style="width:100%;max-width:44rem;border:1px solid #ccc;margin:.25rem 0">'
            )
    return "".join(shown)


def _text(cell: object) -> str:
    return "" if cell is None or cell != cell else f"{cell:g}" if isinstance(cell, float) else str(cell)
