"""What is told of papers with characters that no font of this machine can show; `making` calls it for each paper."""

import unicodedata
from collections.abc import Iterator, Sequence

from examgen.documents.paper.printing import PrintedPaper
from examgen.exams.exam import Exam, Variant

MOST_NAMED = 5
"""So many characters without a glyph are named in a notice; the rest is counted."""


def glyph_notices(exam: Exam, variant: Variant, questions: PrintedPaper, key: PrintedPaper) -> Iterator[str]:
    """A line for the student and a line for the exam where a paper has characters that no font can show."""
    missing = dict.fromkeys(questions.missing + key.missing)
    own = {*variant.student, *variant.name}
    for whose, letters in (
        (f"student {variant.student!r}", [letter for letter in missing if letter in own]),
        (f"exam {exam.id!r}", [letter for letter in missing if letter not in own]),
    ):
        if letters:
            yield (
                f"{whose}: no font has {_named(letters)}; boxes stand there. Install a font with that script, such as "
                "the Noto font for it, and make the papers again"
            )


def _named(letters: Sequence[str]) -> str:
    names = [f"U+{ord(letter):04X} {unicodedata.name(letter, 'without a name')}" for letter in letters[:MOST_NAMED]]
    more = len(letters) - MOST_NAMED
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
