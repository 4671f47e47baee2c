"""The commands by which an author tries things before an exam is sat: `rehearse`, `check`, `list` and `samples`."""

from pathlib import Path
from typing import Annotated

import typer

from examgen.cli.options import Banks, Exam, Force
from examgen.cli.terminal import MAX_NOTICES, mistakes_in_one_line, print_error
from examgen.tables.text import on_one_line


def rehearse(
    folder: Annotated[Path, typer.Argument(metavar="CLASS", help="Folder of a paper or class that was made.")],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for the sheets; rehearsal/handed-in in the folder CLASS where it is left out."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over sheets that were changed since they were written.")
    ] = False,
) -> None:
    """Fill in the sheets as students might, with slips and misconceptions, to see the marking before the exam.

    Marks of such sheets are kept apart from real ones, in rehearsal/marks.
    """
    with mistakes_in_one_line():
        import examgen

        rehearsed = examgen.rehearse(folder, out=out, force=force)
    width = max(len(sitter.student) for sitter in rehearsed.sitters[:MAX_NOTICES])
    for sitter in rehearsed.sitters[:MAX_NOTICES]:
        typer.echo(on_one_line(f"{sitter.student:<{width}}  {sitter.habit}"))
    if len(rehearsed.sitters) > MAX_NOTICES:
        typer.echo(f"and {len(rehearsed.sitters) - MAX_NOTICES:,} more")
    typer.echo(f"Handed in: {rehearsed.folder}")
    typer.echo(f"Mark them: examgen grade {rehearsed.folder}")


def check(
    exam: Exam,
    draws: Annotated[int, typer.Option(metavar="N", min=1, help="Draws to judge for each question.")] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of the draws and of the sample paper.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the sample paper; output/EXAM-SEED-sample where it is left out."),
    ] = None,
    force: Force = False,
    banks: Banks = None,
) -> None:
    """Try a bank: which draws pass the screens, how much work a paper is, and whether wrong work can look right."""
    with mistakes_in_one_line():
        import examgen
        from examgen.batch.bench.check_report import report

        checked = examgen.check(exam, draws=draws, seed=seed, out=out, force=force, banks=banks or ())
    for line in report(checked):
        typer.echo(line)
    if checked.problems:
        raise typer.Exit(1)


def list_exams(
    word: Annotated[str, typer.Argument(metavar="WORD", help="Only those that have it in their line.")] = "",
    banks: Banks = None,
) -> None:
    """List exams and question families, a line each: those of own folders, then the shipped ones."""
    with mistakes_in_one_line():
        import examgen

        listed = examgen.list_banks(banks or ())
    width = max(len(one.name) for one in listed)
    found = [one for one in listed if word.casefold() in f"{one.name}  {one.about}".casefold()]
    for title in dict.fromkeys(one.title for one in found):
        typer.secho(on_one_line(title), bold=True)
        for one in (one for one in found if one.title == title):
            typer.echo(on_one_line(f"  {one.name:<{width}}  {one.about}"))
    if not found:
        print_error(f"no line has {word!r} in it; examgen list shows all")
        raise typer.Exit(1)


def samples(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write to; output/samples where it is left out.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over files that were changed since they were written.")
    ] = False,
) -> None:
    """Write files to begin with: a class list, a question of your own, and an exam that asks it."""
    with mistakes_in_one_line():
        import examgen

        written = examgen.samples(folder, force=force)
    for name in written.files:
        typer.echo(written.folder / name)
