"""What an entry on a scan was read as, and why it may be doubtful; decided by `bubble_decisions`."""

from dataclasses import dataclass

PAGES_DIFFER = "pages_differ"

DOUBTS = (
    "two_filled",
    "two_options",
    "half_filled",
    "crossed_out",
    "faint",
    "gap",
    "two_points",
    "no_digits",
    "not_filled",
    "not_found",
    PAGES_DIFFER,
)
"""Why a reading is doubtful, by name; their sentences are in `templates/texts`."""


@dataclass(frozen=True, slots=True)
class EntryReading:
    """What one entry was read as.

    Attributes:
        text: as it would be typed; the best guess where it is doubtful.
        confidence: from 0 to 1; below a half where it is doubtful.
        doubts: of `DOUBTS`, none where it is sure.
    """

    text: str
    confidence: float
    doubts: tuple[str, ...] = ()


def both(one: EntryReading, other: EntryReading) -> EntryReading:
    """What two pages of one code say of an entry together: the surer one where they agree, else a doubt."""
    if one.text == other.text and PAGES_DIFFER not in one.doubts:
        return max(one, other, key=lambda reading: (not reading.doubts, reading.confidence))
    doubts = dict.fromkeys((PAGES_DIFFER, *one.doubts, *other.doubts))
    return EntryReading(other.text, min(one.confidence, other.confidence, 0.1), tuple(doubts))
