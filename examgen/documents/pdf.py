"""HTML to PDF by WeasyPrint; `skeleton.py` calls it.

A document can hold a student's name or a bank's text, so it may read nothing: only the style sheets and fonts of the
templates folder are opened, by a fetcher of their own. The same document gives the same bytes.
"""

import atexit
import warnings
from collections.abc import Mapping
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


def set_pages(html: str, images: Mapping[str, bytes]) -> bytes:
    """The pages of a whole HTML document as an uncompressed PDF; title and language are those of the document.

    Args:
        html: may name the images and nothing else.
        images: PNG files by address.

    Raises: SetupError if Pango is missing on this machine.
    """
    weasyprint = _weasyprint()
    fonts, styles = _styles()
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ImageFetcher(URLFetcher):  # type: ignore[misc]
        """Knows the given images and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            if url not in images:
                raise ValueError(f"a page may not read {url}")
            return URLFetcherResponse(url, images[url], {"Content-Type": "image/png"})

    document = weasyprint.HTML(string=html, url_fetcher=ImageFetcher(allowed_protocols=()))
    pdf: bytes = document.write_pdf(
        stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1", pdf_forms=True, uncompressed_pdf=True
    )
    return pdf


def _weasyprint() -> Any:
    with warnings.catch_warnings():
        # The shipped fonts suffice on a machine that has none.
        warnings.filterwarnings("ignore", ".*Expect ugly output")
        try:
            import weasyprint
        except OSError:
            raise SetupError(PANGO_MISSING) from None
    return weasyprint


@cache
def _styles() -> "tuple[FontConfiguration, list[CSS]]":
    """Style sheets and fonts, read once per process."""
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    # Its destructor needs modules that are gone when the interpreter ends.
    atexit.register(_styles.cache_clear)
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
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    allowed = {path.as_uri(): path for path in sorted(folder.iterdir()) if path.suffix in FONT_TYPES}

    class FontFetcher(URLFetcher):  # type: ignore[misc]
        """Its base can only be named once WeasyPrint is loaded."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            if url not in allowed:
                raise ValueError(f"a style sheet may not read {url}")
            path = allowed[url]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": FONT_TYPES[path.suffix]})

    return FontFetcher(allowed_protocols=())
