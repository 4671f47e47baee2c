"""settled.csv: what a person says of entries that were doubtful on a scan; saved by doubts.html, and handed in again.

It counts before what was read, so only a file that the instructor names counts: nobody's upload settles anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from examgen.errors import AnswersError
from examgen.exams.folders.files import typed_text
from examgen.exams.folders.regular import opened
from examgen.marking.reading.problems import who
from examgen.tables.csv_tables import Limits, printable, read_table

COLUMNS = ("exam", "student", "variant", "question", "field", "settled")

_LIMITS = Limits(max_bytes=16 * 1024 * 1024, max_rows=200_000)
_HEAD = 4096


class EntryName(NamedTuple):
    """Whose entry it is."""

    student: str
    variant: str
    question: str
    field: str

    @property
    def told(self) -> str:
        """It in a sentence."""
        return f"{self.question} {printable(self.field, 40)} of {who(printable(self.student, 40))}"


Settled = Mapping[EntryName, str]
"""By entry what it is, as it would be typed; empty for a blank one."""


def is_settled_file(path: Path) -> bool:
    """Whether a file has the header of settled.csv."""
    try:
        with opened(path) as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    titles = head.decode("utf-8-sig", "replace").partition("\n")[0].strip().replace('"', "").lower()
    return tuple(title.strip() for title in titles.replace(";", ",").replace("\t", ",").split(",")) == COLUMNS


def read_settled(paths: Sequence[Path], exam: str) -> Settled:
    """What was settled of an exam.

    Raises: AnswersError: a file cannot be read, is of another exam, or two lines say different things of an entry.
    """
    found: dict[EntryName, str] = {}
    places: dict[EntryName, str] = {}
    for path in paths:
        for line, (of, student, variant, question, field, text) in _lines(path):
            if of != exam:
                raise AnswersError(
                    f"{printable(path)}: line {line}: is of exam {printable(of, 60)!r}, not of {exam!r}; give the file "
                    f"that was saved for these scans"
                )
            name, said = EntryName(typed_text(student), variant, question, field), typed_text(text)
            place = f"{printable(path)}: line {line}"
            if found.get(name, said) != said:
                raise AnswersError(
                    f"{place}: settles {name.told} as {printable(said, 40)!r}, and {places[name]} as "
                    f"{printable(found[name], 40)!r}; leave one of the two"
                )
            found[name], places[name] = said, place
    return found


def _lines(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    table = read_table(path, COLUMNS, (), _LIMITS, extra="ignore")
    for problem in table.problems[:1]:
        raise AnswersError(f"{printable(path)}: line {problem.line}: {problem.detail}")
    for line, cells in table.rows:
        yield line, tuple(cells[name].strip() for name in COLUMNS)
