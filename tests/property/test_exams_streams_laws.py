"""The mapping from words to integers against Python's own big integers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from examgen.exams.draws.streams import below, stream_key

WORDS = st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**32 - 1, 2**32, 2**63, 2**64 - 2**32, 2**64 - 1])
LABELS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4)
BOUNDS = st.integers(1, 2**32 - 1) | st.integers(1, 100) | st.sampled_from([1, 2, 2**31, 2**32 - 1])


@given(st.lists(st.tuples(WORDS, BOUNDS), min_size=1))
def test_below_is_the_high_part_of_the_product(pairs: list[tuple[int, int]]) -> None:
    """(word * bound) >> 64 to the last bit, for any word and any bound, so below the bound."""
    drawn = np.array([word for word, _ in pairs], dtype=np.uint64)
    bounds = np.array([bound for _, bound in pairs], dtype=np.uint64)
    assert below(drawn, bounds).tolist() == [word * bound >> 64 for word, bound in pairs]


@given(LABELS, LABELS)
def test_other_labels_give_other_streams(some: list[str], others: list[str]) -> None:
    """Two lists of labels share a stream only where they are the same."""
    assert (stream_key(9, *some) == stream_key(9, *others)) == (some == others)
