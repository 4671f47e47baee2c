"""The stream of drawn words, pinned: these numbers must never change, for papers are drawn from them again."""

import hashlib

import numpy as np
import pytest

from examgen.exams.draws.streams import below, stream_key, words

KEYS = {
    (0, ()): "d70efe75faf5c3cfce294dce5b2654370d8325c2029af00eab7750b2f06e63eb",
    (7, ("question2", "", "Q1")): "37c6075ac3ea09bdc9a45a09641c881550fd7f83f6bbecd3ff9375648524c2b8",
    (7, ("question2", "maria", "Q1")): "9215ae1f7d5cd159619461cb66a41cf164752767f6cc513f3f015c832289d77a",
    (2**70, ("é", "學生")): "2fc58fe68425bea5dc20f7804403b84a6f1bc80d3168e94e4eb27fa0d89d8e4e",
}
WORDS = [7633738293037662210, 5598828904454045019, 13590905673874294035, 16992867112248921555]
BELOW = [4, 3, 7, 9, 1777368199, 1303578937, 3164379315, 3956460186]


def hmac_by_definition(secret: bytes, message: bytes) -> bytes:
    """RFC 2104 with SHA-256, for secrets of up to one block."""
    block = secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()


def framed(*labels: str) -> bytes:
    message = b""
    for label in labels:
        part = label.encode("utf-8")
        message += bytes([0, 0, len(part) // 256, len(part) % 256]) + part
    return message


def words_by_definition(key: bytes, count: int) -> list[int]:
    stream = hashlib.shake_256(key).digest(8 * count)
    return [int.from_bytes(stream[8 * word : 8 * word + 8], "big") for word in range(count)]


@pytest.mark.parametrize(("seed", "labels"), KEYS)
def test_keys_are_pinned(seed: int, labels: tuple[str, ...]) -> None:
    """HMAC-SHA-256 under the seed of the labels, each behind its length."""
    by_definition = hmac_by_definition(b"examgen draws 1 " + str(seed).encode(), framed(*labels))
    assert stream_key(seed, *labels).hex() == by_definition.hex() == KEYS[seed, labels]


def test_words_are_pinned() -> None:
    """The stream of a key is SHAKE-256 of it in big-endian words of 64 bits."""
    key = bytes(range(32))
    assert words(key, 0, 4).tolist() == words_by_definition(key, 4) == WORDS
    assert words(key, 0, 4).dtype == np.uint64


def test_words_are_the_same_from_any_start() -> None:
    """Reading on from a later word gives what reading from the first one gives there."""
    key = stream_key(3, "somewhere")
    whole = words_by_definition(key, 40)
    for start, count in ((0, 40), (1, 39), (17, 5), (39, 1), (40, 0)):
        assert words(key, start, count).tolist() == whole[start : start + count]


def test_integers_below_are_pinned() -> None:
    """The first words of a pinned key, below 10 and below 2**32 - 1."""
    drawn = words(bytes(range(32)), 0, 4)
    assert [*below(drawn, [10]).tolist(), *below(drawn, [2**32 - 1]).tolist()] == BELOW


def test_labels_cannot_run_into_one_another() -> None:
    """("a", "bc"), ("ab", "c"), ("abc",) and ("abc", "") are four streams."""
    keys = [stream_key(1, *labels) for labels in (("a", "bc"), ("ab", "c"), ("abc",), ("abc", ""), ("", "abc"))]
    assert len(set(keys)) == len(keys)


def test_seed_and_labels_are_told_apart() -> None:
    """Seed 1 with the label 2 is not seed 12, and each seed has streams of its own."""
    keys = [stream_key(1, "2"), stream_key(12), stream_key(12, ""), stream_key(2, "1"), stream_key(21)]
    assert len(set(keys)) == len(keys)


def test_negative_seeds_are_refused() -> None:
    """A seed below 0 has no stream; the message says what is allowed."""
    with pytest.raises(ValueError, match="the seed is -1; use 0 or a positive integer"):
        stream_key(-1, "exam")


@pytest.mark.parametrize("bound", [2, 3, 10, 61, 181])
def test_integers_below_are_uniform(bound: int) -> None:
    """Chi-square of 20000 draws is within six standard deviations of what chance gives."""
    counts = np.bincount(below(words(stream_key(5, "uniform"), 0, 20_000), [bound]), minlength=bound)
    expected = 20_000 / bound
    chi_square = ((counts - expected) ** 2 / expected).sum()
    freedom = bound - 1
    assert len(counts) == bound
    assert chi_square < freedom + 6 * (2 * freedom) ** 0.5
