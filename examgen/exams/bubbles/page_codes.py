"""The code on a bubble page: of which exam it is, whose, and which of their pages.

`examgen 1 <exam> <variant> <page> <student>`, printed as a QR code. The exam is told by a digest of its id, which
stands on every answer sheet; nothing secret is in the code, and nothing in it is trusted: who can print can make one.
"""

import hashlib
import re
from dataclasses import dataclass

FORMAT = 1
"""Of this text and of the pages' layout: pages of another one are not read."""

MOST_STUDENT_BYTES = 48
"""A longer id would make the squares of the code too small; a digest stands for it."""

_CODE = re.compile(r"examgen ([0-9]{1,4}) ([0-9a-f]{10}) ([!-~]{1,24}) ([0-9]{1,4}) (.*)")


@dataclass(frozen=True, slots=True)
class PageCode:
    """What the code of a page says.

    Attributes:
        exam: `exam_digest` of the exam's id.
        variant: the code of the paper.
        page: its number, from 1 on.
        student: `student_mark` of the student; empty where the paper is for anybody.
    """

    exam: str
    variant: str
    page: int
    student: str


class OtherFormatError(ValueError):
    """A page of another version of examgen."""


def exam_digest(exam_id: str) -> str:
    """Ten characters by which exams are told apart."""
    return hashlib.sha256(exam_id.encode()).hexdigest()[:10]


def student_mark(student: str) -> str:
    """A student's id as the code has it: itself, or a digest where it is long or no plain text."""
    is_plain = student.isprintable() and not student.startswith("#") and student == student.strip()
    if is_plain and len(student.encode()) <= MOST_STUDENT_BYTES:
        return student
    return f"#{hashlib.sha256(student.encode()).hexdigest()[:20]}"


def code_text(code: PageCode) -> str:
    """What is printed as a QR code."""
    return f"examgen {FORMAT} {code.exam} {code.variant} {code.page} {code.student}"


def page_code(exam_id: str, variant: str, page: int, student: str) -> PageCode:
    """The code of a student's page."""
    return PageCode(exam_digest(exam_id), variant, page, student_mark(student))


def read_code(text: str) -> PageCode | None:
    """What a code says; None where it is none of ours.

    Raises: OtherFormatError: it is one of another version.
    """
    found = _CODE.fullmatch(text)
    if found is None:
        return None
    if int(found[1]) != FORMAT:
        raise OtherFormatError(found[1])
    return PageCode(found[2], found[3], int(found[4]), found[5])
