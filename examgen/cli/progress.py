"""How far a long run has come, on stderr: a bar on a terminal, a line now and then where it is piped, or JSON.

Called by the commands that make or mark a class.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from examgen.batch.running.run_progress import Progress

SECONDS_BETWEEN = 10.0
"""From line to line where stderr is no terminal."""


@contextmanager
def progress(what: str, *, is_quiet: bool = False, is_json: bool = False) -> "Iterator[Progress | None]":
    """What a run calls with the number of things done and of all; None where nothing is to be told.

    Args:
        what: the things, such as "papers".
        is_quiet: whether nothing is told.
        is_json: whether each line is a JSON object with `done` and `all`.
    """
    if is_quiet:
        yield None
    elif is_json or not sys.stderr.isatty():
        yield _Lines(what, is_json=is_json)
    else:
        from examgen.batch.running.run_progress import bar

        with bar(what) as told:
            yield told


class _Lines:
    """Tells in lines, the first of them only when a run has taken a while."""

    def __init__(self, what: str, *, is_json: bool) -> None:
        self.what, self.is_json = what, is_json
        self.begun = self.told = time.monotonic()
        self.first = self.done = 0

    def __call__(self, done: int, of_all: int) -> None:
        now = time.monotonic()
        if done < self.done:  # the next step, with papers that are there
            self.told = now
        if self.done == 0 or done < self.done:
            # How long the first takes says little of the others: much is made for it that they have, too.
            self.begun, self.first = now, done
        self.done = done
        if now - self.told < SECONDS_BETWEEN:
            return
        self.told = now
        left = (now - self.begun) / (done - self.first) * (of_all - done) if done > self.first else None
        if self.is_json:
            seconds = None if left is None else round(left)
            typer.echo(json.dumps({"done": done, "all": of_all, "seconds_left": seconds}), err=True)
        else:
            about = "" if left is None else f", about {_duration(left)} left"
            typer.echo(f"{done} of {of_all} {self.what}{about}", err=True)


def _duration(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 120 else f"{round(seconds / 60)} min"
