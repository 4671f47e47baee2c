"""Feedback as one web page: formulas are MathML, and nothing that a student typed is markup or a formula."""

from dataclasses import replace

from markupsafe import Markup

from examgen.documents.feedback.feedback_notes import NoteParts, known_notes, note_parts, slip_parts
from examgen.documents.feedback.feedback_pages import FeedbackPage, feedback_page
from examgen.documents.feedback.feedback_texts import FIRST, SIGNS, in_order, texts_of
from examgen.documents.feedback.held_back import held_answers
from examgen.documents.feedback.student_feedback import StudentFeedback
from examgen.documents.math import localized
from examgen.documents.numbers import Printed
from examgen.documents.paper.render import render, web_math
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_numbers import solve_for_print
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers
from examgen.resources import shipped

STYLE_SHEETS = ("sheet.css", "feedback.css")


class PrintedDecimals(Printed):
    """Numbers that are never printed as fractions: a student's own are no exact ones."""

    def text(self, value: object, decimals: int, denominator: int = 0) -> str:  # noqa: ARG002
        """With these decimals."""
        return Printed.text(self, value, decimals)


def web_page(exam: Exam, variant: Variant, feedback: StudentFeedback, style: PaperStyle) -> str:
    """One student's feedback as HTML."""
    page = _page(exam, variant, feedback, style)
    css = "\n".join((shipped("templates") / name).read_text(encoding="utf-8") for name in STYLE_SHEETS)

    def with_mark(markup: Markup) -> Markup:
        """Formulas with the decimal mark of the language."""
        return Markup(localized(str(markup), style.decimal_mark))

    def formula(latex: str, where: str) -> Markup:
        """A formula as MathML."""
        return with_mark(web_math(latex, where))

    return render(
        "feedback_web.html.j2",
        page.paper,
        feedback=page,
        css=Markup(css),
        signs=[*SIGNS.items(), ("first_error", FIRST)],
        localized=with_mark,
        formula=formula,
        language=style.speech,
    )


def _page(exam: Exam, variant: Variant, feedback: StudentFeedback, style: PaperStyle) -> FeedbackPage:
    parts = list(papers(exam, variant))
    shapes = [paper for paper, _ in parts]
    solved = [solve_for_print(paper, numbers) for paper, numbers in parts]
    feedback = replace(feedback, misconceptions=known_notes(shapes, feedback, style))
    notes = [_with_decimals(note_parts(note, solved, feedback.entries)[1]) for note in feedback.misconceptions]
    slip = slip_parts(feedback, solved)
    return feedback_page(
        exam,
        feedback.person,
        solved,
        notes,
        texts_of(shapes, feedback, style),
        style,
        held_answers(in_order(shapes, feedback), style),
        slip=None if slip is None else _with_decimals(slip[1]),
    )


def _with_decimals(note: NoteParts) -> NoteParts:
    return note if note.own is None else replace(note, own=replace(note.own, numbers=PrintedDecimals()))
