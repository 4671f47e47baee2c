"""Bank files at random: whatever stands in one, it either works or is explained in one line."""

import copy
import json
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from examgen.errors import BankError
from examgen.exams.banks.building import draw_variants, load_exam
from tests.laws import tried
from tests.small_banks import DRAWN, EXAM, FIXED, PRODUCT, class_of

_WORDS = """
sigmoid softmax relu squared_error cross_entropy binary_cross_entropy z product W_new row scalar 0.1 -1 1e5 nan one {}
matrix_product shape_of_product midterm 😀
"""
_KEYS = """
title network products values fixed digits screens tasks questions policy notation sizes activations loss steps
samples_per_step min max step choices exclude one_hot text ask layers marks decimals significant_figures weights biases
x y W1 b1 learning_rate entries max_draws tie_margin kink_margin family format operation left
marks_per_task bonus correct follow_through imprecise precision rounding direction grades grade from "
"""
WORDS = st.sampled_from(["", *_WORDS.split()])
NUMBERS = st.integers(-2, 5) | st.sampled_from([0.5, -0.1, 1e300, 10**20, 2**40, 1e-9, float("nan"), float("inf")])
KEYS = st.sampled_from(["a b", *_KEYS.split()])
VALUES = st.recursive(
    WORDS | NUMBERS | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = [tomllib.loads(text) for text in (DRAWN, FIXED, PRODUCT, EXAM)]


def toml(value: Any) -> str:
    """A value as TOML, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every part of a document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in places(part, (*path, key)))]


@st.composite
def broken_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A good document in which one to three parts are replaced, removed or added."""
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(places(document)[1:]))
        parent: Any = document
        for key in above:
            parent = parent[key]
        action = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if action == "remove" and len(document) > 1:
            del parent[last]
        elif action == "add" and isinstance(parent, dict):
            parent[draw(KEYS)] = draw(VALUES)
        else:
            parent[last] = draw(VALUES)
    return document


def loads_or_explains(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.toml"
        path.write_bytes(content)
        try:
            draw_variants(load_exam(str(path), 7), class_of(2))
        except BankError as error:
            message = str(error)
            assert message.startswith(f"{path}: ")
            assert "\n" not in message
            assert not any(word in message for word in ("Decimal(", "pydantic", "function-", "Annotated"))


@tried(150)
@given(broken_documents())
def test_a_broken_document_works_or_is_explained(document: dict[str, Any]) -> None:
    """Good files with replaced, removed and added parts load and draw, or end with one line about the file."""
    loads_or_explains("\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in document.items()).encode())


@tried(150)
@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_a_random_document_works_or_is_explained(document: dict[str, Any]) -> None:
    """Files of known words in any order."""
    loads_or_explains("\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in document.items()).encode())


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_explained(content: bytes) -> None:
    """A file of anything ends with one line about the file."""
    loads_or_explains(content)
