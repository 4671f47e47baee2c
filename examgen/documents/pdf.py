"""HTML to PDF by WeasyPrint; `render.py` calls it.

A document can hold a student's name or a bank's text, so it may read nothing: only the style sheets and fonts of the
templates folder are opened, by a fetcher of their own. The same document gives the same bytes.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examgen.errors import SetupError
from examgen.resources import shipped

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

STYLE_SHEETS = ("fonts/fonts.css", "paper.css")
FONT_TYPES = {".ttf": "font/ttf"}
PANGO_MISSING = (
    "WeasyPrint cannot load Pango, which sets the text of PDF files. Install it: "
    '"sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" (Debian, Ubuntu) or '
    '"brew install pango" (macOS)'
)


def to_pdf(html: str) -> bytes:
    """The PDF of a whole HTML document; its title and language are those of the document.

    Raises: SetupError if Pango is missing on this machine.
    """
    weasyprint = _weasyprint()
    fonts, styles = _styles()
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=_refuse)
    pdf: bytes = document.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")
    return pdf


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError:
        raise SetupError(PANGO_MISSING) from None
    return weasyprint


def _refuse(url: str) -> Any:
    """WeasyPrint leaves out what cannot be fetched, and goes on."""
    raise ValueError(f"a page may not read {url}")


@cache
def _styles() -> "tuple[FontConfiguration, list[CSS]]":
    """Style sheets and fonts, read once per process."""
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    folder = shipped("templates")
    fetcher = _trusted(folder / "fonts")
    return fonts, [
        weasyprint.CSS(
            string=(folder / name).read_text(encoding="utf-8"),
            base_url=(folder / name).as_uri(),
            font_config=fonts,
            url_fetcher=fetcher,
        )
        for name in STYLE_SHEETS
    ]


def _trusted(folder: Path) -> Any:
    """A fetcher that reads the fonts in `folder` and nothing else."""
    from weasyprint.urls import URLFetcherResponse

    allowed = {path.as_uri(): path for path in sorted(folder.iterdir()) if path.suffix in FONT_TYPES}

    def fetch(url: str) -> Any:
        if url not in allowed:
            raise ValueError(f"a style sheet may not read {url}")
        path = allowed[url]
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": FONT_TYPES[path.suffix]})

    return fetch
