"""Sheets for practice pages: honest work, slips, beliefs and habits of all kinds, and what is no work at all.

Called by the test that marks them with the marker and with the page's script.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import papers
from tests.classroom.kinds import GAPS
from tests.classroom.pupils import CUTTING, HONEST, SHORT, Pupil, beliefs_of, work_out

CONSTANTS = ("0", "1", "0.5", "-2", "1000000", "1e9", "0.1234")
NONSENSE = ("abc", "1/3", "1,5", "--", "1e400", "½", "1.2.3", "12 5", "nan", "(4, 1)", "4x1", "1×4", "(1, 4)", "a", "b")
WILD = ("99999", "-123456", "1e7", "0", "0.0000")

GROUPS = 14
"""So many ways of working are on the sheets of an exam: those who work alike are worked out together."""

Spoil = Callable[[list[str], random.Random], list[str]]


@dataclass(frozen=True, slots=True)
class PracticeSheet:
    """What is typed into all boxes of a page: the place of its variant, and by question a text for each field."""

    variant: int
    texts: tuple[tuple[str, ...], ...]


def practice_sheets(exam: Exam, variants: Sequence[Variant], count: int, seed: int) -> list[PracticeSheet]:
    """So many sheets for a page with these variants, always the same for a seed."""
    chooses = random.Random(seed)
    numbers = _numbers_alone(exam)
    groups = [_group(numbers, variants[0], chooses) for _ in range(GROUPS)]
    pupils = [replace(chooses.choice(groups), variant=chooses.choice(variants)) for _ in range(count)]
    worked = [list(sheet.texts) for sheet in work_out(numbers, pupils, seed)]
    fields = [field for paper, _ in papers(numbers, variants[0]) for field in paper.fields]
    places = [next(place for place, one in enumerate(variants) if one is pupil.variant) for pupil in pupils]
    sheets = []
    for number, place in enumerate(places):
        others = [worked[other] for other, at in enumerate(places) if at == place]
        texts = _spoiled(_mixed(worked[number], others, chooses), fields, chooses)
        sheets.append(PracticeSheet(place, tuple(_by_question(exam, variants[0], texts, chooses))))
    return sheets


def _numbers_alone(exam: Exam) -> Exam:
    """The exam without the tasks that ask for no numbers."""
    questions = (
        replace(one, tasks=tuple(task for task in one.tasks if task.as_ == "number")) for one in exam.questions
    )
    return replace(exam, questions=tuple(questions))


def _group(exam: Exam, variant: Variant, chooses: random.Random) -> Pupil:
    """One of those who work alike."""
    beliefs = beliefs_of(exam, variant)
    habits = chooses.choice([*HONEST, *SHORT, *CUTTING])
    belief = chooses.choice(["", *beliefs, *beliefs])
    goes_on_from = chooses.choice(["dL_dz", "dL_dz", "dL_db"])
    slips = not belief and chooses.random() < 0.6
    return Pupil("", variant, habits, belief, slips, frozenset(), goes_on_from)


def _mixed(texts: list[str], others: Sequence[list[str]], chooses: random.Random) -> list[str]:
    """A quarter of the sheets has answers of somebody else: two beliefs on one sheet."""
    if chooses.random() > 0.25:
        return texts
    other, share = chooses.choice(others), chooses.random()
    if chooses.random() < 0.5:
        return [b if chooses.random() < share else a for a, b in zip(texts, other, strict=True)]
    cut = int(share * len(texts))
    return [*texts[:cut], *other[cut:]]


def _spoiled(texts: list[str], fields: Sequence[Field], chooses: random.Random) -> list[str]:
    """With boxes left empty, and with what nobody has worked out."""
    if texts and chooses.random() < 0.35:
        gaps = chooses.choice(list(GAPS.values()))(fields, chooses)
        texts = ["" if gap else text for text, gap in zip(texts, gaps, strict=True)]
    return chooses.choice(_SPOILT)(texts, chooses) if texts and chooses.random() < 0.4 else texts


def _here_and_there(share: float, chosen: Callable[[str, random.Random], str]) -> Spoil:
    return lambda texts, chooses: [chosen(text, chooses) if chooses.random() < share else text for text in texts]


def _some(count: int, chosen: Callable[[random.Random], str]) -> Spoil:
    def spoil(texts: list[str], chooses: random.Random) -> list[str]:
        found = [*texts]
        for _ in range(count):
            found[chooses.randrange(len(found))] = chosen(chooses)
        return found

    return spoil


def _one_constant(texts: list[str], chooses: random.Random) -> list[str]:
    return [chooses.choice(CONSTANTS)] * len(texts)


def _given_up(texts: list[str], chooses: random.Random) -> list[str]:
    end = chooses.randrange(len(texts))
    return [text if place < end else "" for place, text in enumerate(texts)]


_SPOILT: tuple[Spoil, ...] = (
    _one_constant,
    _given_up,
    _here_and_there(0.2, lambda _text, _chooses: "0"),
    _here_and_there(0.15, lambda _text, chooses: chooses.choice(NONSENSE)),
    _here_and_there(0.3, lambda text, _chooses: text.lstrip("-")),
    _here_and_there(1.0, lambda _text, chooses: f"{chooses.uniform(-1, 1):.4f}"),
    _some(3, lambda chooses: f"{chooses.uniform(-3, 3):.{chooses.randrange(5)}f}"),
    _some(2, lambda chooses: chooses.choice(WILD)),
)


def _by_question(exam: Exam, variant: Variant, texts: Sequence[str], chooses: random.Random) -> list[tuple[str, ...]]:
    """With something in the boxes that ask for no number."""
    left = iter(texts)
    return [
        tuple(next(left) if field.as_ == "number" else _typed(field, chooses) for field in paper.fields)
        for paper, _ in papers(exam, variant)
    ]


def _typed(field: Field, chooses: random.Random) -> str:
    if field.as_ == "choice":
        return chooses.choice(["", "a", "b", "c"])
    return chooses.choice(["", *NONSENSE, "(3, 2)", "2 x 3", "[2;3]", "4", "(4,)", "0x2", "2.5 x 1", "(1, 2", "3 × 1"])
