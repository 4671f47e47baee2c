"""The command line answers at once: libraries that take a second to import wait until they are needed."""

import subprocess
import sys

import pytest

SLOW = ["numpy", "pandas", "weasyprint"]


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Return the name of every module that `examgen --help` imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "examgen", "--help"], capture_output=True, text=True, check=True
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("library", SLOW)
def test_help_does_not_import(library: str, imported: set[str]) -> None:
    """`examgen --help` runs the command line and imports none of the slow libraries."""
    assert "examgen.cli" in imported
    assert library not in imported
