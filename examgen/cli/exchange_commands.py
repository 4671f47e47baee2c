"""The command that takes exams and marks to other platforms: `export`."""

from pathlib import Path
from typing import Annotated

import typer

from examgen.cli import completion
from examgen.cli.options import Banks
from examgen.cli.terminal import mistakes_in_one_line, print_notices
from examgen.exchange.formats import FORMATS


def export(
    format: Annotated[
        str,
        typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.", autocompletion=completion.formats),
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a paper or class, or of its marks.")],
    variants: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Further variants for a pool of questions, drawn as the papers were."),
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="File or folder to write; in exchange/ of the folder DIR if left out."),
    ] = None,
    secret: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The secret that the papers were drawn with; for --variants."),
    ] = None,
    exam: Annotated[
        str | None,
        typer.Option(
            metavar="EXAM",
            help="Name or TOML file of the exam, where it is not found by its name; for --variants.",
            autocompletion=completion.exams_of_command,
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The key that marks were made with, where it is not found beside them."),
    ] = None,
    scaled: Annotated[
        bool,
        typer.Option("--scaled", help="Ask numbers that the platform would round to 0 times a power of ten."),
    ] = False,
    split: Annotated[
        float | None,
        typer.Option(metavar="MB", min=0.001, help="Write several files of at most so many megabytes each."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over files that were changed since they were written.")
    ] = False,
    banks: Banks = None,
) -> None:
    with mistakes_in_one_line():
        import examgen

        exported = examgen.export(
            format,
            folder,
            variants=variants,
            out=out,
            secret=secret,
            exam=exam,
            banks=banks or (),
            key=key,
            scaled=scaled,
            split=split,
            force=force,
        )
    counted = FORMATS[format].counted
    typer.echo(f"{exported.count} {counted}{'' if exported.count == 1 else 's'}: {exported.place}")
    print_notices(exported.notices)
    typer.echo(f"It cannot express: {exported.cannot}.")


export.__doc__ = "\n\n".join(
    [
        "Take an exam, a class or its marks to another platform.",
        *(f"{row.name}: {row.title}. It cannot express: {row.cannot}." for row in FORMATS.values()),
    ]
)
