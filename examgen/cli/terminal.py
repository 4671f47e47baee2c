"""What commands have in common on a terminal: mistakes in one line, notices, and the marks of a class.

Called by the commands; nothing here imports what is slow before it is needed.
"""

import errno
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from examgen.tables.text import on_one_line

if TYPE_CHECKING:
    from examgen.marking.results.graded_class import GradedClass

MAX_NOTICES = 20
"""So many notices are printed; the rest is counted."""


class Commands(TyperGroup):
    """All commands. Where what they print cannot be written, a line on stderr says so; a closed pipe needs none."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command of the arguments, and write what it printed to the last byte."""
        _open_closed_streams()
        if not args and "args" not in extra:  # a process of its own, and no program that calls the command
            sys.meta_path.insert(0, _NoPandas())
        try:
            try:
                return super().main(*args, **extra)
            finally:
                # Python would do it later, when nobody can say any more what is wrong.
                sys.stdout.flush()
        except OSError as error:
            _throw_output_away()
            if error.errno != errno.EPIPE:
                place = f"{error.filename}: " if error.filename else "standard output cannot be written: "
                with suppress(OSError):
                    print_error(f"{place}{error.strerror or error}")
            raise SystemExit(1) from None


@contextmanager
def mistakes_in_one_line() -> Iterator[None]:
    """A user's mistake ends with one line on stderr and exit code 1, and never with a traceback."""
    from examgen.errors import ExamgenError

    try:
        yield
    except ExamgenError as error:
        print_error(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        _end_workers()
        raise typer.Exit(130) from None
    except Terminated:
        typer.echo("Stopped.", err=True)
        _end_workers()
        raise typer.Exit(143) from None


class Terminated(BaseException):
    """Somebody has asked the process to end, as schedulers of machines do."""


@contextmanager
def told_to_end() -> Iterator[None]:
    """A request to end is one to stop in good order, as Ctrl+C is."""

    def end(*_: object) -> None:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the first thread of its process
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end_workers() -> None:
    """Where processes still work, nobody waits for them, however impatient somebody is."""
    workers = multiprocessing.active_children()
    if workers:
        with suppress(ValueError):  # not the first thread of its process
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    for worker in workers:
        worker.kill()


def print_error(text: str) -> None:
    typer.secho("Error: ", fg=typer.colors.RED, bold=True, err=True, nl=False)
    typer.echo(on_one_line(" ".join(text.splitlines())), err=True)


def _open_closed_streams() -> None:
    """Where there is no standard stream at all, as after `>&-`, what goes there goes nowhere.

    Otherwise the next file that is opened would be that stream for the processes that are begun.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    # Python has begun without them.
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


class _NoPandas(MetaPathFinder):
    """Arrow looks for pandas when it is given its first text, and does without where there is none. To load it takes a
    quarter of the time of a small command, and no command has use for a data frame."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("commands do without pandas", name=name)


def _throw_output_away() -> None:
    """What is held back of standard output goes nowhere, or Python would try to write it once more at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def text_width() -> int:
    """Columns for running text: those of the terminal up to a width that is easy to read, 80 where it is piped."""
    return min(max(shutil.get_terminal_size().columns, 40), 100) if sys.stdout.isatty() else 80


def print_notices(notices: Sequence[str]) -> None:
    for notice in notices[:MAX_NOTICES]:
        typer.echo(f"Note: {on_one_line(notice)}")
    if len(notices) > MAX_NOTICES:
        typer.echo(f"Note: and {len(notices) - MAX_NOTICES} more notices like these")


def print_gradebook(graded: "GradedClass") -> None:
    """One line per student who is marked now: a table as wide as the terminal, or tab-separated text where the output
    is piped."""
    from examgen.marking.results.shown_marks import WRAPPED, marks_table

    marks = marks_table(graded)
    if not sys.stdout.isatty():
        marks = marks.piped()
        for row in (marks.header, *marks.rows):
            typer.echo("\t".join(map(on_one_line, row)))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    marks = marks.within(console.width)
    table = Table(title=f"Exam {graded.exam}", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in marks.header:
        is_text = name in WRAPPED
        table.add_column(
            name,
            justify="left" if is_text else "right",
            no_wrap=not is_text,
            overflow="fold",
            style="bold" if name == "student" else "",
        )
    for row in marks.rows:
        # What students write is text: square brackets in it are no markup.
        table.add_row(*(Text(on_one_line(cell)) for cell in row))
    console.print(table)
