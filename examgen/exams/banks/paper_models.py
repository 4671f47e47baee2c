"""What bank and exam files say of papers, as pydantic models: their head, how they are drawn, what they keep to, and
the exam of several questions."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from examgen.core import draw_versions
from examgen.exams.banks.bank_values import Day, Duration, Line
from examgen.exams.cover import Cover
from examgen.exams.forms import Among, Form, Number, Prose, Proses, Strict, Whole, require
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.policy import Policy


def _known_draws(version: int) -> int:
    known = range(draw_versions.FIRST_DRAWS, draw_versions.CURRENT_DRAWS + 1)
    if version not in known:
        raise ValueError(f"found {version}; allowed are versions of the draws: {', '.join(map(str, known))}")
    return version


Draws = Annotated[Whole, AfterValidator(_known_draws)]
"""A version of the draws, see `examgen.core.draw_versions`."""


NotationName = Annotated[str, Among(NOTATIONS)]


class CoverModel(Form):
    """What bank and exam files say of the head of a paper; of a family only where it is an exam of its own.

    Attributes:
        course: a line in the head of the paper.
        date: a day such as 2026-11-27, or a text.
        duration: minutes, or a text.
        duplex: whether the inner margin is wider, for sheets printed on both sides.
    """

    course: Line = ""
    date: Day = ""
    duration: Duration = ""
    duplex: Strict = False

    cover_keys: ClassVar[tuple[str, ...]] = ("course", "date", "duration", "duplex")

    @property
    def cover(self) -> Cover:
        """The head of its papers."""
        return Cover(self.course, self.date, self.duration, self.duplex)


class PapersModel(CoverModel):
    """What bank and exam files say of papers as a whole; of a family only where it is an exam of its own.

    Attributes:
        draws: version of the draws; without it papers are drawn as they always were.
    """

    draws: Draws = draw_versions.FIRST_DRAWS

    later_keys: ClassVar[frozenset[str]] = frozenset({"draws"})


class ScreensModel(Form):
    """`[screens]`: what a drawn variant must keep to.

    Attributes:
        kink_margin: so far at least the input of a ReLU is from its kink.
        min_slope: so steep at least is an activation somewhere in each layer.
        significant_digits: so many digits each asked answer keeps at least.
        tie_margin: so far from a tie of rounding each answer is, in units of its last digit.
        max_abs: the largest value allowed anywhere on the way.
        misconception_margin: by so many tolerances each misconception moves an asked answer.
        max_draws: after so many draws without a paper the bank is refused.
    """

    kink_margin: Annotated[Number, Field(ge=0)] = Decimal("0.05")
    min_slope: Annotated[Number, Field(ge=0)] = Decimal("0.02")
    significant_digits: Annotated[Whole, Field(ge=0, le=9)] = 2
    tie_margin: Annotated[Number, Field(ge=0, lt=Decimal("0.5"))] = Decimal("0.001")
    max_abs: Annotated[Number, Field(gt=0)] = Decimal(9999)
    misconception_margin: Annotated[Number, Field(ge=0, le=100)] = Decimal(2)
    max_draws: Annotated[Whole, Field(ge=1, le=1_000_000)] = 20_000


class QuestionModel(Form):
    """One of `[[questions]]`.

    Attributes:
        family: a family by its name, or the path of a file beside the exam.
        title: heading; that of the family where it is left out.
    """

    family: str
    title: Prose = ""


class ExamModel(PapersModel):
    """One exam file.

    Attributes:
        format: of the file; always 1.
        title: of the paper.
        about: a line for examgen list.
        notation: how the paper writes symbols.
        instructions: a list of sentences for the first page.
        policy: how answers are marked.
        questions: the families that it asks, in order.
    """

    format: Literal[1] = 1
    title: Prose
    about: Prose = ""
    notation: NotationName = "from-to"
    instructions: Proses = ()
    policy: Policy = Policy()
    questions: Annotated[tuple[QuestionModel, ...], Field(min_length=1, max_length=26)]

    @model_validator(mode="after")
    def _known(self) -> "ExamModel":
        require(self.notation, NOTATIONS, "notation")
        return self
