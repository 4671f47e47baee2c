"""Prints the report on a large class in another process, which loads its libraries while this one still reads marks.

`python -m` this module is that process: it takes a page and gives its PDF. Where it cannot be started or is ended, this
process prints.
"""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from examgen.documents.report.report_page import ReportPage, TextTable
from examgen.documents.report.report_writing import plots_of, printed_report, web_report

Process = subprocess.Popen[bytes]

_NOTHING = TextTable((), ())
_FIRST = ReportPage(
    "", (), (), (1,) * 10, _NOTHING, _NOTHING, (), (), (), _NOTHING, _NOTHING, "", _NOTHING, _NOTHING, _NOTHING
)
"""A page that loads whatever every report needs: libraries, fonts and style sheets."""


@contextmanager
def report_writer(*, beside: bool) -> Iterator[Callable[[ReportPage], tuple[str, bytes]]]:
    """What makes the web page and the PDF of a report; `SetupError` of both as in `report_writing`.

    Args:
        beside: whether another process is worth its start.
    """
    process = _started() if beside else None
    if process is None:
        yield _files
        return
    with process, ThreadPoolExecutor(1) as thread:
        try:
            yield lambda page: _files_by(process, thread, page)
        finally:
            process.kill()


def _files(page: ReportPage) -> tuple[str, bytes]:
    drawn = plots_of(page)
    return web_report(page, drawn), printed_report(page, drawn)


def _files_by(process: Process, thread: Executor, page: ReportPage) -> tuple[str, bytes]:
    printed = thread.submit(process.communicate, pickle.dumps(page))
    # Drawn there, too, and sooner: its library is loaded.
    drawn = plots_of(page)
    html = web_report(page, drawn)
    pdf, _ = printed.result()
    return html, printed_report(page, drawn) if process.returncode else pdf


def _started() -> Process | None:
    # Safe path: nothing in the current folder changes what it runs.
    command = [sys.executable, "-P", "-m", __name__]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None


def main() -> None:
    """Print a page for nothing, then the one that comes."""
    printed_report(_FIRST, plots_of(_FIRST))
    page: ReportPage = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(printed_report(page, plots_of(page)))


if __name__ == "__main__":
    main()
