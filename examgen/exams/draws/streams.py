"""Numbers drawn from a seed or a secret, the same on every machine and in every version.

HMAC-SHA-256 with the seed, of the exam, the student and the question keys a SHAKE-256 stream; 64-bit words of the
stream become integers below a bound by our own mapping. NumPy's generators are not promised to stay the same across
versions; these are, and golden vectors pin them.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

WORD_BYTES = 8
_DOMAIN = b"examgen draws 1"
_SECRET_DOMAIN = b"examgen secret draws 1"

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """What draws are keyed with where nobody may find it by trying, as a seed can be: `SECRET_BYTES` random bytes."""

    content: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """By which a key tells the secret of its papers from others, and from which the secret cannot be found."""
        return stream_key(self, "fingerprint").hex()[:32]


Seed = int | Secret
"""What all numbers follow from."""


def stream_key(seed: Seed, *labels: str) -> bytes:
    """32 bytes for what is drawn under these labels; each label is framed by its length, so that none can run over.

    Raises:
        ValueError: the seed is negative.
    """
    message = b"".join(len(part).to_bytes(4, "big") + part for part in (label.encode() for label in labels))
    return hmac.new(_keyed_with(seed), message, hashlib.sha256).digest()


def _keyed_with(seed: Seed) -> bytes:
    if isinstance(seed, Secret):
        return _SECRET_DOMAIN + seed.content
    if seed < 0:
        raise ValueError(f"the seed is {seed}; use 0 or a positive integer")
    return _DOMAIN + b" " + str(seed).encode()


def words(key: bytes, start: int, count: int) -> NDArray[np.uint64]:
    """`count` 64-bit words of the stream from word `start` on, (count,)."""
    end = (start + count) * WORD_BYTES
    return np.frombuffer(hashlib.shake_256(key).digest(end)[start * WORD_BYTES :], dtype=">u8").astype(np.uint64)


def below(drawn: NDArray[np.uint64], bounds: Sequence[int] | NDArray[np.uint64]) -> NDArray[np.int64]:
    """Integers from 0 to bound - 1: the high 64 bits of word times bound.

    Args:
        drawn: (...), words of the stream.
        bounds: broadcastable to the words, each from 1 to 2**32 - 1.

    Returns: (...). Each value's probability differs from 1/bound by less than 2**-32 of it.
    """
    bound = np.asarray(bounds, dtype=np.uint64)
    half, mask = np.uint64(32), np.uint64(0xFFFFFFFF)
    # (high * 2**32 + low) * bound / 2**64 without 128-bit integers.
    low = ((drawn & mask) * bound) >> half
    return (((drawn >> half) * bound + low) >> half).astype(np.int64)
