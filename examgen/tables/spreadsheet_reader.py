"""Has spreadsheets read by another process, so that no file can use up the memory or the time of the marking.

Called by `spreadsheets`. The other process (`spreadsheet_child`) is started at the first file and reads all that
follow; where one of them takes too long or ends the process, that file alone is refused, and the next gets a new one.

A request is a line of JSON with the number of bytes behind it. For each sheet comes a line with its first rows, which
is answered by `rows`, `next` or `stop`; behind `rows` come lines with the other rows and a last one. A line with a
`fault`, which is empty where all went well, ends the file. What comes back is believed in nothing: lines, rows and
texts are counted and checked.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any

from examgen.errors import AnswersError
from examgen.tables import spreadsheet_child
from examgen.tables.text import printable

MAX_SECONDS = 4.0  # a file is to be refused within 5, and something is done before and behind
_START_SECONDS = 60.0  # a machine may be very busy; no file is in it yet
_MAX_LINE = 64 * 1024 * 1024
_MAX_REPLY = 128 * 1024 * 1024
_LARGE = 128 * 1024 * 1024
"""A process that keeps so much memory is not used again, so that no file leaves less of it to the next."""

_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "damaged": "is damaged or has a password; open it in a spreadsheet and save it again without one",
        "declares entities": "declares entities, as no spreadsheet does; save it again as xlsx, ods or CSV",
        "too large": "is too large for a spreadsheet; save it as CSV",
    }
)

Row = tuple[int, list[str]]


@dataclass(frozen=True, eq=False, slots=True)
class Head:
    """How a sheet begins: its name, the columns that it spans, and its first rows that are not blank, with numbers."""

    sheet: str
    width: int
    rows: list[Row]


class _BrokenError(Exception):
    """The other process ended, or said what it never says."""


class SpreadsheetReader:
    """The other process, for as long as it is needed; `spent` are the seconds that files have taken."""

    def __init__(self) -> None:
        self.spent = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "SpreadsheetReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(
        self, where: str, data: bytes, longest: int, wants: Callable[[Head], bool], seconds: float = MAX_SECONDS
    ) -> list[Row] | None:
        """Show the sheets of a file one after another; the rows of the first that is wanted, None where none is.

        Args:
            where: the file, for messages.
            longest: characters of a cell; of longer cells one more than that comes back.
            wants: is shown the head of every sheet.
            seconds: that the file may take.

        Raises: AnswersError if the file cannot be read within these limits.
        """
        process = self._started(where)
        begin = time.monotonic()
        with deadline(process, seconds) as expired:
            try:
                rows, fault, memory = _conversation(process, data, longest, wants, seconds)
            except (_BrokenError, OSError, ValueError, TypeError, KeyError, RecursionError):
                rows, fault, memory = None, {"fault": "died"}, _LARGE
        self.spent += time.monotonic() - begin
        if expired.is_set() or memory >= _LARGE:
            self._end()
        if expired.is_set() and fault.get("fault") == "died":
            raise AnswersError(f"{where}: takes more than {seconds:g} seconds to read; save it as CSV")
        if fault["fault"]:
            raise AnswersError(f"{where}: {_told(fault)}")
        return rows

    def _started(self, where: str) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        try:
            self._process = _start()
            with deadline(self._process, _START_SECONDS):
                line = _pipe(self._process.stdout).readline(100)
        except OSError:
            line = b""
        if self._process is None or not line.startswith(b'{"ready":'):
            self._end()
            raise AnswersError(
                f"{where}: spreadsheets cannot be read here, as Python cannot start itself; save it as CSV"
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _close(pipe)


def _start() -> "subprocess.Popen[bytes]":
    # Isolated: neither variables of the environment nor files beside it change what the other process runs. So it is
    # told where the parser is, which may lie where only this process looks.
    found = find_spec("python_calamine")
    packages = str(Path(found.origin).parent.parent) if found is not None and found.origin else ""
    command = [sys.executable, "-I", spreadsheet_child.__file__, packages]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@contextmanager
def deadline(process: "subprocess.Popen[bytes]", seconds: float) -> Iterator[threading.Event]:
    """End another process when its time is up; whether that was so."""
    expired = threading.Event()

    def end() -> None:
        expired.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        timer.join()


def _conversation(
    process: "subprocess.Popen[bytes]", data: bytes, longest: int, wants: Callable[[Head], bool], seconds: float
) -> tuple[list[Row] | None, Mapping[str, str], int]:
    """Rows, the last line and the memory that the process has now; raises where the process ends."""
    given = _pipe(process.stdin)
    replies = _replies(_pipe(process.stdout))
    request = {"bytes": len(data), "longest": longest, "seconds": seconds}
    given.write(json.dumps(request).encode() + b"\n" + data)
    given.flush()
    rows: list[Row] | None = None
    for reply in replies:
        if "fault" in reply:
            return rows, {key: str(reply.get(key, "")) for key in ("fault", "told")}, int(reply["memory"])
        head = Head(str(reply["sheet"]), int(reply["width"]), _rows(reply))
        is_wanted = wants(head) and rows is None
        given.write(b"rows\n" if is_wanted else b"next\n")
        given.flush()
        if is_wanted:
            rows = head.rows.copy()
            for more in replies:
                if "rows" not in more:
                    break
                rows += _rows(more)
            if "fault" in more:
                return None, {key: str(more.get(key, "")) for key in ("fault", "told")}, int(more["memory"])
    raise _BrokenError


def _replies(pipe: IO[bytes]) -> Iterator[dict[str, Any]]:
    left = _MAX_REPLY
    while line := pipe.readline(_MAX_LINE):
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            break
        reply = json.loads(line)
        if not isinstance(reply, dict):
            break
        yield reply
    raise _BrokenError


def _rows(reply: Mapping[str, Any]) -> list[Row]:
    """Rows as they were sent, if they are rows."""
    rows: list[Row] = []
    for number, cells in reply["rows"]:
        if type(number) is not int or type(cells) is not list:
            raise _BrokenError
        "".join(cells)  # raises where one is no text
        rows.append((number, cells))
    return rows


def _told(fault: Mapping[str, str]) -> str:
    if fault["fault"] == "died":
        most = spreadsheet_child.MAX_MEMORY // 1024**2
        return f"takes more than {most} MB of memory to read, or is damaged; save it as CSV"
    if told := _FAULTS.get(fault["fault"]):
        return told
    return f"is no readable spreadsheet ({printable(fault['told'], 100)}); save it again as xlsx, ods or CSV"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # as it was asked for
    return pipe


def _close(pipe: IO[bytes] | None) -> None:
    with suppress(OSError):  # what was not sent yet is for nobody now
        _pipe(pipe).close()
