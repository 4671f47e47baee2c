"""How a long run tells how far it has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    with Bar(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, of_all: shown.update(task, completed=done, total=of_all)


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
