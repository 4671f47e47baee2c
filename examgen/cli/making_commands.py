"""The commands that make papers: `make` and `batch`."""

from pathlib import Path
from typing import Annotated

import typer

from examgen.cli.options import (
    Exam,
    Force,
    KeyDetail,
    Language,
    NotationName,
    PaperSize,
    Seed,
    ThemeFolder,
    WorkingSpace,
)
from examgen.cli.terminal import mistakes_in_one_line, print_notices, progress_bar
from examgen.collector import paused_collector


def make(
    exam: Exam = "question2",
    seed: Seed = None,
    student: Annotated[
        str, typer.Option(metavar="ID", help="Make the paper of this student; another id gets other numbers.")
    ] = "",
    notation: NotationName = None,
    language: Language = "en",
    paper: PaperSize = "a4",
    theme: ThemeFolder = None,
    key_detail: KeyDetail = "full",
    working_space: WorkingSpace = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write to; output/EXAM-SEED where it is left out.")
    ] = None,
    force: Force = False,
) -> None:
    """Make one paper: questions.pdf and an answer sheet to hand out, and the worked solution in key/."""
    with mistakes_in_one_line(), paused_collector():
        import examgen

        made = examgen.make(
            exam,
            seed=seed,
            student=student,
            notation=notation,
            language=language,
            paper=paper,
            theme=theme,
            key_detail=key_detail,
            working_space=working_space,
            out=out,
            force=force,
        )
    if seed is None:
        typer.echo(f"Seed: {made.seed}  (make the same paper again with --seed {made.seed})")
    for title, names in (("Hand out", _handed_out(made.files)), ("Keep", _kept(made.files))):
        typer.echo(f"{title}:")
        for name in names:
            typer.echo(f"  {made.folder / name}")
    print_notices(made.notices)


def batch(
    exam: Exam,
    roster: Annotated[
        Path,
        typer.Argument(
            metavar="ROSTER",
            help="The class list: CSV, xlsx or ods with columns id and name, or as Moodle, Canvas, Gradescope, "
            "Blackboard or R/exams export it.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the class.")],
    seed: Seed = None,
    notation: NotationName = None,
    language: Language = "en",
    paper: PaperSize = "a4",
    theme: ThemeFolder = None,
    key_detail: KeyDetail = "full",
    working_space: WorkingSpace = False,
    force: Force = False,
) -> None:
    """Make a paper of their own for each student of a class list.

    A student's paper depends on the seed, the exam and the student only: add students later with the same seed.
    """
    with mistakes_in_one_line(), progress_bar() as progress:
        import examgen

        made = examgen.make_class(
            exam,
            roster,
            seed=seed,
            out=out,
            notation=notation,
            language=language,
            paper=paper,
            theme=theme,
            key_detail=key_detail,
            working_space=working_space,
            force=force,
            progress=progress,
        )
    if seed is None:
        typer.echo(f"Seed: {made.seed}  (make the same papers again with --seed {made.seed})")
    typer.echo(f"{made.students} papers of exam {made.exam}")
    typer.echo(f"Hand out: {made.folder / 'handout'} (a folder for each student)")
    typer.echo(f"Keep:     {made.folder / 'key'}, {made.folder / 'manifest.csv'}")
    print_notices(made.notices)


def _handed_out(files: tuple[str, ...]) -> list[str]:
    return [name for name in files if not name.startswith("key/")]


def _kept(files: tuple[str, ...]) -> list[str]:
    return [name for name in files if name.startswith("key/")]
