"""Which of the files that come in are read, and what is said of the others: by their names alone.

Called by `uploads`; what a file that is read really holds, `sheets` finds out.
"""

from collections.abc import Mapping
from types import MappingProxyType

from examgen.tables.csv_tables import printable

TABLES = (".csv", ".tsv", ".tab", ".txt")
SPREADSHEETS = (".xlsx", ".xlsm", ".ods")
FORMS = (".pdf",)
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
ZIP = ".zip"
PACKAGES = (".numbers", ".pages", ".rtfd")
"""Folders that a Mac shows as files."""

READ = (*TABLES, *SPREADSHEETS, *FORMS, *PICTURES, ZIP)

_HIDDEN = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx"})
"""What systems leave in folders, beside all that begins with a point."""

_ADVICE = "save the sheet as CSV or xlsx"

PICTURE_ADVICE = f"type the answers into a sheet, and {_ADVICE}"

_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        f"an old kind of spreadsheet; {_ADVICE}": (".xls", ".xlt", ".xlsb", ".sxc", ".fods", ".dif", ".sylk", ".slk"),
        f"a sheet of Numbers; {_ADVICE}": (".numbers",),
        f"a link to a sheet on the web; {_ADVICE}": (".gsheet", ".url", ".webloc", ".lnk"),
        f"a text document; {_ADVICE}": (".doc", ".docx", ".odt", ".rtf", ".rtfd", ".pages", ".md", ".tex", ".gdoc"),
        f"a web page; {_ADVICE}, or with the button of the page": (".html", ".htm", ".mht", ".mhtml", ".xhtml"),
        f"a picture of a kind that is not read; save photos of answer pages as JPEG or PNG, or {PICTURE_ADVICE}": (
            *(".gif", ".heic", ".heif", ".avif", ".webp", ".bmp", ".svg"),
        ),
        f"packed in a way that is not opened; pack it as zip, or {_ADVICE}": (
            *(".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"),
        ),
        f"an unfinished download; wait for its end, or {_ADVICE}": (".part", ".crdownload", ".download", ".tmp"),
    }
)
_BY_SUFFIX = MappingProxyType({suffix: told for told, suffixes in _KINDS.items() for suffix in suffixes})


def suffix_of(name: str) -> str:
    """The suffix of a file's name in lower case, empty where it has none."""
    stem, point, suffix = name.rstrip(" .").rpartition(".")
    return f".{suffix.lower()}" if point and stem else ""


def is_hidden(name: str) -> bool:
    """Whether a file or folder is passed over without a word."""
    if name in {".", ".."} or _is_lock(name):
        return False
    return name.startswith(".") or name.lower() in _HIDDEN


def known_fault(name: str) -> str:
    """Why a file of this name is certainly no sheet, as the rest of a sentence; empty where it may be one."""
    if _is_lock(name):
        return f"is not read: the lock of a file that was open; close that file, and {_ADVICE}"
    told = _BY_SUFFIX.get(suffix_of(name))
    return f"is not read: {told}" if told else ""


def kind_fault(name: str) -> str | None:
    """Why a file of this name is not read, as the rest of a sentence.

    Returns: empty where it is read, and None where it is passed over without a word.
    """
    if is_hidden(name):
        return None
    if told := known_fault(name):
        return told
    suffix = suffix_of(name)
    if suffix in READ:
        return ""
    kind = f"files that end in {printable(suffix, 20)} are no sheets" if suffix else "its name has no ending"
    return f"is not read: {kind}; {_ADVICE}"


def _is_lock(name: str) -> bool:
    return name.startswith(("~$", ".~lock."))
