"""What `examgen grade` prints: a table as wide as the terminal, and plain text where it is piped."""

import os
import re
import subprocess
import sys

import pytest
from rich.cells import cell_len

from tests.marking_sheets import make_key, write_sheet

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))

NAMES = {"s1234567": "Maria Magdalena of Austria-Este", "s1234568": "王小明", "s1234569": "Ann [bold]B[/bold]"}
OUTCOMES = ["correct", "follow_through", "imprecise", "wrong", "blank", "unreadable"]
ALWAYS = ["student", "name", "marks", "of", "percent"]
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A class of students with names, whose sheets are right."""
    folder = tmp_path_factory.mktemp("class")
    made = make_key(folder / "exam", students=tuple(NAMES), names=NAMES)
    sheet = write_sheet(folder / "sheet.csv", made.rows)
    return [sys.executable, "-m", "examgen", "grade", str(sheet), "--key", str(made.key), "--out", str(folder / "m")]


def on_terminal(arguments: list[str], width: int) -> list[str]:
    """The lines that a terminal of this width shows, without their styles."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (40, width))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    with subprocess.Popen(arguments, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        shown = b""
        while part := _read(master):
            shown += part
    os.close(master)
    assert process.returncode == 0, shown
    return STYLE.sub("", shown.decode()).splitlines()


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:
        # So Linux says that the other side is closed.
        return b""


@pytest.mark.parametrize(("width", "outcomes"), [(60, 0), (80, 1), (140, 6)])
def test_outcomes_give_way_to_names_and_marks(arguments: list[str], width: int, outcomes: int) -> None:
    """Student, name, marks and percent are there at any usual width, in full; the outcomes that fit stand behind."""
    lines = on_terminal(arguments, width)
    [header] = [line for line in lines if line.split()[:1] == ["student"]]
    assert header.split() == ALWAYS + OUTCOMES[:outcomes]
    table = lines[: next(place for place, line in enumerate(lines) if line.startswith("Key: "))]
    assert all(cell_len(line) <= width and "…" not in line for line in table)
    rows = {line.split()[0]: line for line in lines if line.split()[:1] and line.split()[0] in NAMES}
    for student, name in NAMES.items():
        shown = rows[student] if width > 60 else " ".join(lines)
        assert all(word in shown for word in name.split())
        assert re.search(r" 17 +17 +100( |$)", rows[student])
    if width > 60:
        assert all(name in rows[student] for student, name in NAMES.items())


def test_what_is_piped_is_plain_and_whole(arguments: list[str]) -> None:
    """A program reads one line for each student with every column, without boxes, colours or anything cut off."""
    done = subprocess.run(
        arguments, capture_output=True, encoding="utf-8", check=True, env={**os.environ, "COLUMNS": "20"}
    )
    lines = done.stdout.splitlines()
    assert lines[0].split("\t") == ["student", "marks", "of", "percent", *OUTCOMES, "name"]
    assert [line.split("\t") for line in lines[1 : 1 + len(NAMES)]] == [
        [student, "17", "17", "100", "17", *["0"] * 5, name] for student, name in NAMES.items()
    ]
    assert "\x1b" not in done.stdout
    assert "─" not in done.stdout
