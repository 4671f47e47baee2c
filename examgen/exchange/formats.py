"""The formats of other platforms: one row each, and one module that writes it.

The command line lists them, so nothing here imports what writes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from examgen.errors import ExamgenError, did_you_mean

if TYPE_CHECKING:
    from examgen.exchange.items import Item
    from examgen.exchange.made import Made, Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    Attributes:
        name: on the command line.
        title: what it is.
        cannot: what the platform cannot express, for help and after each export.
        file: the only file that it writes; empty where it writes a folder.
        of_questions: writes questions.
        holds: whether it can hold an item.
    """

    name: str
    title: str
    cannot: str
    file: str = ""
    of_questions: "Callable[[Pool], Made]"
    holds: "Callable[[Item], bool]" = lambda _: True


def _moodle(pool: "Pool") -> "Made":
    from examgen.exchange.moodle_xml import moodle_files

    return moodle_files(pool)


def _moodle_holds(item: "Item") -> bool:
    from examgen.exchange.moodle_xml import holds

    return holds(item)


_ROWS = (
    Format(
        name="moodle",
        title="questions for Moodle's question bank, as Moodle XML",
        cannot="follow-through, half marks for too few digits, formulas, shapes, all or nothing for several options",
        file="moodle.xml",
        of_questions=_moodle,
        holds=_moodle_holds,
    ),
)

FORMATS: Mapping[str, Format] = MappingProxyType({row.name: row for row in _ROWS})
"""All formats by name."""


def format_named(name: str) -> Format:
    """The format of a name.

    Raises: ExamgenError: there is none.
    """
    if name not in FORMATS:
        raise ExamgenError(f"format {name!r} is unknown; allowed: {', '.join(FORMATS)}.{did_you_mean(name, FORMATS)}")
    return FORMATS[name]
