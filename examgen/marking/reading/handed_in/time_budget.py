"""How long the files of an upload may take to read together, so that no student's files hold up the marking of others.

Called by `class_sheets`. An upload is what lies in one folder or zip file within what was given; the files that lie
loose there may be those of as many students, and are one upload that is charged only for what a file takes too long.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from examgen.marking.reading.problems import Problem, file_problem
from examgen.tables.csv_tables import printable
from examgen.tables.spreadsheet_reader import SpreadsheetReader

FREE_SECONDS = 0.1
"""What a loose file takes without being charged: some times what an honest one takes."""

_FREE_TIMES = 10  # of the limit, after which loose files are not read for nothing any more


class TimeBudget:
    """The seconds that are left to each upload.

    Attributes:
        taken: what the file that was read last took.
    """

    def __init__(self, root: Path, paths: Iterable[Path], limit: float) -> None:
        """A budget for these files below what was given.

        Args:
            root: what was given. A folder that holds all files is passed through, as programs pack a class into one.
            limit: seconds of an upload.
        """
        self.limit, self.taken = limit, 0.0
        self._root = _inner_root(root, paths)
        self._charged: dict[Path, float] = defaultdict(float)
        self._free = _FREE_TIMES * limit

    def upload_of(self, path: Path) -> Path:
        """What a file is charged to."""
        parts = path.parts[len(self._root.parts) :]
        return self._root / parts[0] if len(parts) > 1 else self._root

    def left(self, path: Path) -> float:
        """Seconds that a file may take; 0 where it must not be read any more."""
        upload = self.upload_of(path)
        left = max(0.0, self.limit - self._charged[upload])
        if upload != self._root:
            return left
        # So that the slow files among those of a class cost the honest ones nothing.
        return max(left, min(FREE_SECONDS, self._free))

    @contextmanager
    def charged(self, path: Path, reader: SpreadsheetReader | None) -> Iterator[None]:
        """Charge what is done meanwhile: processor time, as a disk may be slow, and the time of another process."""
        begin, others = time.thread_time(), reader.spent if reader else 0.0
        try:
            yield
        finally:
            self.taken = time.thread_time() - begin + (reader.spent if reader else 0.0) - others
            upload = self.upload_of(path)
            free = min(self.taken, FREE_SECONDS) if upload == self._root else 0.0
            self._free -= free
            self._charged[upload] += self.taken - free

    def problem(self, path: Path) -> Problem:
        """What is told of a file that is not read."""
        upload = self.upload_of(path)
        whose = "the files given" if upload == self._root else f"the files of {printable(upload.name, 60)}"
        told = f"{whose} take more than {self.limit:g} seconds to read, so this one was not; see --time-limit"
        return file_problem(path, "out_of_time", f"{printable(path)}: {told}")


def _inner_root(root: Path, paths: Iterable[Path]) -> Path:
    """The innermost folder that holds all files, or the given one; a zip file within it is an upload of its own."""
    folders = [path.parent.parts for path in paths]
    if not folders:
        return root
    for first, last in zip(min(folders)[len(root.parts) :], max(folders)[len(root.parts) :], strict=False):
        if first != last or first.lower().endswith(".zip"):
            break
        root /= first
    return root
