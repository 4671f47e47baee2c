"""results.csv names the character that makes an answer unreadable, for the entries concerned alone."""

from pathlib import Path

import numpy as np
import pytest

from examgen.marking.grading import grade
from examgen.marking.reading.answers import AnswerTable, Numbers
from examgen.marking.reading.character_comments import with_characters
from examgen.marking.reading.typed.typed_numbers import REASONS, parse_number
from examgen.marking.results.appeals.explaining import explain
from examgen.tables.text_columns import Texts
from tests.marking_sheets import make_key, rounded, write_sheet

WRITTEN = ["0.5", "½", "≈0.5", "1\x00", "½", "1 2", ""]
TEXTS = ("", "other", "other")


def answers() -> AnswerTable:
    names = Texts.of([""] * len(WRITTEN))
    line = np.arange(len(WRITTEN))
    numbers = Numbers.of(map(parse_number, WRITTEN))
    return AnswerTable(line.astype(np.int32), line, names, names, names, names, names, Texts.of(WRITTEN), numbers)


def test_each_entry_has_its_own_character() -> None:
    """The same text is told the same, and other entries keep their comments, whatever texts stand before."""
    rows = np.array([[0, 1, 2, 3], [4, 5, 6, -1]])
    is_unreadable = np.array([[False, True, True, True], [True, True, False, False]])
    codes, texts = with_characters((np.full(rows.shape, 2), TEXTS), answers(), rows, is_unreadable)
    told = np.array(texts)[codes]
    half, near, null = (
        f"{REASONS[reason]} (It has {name}.)"
        for reason, name in [
            ("bad_char", "U+00BD, vulgar fraction one half"),
            ("bad_char", "U+2248, almost equal to"),
            ("control_char", "U+0000, null"),
        ]
    )
    assert told.tolist() == [["other", half, near, null], [half, "other", "other", "other"]]
    assert list(texts[:3]) == list(TEXTS)


def test_nothing_changes_where_no_character_is_at_fault() -> None:
    """The comments of a class of plain numbers are handed on as they are."""
    comment = (np.zeros((1, 2), dtype=np.int64), TEXTS)
    assert with_characters(comment, answers(), np.array([[0, 5]]), np.array([[False, True]])) is comment


@pytest.mark.parametrize(
    ("answer", "said"),
    [("≈0.5", "U+2248, almost equal to"), ("0\u200b.5", "U+200B, zero width space"), ("1\u202f2", "U+202F, narrow")],
)
def test_the_character_is_in_the_table_the_note_and_the_explanation(tmp_path: Path, answer: str, said: str) -> None:
    """Also where results.csv shows a space in its place."""
    made = make_key(tmp_path / "exam")
    field = made.of("s1")[0]["field"]
    sheet = write_sheet(
        tmp_path / "s.csv", made.of("s1"), lambda row: answer if row["field"] == field else rounded(row)
    )
    graded = grade(sheet, made.key)
    comment = graded.results["comment"][0]
    assert comment.startswith(REASONS["bad_char"])
    assert said in comment
    assert said in next(note.text for note in graded.notes if note.kind == "unread")
    assert explain(graded.folder, "s1", f"{made.of('s1')[0]['question']}:{field}").unreadable == comment
