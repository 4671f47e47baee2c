"""The schema by which editors complete banks and mark mistakes, and what keys are said to mean."""

import pytest

from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.exams.banks.bank_files import shipped_banks
from examgen.exams.banks.bank_schema import bank_schema
from tests.bank_files import mistakes_in
from tests.small_banks import DRAWN, EXAM, FIXED, PRODUCT, changed

SCHEMA = bank_schema()
TABLES = {"a file": SCHEMA, **SCHEMA["definitions"]}


def test_every_shipped_bank_fits() -> None:
    """Editors mark nothing in what examgen itself takes, neither in the small banks of tests."""
    texts = [path.read_text(encoding="utf-8") for path in shipped_banks()]
    assert len(texts) > 20
    assert [mistakes_in(text) for text in (*texts, DRAWN, FIXED, PRODUCT, EXAM)] == [[]] * (len(texts) + 4)


@pytest.mark.parametrize(
    ("text", "old", "new", "where"),
    [
        (DRAWN, '"sigmoid"', '"sigmod"', "$.network.activations[0]"),
        (DRAWN, '"squared_error"', '"squared"', "$.network.loss"),
        (DRAWN, "sizes = [1, 1]", "sizes = [1]", "$.network.sizes"),
        (DRAWN, "sizes = [1, 1]", "sizes = [1, 65]", "$.network.sizes[1]"),
        (DRAWN, "sizes = [1, 1]", "sizes = [1, 1]\nstep = 2", "$.network"),
        (DRAWN, "sizes = [1, 1]", "sizes = [1, 1]\npenalty = { l2 = 0 }", "$.network.penalty.l2"),
        (DRAWN, "sizes = [1, 1]", 'sizes = [1, 1]\nweights_as = "turned"', "$.network.weights_as"),
        (DRAWN, 'title = "T"', "", "$"),
        (DRAWN, 'title = "T"', 'title = "T"\nnotation = "nielson"', "$.notation"),
        (DRAWN, 'title = "T"', 'title = "T"\nformat = 2', "$.format"),
        (DRAWN, 'title = "T"', 'title = "T"\ninstructions = []', "$"),
        (DRAWN, 'step = "0.1"', 'step = "a tenth"', "$.values.weights.step"),
        (DRAWN, "decimals = 4", "decimals = 10", "$.digits.decimals"),
        (DRAWN, 'ask = ["z", "a", "loss"]', "ask = 1", "$.tasks[0].ask"),
        (DRAWN, 'text = "Go."', 'text = "Go."\nas = "essay"', "$.tasks[0].as"),
        (DRAWN, "[digits]", "[screens]\ntie_margin = 0.5\n[digits]", "$.screens.tie_margin"),
        (DRAWN, "[digits]", "[policy]\nimprecise = 2\n[digits]", "$.policy.imprecise"),
        (DRAWN, "[digits]", '[policy]\nrounding = "half"\n[digits]', "$.policy.rounding"),
        (FIXED, "b1 = [0.1]", 'b1 = ["one"]', "$.fixed.b1"),
        (PRODUCT, '"matrix_product"', '"product"', "$.products[0].operation"),
        (PRODUCT, "[values]", "[graph]\ngiven = { x = [] }\ndefine = { f = 'x' }\n[values]", "$"),
        (EXAM, 'family = "scalar-chain"', "", "$.questions[0]"),
        (EXAM, 'title = "T"', 'title = "T"\nabout = 1', "$.about"),
        (EXAM, 'title = "T"', 'title = "T"\ntext = "Go."', "$"),
    ],
)
def test_what_is_refused_is_marked_where_it_stands(text: str, old: str, new: str, where: str) -> None:
    """Each mistake is marked at its own place, and nothing else is."""
    found = {mistake.partition(":")[0] for mistake in mistakes_in(changed(text, (old, new)))}
    assert where in found
    assert found <= {where, "$"}


def test_every_key_is_explained() -> None:
    """Whoever adds a key says what it means, in the docstring of its model."""
    silent = [
        f"{table}.{key}"
        for table, schema in TABLES.items()
        for key, part in schema.get("properties", {}).items()
        if not part.get("description", "").endswith((".", "?"))
    ]
    assert silent == []


def test_names_are_those_of_the_tables() -> None:
    """A new activation or loss is known to editors by its row alone."""
    network = SCHEMA["definitions"]["NetworkModel"]["properties"]
    one, several = network["loss"]["anyOf"]
    assert one["enum"] == several["items"]["enum"] == list(LOSSES)
    assert network["activations"]["items"]["anyOf"][0]["enum"] == list(ACTIVATIONS)


def test_it_says_nothing_that_toml_cannot() -> None:
    """TOML has no null: a key is left out."""
    assert "null" not in str(SCHEMA)
    assert "None" not in str([part for table in TABLES.values() for part in table.get("properties", {}).values()])
