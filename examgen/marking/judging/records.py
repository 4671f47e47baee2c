"""Records of arrays with a row for each student: some of the students, others' rows in their place, several joined.

Called by all modules that mark many students at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import students_last

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Record = TypeVar("_Record", bound="DataclassInstance")
Places = NDArray[np.intp]


def of_students(record: _Record, students: Places | slice) -> _Record:
    """Some of the students."""
    return _changed(record, lambda rows: rows[students])


def in_columns(record: _Record, students: Places) -> _Record:
    """The same with students last in memory, as in `students_last`."""
    return _changed(record, lambda rows: students_last(rows[students]))


def replaced(record: _Record, students: Places, other: _Record) -> _Record:
    """The record with the rows of another for some of the students."""
    found = _changed(record, np.copy)
    for part in fields(record):
        getattr(found, part.name)[students] = getattr(other, part.name)
    return found


def together(records: Sequence[_Record]) -> _Record:
    """Those of several groups of students, one after another."""
    parts = fields(records[0])
    return type(records[0])(*(np.concatenate([getattr(one, part.name) for one in records]) for part in parts))


def _changed(record: _Record, change: Callable[[NDArray[Any]], NDArray[Any]]) -> _Record:
    return type(record)(*(change(getattr(record, part.name)) for part in fields(record)))
