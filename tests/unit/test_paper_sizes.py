"""How many bytes papers have: a class is mailed, and printed, and kept."""

import pytest

from examgen.batch.making import printed_paper
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam

MOST_QUESTIONS, MOST_KEY = 120_000, 150_000


@pytest.mark.parametrize(
    ("exam", "language", "paper", "student"),
    [("question2", "en", "a4", Student("s1", "Ada Lovelace")), ("midterm", "hi", "letter", Student(""))],
)
def test_papers_are_small(exam: str, language: str, paper: str, student: Student) -> None:
    """The longest exam, too, in the language whose letters take most."""
    loaded = load_exam(exam, 7)
    [variant] = draw_variants(loaded, [student])
    made = printed_paper(loaded.exam, variant, PaperStyle.of(language, paper, None, "full", working_space=False))
    questions = made.handout["questions.pdf"]
    assert len(questions) <= MOST_QUESTIONS
    assert len(made.solution) <= MOST_KEY
    assert len(made.filled) <= len(questions) + 50_000


def test_a_student_has_few_bytes_of_their_own() -> None:
    """What two papers of a class share is most of them, and stands at their beginning, byte for byte."""
    loaded = load_exam("scalar-chain", 7)
    first, second = (
        printed_paper(loaded.exam, variant, PaperStyle()).handout["questions.pdf"]
        for variant in draw_variants(loaded, [Student("s1", "Ada"), Student("s2", "Grace")])
    )
    shared = next(place for place, (one, other) in enumerate(zip(first, second, strict=False)) if one != other)
    assert len(first) - shared < 5_000
    assert len(second) - shared < 5_000
