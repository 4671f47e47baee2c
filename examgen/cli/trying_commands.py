"""The commands by which an author tries things before an exam is sat: `rehearse`, `check`, `list` and `samples`."""

from pathlib import Path
from typing import Annotated

import typer

from examgen.cli.options import Exam, Force
from examgen.cli.terminal import MAX_NOTICES, mistakes_in_one_line, print_error
from examgen.tables.text import on_one_line

LISTED = {"exams": "Exams", "families": "Question families", "worked": "Worked examples with fixed numbers"}
"""Titles of what is listed, by folder."""


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
) -> None:
    """Try a bank: which draws pass the screens, how much work a paper is, and whether wrong work can look right."""
    with mistakes_in_one_line():
        import examgen
        from examgen.batch.bench.check_report import report

        checked = examgen.check(exam, draws=draws, seed=seed, out=out, force=force)
    for line in report(checked):
        typer.echo(line)
    if checked.problems:
        raise typer.Exit(1)


def list_exams(
    word: Annotated[str, typer.Argument(metavar="WORD", help="Only those that have it in their line.")] = "",
) -> None:
    """List the shipped exams and question families, a line each."""
    with mistakes_in_one_line():
        from examgen.exams.banks.bank_files import load_bank, shipped_banks

        rows = [(path.parent.name, path.stem, load_bank(path).about) for path in shipped_banks()]
    width = max(len(name) for _, name, _ in rows)
    found = [row for row in rows if word.casefold() in f"{row[1]}  {row[2]}".casefold()]
    for folder, title in LISTED.items():
        lines = [f"  {name:<{width}}  {about}" for of, name, about in found if of == folder]
        if lines:
            typer.secho(title, bold=True)
            typer.echo("\n".join(lines))
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
