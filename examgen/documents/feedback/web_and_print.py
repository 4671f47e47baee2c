"""What a marked student gets back as a web page and as a PDF; the batch calls both."""

from examgen.documents.feedback.student_feedback import StudentFeedback
from examgen.documents.style import PaperStyle
from examgen.exams.exam import Exam, Variant


def feedback_html(exam: Exam, variant: Variant, feedback: StudentFeedback, style: PaperStyle) -> str:
    """One self-contained web page; it runs no script and loads nothing.

    Raises: ExamgenError where a text of the exam or of a theme cannot be set.
    """
    from examgen.documents.feedback.feedback_web import web_page

    return web_page(exam, variant, feedback, style)


def feedback_pdf(exam: Exam, variant: Variant, feedback: StudentFeedback, style: PaperStyle) -> bytes:
    """The same on paper. Students with the same questions share a layout, whatever is explained to them.

    Raises: ExamgenError as in `feedback_html`.
    """
    from examgen.documents.feedback.printed.feedback_printing import printed_page

    return printed_page(exam, variant, feedback, style)
