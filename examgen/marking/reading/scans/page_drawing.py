"""Has the pages of a PDF drawn by another process, so that no file can use up the memory or the time of the marking.

Called by `picture_files`. The other process (`page_child`) draws one page after another as they are taken, so that one
is in memory; where a page takes too long or ends the process, the file's pages behind it are not read. What comes back
is believed in nothing: lines and pixels are counted.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np

from examgen.errors import AnswersError
from examgen.marking.reading.scans import page_child
from examgen.marking.reading.scans.straightening import MOST_PIXELS, Grey
from examgen.tables.spreadsheet_reader import deadline

MOST_PAGES = 2_000
PAGE_SECONDS = 20.0
"""A page of a scan takes a tenth of one; a machine may be busy."""

_START_SECONDS = 60.0
_DOTS = 200.0
"""To an inch."""

_MOST_LINE = 1_000


class _EndedError(Exception):
    """The other process ended, or said what it never says."""


def drawn_pages(where: str, path: Path | None, data: bytes) -> Iterator[Grey | None]:
    """The pages of a PDF in order; None for one that cannot be drawn.

    Args:
        where: the file, for messages.
        path: of the file where it lies on the disk; else its bytes are given.

    Raises: AnswersError: it is no PDF, has too many pages, or a page takes too long.
    """
    process = _started(where)
    page = 0
    try:
        with deadline(process, _START_SECONDS):
            count = _count(where, process, path, data)
        while page < count:
            page += 1
            with deadline(process, PAGE_SECONDS):
                grey = _page(_pipe(process.stdout))
            yield grey
    except (_EndedError, OSError, ValueError, KeyError, TypeError):
        at = f"page {page:,}" if page else "it"
        raise AnswersError(
            f"{where}: {at} takes more than {PAGE_SECONDS:g} seconds or too much memory to draw; what comes behind was "
            f"not read"
        ) from None
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                _pipe(pipe).close()


def _started(where: str) -> "subprocess.Popen[bytes]":
    found = (find_spec(name) for name in ("pypdfium2", "numpy"))
    packages = [str(Path(one.origin).parent.parent) for one in found if one is not None and one.origin]
    # Isolated, as for spreadsheets: neither the environment nor files beside it change what the other process runs.
    command = [sys.executable, "-I", page_child.__file__, *dict.fromkeys(packages)]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        raise AnswersError(f"{where}: PDFs cannot be drawn here, as Python cannot start itself") from None


def _count(where: str, process: "subprocess.Popen[bytes]", path: Path | None, data: bytes) -> int:
    request = {"path": str(path) if path else "", "bytes": len(data), "most": MOST_PAGES, "dots": _DOTS}
    given = _pipe(process.stdin)
    given.write(json.dumps({**request, "pixels": MOST_PIXELS}).encode() + b"\n" + data)
    given.flush()
    reply = _reply(_pipe(process.stdout))
    if "fault" in reply:
        raise AnswersError(f"{where}: is a damaged or protected PDF, or one without pages")
    count = int(reply["pages"])
    if count > MOST_PAGES:
        raise AnswersError(f"{where}: has {count:,} pages; at most {MOST_PAGES:,} are allowed; split it")
    return count


def _page(pipe: IO[bytes]) -> Grey | None:
    reply = _reply(pipe)
    width, height = int(reply["width"]), int(reply["height"])
    if not 0 <= width <= MOST_PIXELS + 1 or not 0 <= height <= MOST_PIXELS + 1:
        raise _EndedError
    data = pipe.read(width * height)
    if len(data) < width * height:
        raise _EndedError
    return np.frombuffer(data, dtype=np.uint8).reshape(height, width) if data else None


def _reply(pipe: IO[bytes]) -> dict[str, Any]:
    line = pipe.readline(_MOST_LINE)
    reply = json.loads(line) if line.endswith(b"\n") else None
    if not isinstance(reply, dict):
        raise _EndedError
    return reply


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # as it was asked for
    return pipe
