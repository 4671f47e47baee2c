"""Whose rows these are: students as the key spells them, whatever a spreadsheet or a phone has made of their ids.

Called by `class_sheets` before the answers are read, so that rows of people whom nobody knows cost nothing.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from examgen.errors import some
from examgen.exams.folders.files import typed_text
from examgen.exams.keys.key_folder import Key
from examgen.marking.reading.answers import AnswerTable
from examgen.marking.reading.owners.repeats import grouped
from examgen.marking.reading.problems import Notice
from examgen.tables.csv_tables import printable
from examgen.tables.text_columns import Flags, Places

_MOST_NAMED = 5


@dataclass(frozen=True, eq=False, slots=True)
class Identified:
    """Rows whose students are spelled as in the key.

    Attributes:
        table: the rows; without those of unknown students, unless they are wanted.
        is_respelled: (rows,) whether the id was written in another way.
        notices: who was credited for whom, and who is not known.
        files_with_unknown: the files of which rows are left out.
    """

    table: AnswerTable
    is_respelled: Flags
    notices: tuple[Notice, ...]
    files_with_unknown: frozenset[int] = frozenset()


def folded(student: str) -> str:
    """An id without what a spreadsheet or a keyboard changes: leading zeros, capitals, width and normal form.

    >>> folded("00123457"), folded("Ｓ1001")
    ('123457', 's1001')
    """
    name = caseless(student)
    return name.lstrip("0") or name[:1]


def caseless(text: str) -> str:
    """A text in one form whatever its capitals, width and normal form."""
    if text.isascii():
        return text.strip().lower()
    # Twice, as folding capitals may bring out letters that can be composed.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).strip().casefold())


def identified(key: Key, table: AnswerTable, *, with_unknown: bool) -> Identified:
    """Name the students of the key's exam as the key does.

    An id that is not in the key stands for the student whose id differs in leading zeros, capitals, width, normal form
    or the apostrophe of our own tables only: the one whose variant the row names, or the only one.

    Args:
        with_unknown: whether rows of other students are kept; they are where the key names nobody.
    """
    students = {variant.student: variant.code for variant in key.variants if variant.student}
    nothing = np.zeros(len(table), dtype=bool)
    texts = table.student.distinct
    is_strange = ~np.asarray(pc.is_in(texts, pa.array(["", *students])))
    if not students or not is_strange.any():
        return Identified(table, nothing, ())
    is_ours = table.exam.codes == table.exam.code_of(key.exam.id)
    strange = np.flatnonzero(is_strange[table.student.codes] & is_ours)
    if not len(strange):
        return Identified(table, nothing, ())
    table, respelled, notices = _respelled(table, strange, students)
    is_respelled = nothing
    is_respelled[respelled] = True
    unknown = strange[~is_respelled[strange]]
    if with_unknown or not len(unknown):
        return Identified(table, is_respelled, tuple(notices))
    notices.append(_unknown(key, table, unknown))
    keep = np.ones(len(table), dtype=bool)
    keep[unknown] = False
    files = frozenset(np.unique(table.file[unknown]).tolist())
    return Identified(table.take(keep).compact(), is_respelled[keep], tuple(notices), files)


def _respelled(
    table: AnswerTable, strange: Places, students: Mapping[str, str]
) -> tuple[AnswerTable, Places, list[Notice]]:
    """The table with other spellings replaced, the rows where that was done, and a notice for each spelling."""
    by_fold: dict[str, list[str]] = defaultdict(list)
    for student in students:
        by_fold[folded(student)].append(student)
    candidates = _near(table.student.distinct, by_fold)
    is_near = np.zeros(len(table.student.distinct), dtype=bool)
    is_near[list(candidates)] = True
    rows = strange[is_near[table.student.codes[strange]]]
    if not len(rows):
        return table, rows, []
    pair = table.student.codes[rows] * np.int64(len(table.variant.distinct)) + table.variant.codes[rows]
    respelled: list[Places] = []
    notices: list[Notice] = []
    column = table.student
    for of_one in _split(rows, pair):
        code = int(table.student.codes[of_one[0]])
        student = _meant(candidates[code], students, table.variant.at(int(of_one[0])))
        if student:
            column = column.put(of_one, student)
            respelled.append(of_one)
            written = table.student.at(int(of_one[0]))
            text = f"student {printable(written)!r} is credited to {printable(student)!r}, whose id is spelled so"
            notices.append(Notice("respelled", student, len(of_one), text))
    together = np.sort(np.concatenate(respelled)) if respelled else np.empty(0, dtype=np.int64)
    return replace(table, student=column), together, notices


def _near(texts: Any, by_fold: Mapping[str, Sequence[str]]) -> dict[int, Sequence[str]]:
    """By place of a text the students whom it may stand for; plain ids are folded by columns, as `folded` does."""
    trimmed = pc.ascii_ltrim(pc.ascii_lower(pc.utf8_trim_whitespace(texts)), "0")
    is_open = np.asarray(pc.is_in(trimmed, pa.array([*by_fold]))) | ~np.asarray(pc.string_is_ascii(texts))
    # A zero alone is an id too.
    is_open |= np.asarray(pc.equal(trimmed, ""))
    is_open |= np.asarray(pc.starts_with(texts, "'"))
    found = {
        place: _alike(text, by_fold) for place in np.flatnonzero(is_open).tolist() if (text := texts[place].as_py())
    }
    return {place: students for place, students in found.items() if students}


def _alike(text: str, by_fold: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The students whom a text may stand for: as it is, else as one of our tables has spelled it, "'-7" for "-7"."""
    return by_fold.get(folded(text)) or by_fold.get(folded(typed_text(text))) or ()


def _meant(candidates: Sequence[str], students: Mapping[str, str], variant: str) -> str:
    """The student of this variant, else the only one; empty where that is not clear."""
    agreeing = [student for student in candidates if students[student] == variant]
    return next((found[0] for found in (agreeing, candidates) if len(found) == 1), "")


def _split(rows: Places, code: Places) -> list[Places]:
    """Rows of the same code together, in the order in which the codes first appear."""
    return sorted(grouped(rows, code), key=lambda part: int(part[0]))


def _unknown(key: Key, table: AnswerTable, rows: Places) -> Notice:
    """One notice about all whom the key does not know, with the first of them."""
    codes = table.student.codes[rows]
    count = int(np.count_nonzero(np.bincount(codes)))
    first: dict[int, int] = {}
    for row, code in zip(rows.tolist(), codes.tolist(), strict=True):
        first.setdefault(code, row)
        if len(first) == min(count, _MOST_NAMED):
            break
    owner = {variant.code: variant.student for variant in key.variants}
    sample = []
    for row in first.values():
        whose = owner.get(table.variant.at(row), "")
        paper = f" (with the variant of {printable(whose)!r})" if whose else ""
        sample.append(f"{printable(table.student.at(row), 40)!r}{paper}")
    people = "1 student is" if count == 1 else f"{count:,} students are"
    text = (
        f"{people} not in the key, and {len(rows):,} rows were not marked: {some(sample, _MOST_NAMED, count)}; "
        f"correct the ids, or mark them too with --unknown"
    )
    student = table.student.at(int(rows[0])) if count == 1 else ""
    return Notice("unknown_student", student, len(rows), text)
