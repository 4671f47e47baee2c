"""Large files in parts, for platforms that take no file above a limit."""

from collections.abc import Iterable, Mapping, Sequence

USUAL_LIMIT = 20_000_000
"""Bytes; many sites take no larger file."""

_MEGA = 1_000_000


def in_parts(
    begin: str, sections: Iterable[tuple[str, Sequence[str]]], end: str, most: int | None
) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """A text of sections as one file, or as several that are small enough.

    Args:
        begin, end: of each file.
        sections: the head of each, which is said again where a file begins within it, and its pieces.
        most: bytes of a file; None for one file.

    Returns: files by what their names end with, and what is to be told of their size.
    """
    room = None if most is None else most - len(begin.encode()) - len(end.encode())
    bodies: list[list[bytes]] = [[]]
    size = 0
    for head, pieces in sections:
        opening = head.encode()
        is_open = False
        for piece in map(str.encode, pieces):
            needed = len(piece) + (0 if is_open else len(opening))
            if room is not None and bodies[-1] and size + needed > room:
                bodies.append([])
                size, is_open, needed = 0, False, len(piece) + len(opening)
            bodies[-1] += [piece] if is_open else [opening, piece]
            size, is_open = size + needed, True
    whole = [b"".join((begin.encode(), *body, end.encode())) for body in bodies]
    if len(whole) == 1:
        return {"": whole[0]}, _told(whole[0], most)
    return {f"-{place}": one for place, one in enumerate(whole, start=1)}, _told(max(whole, key=len), most)


def _told(largest: bytes, most: int | None) -> tuple[str, ...]:
    size = len(largest)
    if most is not None and size > most:
        return (f"a single question has {size / _MEGA:.1f} MB, and its file is larger than {most / _MEGA:g} MB",)
    if most is None and size > USUAL_LIMIT:
        return (
            f"the file has {size / _MEGA:.0f} MB, and many sites take no more than {USUAL_LIMIT / _MEGA:.0f} MB: "
            f"--split {USUAL_LIMIT / _MEGA:.0f} writes several files, to be imported one after another",
        )
    return ()
