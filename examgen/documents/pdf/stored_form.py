"""Skeletons as JSON and back, for `store`.

What is read is believed only where every part is there, has its type, and points at something: a file that was changed
must not become a broken page.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from examgen.documents.numbers import FIRST_SLOT, is_slot
from examgen.documents.pdf.stamping import Gap, OpenAlt, OpenForm, PaperSkeleton
from examgen.documents.typesetting import math_font
from examgen.typeset import Formula, PlacedSlot
from examgen.typeset.drawn.formula import PlacedGlyphs, PlacedRule

FORMAT = "examgen skeleton 3"

LARGEST = 1e7
"""No page has room for a larger number."""

_LEAST: Mapping[type[Any], float] = MappingProxyType({int: 0, float: -LARGEST})

_NUMBERS = ("size", "width", "height", "depth", "overflow")
_LISTS = ("slots", "rules", "program", "groups", "columns", "ends")
_SLOT = (str, float, float, float, float, int, int)
_RULE = (float, float, float, float, int)
_GLYPHS = (float, float, float, int, list, bool, bool, bool, str)
_CODE = re.compile(r"<[0-9A-F]*>Tj|\[<[0-9A-F]*>(?:-?\d+<[0-9A-F]*>)+\]TJ")
_LEVELS = 3
_ENDS = b"\nendobj\n"


def skeleton_bytes(skeleton: PaperSkeleton) -> bytes:
    """A skeleton without missing characters, as JSON."""
    document = {
        "format": FORMAT,
        "prefix": b64encode(skeleton.prefix).decode(),
        "offsets": skeleton.offsets,
        "trailer": _json_bytes(skeleton.trailer),
        "forms": [
            {
                "number": form.number,
                "slots": form.slots,
                "is_centred": form.is_centred,
                "is_right": form.is_right,
                "head": _json_bytes(form.head),
                "formula": {name: getattr(form.formula, name) for name in (*_NUMBERS, *_LISTS)},
            }
            for form in skeleton.forms
        ],
        "alts": [
            {"number": alt.number, "parts": list(map(_json_bytes, alt.parts)), "texts": alt.texts}
            for alt in skeleton.alts
        ],
        "gaps": [[gap.number, _json_bytes(gap.before), _json_bytes(gap.after)] for gap in skeleton.gaps],
    }
    return json.dumps(document).encode()


def skeleton_from(stored: bytes, texts: int, gaps: int) -> PaperSkeleton:
    """The skeleton that was stored.

    Args:
        stored: as `skeleton_bytes` gives it.
        texts: how many the page has.
        gaps: how many objects it leaves out.

    Raises: ValueError, TypeError, KeyError or RecursionError: it is none, or not of such a page.
    """
    data = json.loads(stored, parse_constant=_refused)
    _claim(_typed(data, dict)["format"] == FORMAT)
    skeleton = PaperSkeleton(
        prefix=b64decode(_typed(data["prefix"], str), validate=True),
        offsets=tuple(_row(data["offsets"], [int] * len(data["offsets"]))),
        forms=tuple([_form_from(form, texts) for form in _typed(data["forms"], list)]),
        alts=tuple([_alt_from(alt, texts) for alt in _typed(data["alts"], list)]),
        trailer=_bytes_from(data["trailer"]),
        gaps=tuple([_gap_from(gap) for gap in _typed(data["gaps"], list)]),
    )
    _claim(len(skeleton.gaps) == gaps)
    _check_objects(skeleton)
    return skeleton


def _check_objects(skeleton: PaperSkeleton) -> None:
    """Every object is closed and where its offset says, or open and has none."""
    prefix, offsets = skeleton.prefix, skeleton.offsets
    open_numbers = [one.number for kind in (skeleton.forms, skeleton.alts, skeleton.gaps) for one in kind]
    closed = [number for number in range(1, len(offsets)) if offsets[number]]
    _claim(prefix.startswith(b"%PDF-") and prefix.endswith(_ENDS) and b"/Root " in skeleton.trailer)
    _claim(sorted([0, *open_numbers, *closed]) == list(range(len(offsets))) and offsets[0] == 0)
    _claim(all(prefix.startswith(b"%d 0 obj\n" % number, offsets[number]) for number in closed))
    begins = sorted(offsets[number] for number in closed)
    _claim(all(prefix.endswith(_ENDS, 0, begin) for begin in begins[1:]) and prefix.count(_ENDS) == len(closed))


def _form_from(data: Any, texts: int) -> OpenForm:
    formula, slots = _formula_from(_typed(data, dict)["formula"]), tuple(_places(data["slots"], texts))
    _claim(len(slots) == len(formula.slots) > 0)
    head = _bytes_from(data["head"])
    _claim(head.startswith(b"<<") and b">>" not in head[-2:])
    is_centred, is_right = _typed(data["is_centred"], bool), _typed(data["is_right"], bool)
    return OpenForm(_typed(data["number"], int), formula, slots, is_centred, head, is_right)


def _alt_from(data: Any, texts: int) -> OpenAlt:
    said = tuple(_row(_typed(data, dict)["texts"], [str] * len(data["texts"])))
    parts = tuple([_bytes_from(part) for part in _typed(data["parts"], list)])
    _claim(len(parts) == len(said) + 1 > 1)
    _claim(all(ord(char) < FIRST_SLOT + texts for text in said for char in text if is_slot(char)))
    return OpenAlt(_typed(data["number"], int), parts, said)


def _gap_from(data: Any) -> Gap:
    number, before, after = _row(data, (int, str, str))
    return Gap(number, _bytes_from(before), _bytes_from(after))


def _formula_from(data: Any) -> Formula:
    slots = tuple([PlacedSlot(*_row(slot, _SLOT)) for slot in _typed(_typed(data, dict)["slots"], list)])
    rules = tuple([PlacedRule(*_row(rule, _RULE)) for rule in _typed(data["rules"], list)])
    program = tuple([_step_from(step) for step in _typed(data["program"], list)])
    columns = [[_row(cell, (float, list)) for cell in _typed(column, list)] for column in _typed(data["columns"], list)]
    units = len(slots) + len(columns)
    groups = tuple([_units(group, units) for group in _typed(data["groups"], list)])
    ends = tuple([tuple(_row(end, (float, int))) for end in _typed(data["ends"], list)])
    glyphs = [one for one in program if isinstance(one, PlacedGlyphs)]
    moved = [one.group for kind in (slots, rules, glyphs) for one in kind]
    _claim(bool(groups) and bool(ends) and not groups[0] and all(columns))
    _claim(max([*moved, *[group for _, group in ends]], default=0) < len(groups))
    _claim(sorted(step for step in program if isinstance(step, int)) == list(range(len(slots))))
    _claim(all(slot.level < _LEVELS and len(slot.name) == 1 and slot.size > 0 for slot in slots))
    return Formula(
        font=math_font(),
        **dict(zip(_NUMBERS, _row([data[name] for name in _NUMBERS], [float] * len(_NUMBERS)), strict=True)),
        slots=slots,
        rules=rules,
        program=program,
        groups=groups,
        columns=tuple(
            # A column saves what slots and the columns before it do.
            tuple([(slack, tuple(_places(inner, len(slots) + place))) for slack, inner in column])
            for place, column in enumerate(columns)
        ),
        ends=ends,
    )


def _step_from(step: Any) -> PlacedGlyphs | int:
    if isinstance(step, int):
        _typed(step, int)
        return step
    found = PlacedGlyphs(*_row(step, _GLYPHS))
    _claim(_CODE.fullmatch(found.code) is not None)
    words = [(offset, tuple(_row(glyphs, [int] * len(glyphs)))) for offset, glyphs in map(_word, found.words)]
    return found._replace(words=tuple(words))


def _word(word: Any) -> list[Any]:
    return _row(word, (float, list))


def _units(group: Any, units: int) -> tuple[tuple[int, float], ...]:
    found = [_row(unit, (int, float)) for unit in _typed(group, list)]
    _places([unit for unit, _ in found], units)
    return tuple([(unit, factor) for unit, factor in found])


def _places(values: Any, count: int) -> list[int]:
    """Places in a list of so many."""
    found = _row(values, [int] * len(values))
    _claim(max(found, default=-1) < count)
    return found


def _row(values: Any, kinds: Sequence[type[Any]]) -> list[Any]:
    """Values of these types: numbers are finite, whole numbers are places, and so not negative."""
    found: list[Any] = _typed(values, list)
    _claim(len(found) == len(kinds))
    for value, kind in zip(found, kinds, strict=True):
        # A page has ten thousands of numbers, and is to be there at once.
        if type(value) is not kind or (kind in _LEAST and not _LEAST[kind] <= value < LARGEST):
            _typed(value, kind)
    return found


def _typed(value: Any, kind: type[Any]) -> Any:
    is_sound = type(value) is kind or (kind is float and type(value) is int)
    _claim(is_sound and (kind not in _LEAST or _LEAST[kind] <= value < LARGEST))
    return value


def _claim(is_so: bool) -> None:
    if not is_so:
        raise ValueError("this is no stored page")


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no number of a page")


def _json_bytes(data: bytes) -> str:
    return data.decode("latin-1")


def _bytes_from(text: Any) -> bytes:
    return str(_typed(text, str)).encode("latin-1")
