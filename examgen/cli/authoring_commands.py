"""The commands by which an author writes banks: `new`, `preview` and `schema`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from examgen.cli import completion
from examgen.cli.options import Banks, Exam
from examgen.cli.terminal import mistakes_in_one_line, print_error, print_notices
from examgen.tables.text import on_one_line

if TYPE_CHECKING:
    from examgen.batch.bench.previewing import Preview


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the bank: the file is NAME.toml.")],
    like: Annotated[
        str,
        typer.Option(
            metavar="EXAM",
            help="Copy this exam or family (see examgen list); a short network where it is left out.",
            autocompletion=completion.exams_of_command,
        ),
    ] = "",
    graph: Annotated[bool, typer.Option("--graph", help="Begin with a short free graph instead of a network.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write to; the current one where it is left out.")
    ] = None,
    banks: Banks = None,
) -> None:
    """Write a bank to begin with, each key explained, and beside it the schema by which editors complete keys."""
    with mistakes_in_one_line():
        import examgen

        made = examgen.new(name, like=like, graph=graph, out=out, banks=banks or ())
    typer.echo(f"Bank:   {made.path}")
    typer.echo(f"Schema: {made.schema} (for editors)")
    typer.echo(f"See it: examgen preview {made.path}")
    print_notices(made.notices)


def preview(
    exam: Exam,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of the numbers of the sample paper.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the PDF; a temporary one where it is left out."),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not start the viewer for PDFs.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again at each save, until Ctrl+C (needs examgen\\[watch]).")
    ] = False,
    banks: Banks = None,
) -> None:
    """Lay out a sample paper with its key, and open it; say how many draws are accepted, and what rows of W are."""
    with mistakes_in_one_line():
        import examgen

        if not watch:
            _print_preview(examgen.preview(exam, seed=seed, out=out, open=not no_open, banks=banks or ()))
            return
        for made in examgen.previews(exam, seed=seed, out=out, open=not no_open, banks=banks or ()):
            if isinstance(made, Exception):
                print_error(str(made))
            else:
                _print_preview(made)


def schema(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write to; it is printed where it is left out.")
    ] = None,
) -> None:
    """Print the JSON Schema of bank and exam files, by which editors complete keys and mark mistakes."""
    with mistakes_in_one_line():
        import examgen

        text = examgen.schema(out)
    typer.echo(text.rstrip("\n") if out is None else f"Schema: {out}")


def _print_preview(made: "Preview") -> None:
    typer.echo(f"Preview: {made.pdf}")
    for line in made.draws:
        typer.echo(on_one_line(line))
    print_notices(made.notes)
