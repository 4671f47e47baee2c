"""Laws of what is told: nothing is lost or counted twice, no kind hides another, and the most serious comes first."""

import re

from hypothesis import given
from hypothesis import strategies as st

from examgen.marking.reading.problems import PROBLEMS
from examgen.marking.results.notes import Note, shown_notes, sorted_notes

KINDS = ("unusable_file", "wrong_columns", "unread", "contradiction", "untouched", "absent")
NOTES = st.lists(
    st.builds(
        Note,
        st.sampled_from(("s1", "s2", "")),
        st.sampled_from(("a.csv", "b.csv", "")),
        st.sampled_from(("", "line 2", "line 7, Q1 z1", "Q1 z1")),
        st.sampled_from(KINDS),
        st.just("what is wrong"),
    ),
    max_size=60,
)
MORE = re.compile(r"\(and so on in ([0-9,]+) more (?:rows?|files?)\)")
ABSENT = re.compile(r"([0-9,]+) students? of the key handed in nothing: ")


def speaks_for(note: Note) -> int:
    """How many notes a printed line stands for."""
    if note.kind == "absent":
        match = ABSENT.match(note.text)
        assert match is not None
        return int(match[1])
    found = MORE.search(note.text)
    return 1 + (int(found[1]) if found else 0)


@given(NOTES, st.integers(len(KINDS), 25))
def test_lines_and_what_is_left_are_all_there_is(notes: list[Note], most: int) -> None:
    """The lines that are printed stand for so many notes, and the rest is counted."""
    shown, hidden = shown_notes(sorted_notes(notes), most)
    assert len(shown) <= most
    assert sum(map(speaks_for, shown)) + hidden == len(notes)
    assert len(shown) == most or not hidden
    order = [list(PROBLEMS).index(note.kind) for note in shown]
    assert order == sorted(order)


@given(NOTES, st.integers(3 * len(KINDS), 25))
def test_no_kind_hides_another(notes: list[Note], most: int) -> None:
    """Of every kind up to three lines are printed, however many there are of a more serious one."""
    shown, _ = shown_notes(sorted_notes(notes), most)
    everything, hidden = shown_notes(sorted_notes(notes), 10_000)
    assert not hidden
    for kind in KINDS:
        lines, of_all = ([note for note in these if note.kind == kind] for these in (shown, everything))
        assert lines == of_all[: len(lines)]
        assert len(lines) >= min(3, len(of_all))
