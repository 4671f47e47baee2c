"""Finds the row that names the columns of a table, also below a title.

Called by `csv_tables` and `spreadsheets`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from examgen.tables.damage import as_windows
from examgen.tables.table_rows import walk
from examgen.tables.text import Line, printable

HEADER_ROWS = 20
"""Rows that are not blank among which the header is looked for."""

Rank = Callable[[Sequence[str]], float]
"""How surely a row of titles is the header that is looked for: 1 and more for a header, less for what is near one."""

CERTAIN = 2.0

DELIMITERS = (",", ";", "\t")

_MOST_NAMED = 5
_SEP_LINE = re.compile(r'"?sep=[,;\t]"?[,;\t]*', re.IGNORECASE)


def title_of(cell: str) -> str:
    """A cell of the header without the spaces and byte order marks around it."""
    return cell.strip().strip("\ufeff").strip()


def best_header(rows: Iterable[Sequence[str]], rank: Rank) -> tuple[int, float]:
    """Place and rank of the first row that is the header most surely; a rank of -1 where there is none."""
    best, found = -1.0, 0
    for place, titles in enumerate(rows):
        if (sureness := rank(titles)) > best:
            best, found = sureness, place
        if best >= CERTAIN:
            break
    return found, best


def first_lines(lines: Iterator[Line], most: int, characters: int) -> list[Line]:
    """The first lines that are not blank, so many or as many as have so many characters."""
    found: list[Line] = []
    for line in (line for line in lines if not _is_passed_over(line)):
        found.append(line)
        characters -= len(line.text)
        if len(found) == most or characters < 0:
            break
    return found


def header_of(lines: Sequence[Line], known: set[str], rank: Rank | None) -> tuple[int, Line, tuple[str, list[str]]]:
    """How many of the lines are above the header, the header, and how it is split."""
    if rank is not None:
        # Splitting takes longer than reading: only a line with one of the names is looked at.
        likely = [line for line in lines if not line.is_cut and _names_one(line.text.lower(), known)]
        splits = [_split_header(line.text, known) for line in likely]
        place, sureness = best_header([titles for _, titles in splits], rank)
        if sureness > 0:
            return lines.index(likely[place]), likely[place], splits[place]
    return 0, lines[0], _split_header(lines[0].text, known) if not lines[0].is_cut else ("", [])


def passed_over(titles: Sequence[str]) -> str:
    """Say that these columns are not read; empty where there are none.

    >>> passed_over(["notes", "", ""])
    'the column "notes" and 2 columns without a name were passed over'
    """
    names = [f'"{printable(title, 40)}"' for title in dict.fromkeys(titles) if title]
    nameless = sum(not title for title in titles)
    if len(names) > _MOST_NAMED:
        names[_MOST_NAMED:] = [f"{len(names) - _MOST_NAMED:,} more"]
    columns = f"the column{'s' * (len(names) > 1)} {', '.join(names)}" if names else ""
    others = f"{nameless:,} column{'s' * (nameless > 1)} without a name" if nameless else ""
    told = " and ".join(filter(None, (columns, others)))
    return told and f"{told} {'was' if len(titles) == 1 else 'were'} passed over"


def _is_passed_over(line: Line) -> bool:
    is_sep = line.number == 1 and _SEP_LINE.fullmatch(line.text.strip("\ufeff "))
    return not line.is_cut and (bool(is_sep) or not line.text.strip("\ufeff \t,;"))


def _names_one(text: str, known: Iterable[str]) -> bool:
    return any(name in text for name in known)


def _split_header(text: str, known: set[str]) -> tuple[str, list[str]]:
    """Split at the delimiter that brings out the most known names (the comma, if no delimiter does better)."""
    splits = []
    for delimiter in DELIMITERS:
        cells = walk(text, delimiter)[0] if '"' in text else text.split(delimiter)
        splits.append((delimiter, [title_of(as_windows(cell)) for cell in cells]))
    return max(splits, key=lambda split: len(known & {title.lower() for title in split[1]}))
