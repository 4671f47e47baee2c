"""Finds the row that names the columns of a table, also below a title.

Called by `csv_tables` and `spreadsheets`.
"""

from collections.abc import Callable, Iterable, Sequence

from examgen.tables.text import printable

HEADER_ROWS = 20
"""Rows that are not blank among which the header is looked for."""

Rank = Callable[[Sequence[str]], float]
"""How surely a row of titles is the header that is looked for: 1 and more for a header, less for what is near one."""

CERTAIN = 2.0

_MOST_NAMED = 5


def title_of(cell: str) -> str:
    """A cell of the header without the spaces and byte order marks around it."""
    return cell.strip().strip("\ufeff").strip()


def best_header(rows: Iterable[Sequence[str]], rank: Rank) -> tuple[int, float]:
    """Place and rank of the first row that is the header most surely; there is one at least."""
    best, found = -1.0, 0
    for place, titles in enumerate(rows):
        if (sureness := rank(titles)) > best:
            best, found = sureness, place
        if best >= CERTAIN:
            break
    return found, best


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
