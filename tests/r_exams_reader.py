"""Reads exercises as the R package exams does: knits what they have in R, and takes the sections of the Markdown.

By its read_exercise.R and read_metainfo.R: a section ends three lines above the next underline, a command is a line
that holds its name and a colon, and values are separated by bars.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

_TYPES = ("num", "schoice", "mchoice", "cloze")


@dataclass(frozen=True)
class Exercise:
    """One drawn variant of an exercise, as Markdown and values."""

    question: str
    answers: tuple[str, ...]
    solution: str
    kind: str
    kinds: tuple[str, ...]
    right: tuple[str, ...]
    tolerances: tuple[float, ...]
    points: tuple[float, ...]
    name: str
    title: str
    section: str


def variants_of(path: Path) -> list[dict[str, str]]:
    """The table that an exercise names; it names one only, in the folder beside it."""
    named = set(re.findall(r'"([^"]+\.csv)"', path.read_text(encoding="utf-8")))
    [table] = named
    with (path.parent / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def knitted(path: Path, variant: dict[str, str]) -> str:
    """The Markdown that knitr makes of an exercise when this variant is drawn."""
    text = path.read_text(encoding="utf-8")
    answers = f"\nAnswerlist\n----------\n{variant['answers']}\n" if variant["answers"] else ""
    chunks = iter(["", answers])
    text = re.sub(r"```\{r [^\n]*\}\n.*?\n```\n", lambda _: next(chunks) or "\n", text, flags=re.DOTALL)
    assert next(chunks, None) is None
    return re.sub(r"`r variant\$(\w+)`", lambda found: variant[found[1]], text)


def read_exercise(markdown: str) -> Exercise:
    """Its sections and values."""
    lines = markdown.split("\n")
    question = _section(lines, "question")
    assert question is not None
    listed = _section(question, "answerlist")
    answers: tuple[str, ...] = ()
    if listed is not None:
        text = " ".join(re.sub(r"^\* ", r"\\item ", line) for line in listed)
        answers = tuple(item.strip() for item in re.sub(r"^ *\\item *", "", text).split(r"\item"))
        cut = [line.lower() for line in question].index("answerlist")
        question = question[:cut]
    solution = _section(lines, "solution")
    assert solution is not None
    kind = _command(lines, "extype")[0]
    assert kind in _TYPES
    right = tuple(_command(lines, "exsolution"))
    kinds = tuple(_command(lines, "exclozetype"))
    tolerances = tuple(map(float, _command(lines, "extol")))
    points = tuple(map(float, _command(lines, "expoints")))
    if kind == "cloze":
        assert len(kinds) == len(right) == len(tolerances) == len(points)
    else:
        assert len(right) == len(tolerances) == len(points) == 1
    assert _command(lines, "exshuffle") == ["FALSE"]
    return Exercise(
        "\n".join(question).strip(),
        answers,
        "\n".join(solution).strip(),
        kind,
        kinds if kind == "cloze" else (kind,),
        right,
        tolerances,
        points,
        _command(lines, "exname")[0],
        _command(lines, "extitle")[0],
        _command(lines, "exsection")[0],
    )


def _section(lines: list[str], name: str) -> list[str] | None:
    """The lines of a section or subsection, None where there is none."""
    under = [place for place, line in enumerate(lines) if re.match("====|----", line)]
    mine = [place for place in under if lines[place - 1].lower().replace("-", "") == name]
    if not mine:
        return None
    [place] = mine
    ends = [one for one in under if one > place and (lines[place][0] == "-" or lines[one][0] == "=")]
    return lines[place + 1 : ends[0] - 2] if ends else lines[place + 1 :]


def _command(lines: list[str], name: str) -> list[str]:
    found = [line for line in lines if f"{name}:" in line]
    assert len(found) == 1, (name, found)
    return found[0].replace(f"{name}:", "").strip(" \t").split("|")
