"""The key of an exam: what is written when papers are made, and read again when answers are marked.

key/exam.json holds the exam and its shapes, key/variants.jsonl each student's numbers, key/answers.csv the full
answers. A key is recomputed from the numbers, never from the seed. The format is fixed: other programs read it too.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from examgen.collector import paused_collector
from examgen.core.evaluation import Evaluation, evaluate
from examgen.core.exact import as_fractions
from examgen.core.graph import Values
from examgen.core.rules.rule import Array
from examgen.errors import KeyFileError
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, QuestionVariant, Variant
from examgen.exams.fields import Field
from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.exams.keys.key_agreement import check_agreement
from examgen.exams.keys.key_checks import check_document, check_exam, check_fields, check_variants
from examgen.exams.keys.key_documents import FORMAT, NOT_TOLD, exam_document, variant_document
from examgen.exams.keys.key_documents import Making as Making
from examgen.exams.keys.key_reading import DAMAGE, MistakeError, exam_from, making_from, said, variant_from
from examgen.exams.keys.key_sums import ANSWERS, COUNTS, SUMS, VARIANTS, counts_of, sum_of_file, sums_of
from examgen.exams.keys.strict_json import strict_json
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.references.typed_references import typed_reference

SHEET_COLUMNS = ("exam", "variant", "student", "question", "field", "symbol", "answer")
KEY_COLUMNS = (*SHEET_COLUMNS, "quantity", "layer", "step", "sample", "row", "col", "decimals", "marks")


@dataclass(frozen=True, eq=False)
class Key:
    """A key as read from its folder; `notices` are lines on what is not as it was made, and harms nobody."""

    folder: Path
    exam: Exam
    variants: tuple[Variant, ...]
    making: Making = NOT_TOLD
    notices: tuple[str, ...] = ()


def papers(exam: Exam, variant: Variant) -> Iterable[tuple[PaperShape, QuestionVariant]]:
    """Each question of a student's paper with its numbers, in order."""
    for question in exam.questions:
        numbers = variant.questions[question.id]
        yield paper_shape(question, numbers.label, exam.notation), numbers


def solve(paper: PaperShape, givens: Values) -> Evaluation:
    """The reference solution, (..., *shape); networks of exact rules are solved in fractions and then rounded once."""
    if not paper.shape.is_rational:
        return evaluate(paper.graph, givens)
    exact = evaluate(paper.graph, as_fractions(givens))
    values = {name: value.astype(float) for name, value in exact.values.items()}
    return Evaluation(values, values)


def entry(evaluation: Evaluation, field: Field) -> Array:
    """(...) values of one asked entry."""
    place: tuple[Any, ...] = (..., *field.index)
    return np.asarray(evaluation[field.quantity][place])


def sheet_rows(exam: Exam, variants: Sequence[Variant]) -> list[tuple[str, ...]]:
    """The rows of answers.csv, answers left empty."""
    return [
        (*_whose(exam, variant), *asked_entry(paper, field), "")
        for variant in variants
        for paper, _ in papers(exam, variant)
        for field in paper.fields
    ]


def asked_entry(paper: PaperShape, field: Field) -> tuple[str, str, str]:
    """Question, field and symbol, as sheets name an asked entry."""
    return (paper.question.id, field.name, field.symbol)


def sheet_csv(exam: Exam, variants: Sequence[Variant]) -> bytes:
    """answers.csv for these students: the `sheet_rows`, of which only the student's part is spelled for each."""
    lines = [csv_bytes(SHEET_COLUMNS, ())]
    for variant in variants:
        whose = _part(_whose(exam, variant))
        lines += [whose + asked + b"\n" for paper, _ in papers(exam, variant) for asked, *_ in _shared_parts(paper)]
    return b"".join(lines)


def _part(cells: Sequence[str]) -> bytes:
    """The beginning of a line, with the comma behind it; each cell of a line is quoted for itself."""
    return csv_bytes((*cells, ""), ()).removesuffix(b"\n")


@lru_cache(maxsize=512)
def _shared_parts(paper: PaperShape) -> tuple[tuple[bytes, bytes, bytes], ...]:
    """Of each entry what is the same in the lines of all students: what is asked, and behind its answer in the key the
    columns from `quantity` to `col`, and its marks."""
    places = [(field.layer, field.step, field.sample, field.row, field.col) for field in paper.fields]
    return tuple(
        (
            _part(asked_entry(paper, field)),
            _part((field.kind, *("" if number is None else str(number) for number in place))),
            format(field.marks, "f").encode(),
        )
        for field, place in zip(paper.fields, places, strict=True)
    )


def key_files(
    exam: Exam, variants: Sequence[Variant], examgen_version: str, making: Making = NOT_TOLD
) -> dict[str, bytes]:
    """exam.json, variants.jsonl and answers.csv of a key, by file name."""
    files = {
        "variants.jsonl": b"".join(_json_line(variant_document(exam, variant)) for variant in variants),
        "answers.csv": b"".join([csv_bytes(KEY_COLUMNS, ()), *(_key_lines(exam, variant) for variant in variants)]),
    }
    document = exam_document(exam, examgen_version, making)
    document |= {SUMS: sums_of(document, files), COUNTS: counts_of(files)}
    return {"exam.json": (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(), **files}


def read_key(folder: Path, *, is_checked: bool = True) -> Key:
    """Read a key from its folder, or from the exam's folder around it.

    Args:
        is_checked: whether to look if it agrees with itself; of several keys, only the one that is taken need to.

    Raises:
        KeyFileError: there is no key, it is damaged or disagrees with itself, or it was written in another format.
    """
    folder = folder if (folder / "exam.json").is_file() or not (folder / "key").is_dir() else folder / "key"
    if not is_checked:
        exam, making = _read_exam(folder / "exam.json")
        return Key(folder, exam, tuple(_read_variants(folder / "variants.jsonl", exam)), making)
    from concurrent.futures import ThreadPoolExecutor  # who makes papers reads no key

    with ThreadPoolExecutor(1) as pool:
        # Most of a large key is answers.csv: its sum is there when all else has been read.
        sum_of_answers = pool.submit(sum_of_file, folder / ANSWERS)
        return checked_key(read_key(folder, is_checked=False), sum_of_answers.result)


def checked_key(key: Key, sum_of_answers: Callable[[], str] | None = None) -> Key:
    """The key.

    Args:
        key: as read without being checked.
        sum_of_answers: gives the sum of its answers.csv.

    Raises: KeyFileError: it has no papers, or its answers.csv has other answers than its numbers lead to.
    """
    path = key.folder / VARIANTS
    if not key.variants:
        raise KeyFileError(f"{path}: has no papers; put the file back as it was made")
    answers = sum_of_answers() if sum_of_answers is not None else sum_of_file(key.folder / ANSWERS)
    sums = {VARIANTS: sum_of_file(path), ANSWERS: answers}
    told = check_agreement(key.folder, _read_json(key.folder / "exam.json"), key.exam, key.variants, sums)
    return replace(key, notices=told)


def read_key_so_far(folder: Path) -> Key | None:
    """The key in this very folder as far as it was written, None where there is none.

    A run that broke off may have left exam.json alone, and answers.csv, which follows from the rest, of before.

    Raises:
        KeyFileError: there is a key, but it is damaged or of another format.
    """
    if not os.path.lexists(folder / "exam.json"):
        return None
    exam, making = _read_exam(folder / "exam.json")
    is_begun = not any(os.path.lexists(folder / name) for name in ("variants.jsonl", "answers.csv"))
    return Key(folder, exam, () if is_begun else tuple(_read_variants(folder / "variants.jsonl", exam)), making)


def exam_id_of(folder: Path) -> str | None:
    """The exam id of the key in this folder, None where there is no readable key; for looking a key up."""
    try:
        document = _read_json(folder / "exam.json")
    except KeyFileError:
        return None
    found = document.get("exam")
    return found if isinstance(found, str) else None


def _whose(exam: Exam, variant: Variant) -> tuple[str, ...]:
    return (exam.id, variant.code, variant.student)


def _key_lines(exam: Exam, variant: Variant) -> bytes:
    """The lines of a student in the key's answers.csv."""
    whose, lines = _part(_whose(exam, variant)), []
    for paper, numbers in papers(exam, variant):
        references = _references(paper, solve(paper, numbers.givens))
        for (asked, place, marks), (answer, decimals) in zip(_shared_parts(paper), references, strict=True):
            lines.append(b"%b%b%b%b%b,%b\n" % (whose, asked, answer, place, decimals, marks))
    return b"".join(lines)


def _references(paper: PaperShape, solution: Evaluation) -> list[tuple[bytes, bytes]]:
    """Of each entry the right answer, with the comma behind it, and to how many decimals it is asked; none where it is
    no number."""
    found = [(b"", b"")] * len(paper.fields)
    for digits, places in _number_places(paper):
        values = np.array([entry(solution, paper.fields[place]) for place in places])
        counts = digits.decimals_for(values).tolist()
        for place, value, count in zip(places, values.tolist(), counts, strict=True):
            found[place] = (b"%b," % repr(_plain_number(value)).encode(), b"%d" % count)
    for place, field in enumerate(paper.fields):
        if field.as_ != "number":
            found[place] = (_part([safe_text(typed_reference(paper, field))]), b"")
    return found


@lru_cache(maxsize=512)
def _number_places(paper: PaperShape) -> tuple[tuple[Digits, tuple[int, ...]], ...]:
    """The places of entries that are numbers, by the digits to which they are asked."""
    asked = [(field.digits, place) for place, field in enumerate(paper.fields) if field.as_ == "number"]
    kinds = list(dict.fromkeys(digits for digits, _ in asked))
    return tuple((one, tuple(place for digits, place in asked if digits == one)) for one in kinds)


def _plain_number(value: float) -> float | int:
    """Whole numbers without a point, as an instructor would write them; -0.0 as 0."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _json_line(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def _read_exam(path: Path) -> tuple[Exam, Making]:
    document = _read_json(path)
    if document.get("format") != FORMAT:
        raise KeyFileError(
            f"{path}: format {document.get('format')!r}, written by examgen {document.get('examgen', 'unknown')}; "
            f"this version reads format {FORMAT}"
        )
    try:
        check_document(document)
        exam, making = exam_from(document), making_from(document)
        check_exam(exam)
        return exam, making
    except DAMAGE as error:
        raise KeyFileError(f"{path}: {said(error)}") from None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        document = strict_json(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise KeyFileError(
            f"{path}: {error.strerror or error}; a key folder holds exam.json, variants.jsonl and answers.csv"
        ) from None
    except (ValueError, RecursionError) as error:
        raise KeyFileError(f"{path}: not a JSON file: {error}") from None
    if not isinstance(document, dict):
        raise KeyFileError(f"{path}: not the key of an exam")
    return document


def _read_variants(path: Path, exam: Exam) -> list[Variant]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise KeyFileError(f"{path}: not UTF-8 text (byte {error.start})") from None
    # Not splitlines: a name may hold U+2028 and other characters that it takes for line ends.
    lines = text.removesuffix("\n").split("\n") if text else []
    with paused_collector():
        found = _variants(path, text, lines, exam)
    try:
        check_variants(found)
    except MistakeError as error:
        raise KeyFileError(f"{path}: {error}") from None
    try:
        check_fields(exam, {(name, part.label) for variant in found for name, part in variant.questions.items()})
    except MistakeError as error:
        raise KeyFileError(f"{path.with_name('exam.json')}: {error}") from None
    return found


def _variants(path: Path, text: str, lines: Sequence[str], exam: Exam) -> list[Variant]:
    from examgen.exams.keys.variant_columns import variants_by_columns  # who makes papers needs no Arrow

    with suppress(*DAMAGE):
        return variants_by_columns(text.encode(), len(lines), exam)
    # One by one, to say which line it is, and of papers that have not all the same numbers.
    found = []
    for number, line in enumerate(lines, start=1):
        document = _each(path, number, strict_json, line)
        found.append(_each(path, number, lambda one: variant_from(one, exam), document))
    return found


def _each(path: Path, number: int, read: Callable[[Any], Any], line: Any) -> Any:
    """What is read of a line; what is wrong with it is told with its number."""
    try:
        return read(line)
    except DAMAGE as error:
        raise KeyFileError(f"{path}: line {number}: {said(error)}") from None
