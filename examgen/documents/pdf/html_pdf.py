"""HTML to PDF by WeasyPrint; `skeleton.py` calls it.

A document can hold a student's name or a bank's text, so it may read nothing: only the style sheets and fonts of the
templates folder are opened, by a fetcher of their own. A theme's rules may read nothing either. The same document gives
the same bytes.
"""

import atexit
import logging
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes import util
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from examgen.collector import paused_collector
from examgen.documents.themes import STYLE, Theme
from examgen.errors import ExamgenError, SetupError
from examgen.resources import shipped

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

STYLE_SHEETS = ("fonts/fonts.css", "paper.css")
FONT_TYPES = {".ttf": "font/ttf"}
END = "end"
"""The id of the element behind everything else on a page."""

THEME = "theme:/"
"""Relative addresses in a theme's rules begin so: there is nothing to be read."""

PANGO_MISSING = (
    "WeasyPrint cannot load Pango, which sets the text of PDF files. Install it: "
    '"sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" (Debian, Ubuntu) or '
    '"brew install pango" (macOS)'
)


class SetPages(NamedTuple):
    """Laid out pages.

    Attributes:
        pdf: uncompressed.
        missing: the characters in it for which no font has a glyph.
        page_count: how many there are.
        filled: the share of the one that the element `end` stands on, down to there; 1 where there is none.
    """

    pdf: bytes
    missing: str
    page_count: int = 1
    filled: float = 1.0


def set_pages(
    html: str, images: Mapping[str, bytes], theme: Theme | None = None, *, read: dict[str, Any] | None = None
) -> SetPages:
    """The pages of a whole HTML document; title and language are those of the document.

    Args:
        html: may name the images and nothing else.
        images: PNG files by address.
        theme: rules behind the shipped ones.
        read: images that were read before, by address; those of other documents that have the same ones.

    Raises:
        SetupError: Pango is missing on this machine.
        ExamgenError: the theme names a file or an address.
    """
    weasyprint = _weasyprint()
    fonts, styles = _styles()
    refused: list[str] = []
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ImageFetcher(URLFetcher):  # type: ignore[misc]
        """Knows the given images and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            if url not in images:
                refused.append(url)
                raise ValueError(f"a page may not read {url}")
            return URLFetcherResponse(url, images[url], {"Content-Type": "image/png"})

    document = weasyprint.HTML(string=html, url_fetcher=ImageFetcher(allowed_protocols=()))
    options = {"pdf_variant": "pdf/ua-1", "pdf_forms": True, "uncompressed_pdf": True}
    known = {} if read is None else dict(read)
    with _missing_glyphs() as missing, paused_collector():
        laid_out = document.render(
            font_config=fonts, stylesheets=[*styles, *_theme_styles(theme)], cache=known, **options
        )
        pdf: bytes = laid_out.write_pdf(**options)
    if read is not None:
        # What was refused is asked for again by the next document, and refused again.
        read |= {url: known[url] for url in images if url in known}
    if theme is not None and refused:
        raise _refusal(theme.folder, refused[0])
    # Bubble pages come behind the end.
    ended = next((page for page in laid_out.pages if END in page.anchors), laid_out.pages[-1])
    filled = ended.anchors.get(END, (0.0, ended.height))[1] / ended.height
    return SetPages(pdf, "".join(missing), len(laid_out.pages), filled)


@contextmanager
def _missing_glyphs() -> Iterator[dict[str, None]]:
    """Collects, in their order, the characters that WeasyPrint draws as boxes: it tells each to its log.

    Only this tells what was drawn: whether a font of the machine serves is settled when Pango shapes the text.
    """
    found: dict[str, None] = {}
    logger = logging.getLogger("weasyprint")
    level, usual = logger.level, logger.getEffectiveLevel()

    def passed(record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and str(record.msg).startswith(".notdef glyph"):
            found[str(record.args[0])] = None
            return False
        return record.levelno >= usual

    logger.addFilter(passed)
    # A program that silences WeasyPrint is told of its boxes all the same.
    logger.setLevel(logging.WARNING)
    try:
        yield found
    finally:
        logger.removeFilter(passed)
        logger.setLevel(level)


def _not_looked_for(name: str) -> str | None:  # noqa: ARG001
    return None


def _refusal(where: Path, url: str) -> ExamgenError:
    return ExamgenError(
        f"{where}: names {url.removeprefix(THEME)[:80]!r}; a theme may read no files and no addresses, only name the "
        "fonts of this machine"
    )


def _weasyprint() -> Any:
    with warnings.catch_warnings():
        # The shipped fonts suffice on a machine that has none.
        warnings.filterwarnings("ignore", ".*Expect ugly output")
        try:
            with _known_libraries():
                import weasyprint
        except OSError:
            raise SetupError(PANGO_MISSING) from None
    return weasyprint


@contextmanager
def _known_libraries() -> Iterator[None]:
    """WeasyPrint asks for its libraries by the names that they have on other systems, too, and on Linux Python starts a
    compiler to look for each that the loader does not know: dozens of processes before the first page."""
    usual = util.find_library
    if sys.platform == "linux":
        util.find_library = _not_looked_for
    try:
        yield
    finally:
        util.find_library = usual


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


@lru_cache(maxsize=4)
def _theme_styles(theme: Theme | None) -> "list[CSS]":
    """A theme's own rules, which may read nothing."""
    if theme is None or not theme.css:
        return []
    weasyprint = _weasyprint()
    from weasyprint.urls import URLFetcher

    refused: list[str] = []

    class NoFetcher(URLFetcher):  # type: ignore[misc]
        """Reads nothing."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            refused.append(url)
            raise ValueError(f"a theme may not read {url}")

    sheet = weasyprint.CSS(
        string=theme.css,
        base_url=THEME,
        font_config=_styles()[0],
        url_fetcher=NoFetcher(allowed_protocols=()),
    )
    if refused:
        raise _refusal(theme.folder / STYLE, refused[0])
    return [sheet]


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
