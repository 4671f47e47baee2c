"""The members of a zip file, to be read one by one.

Called by `marking` for what a class hands in, and by `spreadsheets`, which are zips. Nothing is unpacked to the disk,
no name leads out of the zip, and what does not look like answer sheets of a class is told and left: nested zips,
encrypted members, other ways of packing, and bombs.
"""

import calendar
import io
import stat
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from examgen.errors import AnswersError
from examgen.tables.csv_tables import printable

MAX_BYTES = 512 * 1024 * 1024
MAX_DIRECTORY = 8 * 1024 * 1024  # bytes of the list of members, of which each takes many times its bytes in memory
MAX_MEMBERS = 50_000
MAX_DEPTH = 32  # folders within one another
MAX_RATIO = 200  # of the unpacked to the packed bytes; sheets of a class have some 20
SMALL = 1024 * 1024  # what unpacks to less may have any ratio
ZIP_START = b"PK\x03\x04"

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_CONTENT_TYPES, _MIMETYPE = "[Content_Types].xml", "mimetype"
_OFFICE = MappingProxyType({"word": "a Word document", "ppt": "a presentation"})
_OPEN_DOCUMENTS = MappingProxyType(
    {b"opendocument.text": "a text document", b"opendocument.presentation": "a presentation", b"epub": "a book"}
)


class Unread(NamedTuple):
    """A member that is not read, and why, as the rest of a sentence behind its name.

    Attributes:
        member: of a file whose name alone says that it is not read, the file.
    """

    path: Path
    fault: str
    member: "Member | None" = None


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip; `read` is as in `uploads.Upload`."""

    path: Path
    size: int
    modified: float
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    def read(self, most: int) -> bytes:
        """Its bytes; raises AnswersError if there are more than allowed, or if they are damaged."""
        where = printable(self.path)
        try:
            with self.archive.open(self.info) as file:
                data = file.read(most + 1)
        # zipfile's own errors, zlib's, and whatever a broken list of members leads to.
        except Exception as error:
            told = printable(" ".join(str(error).split()) or type(error).__name__, 100)
            raise AnswersError(f"{where}: cannot be unpacked ({told}); pack it again") from error
        if len(data) > most:
            raise AnswersError(f"{where}: has more than {most:,} bytes, the most allowed")
        return data


def members_of(
    path: Path, archive: zipfile.ZipFile, kind_fault: Callable[[str], str | None]
) -> tuple[list[Member], list[Unread]]:
    """The members that may be answer sheets, and what is told about others.

    Args:
        path: of the zip file; those of its members are below it.
        kind_fault: why a file of this name is not read, as the rest of a sentence; empty where it is read, and None
            where it is passed over.
    """
    found: list[Member] = []
    unread: list[Unread] = []
    names: set[str] = set()
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")  # as some programs write it, whatever the format says
        parts = name.split("/")
        faults = [kind_fault(part) for part in parts]
        if name.endswith("/") or None in faults:
            continue
        place = path / printable(name, 200).lstrip("/")
        member = Member(path / name, info.file_size, _modified(info), archive, info)
        if told := faults[-1]:
            unread.append(Unread(place, told, None if name.lower().endswith(".zip") else member))
        elif fault := _fault(info, parts, name in names):
            unread.append(Unread(place, fault))
        else:
            found.append(member)
        names.add(name)
    return found, unread


def open_zip(where: str, data: bytes) -> zipfile.ZipFile:
    """The zip of these bytes, its list of members read.

    Raises: AnswersError if the bytes are no zip, or one with too many members.
    """
    if _directory_size(data) > MAX_DIRECTORY:
        raise AnswersError(f"{where}: has too many members; at most {MAX_MEMBERS:,} are allowed")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # zipfile raises more kinds than its own for broken files
        told = printable(" ".join(str(error).split()) or type(error).__name__, 100)
        raise AnswersError(f"{where}: is a damaged zip file ({told}); pack it again") from error
    if len(archive.infolist()) > MAX_MEMBERS:
        raise AnswersError(f"{where}: has too many members; at most {MAX_MEMBERS:,} are allowed")
    return archive


def unreadable_way(info: zipfile.ZipInfo) -> str:
    """Why a member cannot be unpacked safely; empty where it can."""
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted; hand it in without a password"
    if info.compress_type not in _READABLE:
        return "is packed in an unusual way; pack it again"
    if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"unpacks to more than {MAX_RATIO} times its size, which no answer sheet does"
    return ""


def office_kind(archive: zipfile.ZipFile) -> str:
    """What its members make of a zip file: "a spreadsheet", or what else it is."""
    names = archive.namelist()
    if _CONTENT_TYPES in names:
        found = {name.partition("/")[0].lower() for name in names}
        return next((kind for folder, kind in _OFFICE.items() if folder in found), "a spreadsheet")
    if _MIMETYPE in names and not unreadable_way(info := archive.getinfo(_MIMETYPE)):
        try:
            with archive.open(info) as file:
                told = file.read(200)
        except Exception:  # zipfile's own errors, zlib's, and whatever a broken file leads to
            return "a spreadsheet"
        return next((kind for word, kind in _OPEN_DOCUMENTS.items() if word in told), "a spreadsheet")
    if any(name.endswith((".iwa", "Index.zip")) for name in names):
        return "a file of Numbers, Pages or Keynote"
    return "a spreadsheet" if "content.xml" in names else "a zip file"


def _fault(info: zipfile.ZipInfo, parts: Sequence[str], is_there: bool) -> str:
    """Why a member is not read."""
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return "its name leads out of the folder, so it is not read"
    if len(parts) > MAX_DEPTH:
        return f"lies deeper than {MAX_DEPTH} folders, the most allowed"
    if is_there:
        return "is there twice; only the first is read"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link is not followed; put the file itself into the zip"
    return unreadable_way(info)


def _modified(info: zipfile.ZipInfo) -> float:
    return float(calendar.timegm((*info.date_time, 0, 0, 0)))


def _directory_size(data: bytes) -> int:
    """How many bytes the list of members says that it has; 0 where there is none."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + 22 > len(data):
        return 0
    size = int(struct.unpack_from("<L", data, at + 12)[0])
    large = data.rfind(b"PK\x06\x06", max(0, at - 65_557), at)
    if large >= 0 and large + 48 <= len(data):
        size = max(size if size != 0xFFFFFFFF else 0, int(struct.unpack_from("<Q", data, large + 40)[0]))
    return size
