"""Keeps skeletons on disk between runs, so that the second paper of a shape needs no layout.

A file is named by a hash of everything that it depends on: the page, the templates and fonts, and the versions of the
libraries. It holds data only, and a checksum to which the page belongs as well; a page whose file is half written,
changed, of another page or of another version is laid out anew.
"""

import hashlib
import hmac
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from examgen.documents.pdf.stamping import PaperSkeleton
from examgen.documents.pdf.stored.stored_form import FORMAT, skeleton_bytes, skeleton_from
from examgen.errors import ExamgenError
from examgen.exams.folders.files import write_files
from examgen.exams.folders.holding import in_turn
from examgen.resources import shipped

LIBRARIES = ("examgen", "fonttools", "jinja2", "math-core", "pikepdf", "weasyprint")
PROGRAMS = ("documents", "exams/bubbles", "typeset")
"""The rooms of the package whose programs make pages."""

MOST_FILES = 400
"""Beyond so many skeletons the oldest are thrown away."""

MOST_BYTES = 64 * 1024 * 1024
CHECKSUM_BYTES = 32


def kept(page: str, texts: int, lay_out: Callable[[], PaperSkeleton], gaps: int = 0) -> PaperSkeleton:
    """The skeleton of a page: the stored one, or a new one, which one process lays out while others wait for it.

    Args:
        page, texts, gaps: as for `load`.
        lay_out: makes it. One whose fonts lack characters is not stored, as they may be there the next time.
    """
    if (found := load(page, texts, gaps)) is not None:
        return found
    with in_turn(_folder() / f"{_name(page)}.lock") if _folder().is_absolute() else nullcontext():
        if (found := load(page, texts, gaps)) is None:
            found = lay_out()
            if not found.missing:
                save(page, found)
    return found


def load(page: str, texts: int, gaps: int = 0) -> PaperSkeleton | None:
    """The stored skeleton of a page, None where there is no sound one.

    Args:
        page: everything that the layout depends on but templates, fonts and libraries, as text.
        texts, gaps: how many the page has.
    """
    path = _folder() / _name(page)
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return None
        packed = path.read_bytes()
        checksum, body = packed[:CHECKSUM_BYTES], packed[CHECKSUM_BYTES:]
        if not hmac.compare_digest(_checksum(page, body), checksum):
            return None
        return skeleton_from(zlib.decompressobj().decompress(body, MOST_BYTES), texts, gaps)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, zlib.error):
        return None


def save(page: str, skeleton: PaperSkeleton) -> None:
    """Store a skeleton; where that is not possible, the next run lays it out again."""
    if not _folder().is_absolute():
        return  # a machine without a home would get a folder called ~ wherever it works
    body = zlib.compress(skeleton_bytes(skeleton), 1)
    try:
        write_files(_folder(), {_name(page): _checksum(page, body) + body})
        _throw_away_oldest()
    except (ExamgenError, OSError):
        return


def _throw_away_oldest() -> None:
    files = sorted(_folder().glob("*.skeleton"), key=lambda path: path.stat().st_mtime)
    for path in files[:-MOST_FILES]:
        path.unlink(missing_ok=True)


def _folder() -> Path:
    return user_cache_path("examgen")


def _name(page: str) -> str:
    return hashlib.sha256(f"{FORMAT}\0{surroundings()}\0{page}".encode()).hexdigest() + ".skeleton"


def _checksum(page: str, body: bytes) -> bytes:
    """With a key that is not in the folder: it fits no file but one that was saved for this very page."""
    return hmac.digest(f"{surroundings()}\0{page}".encode(), body, "sha256")


@cache
def surroundings() -> str:
    """A hash of the templates, fonts, programs and libraries that pages are made with."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[3]
    programs = (path for room in PROGRAMS for path in (package / room).rglob("*.py"))
    for path in sorted(path for path in (*shipped("templates").rglob("*"), *programs) if path.is_file()):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    digest.update(" ".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    return digest.hexdigest()
