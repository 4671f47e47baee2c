"""The key of an exam: what is written when papers are made, and read again when answers are marked.

key/exam.json holds the exam and its shapes, key/variants.jsonl each student's numbers, key/answers.csv the full
answers. A key is recomputed from the numbers, never from the seed. The format is fixed: other programs read it too.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from examgen.collector import paused_collector
from examgen.errors import KeyFileError
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import csv_bytes
from examgen.exams.folders.regular import text_of
from examgen.exams.keys.key_agreement import check_agreement, lost_papers
from examgen.exams.keys.key_checks import check_document, check_exam, check_fields, check_variants
from examgen.exams.keys.key_documents import FORMAT, NOT_TOLD, exam_document, variant_document
from examgen.exams.keys.key_documents import Making as Making
from examgen.exams.keys.key_lines import KEY_COLUMNS, key_lines
from examgen.exams.keys.key_reading import DAMAGE, MistakeError, exam_from, making_from, said, variant_from
from examgen.exams.keys.key_sums import ANSWERS, COUNTS, SUMS, VARIANTS, counts_of, sum_of_file, sums_of
from examgen.exams.keys.strict_json import strict_json


@dataclass(frozen=True, eq=False)
class Key:
    """A key as read from its folder; `notices` are lines on what is not as it was made, and harms nobody."""

    folder: Path
    exam: Exam
    variants: tuple[Variant, ...]
    making: Making = NOT_TOLD
    notices: tuple[str, ...] = ()


def key_files(
    exam: Exam,
    variants: Sequence[Variant],
    examgen_version: str,
    making: Making = NOT_TOLD,
    lines: Iterable[bytes] | None = None,
) -> dict[str, bytes]:
    """exam.json, variants.jsonl and answers.csv of a key, by file name.

    Args:
        lines: the `key_lines` of each variant, where they are there already.
    """
    if lines is None:
        lines = (key_lines(exam, variant) for variant in variants)
    files = {
        "variants.jsonl": b"".join(_json_line(variant_document(exam, variant)) for variant in variants),
        "answers.csv": b"".join([csv_bytes(KEY_COLUMNS, ()), *lines]),
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
        exam, making = _exam_of(folder, _read_json(folder / "exam.json"))
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
    document = _read_json(folder / "exam.json")
    exam, making = _exam_of(folder, document)
    is_begun = not any(os.path.lexists(folder / name) for name in ("variants.jsonl", "answers.csv"))
    variants = () if is_begun else tuple(_read_variants(folder / VARIANTS, exam))
    return Key(folder, exam, variants, making, lost_papers(folder, document, len(variants)))


def read_exam(folder: Path) -> tuple[Exam, Making] | None:
    """The exam of the key in this very folder and how its papers are made, without their numbers; None where there is
    no key.

    Raises:
        KeyFileError: as in `read_key_so_far`.
    """
    path = folder / "exam.json"
    return _exam_of(folder, _read_json(path)) if os.path.lexists(path) else None


def exam_id_of(folder: Path) -> str | None:
    """The exam id of the key in this folder, None where there is no readable key; for looking a key up."""
    try:
        document = _read_json(folder / "exam.json")
    except KeyFileError:
        return None
    found = document.get("exam")
    return found if isinstance(found, str) else None


def pool_of(key: Key) -> tuple[Variant, ...]:
    """Variants that went to other platforms and are nobody's paper; none where there is no pool of this exam.

    Raises: KeyFileError: it is damaged.
    """
    path = key.folder / _pool_name(key.exam)
    return tuple(_read_variants(path, key.exam)) if os.path.lexists(path) else ()


def pool_file(exam: Exam, variants: Sequence[Variant]) -> dict[str, bytes]:
    """The pool of a key, by file name."""
    return {_pool_name(exam): b"".join(_json_line(variant_document(exam, variant)) for variant in variants)}


def _pool_name(exam: Exam) -> str:
    # A key may have been written over with that of another exam.
    return f"pool-{exam.id}.jsonl"


def _json_line(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def _exam_of(folder: Path, document: Mapping[str, Any]) -> tuple[Exam, Making]:
    """What the exam.json of a folder says."""
    path = folder / "exam.json"
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
        document = strict_json(text_of(path))
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
        text = text_of(path)
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
