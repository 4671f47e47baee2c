"""Keys damaged at random are read or explained, and never end in anything else."""

import copy
import functools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.errors import KeyFileError
from examgen.exams.banks.building import draw_variants, load_exam
from examgen.exams.exam import QuestionVariant, Variant
from examgen.exams.folders.files import write_files
from examgen.exams.keys.key_folder import key_files, read_key
from examgen.exams.keys.key_reading import DAMAGE, variant_from
from examgen.exams.keys.strict_json import strict_json
from examgen.exams.keys.variant_columns import variants_by_columns
from tests.laws import some_of, tried
from tests.small_banks import class_of, shipped_names

EXAMS = ("scalar-chain", "matrix-warmups", "relu-integers", "minibatch")
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 70)
    | st.sampled_from(
        [10**30, 10**400, 0.5, float("nan"), float("inf"), "", "x", "A", "-1", "NaN", "relu", "\ud800", "Q1"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["A", "Q1", "decimals", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@functools.cache
def files_of(name: str) -> dict[str, bytes]:
    loaded = load_exam(name, 7)
    return key_files(loaded.exam, draw_variants(loaded, class_of(2)), "1")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every part of a document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in places(part, (*path, key)))]


def damaged(draw: st.DrawFn, document: Any) -> Any:
    """The document with one or two parts removed or replaced."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 2))):
        paths = places(document)[1:]
        if not paths:
            break
        *above, last = draw(st.sampled_from(paths))
        parent = document
        for key in above:
            parent = parent[key]
        if draw(st.booleans()):
            del parent[last]
        else:
            parent[last] = draw(JUNK)
    return document


@st.composite
def damaged_keys(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of a key, exam.json or a line of variants.jsonl damaged."""
    files = dict(files_of(draw(st.sampled_from(EXAMS))))
    if draw(st.booleans()):
        files["exam.json"] = json.dumps(damaged(draw, json.loads(files["exam.json"]))).encode()
    else:
        first, *others = files["variants.jsonl"].split(b"\n")
        files["variants.jsonl"] = b"\n".join([json.dumps(damaged(draw, json.loads(first))).encode(), *others])
    return files


TOLD = (
    "exam.json: ",
    "variants.jsonl: line ",
    "variants.jsonl: has ",
    "answers.csv: line ",
    "answers.csv: has no row for ",
)
"""How a message begins: answers.csv is named where other answers follow from what was damaged."""


@tried(120)
@given(damaged_keys())
def test_a_damaged_key_is_read_or_explained(files: dict[str, bytes]) -> None:
    """A key that can be read can be written again; any other is one line that names the file."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), files)
        try:
            key = read_key(Path(folder))
        except KeyFileError as error:
            message = str(error)
            assert message.startswith(tuple(f"{folder}/{part}" for part in TOLD))
            assert "\n" not in message
        else:
            again = key_files(key.exam, key.variants, "1")
            assert json.loads(again["exam.json"])["exam"] == key.exam.id
            assert again["variants.jsonl"].count(b"\n") == len(key.variants) == 2


@tried(100)
@given(st.sampled_from(["exam.json", "variants.jsonl"]), st.binary(max_size=30), st.integers(0, 400))
def test_bytes_in_the_middle_are_read_or_explained(name: str, junk: bytes, place: int) -> None:
    """Bytes that stray into a file, or a file that ends there, are told by file."""
    files = dict(files_of("scalar-chain"))
    files[name] = files[name][:place] + junk + (files[name][place:] if len(junk) % 2 else b"")
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), files)
        known = tuple(f"{folder}/{part}" for part in (*TOLD, "variants.jsonl: "))
        try:
            outcome = f"{len(read_key(Path(folder)).variants)} variants"
        except KeyFileError as error:
            outcome = str(error)
        assert outcome in ("1 variants", "2 variants") or outcome.startswith(known)


def plain(variants: list[Variant]) -> list[Any]:
    def numbers(part: QuestionVariant) -> Any:
        return part.label, {name: values.tolist() for name, values in part.givens.items()}

    return [
        (one.student, one.name, one.code, [(name, numbers(part)) for name, part in one.questions.items()])
        for one in variants
    ]


@st.composite
def damaged_lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    """An exam's name and the lines of its variants.jsonl, the first of them damaged."""
    name = draw(st.sampled_from(EXAMS))
    first, *others = files_of(name)["variants.jsonl"].decode().splitlines()
    return name, [json.dumps(damaged(draw, json.loads(first))), *others]


@pytest.mark.parametrize("name", some_of(shipped_names(), 11, 1))
def test_variants_by_columns_are_those_of_the_lines(name: str) -> None:
    """A class of any shipped exam, as it was written, is read by columns, with the numbers of its lines."""
    loaded = load_exam(name, 7)
    text = key_files(loaded.exam, draw_variants(loaded, class_of(8)), "1")["variants.jsonl"]
    lines = [variant_from(strict_json(line), loaded.exam) for line in text.decode().splitlines()]
    assert plain(variants_by_columns(text, len(lines), loaded.exam)) == plain(lines)


def test_a_number_that_strays_into_the_next_line_is_seen(tmp_path: Path) -> None:
    """Two lines that together have as many numbers as they should are no two papers: the first is told."""
    files = dict(files_of("minibatch"))
    one, other = (json.loads(line) for line in files["variants.jsonl"].splitlines())
    rows, others = (line["questions"]["Q1"]["givens"]["x"] for line in (one, other))
    others[0].insert(0, rows[-1].pop())
    files["variants.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in (one, other))
    write_files(tmp_path, files)
    with pytest.raises(KeyFileError, match=r"variants\.jsonl: line 1: "):
        read_key(tmp_path)


@pytest.mark.parametrize("where", [("questions",), ("questions", "Q1", "givens")])
def test_numbers_that_the_exam_does_not_have_are_told(tmp_path: Path, where: tuple[str, ...]) -> None:
    """Another question or another given in a line, even one like those that belong there, is not passed over."""
    files = dict(files_of("scalar-chain"))
    first, *others = map(json.loads, files["variants.jsonl"].splitlines())
    part = functools.reduce(lambda inner, name: inner[name], where, first)
    part["more"] = next(iter(part.values()))
    files["variants.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in (first, *others))
    write_files(tmp_path, files)
    with pytest.raises(KeyFileError, match=r"variants\.jsonl: line 1: .*and no others"):
        read_key(tmp_path)


@tried(120)
@given(damaged_lines())
def test_columns_read_nothing_that_lines_do_not(damaged: tuple[str, list[str]]) -> None:
    """What is damaged is left to the reader of lines, which tells it, or is read as that one reads it."""
    name, lines = damaged
    exam = load_exam(name, 7).exam
    try:
        found = variants_by_columns("".join(f"{line}\n" for line in lines).encode(), len(lines), exam)
    except DAMAGE:
        return
    assert plain(found) == plain([variant_from(strict_json(line), exam) for line in lines])
