"""The records of papers of a run, as objects: none can be added to, so that a journal has many pieces.

What is not in a piece yet when a run is killed is made again, with the same bytes.
"""

import re
import time
from dataclasses import dataclass, field

from examgen.batch.claiming import KEY
from examgen.batch.manifest import journal_lines
from examgen.batch.paper_orders import PaperRecord
from examgen.exams.folders.objects import ObjectStore

PIECE = re.compile(r"progress-\d{6,}\.jsonl")
MOST_RECORDS = 1_000
MOST_SECONDS = 10.0
"""After so many records or so long, a piece is written."""


@dataclass(slots=True, eq=False)
class PieceJournal:
    """Writes key/progress-000001.jsonl and so on, behind those that are there."""

    store: ObjectStore
    lines: list[bytes] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    number: int = -1

    def add(self, code: str, record: PaperRecord) -> None:
        """Note a paper, by its variant code.

        Raises: ExamgenError: the store does not take it.
        """
        self.lines.append(journal_lines(code, record))
        if len(self.lines) >= MOST_RECORDS or time.monotonic() - self.begun > MOST_SECONDS:
            self.close()

    def close(self) -> None:
        """Write what is noted and not written yet."""
        self.begun = time.monotonic()
        if content := b"".join(self.lines):
            self.number = self.number + 1 if self.number >= 0 else self._next()
            self.store.write({f"{KEY}/progress-{self.number:06}.jsonl": content})
        self.lines.clear()

    def remove(self) -> None:
        """A run that came to its end has a manifest instead."""
        self.store.remove(f"{KEY}/{name}" for name in self._pieces())

    def _next(self) -> int:
        return max((int(re.sub(r"\D", "", name)) for name in self._pieces()), default=0) + 1

    def _pieces(self) -> list[str]:
        return [name for name in self.store.names(KEY) if PIECE.fullmatch(name)]
