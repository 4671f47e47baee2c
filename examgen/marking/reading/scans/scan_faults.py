"""Why a page of a scan is not read: for the instructor, in words."""

from examgen.exams.wording.words import ENGLISH, words

PAGE_FAULTS = (
    "no_marks",
    "several_pages",
    "too_dark",
    "no_code",
    "foreign_code",
    "other_format",
    "other_exam",
    "unknown_student",
    "no_such_page",
    "broken",
    "out_of_time",
)
"""By name; their sentences are in `templates/texts`."""


def fault_text(reason: str, language: str = ENGLISH) -> str:
    """What is wrong with a page, as a sentence."""
    return str(words(language)["scans"]["faults"][reason])


def at_page(page: int) -> str:
    """Where in a file; a photo is one page."""
    return f"page {page:,}: " if page else ""
