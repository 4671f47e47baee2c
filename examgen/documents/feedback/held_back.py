"""What results.csv says about marks that are not paid in full, in the language of the page.

`feedback_texts` names it beside each entry; why follow-through is not is told once for all, behind the explanations.
"""

from collections.abc import Sequence

from examgen.documents.feedback.student_feedback import EntryFeedback
from examgen.documents.feedback.unread import UnreadAnswers
from examgen.documents.paper.typed_tasks import symbol_latex
from examgen.documents.style import PaperStyle
from examgen.exams.fields import Field, task_letter
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.sentences import HELD_BACK, SENTENCES
from examgen.exams.wording.words import original, recognized, retold


def is_held_back(entry: EntryFeedback) -> bool:
    """Whether only a part of an entry's marks is paid."""
    found = recognized(entry.comment)
    return found is not None and found[0] in HELD_BACK


def is_of_other_paper(entry: EntryFeedback) -> bool:
    """Whether an answer does not count as following, because it is right on another paper."""
    found = recognized(entry.comment)
    return found is not None and found[0] == SENTENCES["other_paper"]


def is_too_short_to_take(entry: EntryFeedback) -> bool:
    """Whether an answer, right to its digits, has fewer than an exam takes as they are written."""
    found = recognized(entry.comment)
    return found is not None and found[0] == SENTENCES["too_few_to_take"]


def held_answers(
    entries: Sequence[tuple[PaperShape, Field, EntryFeedback]], style: PaperStyle
) -> tuple[UnreadAnswers, ...]:
    """Each sentence with the entries that it is about, those of each question in the order in which they come first."""
    found: dict[tuple[int, str], list[tuple[str, str]]] = {}
    questions: dict[str, int] = {}
    for paper, field, entry in entries:
        number = questions.setdefault(entry.question, len(questions) + 1)
        if is_held_back(entry):
            # A theme's own language may have no words for it.
            said = retold(entry.comment, style.language, style.theme) or original(entry.comment)
            found.setdefault((number, said), []).append((task_letter(field.task), symbol_latex(paper, field)))
    return tuple(UnreadAnswers(said, number, tuple(answers)) for (number, said), answers in found.items())
