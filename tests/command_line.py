"""Commands as tests run them, in their own process; what they print, or the one line with which they refuse."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from examgen.cli import app

RUNNER = CliRunner()
PROGRESS = re.compile(r"(?m)^\d+ of \d+ \w+(?:, about [^\n]* left)?\n")


def invoke(*arguments: object) -> Result:
    """Run a command in this process."""
    return RUNNER.invoke(app, [str(argument) for argument in arguments])


def run(*arguments: object) -> str:
    """Run a command that must succeed and be silent on stderr, but for how far it is where the machine is slow."""
    done = invoke(*arguments)
    assert (done.exit_code, PROGRESS.sub("", done.stderr)) == (0, ""), (done.output, done.exception)
    return done.stdout


def refused(*arguments: object) -> str:
    """Run a command that must end with one line on stderr."""
    done = invoke(*arguments)
    assert (done.exit_code, done.stdout) == (1, ""), (done.output, done.exception)
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    return done.stderr.removeprefix("Error: ").rstrip("\n")


def started(*arguments: object, **how: Any) -> "subprocess.Popen[Any]":
    """Begin a command in a process of its own, one that hears Ctrl-C; `how` are options of Popen.

    Tests that run behind `&` or `nohup` are told to ignore Ctrl-C, and would tell it to all that they start.
    """
    command = [sys.executable, "-m", "examgen", *map(str, arguments)]
    return subprocess.Popen(command, preexec_fn=_hear_interrupts, **how)


def with_examgen(folder: Path) -> dict[str, str]:
    """An environment whose `examgen` is this one, by a command in the folder, with a home of its own and no screen."""
    folder.mkdir()
    command = folder / "examgen"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m examgen "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    own = {
        "PATH": f"{folder}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "HOME": str(folder.parent),
    }
    return kept | own


def _hear_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
