"""Every shipped exam with many variants, exported to every platform and read back by readers of the platforms' own.

Each line tells, for one exam and format, how many papers, numbers and explanations of wrong numbers were read, and how
many of them differ from the key: values from key/answers.csv, tolerances and explanations from what was worked out for
the export. PrairieLearn draws variants itself; there the right answers of each are handed in.

    python -m tests.benchmarks.exports_read_back --variants 50
"""

import argparse
import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from examgen.documents.style import PaperStyle
from examgen.exams.keys.key_folder import Key
from examgen.exchange.exporting import ExportOptions, export
from examgen.exchange.questions.items import Entry, Item, items_of
from tests import canvas_reader, moodle_reader, qti_reader, r_exams_reader
from tests.classroom.exams import with_numbers
from tests.exchange_keys import made_key

Numbers = Counter[tuple[float, float]]
"""How often which right value has which tolerance."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a platform has of an exam: its numbers, and how many wrong ones it explains; None where it can't."""

    numbers: Numbers
    explained: int | None


def of_moodle(content: Path, _: Sequence[Item]) -> Taken:
    """What Moodle reads."""
    boxes = [box for one in moodle_reader.read_quiz(content.read_bytes()) for box in one.boxes]
    asked = [box for box in boxes if box.answers[0].tolerance is not None]
    explained = sum(bool(answer.feedback) for box in asked for answer in box.answers if not answer.fraction)
    return Taken(Counter((float(box.right.text), box.right.tolerance or 0.0) for box in asked), explained)


def of_canvas(content: Path, _: Sequence[Item]) -> Taken:
    """What Canvas reads."""
    asked = [one for quiz in canvas_reader.read_package(content.read_bytes()) for one in quiz.questions]
    numbers = ((one.value, one.margin) for one in asked)
    return Taken(Counter((float(value), float(band)) for value, band in numbers if value is not None and band), None)


def of_qti(version: str) -> Callable[[Path, Sequence[Item]], Taken]:
    """What a player of this version reads."""

    def taken(content: Path, wanted: Sequence[Item]) -> Taken:
        found = [item for test in qti_reader.read_package(content.read_bytes(), version) for item in test.items]
        numbers = [(item.correct[name][0], band) for item in found for name, band in item.tolerances.items()]
        by_name = {item.title: item for item in found}
        explained = sum(_explained(by_name[item.name], tuple(item.entries.values())) for item in wanted if item.entries)
        return Taken(Counter((float(value), band) for value, band in numbers), explained)

    return taken


def _explained(item: qti_reader.ReadItem, entries: Sequence[Entry]) -> int:
    """How many of the mistaken numbers it answers with more than the solution, and without a mark."""
    scored = [
        item.score({response: repr(wrong.value)})
        for response, entry in zip(item.correct, entries, strict=True)
        for wrong in entry.mistaken
    ]
    return sum(one.score == 0 and one.feedback != ("solution",) for one in scored)


def of_r_exams(folder: Path, _: Sequence[Item]) -> Taken:
    """What R reads of each variant of each exercise."""
    numbers: Numbers = Counter()
    for path in sorted(folder.glob("*.Rmd")):
        for row in r_exams_reader.variants_of(path):
            one = r_exams_reader.read_exercise(r_exams_reader.knitted(path, row))
            each = zip(one.kinds, one.right, one.tolerances, strict=True)
            numbers.update((float(right), band) for kind, right, band in each if kind == "num")
    return Taken(numbers, None)


PLATFORMS: Mapping[str, Callable[[Path, Sequence[Item]], Taken]] = MappingProxyType(
    {
        "moodle": of_moodle,
        "canvas": of_canvas,
        "qti21": of_qti("2.1"),
        "qti30": of_qti("3.0"),
        "r-exams": of_r_exams,
    }
)


def expected(key: Key, items: Sequence[Item]) -> Taken:
    """What is to be read of this class."""
    entries = [entry for item in items for entry in item.entries.values()]
    numbers = Counter((one.value, one.tolerance) for one in entries)
    assert Counter(one.value for one in entries) == Counter(of_key(key))
    return Taken(numbers, sum(len(one.mistaken) for one in entries))


def of_key(key: Key) -> Iterator[float]:
    """The numbers of key/answers.csv."""
    with (key.folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        yield from (float(row["answer"]) for row in csv.DictReader(file) if row["decimals"])


def main() -> int:
    """Export, read back, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=50)
    parser.add_argument("exams", nargs="*")
    given = parser.parse_args()
    wrong = 0
    for exam in given.exams or with_numbers():
        with tempfile.TemporaryDirectory() as folder:
            key = made_key(Path(folder), exam, tuple(f"s{number}" for number in range(given.variants)))
            items = items_of(key.exam, key.variants, [PaperStyle("en")] * len(key.variants))
            wanted = expected(key, items)
            for platform, read in PLATFORMS.items():
                found = read(export(platform, key.folder.parent, ExportOptions(force=True)).place, items)
                wrong += told(exam, platform, found, wanted)
    return int(wrong > 0)


def told(exam: str, platform: str, found: Taken, wanted: Taken) -> int:
    """A line, and how many numbers and explanations differ."""
    differ = (found.numbers - wanted.numbers).total() + (wanted.numbers - found.numbers).total()
    explained = "-"
    if found.explained is not None and wanted.explained is not None:
        explained = str(found.explained)
        differ += abs(found.explained - wanted.explained)
    row = (f"{exam:24}", f"{platform:10}", f"{found.numbers.total():8}", f"{explained:>8}", f"{differ:8}")
    print(*row, flush=True)
    return differ


if __name__ == "__main__":
    sys.exit(main())
