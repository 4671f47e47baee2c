"""The command line: parses, calls, prints. Every command is also a function of the package.

Exit codes: 0, 1 for a mistake in what the user gave (one line says where, what, and what is allowed), 2 for a command
that is not used as its help says.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from examgen.cli.authoring_commands import new, preview, schema
from examgen.cli.exchange_commands import export
from examgen.cli.making_commands import batch, make, secret
from examgen.cli.marking_commands import explain, grade
from examgen.cli.terminal import Commands
from examgen.cli.trying_commands import check, list_exams, rehearse, samples
from examgen.collector import seldom_collected


def _examples(*commands: str) -> str:
    """What a help page ends with: commands that run as they stand, in the order of the tour in README.md."""
    return "\n\n".join(["Examples:", *commands])


app = typer.Typer(
    cls=Commands,
    name="examgen",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Make exams about backpropagation by hand, with worked solutions, and mark the answers fairly.",
    epilog=_examples("examgen make --seed 7", "examgen rehearse output/question2-7"),
)


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    """Make exams about backpropagation by hand, with worked solutions, and mark the answers fairly."""
    seldom_collected()
    if version:
        from examgen import __version__

        typer.echo(f"examgen {__version__}")
        raise typer.Exit


COMMANDS: tuple[tuple[str, Callable[..., None], tuple[str, ...]], ...] = (
    ("make", make, ("examgen make --seed 7", "examgen make midterm --student s1234567 --language de --paper letter")),
    (
        "batch",
        batch,
        (
            "examgen batch question2 output/samples/roster.csv --seed 7 --out output/class",
            "examgen batch midterm output/samples/roster.csv --out output/midterm-class",
        ),
    ),
    ("secret", secret, ("examgen secret output/mine.secret", "examgen secret output/midterm.secret")),
    ("rehearse", rehearse, ("examgen rehearse output/question2-7", "examgen rehearse output/class")),
    (
        "grade",
        grade,
        (
            "examgen grade output/question2-7/rehearsal/handed-in",
            "examgen grade output/class/rehearsal/handed-in --latest --out output/marks",
        ),
    ),
    (
        "explain",
        explain,
        ("examgen explain output/question2-7/rehearsal ada s1_z2_1", "examgen explain output/marks s1234567 s1_z2_1"),
    ),
    (
        "export",
        export,
        ("examgen export moodle output/question2-7 --variants 20", "examgen export gradescope output/marks"),
    ),
    (
        "check",
        check,
        ("examgen check scalar-chain --draws 100", "examgen check output/samples/my-question.toml --draws 200"),
    ),
    ("new", new, ("examgen new mine --out output/banks", "examgen new ours --like circuit --out output/banks")),
    (
        "preview",
        preview,
        ("examgen preview output/banks/mine.toml --out output", "examgen preview midterm --no-open"),
    ),
    ("schema", schema, ("examgen schema", "examgen schema --out output/banks/examgen.schema.json")),
    ("list", list_exams, ("examgen list", "examgen list sigmoid")),
    ("samples", samples, ("examgen samples", "examgen samples output/mine")),
)
"""Name, function and examples of each command, in the order in which help lists them."""

for _name, _run, _shown in COMMANDS:
    app.command(name=_name, epilog=_examples(*_shown))(_run)
