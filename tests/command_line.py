"""Commands as tests run them, in their own process; what they print, or the one line with which they refuse."""

import re

from typer.testing import CliRunner, Result

from examgen.cli import app

RUNNER = CliRunner()


def invoke(*arguments: object) -> Result:
    """Run a command in this process."""
    return RUNNER.invoke(app, [str(argument) for argument in arguments])


def run(*arguments: object) -> str:
    """Run a command that must succeed and be silent on stderr."""
    done = invoke(*arguments)
    assert (done.exit_code, done.stderr) == (0, ""), (done.output, done.exception)
    return done.stdout


def refused(*arguments: object) -> str:
    """Run a command that must end with one line on stderr."""
    done = invoke(*arguments)
    assert (done.exit_code, done.stdout) == (1, ""), (done.output, done.exception)
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    return done.stderr.removeprefix("Error: ").rstrip("\n")
