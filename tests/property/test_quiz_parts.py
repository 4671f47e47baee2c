"""What students typed into the boxes of a quiz is found again in the texts that platforms make of it."""

from hypothesis import given
from hypothesis import strategies as st

from examgen.marking.reading.platforms.moodle_responses import is_moodle, read_moodle
from examgen.marking.reading.platforms.response_texts import parts_of
from examgen.marking.reading.platforms.responses import plain_title

WORDS = st.sampled_from(["part {}: {}", "Teil {}: {}", "partie {} : {}", "parte {}: {}", "भाग {}: {}"])
TYPED = st.text(max_size=12).map(str.strip).filter(lambda text: ";" not in text)


@given(WORDS, st.lists(TYPED, min_size=1, max_size=12))
def test_parts_are_what_was_typed(word: str, typed: list[str]) -> None:
    """Whatever it is, as long as it does not look like the next part."""
    text = "; ".join(word.format(place, answer) for place, answer in enumerate(typed, start=1))
    assert parts_of(text.strip(), len(typed)) == typed


@given(st.text("; part12:-.", max_size=60), st.integers(1, 5))
def test_any_text_has_as_many_parts_as_boxes(text: str, count: int) -> None:
    """Also one that looks like several: nothing raises, and no box is missing."""
    found = parts_of(text, count)
    assert len(found) == count
    assert all(part in text for part in found)


def test_who_types_a_part_moves_nobodys_marks_but_the_own() -> None:
    """What looks like the next part in an answer is taken for it; the box behind it is then no number."""
    assert parts_of("part 1: 7; part 2: 8; part 2: 9; part 3: 1", 3) == ["7", "8; part 2: 9", "1"]


@given(st.lists(st.text(max_size=20), max_size=8), st.lists(st.lists(st.text(max_size=20), max_size=9), max_size=4))
def test_any_table_is_read_or_refused(titles: list[str], rows: list[list[str]]) -> None:
    """Cells may be missing, too many, or hold anything behind a tag."""
    header = ["Email address", "Question 1", "Response 1", *titles]
    assert is_moodle(header)
    lines = [["a@b.c", "[exam-a1 Q1 ABCDEFGH] …", "0.5", *titles], *rows]
    found = read_moodle("here", header, enumerate(lines, start=2))
    assert found.attempts[0].responses[0].text == "0.5"


@given(st.text(max_size=30))
def test_plain_titles_are_the_same_twice(text: str) -> None:
    """What is plain stays as it is."""
    assert plain_title(plain_title(text)) == plain_title(text)
