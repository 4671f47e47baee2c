"""Puts the relations of a long chain onto lines; `typesetting` sets these."""

from collections.abc import Iterator, Sequence

RELATION_GAP = 3.0
"""Space before a relation, in points."""

EMPTY = "{} "
"""A group that keeps a plus or minus behind it an operator between two terms."""

HANG = 12.0
"""By so much a line that goes on with a sum is moved in behind the signs of relations, in points."""


def goes_on(line: str) -> bool:
    """Whether a line goes on with the sum of the line before it."""
    return line.removeprefix(EMPTY).startswith(("+", "-"))


def packed_lines(relations: Sequence[str], widths: Sequence[float], room: float, hang: float = 0.0) -> Iterator[str]:
    """As many relations on each line as fit; one that is wider than the room has a line of its own.

    Args:
        relations: of a chain.
        widths: of each.
        room: of a line.
        hang: by so much a line that goes on with a sum is moved in.
    """
    line, used = relations[0], widths[0]
    for relation, width in zip(relations[1:], widths[1:], strict=True):
        # What stands before the first sign of a sum belongs to it: a symbol and its first relation are not parted.
        if line != relations[0] and used + RELATION_GAP + width > room:
            yield line
            line, used = f"{EMPTY}{relation}", width + (hang if goes_on(relation) else 0.0)
        else:
            line, used = f"{line} {relation}", used + RELATION_GAP + width
    yield line
