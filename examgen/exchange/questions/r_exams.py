"""Exercises for the R package exams: R Markdown for each question, and a table with the variants that it draws from.

R has no examgen, so numbers and right answers are those of the table. A question with several boxes is a cloze
exercise, one with a single box a number, and a single choice a choice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examgen.exams.folders.files import csv_bytes, folder_name
from examgen.exchange.made import Made
from examgen.exchange.questions import markdown_texts as markdown
from examgen.exchange.questions.cloze import number
from examgen.exchange.questions.item_markup import described
from examgen.exchange.questions.item_pool import Pool
from examgen.exchange.questions.items import Item
from examgen.marking.reading.platforms.tags import Tag

COLUMNS = ("variant", "question", "answers", "solution", "extype", "exsolution", "exclozetype", "extol", "expoints")

# The table goes before anything is shown: what lies beside an exercise is handed out with it.
_EXERCISE = """\
```{{r variant, echo = FALSE, results = "hide"}}
include_supplement("{table}", recursive = TRUE)
variants <- read.csv("{table}", colClasses = "character", fileEncoding = "UTF-8", na.strings = character())
unlink("{table}")
variant <- variants[sample(nrow(variants), 1), ]
```

Question
========
`r variant$question`

```{{r answers, echo = FALSE, results = "asis"}}
if(nzchar(variant$answers)) cat("\\nAnswerlist\\n----------\\n", variant$answers, "\\n", sep = "")
```

Solution
========
`r variant$solution`

Meta-information
================
exname: {name}
extitle: {title}
exsection: {section}
exversion: {exam}
extype: `r variant$extype`
exsolution: `r variant$exsolution`
exclozetype: `r variant$exclozetype`
extol: `r variant$extol`
expoints: `r variant$expoints`
exshuffle: FALSE
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """One box: what stands before it, or the options; its type, right answer, tolerance and points."""

    lines: tuple[str, ...]
    kind: str
    solution: str
    tolerance: str
    points: str


def r_files(pool: Pool) -> Made:
    """An exercise and its table for each question."""
    files: dict[str, bytes] = {}
    counts = []
    for question, variants in pool.questions().items():
        first = next(iter(variants.values()))[0]
        name = folder_name(f"{pool.exam.name}-{question}")
        title = first.style.phrase(pool.exam.title)
        exercise = _EXERCISE.format(
            table=f"{name}.csv",
            name=name,
            title=_one_line(described(first.style, first.question.number, first.question.title)),
            section=_one_line(title).replace("/", " "),
            exam=pool.exam.id,
        )
        files[f"{name}.Rmd"] = exercise.encode()
        files[f"{name}.csv"] = csv_bytes(COLUMNS, [_row(items) for items in variants.values()])
        counts.append(len(variants))
    return Made(files, tuple(_notices(max(counts))))


def _notices(variants: int) -> Iterator[str]:
    them = "the variant of its table" if variants == 1 else f"one of the {variants} variants of its table"
    yield (
        f"each exercise draws {them}, with numbers that were worked out here: R has no examgen, and --variants adds "
        "further ones"
    )


def _row(items: Sequence[Item]) -> list[str]:
    """A variant of a question."""
    first = items[0]
    tag = markdown.plain(str(Tag(first.exam.id, first.question_id, first.variant)))
    question = [tag, *markdown.setting(first), *map(markdown.asked, items)]
    parts = [part for item in items for part in _parts(item)]
    is_cloze = len(parts) > 1
    lines = [line for part in parts for line in part.lines]
    if len(parts) == 1 and parts[0].kind == "num":
        question, lines = [*question, *lines], []
    return [
        first.variant,
        "\n\n".join(question),
        "\n".join(f"* {line}" for line in lines),
        "\n\n".join(markdown.solution(items)),
        "cloze" if is_cloze else parts[0].kind,
        "|".join(part.solution for part in parts),
        "|".join(part.kind for part in parts),
        "|".join(part.tolerance for part in parts),
        "|".join(part.points for part in parts) if is_cloze else parts[0].points,
    ]


def _parts(item: Item) -> Iterator[_Part]:
    if item.task.kind == "choice":
        kind = "mchoice" if item.task.takes_several else "schoice"
        solution = "".join("1" if place in item.right else "0" for place in range(len(item.task.options)))
        yield _Part(tuple(markdown.options(item)), kind, solution, "0", f"{float(item.marks):.6g}")
        return
    for entry in item.entries.values():
        points = f"{float(entry.field.exact_marks):.6g}"
        before = (markdown.box(item, entry.latex),)
        yield _Part(before, "num", number(entry.value), number(entry.tolerance), points)


def _one_line(text: str) -> str:
    return " ".join(text.split())
