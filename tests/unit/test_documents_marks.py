"""What papers say about marks that are spread over a task, and about bonus."""

from pathlib import Path

from examgen.documents.paper.papers import key_page, question_page
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.small_banks import DRAWN, written
from tests.stamped_pages import html_of

BANK = f"""{DRAWN}marks_per_task = 10
[[tasks]]
text = "b"
ask = ["dL_db", "dL_dW"]
marks = 0.5
bonus = true
"""


def test_a_paper_shows_the_marks_of_a_task_and_leaves_bonus_out_of_the_total(tmp_path: Path) -> None:
    """Three entries for ten marks are ten, not 9.999999, and nothing is said of each of them."""
    loaded = load_exam(written(tmp_path, BANK), 7)
    [variant] = draw_variants(loaded, [Student("s1")])
    for page in (question_page(loaded.exam, variant), key_page(loaded.exam, variant)):
        tasks = [(task.marks, task.each) for question in page.questions for task in question.tasks]
        assert (page.marks, tasks) == ("10", [("10", ""), ("1", "0.5")])
    html = html_of(key_page(loaded.exam, variant), with_solution=True)
    asked = html.split('<ul class="asked">')[1].split("</ul>")[0]
    assert "10 marks</span>" in asked
    assert asked.count("for each entry") == 1
