"""The formulas of a skeleton as a table of JSON and back, for `stored_form`: as they are filled, with all worked out.

Lists of numbers are kept as their bytes. A table is believed only where each of its numbers points at something.
"""

import re
from itertools import chain
from typing import Any

from examgen.documents.pdf.stored.stored_values import LARGEST, array_text, claim, floats, ints, places, row, typed
from examgen.documents.typesetting import math_font
from examgen.typeset import FormSet
from examgen.typeset.drawn.filling import Columns, Ints, Moves, Room, Sums

LEVELS = 3
"""So many sizes of letters a formula has."""

_MOST = int(LARGEST)
# Nothing is tried twice: a text of any length is read through once.
_OPERATORS = re.compile(
    r"(?:[-\d. ]++|<[0-9A-F]*+>|<%s>|%s|[\[\]]|/M|/Span<</ActualText<FEFF>>>BDC|BT|ET|EMC|T[dfjJr]|re|f)*+"
)
_GAPS = re.compile("<?%s")


def formulas_table(forms: FormSet) -> dict[str, Any]:
    """Formulas as a table."""
    room, moves = forms.room, forms.moves
    return {
        "names": forms.names,
        "shown": forms.shown,
        "texts_of_slots": array_text(forms.texts_of_slots),
        "widths": array_text(room.widths),
        "units": array_text(room.units),
        "columns": [[array_text(one.slack), _sums_row(one.cells), array_text(one.first)] for one in room.columns],
        "groups": _sums_row(room.groups),
        "ends": [array_text(room.first_ends), array_text(room.ends), array_text(room.end_groups)],
        "full": array_text(room.full),
        "share": array_text(room.share),
        "moves": [array_text(one) for one in (moves.fixed, moves.group, moves.before, moves.form)],
        "templates": forms.templates,
        "picks": forms.picks,
    }


def formulas_from(data: dict[str, Any], texts: int) -> FormSet:
    """The formulas of a table, for a page with so many texts.

    Raises: ValueError, TypeError or KeyError: it is none.
    """
    names = typed(data["names"], str)
    shown = [row(one, (int, int)) for one in typed(data["shown"], list)]
    claim(all(place < texts and level < LEVELS for place, level in shown))
    templates = tuple(row(data["templates"], [str] * len(data["templates"])))
    texts_of_slots = ints(data["texts_of_slots"], 0, len(shown))
    claim(len(texts_of_slots) == len(names))
    room = _room_from(data, len(names), len(templates))
    moves = _moves_from(data["moves"], len(room.groups.first), len(templates))
    picks = _picks_from(data["picks"], templates, len(moves.fixed), len(shown))
    shown_as = tuple([(place, level) for place, level in shown])
    return FormSet(math_font(), names, shown_as, texts_of_slots, room, moves, templates, picks)


def _room_from(data: dict[str, Any], slots: int, forms: int) -> Room:
    widths, units = floats(data["widths"]), floats(data["units"])
    claim(len(widths) == len(units) == slots and bool((units > 0).all()))
    columns, known = [], 1 + slots
    for one in typed(data["columns"], list):
        # A column saves what slots and the columns before it do.
        slack, cells, first = floats(one[0]), _sums_from(one[1], known), one[2]
        claim(len(one) == 3 and len(slack) == len(cells.first))
        columns.append(Columns(slack, cells, _starts_from(first, len(slack))))
        known += len(columns[-1].first)
    groups = _sums_from(data["groups"], known)
    starts, right, of_ends = typed(data["ends"], list)
    ends, end_groups = floats(right), ints(of_ends, 0, len(groups.first))
    first_ends = _starts_from(starts, len(ends))
    full, share = floats(data["full"]), floats(data["share"])
    claim(len(ends) == len(end_groups) and len(first_ends) == len(full) == len(share) == forms)
    return Room(widths, units, tuple(columns), groups, first_ends, ends, end_groups, full, share)


def _moves_from(data: Any, groups: int, forms: int) -> Moves:
    fixed, group, before, form = typed(data, list)
    moves = Moves(ints(fixed, -_MOST, _MOST), ints(group, 0, groups), ints(before, -1, groups), ints(form, -1, forms))
    claim(len(moves.fixed) == len(moves.group) == len(moves.before) == len(moves.form))
    return moves


def _picks_from(data: Any, templates: tuple[str, ...], moves: int, shown: int) -> tuple[tuple[int, ...], ...]:
    """What stands in the gaps of the templates: moves among operators, and glyphs between < and >."""
    found = [places(picks, moves + shown) for picks in typed(data, list)]
    claim(_OPERATORS.fullmatch("".join(templates)) is not None)
    gaps = [_GAPS.findall(one) for one in templates]
    claim(len(found) == len(gaps) and all(len(one) == len(other) > 0 for one, other in zip(found, gaps, strict=True)))
    both = zip(chain.from_iterable(found), chain.from_iterable(gaps), strict=True)
    claim(all((pick >= moves) == (gap == "<%s") for pick, gap in both))
    return tuple(map(tuple, found))


def _sums_row(sums: Sums) -> list[str]:
    return [array_text(sums.first), array_text(sums.units), array_text(sums.factors)]


def _sums_from(data: Any, units: int) -> Sums:
    first, terms, factors = typed(data, list)
    found = Sums(_starts_from(first, len(ints(terms, 0, units))), ints(terms, 0, units), floats(factors))
    claim(len(found.units) == len(found.factors))
    return found


def _starts_from(text: Any, count: int) -> Ints:
    """Where parts begin that fill a list of so many; none is empty."""
    found = ints(text, 0, count)
    claim(len(found) == 0 if count == 0 else len(found) > 0 and found[0] == 0 and bool((found[1:] > found[:-1]).all()))
    return found
