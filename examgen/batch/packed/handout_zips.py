"""Zip files with handouts: what they are called, and their bytes, the same for the same handouts."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from examgen.exams.folders.files import folder_name

SUFFIX = ".zip"
EVERYBODY, NO_GROUP = "all", "no-group"
"""What the file is called where there are no groups, and the one of students who are in none of them."""

_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can tell."""

_UNIX, _ORDINARY_FILE = 3, 0o100644 << 16
_DIGITS = 8


def zip_names(groups: Sequence[str]) -> dict[str, str]:
    """The file of each group, whatever it is called; empty for students who are in none.

    Names that differ in capitals only would be one file on some systems; such ones all get digits of their hash.
    """
    wanted = dict.fromkeys(groups)
    if wanted.keys() <= {""}:
        return dict.fromkeys(wanted, f"{EVERYBODY}{SUFFIX}")
    slugs = {group: folder_name(group) if group else NO_GROUP for group in wanted}
    taken = Counter(slug.lower() for slug in slugs.values())
    return {
        group: f"{_apart(slug, group) if taken[slug.lower()] > 1 else slug}{SUFFIX}" for group, slug in slugs.items()
    }


def zip_pieces(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip file of these files, in pieces."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(_entry(name), content)
            yield pipe.taken()
    yield pipe.taken()


def _apart(slug: str, group: str) -> str:
    # No name has this sign by itself.
    return f"{slug}~{hashlib.sha256(group.encode()).hexdigest()[:_DIGITS]}"


def _entry(name: str) -> zipfile.ZipInfo:
    """A file without what differs from one run or system to another."""
    entry = zipfile.ZipInfo(name, _FIRST_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = _UNIX, _ORDINARY_FILE
    return entry


class _Pipe(io.RawIOBase):
    """Where a zip file is written to and never looked back at."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(memoryview(data))  # type: ignore[arg-type]
        self._waiting.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since this was asked last."""
        waiting = b"".join(self._waiting)
        self._waiting.clear()
        return waiting
