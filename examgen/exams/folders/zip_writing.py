"""Zip files as bytes, the same for the same members; handouts and packages for other platforms are made of them."""

import io
import zipfile
from collections.abc import Iterable, Iterator

_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can tell."""

_UNIX, _ORDINARY_FILE = 3, 0o100644 << 16


def zip_pieces(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip file of these files, in pieces."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(_entry(name), content)
            yield pipe.taken()
    yield pipe.taken()


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
