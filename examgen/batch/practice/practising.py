"""Makes the practice page of a paper: more numbers of the same shapes, the tables to mark by, and the page.

Called by `making`.
"""

from collections.abc import Mapping
from dataclasses import replace

from examgen.batch.practice.page_tables import page_tables
from examgen.documents.paper.practice.practice_page import practice_html
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import LoadedExam
from examgen.exams.draws.drawing import draw_question
from examgen.exams.exam import QuestionVariant, Variant
from examgen.exams.wording.sentences import Wording

VARIANTS = 12
"""So many variants a page has, the paper's own among them."""


def practice_page(loaded: LoadedExam, variant: Variant, style: PaperStyle) -> bytes:
    """The practice page of one paper.

    Raises: BankError: the screens leave no more numbers of its shape.
    """
    variants = practice_variants(loaded, variant)
    tables = page_tables(loaded.exam, variants, Wording.of(style.language))
    return practice_html(loaded.exam, variants, tables, style)


def practice_variants(loaded: LoadedExam, variant: Variant, count: int = VARIANTS) -> list[Variant]:
    """The paper's own numbers and others of the same shapes, drawn and screened as those of any student; only the
    former where no number is drawn."""
    if all(source.fixed for source in loaded.sources.values()):
        return [variant]
    students = [f"{variant.student}\0practice {number}" for number in range(1, count)]
    drawn = {question.id: _drawn(loaded, question.id, variant, students) for question in loaded.exam.questions}
    more = ({name: of_question[place] for name, of_question in drawn.items()} for place in range(len(students)))
    return [variant, *(replace(variant, questions=questions) for questions in more)]


def _drawn(loaded: LoadedExam, name: str, variant: Variant, students: list[str]) -> Mapping[int, QuestionVariant]:
    """One question's numbers for each of these."""
    question = next(one for one in loaded.exam.questions if one.id == name)
    source = replace(loaded.sources[name], labels=(variant.questions[name].label,))
    return dict(enumerate(draw_question(question, source, loaded.exam.name, loaded.seed, students)))
