"""The commands that mark answers, and tell an instructor how: `grade` and `explain`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from examgen.cli import completion
from examgen.cli.options import Jobs
from examgen.cli.progress import progress
from examgen.cli.terminal import MAX_NOTICES, mistakes_in_one_line, print_gradebook, text_width, told_to_end
from examgen.tables.text import on_one_line


def _students(context: typer.Context, incomplete: str) -> list[str]:
    return completion.students(context.params.get("folder"), incomplete)


def _fields(context: typer.Context, incomplete: str) -> list[str]:
    given = context.params
    return completion.fields(given.get("folder"), given.get("student"), incomplete)


def grade(
    answers: Annotated[
        list[str],
        typer.Argument(
            metavar="ANSWERS...",
            help="A filled questions.pdf, an answers.csv or spreadsheet of one or many students (a row for each entry, "
            "or for each student), or a folder, a zip file or an address such as s3://bucket/handed-in of them; or "
            "what Moodle (Results, Responses, with the question text) or Canvas (Student Analysis) exports of a quiz; "
            "or scans of papers made with --scan, as PDF, PNG or JPEG, and the settled.csv of an earlier run.",
        ),
    ],
    key: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Folder or address of the key. Where it is left out, the key of the exam that the sheets name is "
            "looked for beside them and in ./output.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Folder for results.csv and gradebook.csv; marks/ beside the key if left out. What lies at an address "
            "is fetched into it.",
        ),
    ] = None,
    decimal: Annotated[
        Literal["auto", ".", ","],
        typer.Option(
            metavar="MARK",
            help="Decimal mark of the answers. auto: as each student writes; a cell such as 1,234, which may have its "
            "thousands set apart, is read by the student's other cells, else by the language of the paper.",
        ),
    ] = "auto",
    latest: Annotated[
        bool,
        typer.Option("--latest", help="Of a student's different answers, mark the newest; else they are unreadable."),
    ] = False,
    table: Annotated[
        bool,
        typer.Option(
            "--table",
            help="Files of a folder may hold the rows of several students. Without it, a student's file speaks for "
            "that student only.",
        ),
    ] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Mark students too whom the key of a class does not know.")
    ] = False,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="Drop earlier marks in the folder; else students who hand in nothing now keep theirs."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write over marks of another exam that lie in the folder.")
    ] = False,
    overrides: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV of marks set by hand: student, field, marks, reason. overrides.csv beside the key if left out.",
        ),
    ] = None,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Also write feedback/ with a web page and a PDF for each student.")
    ] = False,
    report: Annotated[
        bool,
        typer.Option(
            "--report",
            help="Also write report.html and report.pdf about the class: marks, entries, causes, whom to see.",
        ),
    ] = False,
    jobs: Jobs = None,
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit",
            metavar="SECONDS",
            min=0.1,
            help="Time for reading one student's files (a folder or zip file in ANSWERS); files left over are named.",
        ),
    ] = 60.0,
) -> None:
    """Mark answer sheets: a line for each student, results.csv with every entry, gradebook.csv with the marks.

    Sheets may come one after another: the marks of earlier ones in the same folder stay.
    """
    with mistakes_in_one_line(), told_to_end(), progress("pages of feedback", is_quiet=not feedback) as told:
        import examgen

        graded = examgen.grade(
            answers,
            key=key,
            out=out,
            decimal=decimal,
            latest=latest,
            table=table,
            unknown=unknown,
            fresh=fresh,
            force=force,
            overrides=overrides,
            feedback=feedback,
            report=report,
            jobs=jobs,
            progress=told,
            time_limit=time_limit,
        )
        from examgen.marking.reading.scans.scan_tables import scan_lines
        from examgen.marking.results.notes import shown_notes
        from examgen.marking.results.remarking import change_lines
        from examgen.marking.statistics.class_summary import summary_lines
    print_gradebook(graded)
    for line in summary_lines(graded.gradebook_columns, graded.result_columns):
        typer.echo(line)
    shown, hidden = shown_notes(graded.notes, MAX_NOTICES)
    for note in shown:
        typer.echo(f"Note: {on_one_line(note.text)}")
    if hidden:
        typer.echo(f"Note: and {hidden:,} more; notes.csv has all")
    for line in change_lines(graded.remarking):
        typer.echo(line)
    if graded.shapes:
        typer.echo(f"Variants: {graded.shapes}")
    if graded.scans is not None:
        for line in scan_lines(graded.folder, graded.scans):
            typer.echo(line)
    typer.echo(f"Key: {graded.key}")
    typer.echo(f"Marks: {graded.folder / 'gradebook.csv'}")
    typer.echo(f"Every entry: {graded.folder / 'results.csv'}")
    if graded.notes:
        typer.echo(f"All notes: {graded.folder / 'notes.csv'}")
    if graded.evidence:
        count = "1 row" if graded.evidence == 1 else f"{graded.evidence:,} rows"
        typer.echo(f"Integrity: {graded.folder / 'integrity.csv'}: {count}, evidence to read, never a mark")
    if report:
        typer.echo(f"Report: {graded.folder / 'report.html'}")
    if feedback:
        typer.echo(f"Feedback: {graded.folder / 'feedback'}")
    elif graded.changed:
        pages = "1 student was" if len(graded.changed) == 1 else f"{len(graded.changed):,} students was"
        typer.echo(f"Feedback of {pages} no longer true and is removed; --feedback writes it anew")


def explain(
    folder: Annotated[
        Path, typer.Argument(metavar="CLASS", help="Folder of a class or paper that was marked, or its results.csv.")
    ],
    student: Annotated[
        str,
        typer.Argument(
            metavar="STUDENT",
            help="Id as in results.csv; - for a paper without a name.",
            autocompletion=_students,
        ),
    ],
    field: Annotated[
        str,
        typer.Argument(
            metavar="FIELD",
            help="Field as in results.csv; Q1:field where several questions have it.",
            autocompletion=_fields,
        ),
    ],
    key: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the key; the one that the marks were made with if left out."),
    ] = None,
) -> None:
    """Print the whole calculation of one mark, for an appeal: reference, own values, tolerance, misconceptions."""
    with mistakes_in_one_line():
        import examgen
        from examgen.marking.results.appeals.explanation_text import explanation_lines

        found = examgen.explain(folder, student, field, key=key)
    for line in explanation_lines(found, width=text_width()):
        # Headings begin at the margin.
        typer.secho(on_one_line(line), bold=not line.startswith(" "))
