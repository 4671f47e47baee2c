"""How a long run tells how far it has come."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

SECONDS_BETWEEN = 0.1
"""From one drawing of a bar to the next."""

Progress = Callable[[int, int], None]
"""Called with the number of things done and of all, such as papers."""


@contextmanager
def bar(what: str) -> Iterator[Progress]:
    """A bar on a terminal, on stderr, or in a notebook, below the cell.

    Args:
        what: the things, such as "papers".
    """
    from rich.console import Console  # takes a tenth of a second, and few runs are watched
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(what.capitalize()), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    if Console().is_jupyter:
        yield _in_a_cell(what)
        return
    # Drawn by who tells it, and by no thread beside: a process with threads cannot be copied.
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as shown:
        yield _drawn_anew(shown, shown.add_task(what, total=None))


def _drawn_anew(shown: "Bar", task: "TaskID") -> Progress:
    """Draws the bar when it was not drawn for a while."""
    drawn = -SECONDS_BETWEEN

    def tell(done: int, of_all: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        is_due = now - drawn >= SECONDS_BETWEEN
        drawn = now if is_due else drawn
        shown.update(task, completed=done, total=of_all, refresh=is_due)

    return tell


def _in_a_cell(what: str) -> Progress:
    """A line below the cell of a notebook that is written anew; Rich has none where widgets are not installed."""
    from IPython.display import display  # a notebook has it

    line = display({"text/plain": ""}, raw=True, display_id=True)
    return lambda done, of_all: line.update({"text/plain": f"{done:,} of {of_all:,} {what}"}, raw=True)


@contextmanager
def told(progress: Progress | bool | None, what: str) -> Iterator[Progress | None]:
    """What a run calls: a bar where True is asked for, nothing where False or None."""
    if progress is True:
        with bar(what) as shown:
            yield shown
    else:
        yield progress or None
