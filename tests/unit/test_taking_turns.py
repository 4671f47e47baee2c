"""One process at a time, the others wait: for layouts that several workers need at once."""

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from examgen.batch.running.pool import work_through
from examgen.exams.folders.holding import in_turn


@dataclass(frozen=True)
class TakesTurns:
    """Notes when it had its turn."""

    folder: Path

    def __call__(self, _: int) -> tuple[float, float]:
        """Beginning and end of a turn."""
        with in_turn(self.folder / "turn.lock"):
            begun = time.monotonic()
            time.sleep(0.02)
            return begun, time.monotonic()


def test_turns_do_not_overlap(tmp_path: Path) -> None:
    """Whoever comes second waits; the lock file goes with the last."""
    turns = sorted(one.result for one in work_through(TakesTurns(tmp_path), range(12), 3))
    assert all(end <= begin for (_, end), (begin, _) in pairwise(turns))
    assert not list(tmp_path.iterdir())


def test_where_there_can_be_no_lock_nobody_waits(tmp_path: Path) -> None:
    """A cache in a place that is no folder is no reason to stop."""
    (tmp_path / "file").write_text("")
    with in_turn(tmp_path / "file" / "turn.lock"):
        pass
