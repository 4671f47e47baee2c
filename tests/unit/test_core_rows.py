"""Rows of activations and losses are whole: what one says of itself is so, and nothing that others read is left out."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from examgen.core.formulas.formula_functions import FUNCTIONS, function_key
from examgen.core.formulas.formula_language import Formula, evaluate_formula, parse_formula
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Array
from examgen.exams.wording.words import shipped_languages, words
from tests.oracles import JUMPS, read_by


@pytest.mark.parametrize("language", shipped_languages())
def test_every_language_names_activations_and_losses(language: str) -> None:
    """By the titles of the rows, which are English, and by the sentences that explain them."""
    texts = words(language)
    titles = {row.title for row in ACTIVATIONS.values()} | {row.title for row in LOSSES.values()}
    assert titles <= (titles if language == "en" else set(texts["phrases"]))
    facts = {row.fact for row in ACTIVATIONS.values()} | {row.fact for row in LOSSES.values()}
    assert facts - {""} <= set(texts["worked"])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_from_the_activation_are_spelled(name: str) -> None:
    """A slope that is computed from a is calculated from a by hand, too, and comes to the same."""
    row = ACTIVATIONS[name]
    assert bool(row.slope_from_a) == (row.slope is not None and row.slope_of == "a")
    a = np.linspace(-0.9, 0.9, 7)
    if row.slope_from_a:
        assert row.slope is not None
        assert computed(row.slope_from_a.replace("<0>", "a"), a) == pytest.approx(row.slope(a))
    if row.by_heart is not None:
        assert computed(row.by_heart.spelling.replace("<0>", "a"), a) == pytest.approx(row.by_heart.slope(a))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_definitions_define_the_symbol(name: str) -> None:
    """What papers say of f(z) and, in keys, of f'(z) is about the function that their lines write."""
    row = ACTIVATIONS[name]
    assert row.definition.startswith(f"{row.symbol}(z)")
    assert bool(row.levels) == (name in JUMPS)
    assert row.slope is None or row.derivative.startswith(f"{row.symbol}'(z) = ")


def test_aliases_are_the_same_functions() -> None:
    """sigma(z) is sigmoid(z), and so is its slope."""
    for row in ACTIVATIONS.values():
        for alias in row.aliases:
            assert FUNCTIONS[function_key(alias)] is FUNCTIONS[function_key(row.name)]
            assert FUNCTIONS[function_key(f"{alias}'")] is FUNCTIONS[function_key(f"{row.name}'")]


@pytest.mark.parametrize("name", LOSSES)
def test_losses_say_what_they_are_made_of(name: str) -> None:
    """Squares grow fourfold with twice the error, and logarithms are those of the term."""
    row = LOSSES[name]
    assert row.spelling
    assert row.slope_spelling
    assert row.logarithms == row.term.count(r"\ln") == row.spelling.count("ln(")
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    once, twice = (row.of_sample(*read_by(name, error * one, zero, one)).item() for error in (0.2, 0.4))
    assert row.is_squared == (not row.logarithms and not row.kinks and twice == pytest.approx(4 * once))
    assert row.targets_add_up == (row.outputs == ("softmax",))


def computed(spelling: str, a: Array) -> Array:
    """A formula at some numbers for the symbol a."""
    formula = parse_formula(spelling, ["a"])
    assert isinstance(formula, Formula)
    return evaluate_formula(formula, {"a": a})


def test_no_name_means_two_activations() -> None:
    """What is another row's other name would mean that row in formulas and definitions."""
    names = [function_key(name) for row in ACTIVATIONS.values() for name in (row.name, *row.aliases)]
    assert len(set(names)) == len(names)
    for row in ACTIVATIONS.values():
        if function_key(row.name) in FUNCTIONS:
            assert FUNCTIONS[function_key(row.name)].name == row.name


@pytest.mark.parametrize(("key", "table"), [("network.activations", ACTIVATIONS), ("network.loss", LOSSES)])
def test_the_readme_names_every_row(key: str, table: Mapping[str, object]) -> None:
    """What a bank may name is listed for authors."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    [row] = (line for line in readme.splitlines() if line.startswith("|") and f"`{key}`" in line)
    assert set(table) <= set(re.findall(r"\w+", row))
