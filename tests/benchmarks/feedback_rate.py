"""How fast a class gets its feedback: PDFs and web pages a second, cold and warm, beside the rate of worked keys.

A class of 200 has the exam `question2`, whose papers come in a dozen shapes. Three in four students hold a
misconception, half of all make a slip, so that pages differ in what they explain. Cold is a process that keeps no
layout of another one; layouts are then in memory. All rates are of one core, in the processor's time.

python tests/benchmarks/feedback_rate.py
"""

import csv
import gc
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pikepdf

import examgen
from examgen.batch.returned.class_feedback import RESULTS, student_feedback
from examgen.documents.feedback.student_feedback import StudentFeedback
from examgen.documents.feedback.web_and_print import feedback_html, feedback_pdf
from examgen.documents.paper.printing import key_pdf
from examgen.documents.pdf.stored import store
from examgen.documents.style import STANDARD
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_folder import Key, read_key
from tests.classroom import exams, handing_in
from tests.classroom.pupils import Pupil, beliefs_of, work_out

EXAM, STUDENTS, SEED = "question2", 200, 7

Told = tuple[Variant, StudentFeedback]


@dataclass(frozen=True, slots=True)
class Rate:
    """What one kind of document took."""

    name: str
    seconds: float
    files: Sequence[bytes]

    @property
    def per_second(self) -> float:
        """Documents a second."""
        return len(self.files) / self.seconds


def main() -> None:
    """Print the rates of cold and warm feedback, of keys, and of web pages."""
    with TemporaryDirectory() as folder:
        key, told = marked_class(Path(folder))
    described(told)
    store._folder = lambda: Path("nowhere")  # no place of a layout: a relative one is never written
    exam = key.exam
    cold = timed("feedback PDFs, cold", told, lambda one: feedback_pdf(exam, *one, STANDARD))
    warm = timed("feedback PDFs, warm", told, lambda one: feedback_pdf(exam, *one, STANDARD))
    timed("keys, cold", told, lambda one: key_pdf(exam, one[0]))
    keys = timed("keys, warm", told, lambda one: key_pdf(exam, one[0]))
    web = timed("feedback web pages", told, lambda one: feedback_html(exam, *one, STANDARD).encode())
    print(f"a whole class, cold: {cold.seconds + web.seconds:.1f} s")
    print(f"warm feedback PDFs to warm keys: {warm.per_second / keys.per_second:.2f} PDFs, ", end="")
    print(f"{pages(warm.files) * keys.seconds / (pages(keys.files) * warm.seconds):.2f} pages")


def marked_class(folder: Path) -> tuple[Key, list[Told]]:
    """The key, and what each student is told."""
    loaded = exams.load(EXAM, SEED)
    pupils = [_pupil(loaded.exam, place, variant) for place, variant in enumerate(exams.variants_of(loaded, STUDENTS))]
    handing_in.write_key(folder, loaded.exam, [pupil.own_variant for pupil in pupils])
    handing_in.write_answers(folder / "answers.csv", loaded.exam, pupils, work_out(loaded.exam, pupils, SEED))
    start = process_time()
    examgen.grade(folder / "answers.csv", key=folder / "key", out=folder / "marks")
    print(f"marking {STUDENTS} students: {process_time() - start:.1f} s")
    key = read_key(folder / "key")
    return key, list(_told(key, _rows(folder / "marks" / RESULTS)).values())


def _pupil(exam: Exam, place: int, variant: Variant) -> Pupil:
    beliefs = beliefs_of(exam, variant)
    belief = "" if place % 4 == 2 else beliefs[7 * place % len(beliefs)]
    return Pupil(f"s{place:03d}", variant, belief=belief, slips=place % 4 in {1, 2})


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _told(key: Key, rows: Sequence[Mapping[str, str]]) -> dict[str, Told]:
    variants = {variant.student: variant for variant in key.variants}
    return {
        name: (variants[name], student_feedback(key.exam, variants[name], name, list(own)))
        for name, own in groupby(rows, key=lambda row: row["student"])
    }


def described(told: Sequence[Told]) -> None:
    """Print in how many ways the pages differ."""
    shapes = {tuple(numbers.label for numbers in variant.questions.values()) for variant, _ in told}
    notes = [tuple((note.names, note.places[0]) for note in feedback.misconceptions) for _, feedback in told]
    counts = sorted(Counter(map(len, notes)).items())
    print(f"{len(told)} students, {len(shapes)} shapes, {len(set(notes))} mixes of notes; ", end="")
    print("students by number of notes: " + ", ".join(f"{number}: {count}" for number, count in counts))


def timed(name: str, told: Sequence[Told], make: Callable[[Told], bytes]) -> Rate:
    """Make a document for each student, and print the rate."""
    gc.collect()
    start = process_time()
    files = [make(one) for one in told]
    rate = Rate(name, process_time() - start, files)
    count = pages(files)
    more = f", {count / rate.seconds:.0f} pages a second" if count else ""
    print(f"{name}: {rate.per_second:.1f} a second{more} ({rate.seconds:.1f} s)")
    return rate


def pages(files: Sequence[bytes]) -> int:
    """Pages of PDF files; other files have none."""
    found = 0
    for file in files:
        if file.startswith(b"%PDF"):
            with pikepdf.open(io.BytesIO(file)) as pdf:
                found += len(pdf.pages)
    return found


if __name__ == "__main__":
    main()
