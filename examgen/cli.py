"""The command line: parses, calls, prints. Every command is also a function of the package.

Exit codes: 0, 1 for a mistake in what the user gave (one line says where, what, and what is allowed), 2 for a command
that is not used as its help says.
"""

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from examgen import completion
from examgen.collector import paused_collector

if TYPE_CHECKING:
    from examgen.marking.results.graded_class import GradedClass


class _Commands(TyperGroup):
    """All commands. Where what they print cannot be written, a line on stderr says so; a closed pipe needs none."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command of the arguments, and write what it printed to the last byte."""
        try:
            try:
                return super().main(*args, **extra)
            finally:
                # Python would do it later, when nobody can say any more what is wrong.
                if sys.stdout is not None:
                    sys.stdout.flush()
        except OSError as error:
            _throw_output_away()
            if error.errno != errno.EPIPE:
                place = f"{error.filename}: " if error.filename else "standard output cannot be written: "
                with suppress(OSError):
                    _print_error(f"{place}{error.strerror or error}")
            raise SystemExit(1) from None


def _examples(*commands: str) -> str:
    """What a help page ends with: commands that run as they stand, in the order of the tour in README.md."""
    return "\n\n".join(["Examples:", *commands])


app = typer.Typer(
    cls=_Commands,
    name="examgen",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Make exams about backpropagation by hand, with worked solutions, and mark the answers fairly.",
    epilog=_examples("examgen make --seed 7", "examgen rehearse output/question2-7"),
)

MAX_NOTICES = 20
"""So many notices are printed; the rest is counted."""

LISTED = {"exams": "Exams", "families": "Question families", "worked": "Worked examples with fixed numbers"}
"""Titles of what is listed, by folder."""

Exam = Annotated[
    str,
    typer.Argument(
        metavar="EXAM",
        help="A shipped exam or family (see examgen list), or a TOML file.",
        autocompletion=completion.exams,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="N",
        help="The same seed makes the same papers, byte for byte. Without it a fresh one is drawn and printed.",
    ),
]
NotationName = Annotated[
    str | None,
    typer.Option(
        "--notation",
        metavar="NAME",
        help="from-to, to-from-da, nielsen, scalar or row; the exam's own where it is left out.",
        autocompletion=completion.notations,
    ),
]
Language = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="CODE",
        help="Language of the papers: en, de, fr, es or hi, or one of the theme.",
        autocompletion=completion.languages,
    ),
]
PaperSize = Annotated[
    str,
    typer.Option(
        "--paper",
        metavar="SIZE",
        help="Size of the paper: a4 or letter.",
        autocompletion=completion.paper_sizes,
    ),
]
ThemeFolder = Annotated[
    Path | None,
    typer.Option(
        "--theme",
        metavar="DIR",
        help="Folder that restyles papers: paper.css, texts/<language>.toml, questions.html.j2, key.html.j2.",
    ),
]
KeyDetail = Annotated[
    str,
    typer.Option(
        "--key-detail",
        metavar="DETAIL",
        help="Of the worked solution: full, or short, without the chain rule for single entries.",
    ),
]
WorkingSpace = Annotated[bool, typer.Option("--working-space", help="Leave ruled space for working under each task.")]

Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Write over what lies in the folder; another exam there, key and all, is kept in old-1/ of it."
    ),
]


def _students(context: typer.Context, incomplete: str) -> list[str]:
    return completion.students(context.params.get("folder"), incomplete)


def _fields(context: typer.Context, incomplete: str) -> list[str]:
    given = context.params
    return completion.fields(given.get("folder"), given.get("student"), incomplete)


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    """Make exams about backpropagation by hand, with worked solutions, and mark the answers fairly."""
    if version:
        from examgen import __version__

        typer.echo(f"examgen {__version__}")
        raise typer.Exit


@app.command(
    epilog=_examples(
        "examgen make --seed 7",
        "examgen make midterm --student s1234567 --language de --paper letter",
    )
)
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
    with _mistakes_in_one_line(), paused_collector():
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
    _print_notices(made.notices)


@app.command(
    epilog=_examples(
        "examgen batch question2 output/samples/roster.csv --seed 7 --out output/class",
        "examgen batch midterm output/samples/roster.csv --out output/midterm-class",
    )
)
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
    with _mistakes_in_one_line(), _progress_bar() as progress:
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
    _print_notices(made.notices)


@app.command(epilog=_examples("examgen rehearse output/question2-7", "examgen rehearse output/class"))
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
    with _mistakes_in_one_line():
        import examgen

        rehearsed = examgen.rehearse(folder, out=out, force=force)
    width = max(len(sitter.student) for sitter in rehearsed.sitters[:MAX_NOTICES])
    for sitter in rehearsed.sitters[:MAX_NOTICES]:
        typer.echo(_printable(f"{sitter.student:<{width}}  {sitter.habit}"))
    if len(rehearsed.sitters) > MAX_NOTICES:
        typer.echo(f"and {len(rehearsed.sitters) - MAX_NOTICES:,} more")
    typer.echo(f"Handed in: {rehearsed.folder}")
    typer.echo(f"Mark them: examgen grade {rehearsed.folder}")


@app.command(
    epilog=_examples(
        "examgen grade output/question2-7/rehearsal/handed-in",
        "examgen grade output/class/rehearsal/handed-in --latest --out output/marks",
    )
)
def grade(
    answers: Annotated[
        Path,
        typer.Argument(
            metavar="ANSWERS",
            help="A filled questions.pdf, an answers.csv or spreadsheet of one or many students (a row for each entry, "
            "or for each student), or a folder or zip file of them.",
        ),
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of the key. Where it is left out, the key of the exam that the sheets name is looked for "
            "beside them and in ./output.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for results.csv and gradebook.csv; marks/ beside the key if left out."
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
    with _mistakes_in_one_line():
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
            time_limit=time_limit,
        )
        from examgen.marking.results.notes import shown_notes
        from examgen.marking.results.remarking import change_lines
    _print_gradebook(graded)
    shown, hidden = shown_notes(graded.notes, MAX_NOTICES)
    for note in shown:
        typer.echo(f"Note: {_printable(note.text)}")
    if hidden:
        typer.echo(f"Note: and {hidden:,} more; notes.csv has all")
    for line in change_lines(graded.remarking):
        typer.echo(line)
    typer.echo(f"Key: {graded.key}")
    typer.echo(f"Marks: {graded.folder / 'gradebook.csv'}")
    typer.echo(f"Every entry: {graded.folder / 'results.csv'}")
    if graded.notes:
        typer.echo(f"All notes: {graded.folder / 'notes.csv'}")
    if feedback:
        typer.echo(f"Feedback: {graded.folder / 'feedback'}")
    elif graded.changed:
        pages = "1 student was" if len(graded.changed) == 1 else f"{len(graded.changed):,} students was"
        typer.echo(f"Feedback of {pages} no longer true and is removed; --feedback writes it anew")


@app.command(
    epilog=_examples(
        "examgen explain output/question2-7/rehearsal ada s1_z2_1",
        "examgen explain output/marks s1234567 s1_z2_1",
    )
)
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
    with _mistakes_in_one_line():
        import examgen
        from examgen.marking.results.appeals.explanation_text import explanation_lines

        found = examgen.explain(folder, student, field, key=key)
    for line in explanation_lines(found, width=_width()):
        # Headings begin at the margin.
        typer.secho(_printable(line), bold=not line.startswith(" "))


@app.command(
    epilog=_examples(
        "examgen check scalar-chain --draws 100",
        "examgen check output/samples/my-question.toml --draws 200",
    )
)
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
    with _mistakes_in_one_line():
        import examgen
        from examgen.batch.bench.check_report import report

        checked = examgen.check(exam, draws=draws, seed=seed, out=out, force=force)
    for line in report(checked):
        typer.echo(line)
    if checked.problems:
        raise typer.Exit(1)


@app.command(name="list", epilog=_examples("examgen list", "examgen list sigmoid"))
def list_exams(
    word: Annotated[str, typer.Argument(metavar="WORD", help="Only those that have it in their line.")] = "",
) -> None:
    """List the shipped exams and question families, a line each."""
    with _mistakes_in_one_line():
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
        _print_error(f"no line has {word!r} in it; examgen list shows all")
        raise typer.Exit(1)


@app.command(epilog=_examples("examgen samples", "examgen samples output/mine"))
def samples(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write to; output/samples where it is left out.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over files that were changed since they were written.")
    ] = False,
) -> None:
    """Write files to begin with: a class list, a question of your own, and an exam that asks it."""
    with _mistakes_in_one_line():
        import examgen

        written = examgen.samples(folder, force=force)
    for name in written.files:
        typer.echo(written.folder / name)


@contextmanager
def _mistakes_in_one_line() -> Iterator[None]:
    """A user's mistake ends with one line on stderr and exit code 1, and never with a traceback."""
    from examgen.errors import ExamgenError

    try:
        yield
    except ExamgenError as error:
        _print_error(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        raise typer.Exit(130) from None


def _print_error(text: str) -> None:
    typer.secho("Error: ", fg=typer.colors.RED, bold=True, err=True, nl=False)
    typer.echo(_printable(" ".join(text.splitlines())), err=True)


def _throw_output_away() -> None:
    """What is held back of standard output goes nowhere, or Python would try to write it once more at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, nothing where the output is piped."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Papers"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("papers", total=None)
        yield lambda done, all_papers: bar.update(task, completed=done, total=all_papers)


def _width() -> int:
    """Columns for running text: those of the terminal up to a width that is easy to read, 80 where it is piped."""
    return min(max(shutil.get_terminal_size().columns, 40), 100) if sys.stdout.isatty() else 80


def _handed_out(files: tuple[str, ...]) -> list[str]:
    return [name for name in files if not name.startswith("key/")]


def _kept(files: tuple[str, ...]) -> list[str]:
    return [name for name in files if name.startswith("key/")]


def _print_notices(notices: Sequence[str]) -> None:
    for notice in notices[:MAX_NOTICES]:
        typer.echo(f"Note: {_printable(notice)}")
    if len(notices) > MAX_NOTICES:
        typer.echo(f"Note: and {len(notices) - MAX_NOTICES} more notices like these")


def _print_gradebook(graded: "GradedClass") -> None:
    """One line per student who is marked now: a table as wide as the terminal, or tab-separated text where the output
    is piped."""
    from examgen.marking.results.shown_marks import WRAPPED, marks_table

    marks = marks_table(graded)
    if not sys.stdout.isatty():
        marks = marks.piped()
        for row in (marks.header, *marks.rows):
            typer.echo("\t".join(map(_printable, row)))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    marks = marks.within(console.width)
    table = Table(title=f"Exam {graded.exam}", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in marks.header:
        is_text = name in WRAPPED
        table.add_column(
            name,
            justify="left" if is_text else "right",
            no_wrap=not is_text,
            overflow="fold",
            style="bold" if name == "student" else "",
        )
    for row in marks.rows:
        # What students write is text: square brackets in it are no markup.
        table.add_row(*(Text(_printable(cell)) for cell in row))
    console.print(table)


def _printable(text: str) -> str:
    """What students wrote, without characters that would steer a terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)
