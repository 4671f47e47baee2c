"""The tag at the beginning of an exported question, by which its answers are told when they come back.

Platforms export the texts of questions with the answers, but not always their names. `exchange` writes tags, and the
readers beside this module find them again.
"""

import re
from dataclasses import dataclass

from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.task import CHOICE

# A platform may break the line at a space, make it one that does not break, and put text before the tag.
_TAG = re.compile(
    r"\[(?P<exam>\S(?:.{0,198}?\S)??)\s+(?P<question>Q[1-9][0-9]{0,3})\s+(?P<variant>\w{1,40})"
    r"(?:\s+(?P<field>[^\s\]*]+)(?:\*1e(?P<power>[0-9]{1,3}))?)?\]",
    re.DOTALL,
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Tag:
    """Which question of which paper.

    Attributes:
        exam, question, variant: as in answers.csv.
        field: where each box is a question of its own; else empty.
        power: of ten, by which its number is asked.
    """

    exam: str
    question: str
    variant: str
    field: str = ""
    power: int = 0

    def __str__(self) -> str:
        field = f"{self.field}*1e{self.power}" if self.power else self.field
        return f"[{' '.join(filter(None, (self.exam, self.question, self.variant, field)))}]"


def tag_in(text: str) -> Tag | None:
    """The first tag of a text, None where there is none.

    >>> tag_in("17: [question2-1a2b3c Q1 4fb01c2d s1_z2_1](a) …")
    Tag(exam='question2-1a2b3c', question='Q1', variant='4fb01c2d', field='s1_z2_1', power=0)
    """
    found = _TAG.search(text)
    if found is None:
        return None
    exam = _SPACES.sub(" ", found["exam"])
    return Tag(exam, found["question"], found["variant"], found["field"] or "", int(found["power"] or 0))


def quiz_fields(paper: PaperShape) -> tuple[Field, ...]:
    """Those fields of a question that platforms ask, in the order of the paper: numbers and choices."""
    return tuple(field for field in paper.fields if field.as_ in ("number", CHOICE))
