"""The commands that make papers: `make`, `batch`, and `secret` for both."""

from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from examgen.cli.options import (
    Banks,
    Exam,
    Fairness,
    Force,
    Jobs,
    Json,
    KeyDetail,
    Language,
    NotationName,
    PaperSize,
    Quiet,
    Scan,
    Scheduler,
    Secret,
    Seed,
    ThemeFolder,
    WorkingSpace,
)
from examgen.cli.progress import progress
from examgen.cli.terminal import mistakes_in_one_line, print_error, print_notices, told_to_end
from examgen.collector import paused_collector
from examgen.errors import some

if TYPE_CHECKING:
    from examgen.batch.making import MadePapers

MOST_NAMED = 5
"""So many students are named in a line."""

_PACKED = {"Print:   ": "print", "Zipped:  ": "zip"}
"""Folders of what a class is packed into, by what is said of them."""


def make(
    exam: Exam = "question2",
    seed: Seed = None,
    secret: Secret = None,
    fairness: Fairness = None,
    student: Annotated[
        str, typer.Option(metavar="ID", help="Make the paper of this student; another id gets other numbers.")
    ] = "",
    notation: NotationName = None,
    language: Language = "en",
    paper: PaperSize = "a4",
    theme: ThemeFolder = None,
    key_detail: KeyDetail = "full",
    working_space: WorkingSpace = False,
    scan: Scan = False,
    practice: Annotated[
        bool,
        typer.Option(
            "--practice",
            help="Also make practice/practice.html, a page that marks at once and explains. The key is inside.",
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write to; output/EXAM-SEED where it is left out.")
    ] = None,
    force: Force = False,
    banks: Banks = None,
) -> None:
    """Make one paper: questions.pdf and an answer sheet to hand out, and the worked solution in key/."""
    with mistakes_in_one_line(), paused_collector():
        import examgen

        made = examgen.make(
            exam,
            seed=seed,
            secret=secret,
            fairness=fairness,
            student=student,
            notation=notation,
            language=language,
            paper=paper,
            theme=theme,
            key_detail=key_detail,
            working_space=working_space,
            scan=scan,
            practice=practice,
            out=out,
            force=force,
            banks=banks or (),
        )
    if seed is None and secret is None:
        typer.echo(f"Seed: {made.seed}  (make the same paper again with --seed {made.seed})")
    kept, practised = _below(made.files, "key"), _below(made.files, "practice")
    handed_out = [name for name in made.files if name not in (*kept, *practised)]
    told = (("Hand out", handed_out), ("Keep", kept), ("To practise (the key is inside: never for an exam)", practised))
    for title, names in told:
        if names:
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
    out: Annotated[
        str,
        typer.Option(
            metavar="DIR",
            help="Folder of the class, or an address such as s3://bucket/class (needs examgen\\[cluster]).",
        ),
    ],
    seed: Seed = None,
    secret: Secret = None,
    fairness: Fairness = None,
    notation: NotationName = None,
    language: Language = "en",
    paper: PaperSize = "a4",
    theme: ThemeFolder = None,
    key_detail: KeyDetail = "full",
    working_space: WorkingSpace = False,
    scan: Scan = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Make keys and answer sheets only, no PDFs.")] = False,
    print_ready: Annotated[
        bool,
        typer.Option("--print-ready", help="Join the question papers into one PDF for the printer, with bookmarks."),
    ] = False,
    duplex: Annotated[
        bool, typer.Option("--duplex", help="In that PDF, begin each paper on an odd page, to print on both sides.")
    ] = False,
    zip: Annotated[
        bool, typer.Option("--zip", help="Pack the handouts, a zip file for each group of the column group.")
    ] = False,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    json: Json = False,
    quiet: Quiet = False,
    force: Force = False,
    banks: Banks = None,
) -> None:
    """Make a paper of their own for each student of a class list.

    A student's paper depends on the secret or seed, the exam and the student only.
    The same command goes on after a run that was cut off, and adds students.
    """
    with mistakes_in_one_line(), told_to_end(), progress("papers", is_quiet=quiet, is_json=json) as told:
        import examgen
        from examgen.batch.running.processes import one_thread

        one_thread()
        made = examgen.make_class(
            exam,
            roster,
            seed=seed,
            secret=secret,
            fairness=fairness,
            out=out,
            notation=notation,
            language=language,
            paper=paper,
            theme=theme,
            key_detail=key_detail,
            working_space=working_space,
            scan=scan,
            pdf=not no_pdf,
            print_ready=print_ready,
            duplex=duplex,
            zip=zip,
            jobs=jobs,
            scheduler=scheduler,
            force=force,
            banks=banks or (),
            progress=told,
        )
    if json:
        typer.echo(dumps(_as_json(made)))
    elif not quiet:
        _print_class(made, is_seed_new=seed is None and secret is None)
    if made.set_aside:
        papers = "1 paper" if len(made.set_aside) == 1 else f"{len(made.set_aside)} papers"
        print_error(
            f"{papers} could not be made, as each time the process came to an end: "
            f"{some(made.set_aside, MOST_NAMED)}; the same command tries again"
        )
        raise typer.Exit(1)


def secret(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; it must not be there yet.")],
) -> None:
    """Make a secret that papers are drawn with instead of a seed: 32 random bytes that only you can read.

    Keep it as long as papers may have to be made again, and show it to nobody: it leads to the key of each exam.
    """
    with mistakes_in_one_line():
        import examgen

        examgen.make_secret(file)
    typer.echo(f"Secret: {file}")


def _print_class(made: "MadePapers", *, is_seed_new: bool) -> None:
    if is_seed_new:
        typer.echo(f"Seed: {made.seed}  (make the same papers again with --seed {made.seed})")
    typer.echo(f"{made.students - len(made.set_aside)} papers of exam {made.exam}")
    typer.echo(f"Hand out: {made.where('handout')} (a folder for each student)")
    for title, folder in _PACKED.items():
        if packed := _below(made.files, folder):
            where = made.where(packed[0] if len(packed) == 1 else folder)
            typer.echo(f"{title} {where}" + (f" ({len(packed)} files)" if len(packed) > 1 else ""))
    typer.echo(f"Keep:     {made.where('key')}, {made.where('manifest.csv')}")
    print_notices(made.notices)


def _as_json(made: "MadePapers") -> dict[str, object]:
    return {
        "exam": made.exam,
        "seed": made.seed,
        "folder": made.where(),
        "students": made.students,
        "set_aside": list(made.set_aside),
        "packed": _below(made.files, *_PACKED.values()),
        "notices": list(made.notices),
    }


def _below(files: tuple[str, ...], *folders: str) -> list[str]:
    """Those of the files that are in some of the folders."""
    return [name for name in files if name.partition("/")[0] in folders]
