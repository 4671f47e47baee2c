"""Files written whole or not at all: every byte is written beside before the first file is touched, then all are
renamed. Also the spelling of CSV, JSON lines and file names that all writers share.
"""

import contextlib
import csv
import errno
import hashlib
import io
import os
import re
import secrets
import shutil
import stat
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from examgen.errors import ExamgenError
from examgen.exams.folders.regular import content_of

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@+")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
_LONGEST_NAME, _KEPT = 120, 100
"""Characters of a name, and those that are kept of a longer one, before 32 digits of its hash."""

_FORMULA = re.compile("'*[=+@\t\r＝＋－＠-]")
_PART = re.compile(r"\.(.+)\.\w{4,16}\.part", re.DOTALL)  # earlier versions took other letters
_PART_NAME = 40
_ORDINARY, _PRIVATE, _PRIVATE_FOLDER = 0o666, 0o600, 0o700

_FULL = (errno.ENOSPC, errno.EDQUOT)

Content = bytes | Iterable[bytes | memoryview]


def write_files(folder: Path, files: Mapping[str, Content], *, private: Collection[str] = ()) -> None:
    """Write files below a folder, by relative path with forward slashes; large ones may come in pieces.

    Each file appears whole or not at all. When one cannot be written, everything is as it was before.

    Args:
        private: names of folders in the folder that only their owner may look into: they and those below them get mode
            700, whatever they had, and the files there 600. All others are as the umask says.

    Raises:
        ExamgenError: a folder or file cannot be written; the message says which.
    """
    written: deque[tuple[Path, Path]] = deque()
    made: list[Path] = []
    ready: set[PurePosixPath] = set()
    try:
        for name, content in files.items():
            target, below = folder / name, PurePosixPath(name).parent
            is_private = PurePosixPath(name).parts[0] in private
            if below not in ready:
                made += missing_folders(target.parent)
                _make_folders(folder, below.parts, is_private=is_private)
                ready.add(below)
            _check_target(target)
            written.append((_write_beside(target, content, _PRIVATE if is_private else _ORDINARY), target))
        while written:
            beside, target = written[0]
            beside.replace(target)
            written.popleft()
    except OSError as error:
        raise unwritable(error, folder) from None
    finally:
        for beside, _ in written:
            beside.unlink(missing_ok=True)
        # A new folder goes again unless files have come into it.
        for new in reversed(made):
            with contextlib.suppress(OSError):
                new.rmdir()


def write_new_files(
    folder: Path, files: Mapping[str, bytes], *, force: bool = False, private: Collection[str] = ()
) -> None:
    """Write files that somebody may have changed since: those are left as they are, and nothing is written.

    Args:
        force: whether they are written over.
        private: as in `write_files`.

    Raises:
        ExamgenError: a file of one of the names holds something else, or cannot be written.
    """
    for name, content in files.items():
        path = folder / name
        if not force and os.path.lexists(path) and _content(path) != content:
            raise ExamgenError(
                f"{path}: is there already and holds something else; nothing was written: choose another folder, or "
                f"write over it with --force"
            )
    write_files(folder, files, private=private)


def _content(path: Path) -> bytes | None:
    try:
        return content_of(path)
    except OSError:
        return None


def unwritable(error: OSError, place: Path) -> ExamgenError:
    """What to raise for a file or folder that cannot be written; `place` is named where the error names none."""
    where = Path(error.filename or place)
    if isinstance(error, FileExistsError):
        return ExamgenError(f"{where}: cannot be written: a file is there, and a folder is needed; choose another one")
    if isinstance(error, NotADirectoryError):
        return ExamgenError(f"{where}: cannot be written: its way leads through a file; choose another folder")
    free = f"; {_free(where)} are free there" if error.errno in _FULL else ""
    return ExamgenError(f"{where}: cannot be written: {error.strerror or error}{free}")


def _free(place: Path) -> str:
    there = next((one for one in (place, *place.parents) if one.exists()), Path())
    return f"{shutil.disk_usage(there).free / 1e6:.1f} MB"


def remove_parts(folder: Path, names: Collection[str] = ()) -> None:
    """Remove what runs that were killed left of half-written files in a folder, and not below it.

    Args:
        names: of the files that they were to become; all if there are none. Nobody else may be writing them now.
    """
    starts = {name[:_PART_NAME] for name in names}
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for one in found:
            part = _PART.fullmatch(one.name)
            if part and (not starts or part[1] in starts) and one.is_file(follow_symlinks=False):
                Path(one.path).unlink(missing_ok=True)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 CSV with LF line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def safe_text(text: str) -> str:
    """Text as a spreadsheet may show it: what it could run as a formula gets an apostrophe in front.

    So does what begins with apostrophes before such a sign, so that different texts stay different; `typed_text` is the
    way back.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def typed_text(text: str) -> str:
    """The text of which `safe_text` made this one; any other text is its own."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def folder_name(student: str) -> str:
    """A file name for any student id: safe characters as they are, others as %XX of UTF-8, as in URLs.

    Different ids get different names; on file systems that do not tell capitals apart, callers check for clashes.
    The empty id is `%`.
    """
    if not student:
        return "%"
    name = student
    if not _SAFE.issuperset(student):
        name = "".join(char if char in _SAFE else "".join(f"%{byte:02X}" for byte in _utf8(char)) for char in student)
    if name.startswith(".") or name.split(".")[0].lower() in _RESERVED:
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name.endswith("."):
        name = f"{name[:-1]}%2E"
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_KEPT]}%{hashlib.sha256(_utf8(student)).hexdigest()[:32]}"
    return name


def _utf8(text: str) -> bytes:
    # Ids of a command line that is no UTF-8 have lone surrogates, which plain UTF-8 refuses.
    return text.encode("utf-8", "surrogatepass")


def missing_folders(folder: Path) -> list[Path]:
    """Of a folder and those above it the ones that are not there, outermost first."""
    return [parent for parent in (folder, *folder.parents) if not parent.exists()][::-1]


def _make_folders(folder: Path, below: Sequence[str], *, is_private: bool) -> None:
    if not is_private:
        folder.joinpath(*below).mkdir(parents=True, exist_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in below:
        folder = folder / name
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        # It may have been made by hand, or by an earlier version; a colleague's folder keeps the mode that it has.
        if stat.S_IMODE(folder.stat().st_mode) & ~_PRIVATE_FOLDER:
            with contextlib.suppress(PermissionError):
                folder.chmod(_PRIVATE_FOLDER)


def _check_target(target: Path) -> None:
    """Fail before any file is renamed where renaming would fail: a folder is in the way, or the name is too long."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISDIR(target.lstat().st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))


def _write_beside(target: Path, content: Content, mode: int) -> Path:
    """A new file beside the target, hidden; `mode` is cut by the umask when it is made, and never after."""
    path = target.with_name(f".{target.name[:_PART_NAME]}.{secrets.token_hex(4)}.part")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
