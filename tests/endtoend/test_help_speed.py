"""The command line answers at once: libraries that take a second to import wait until they are needed."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import examgen
from tests.marking_sheets import make_key, write_sheet

SLOW = ["numpy", "pandas", "weasyprint"]


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Return the name of every module that `examgen --help` imports."""
    return imported_by("--help")


def imported_by(*arguments: object) -> set[str]:
    """The name of every module that a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "examgen", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("library", SLOW)
def test_help_does_not_import(library: str, imported: set[str]) -> None:
    """`examgen --help` runs the command line and imports none of the slow libraries."""
    assert "examgen.cli" in imported
    assert library not in imported


def test_marking_does_without_pandas(tmp_path: Path) -> None:
    """Arrow would load it, a quarter of the time of a small command; programs that mark have their data frames."""
    made = make_key(tmp_path, students=("s1",))
    sheet = write_sheet(tmp_path / "sheet.csv", made.rows)
    modules = imported_by("grade", sheet)
    assert "pyarrow" in modules
    assert "pandas.core" not in modules
    assert list(examgen.grade(sheet, key=made.key).gradebook["student"]) == ["s1"]


def test_processes_that_make_papers_import_no_command_line() -> None:
    """They import the module that began the command, and would take twice as long to begin."""
    begin = "import runpy, sys; runpy.run_module('examgen.__main__', run_name='__mp_main__')"
    asked = f"{begin}; print(sorted({{'examgen', 'examgen.cli', 'typer'}} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "['examgen']\n"


def test_the_command_of_an_installation_is_that_module() -> None:
    """So what holds for it holds for `examgen`, too."""
    [command] = entry_points(group="console_scripts", name="examgen")
    assert command.value == "examgen.__main__:main"
