"""The arguments and options that several commands have; `making_commands` and `trying_commands` take them."""

from pathlib import Path
from typing import Annotated

import typer

from examgen.cli import completion

Exam = Annotated[
    str,
    typer.Argument(
        metavar="EXAM",
        help="An exam or family by name (see examgen list), or a TOML file.",
        autocompletion=completion.exams_of_command,
    ),
]
Banks = Annotated[
    list[Path] | None,
    typer.Option(
        "--banks",
        metavar="DIR",
        help="Own folder in which names are looked up first; may be given several times. EXAMGEN_BANKS lists more.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="N",
        help="For practice: the same seed makes the same papers, byte for byte. Else a fresh one is drawn and told.",
    ),
]
Secret = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Draw with the secret in this file instead of a seed: nobody can guess it. examgen secret makes one.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Processes that work side by side; if it is left out, as many as there are cores.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Work on the Dask cluster of this scheduler, such as tcp://host:8786, instead of --jobs "
        "(needs examgen\\[cluster]).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print what was done as JSON, and progress as JSON on stderr.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but mistakes.")]
Fairness = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Draw papers of about equal work: multiplications, live units and minus signs of each question are within "
        "this share of a typical paper's, such as 0.1.",
    ),
]
NotationName = Annotated[
    str | None,
    typer.Option(
        "--notation",
        metavar="NAME",
        help="from-to, to-from-da, nielsen, scalar, row or descent; the exam's own where it is left out.",
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
Scan = Annotated[
    bool,
    typer.Option(
        "--scan",
        help="Add pages with bubbles, which examgen grade reads from scans and photos (needs examgen\\[scan]).",
    ),
]

Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Write over what lies in the folder; another exam there, key and all, is kept in old-1/ of it."
    ),
]
