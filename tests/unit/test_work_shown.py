"""Follow-through is paid for work, through the tables that an instructor sees; and what that rests on."""

from pathlib import Path

import pytest

from examgen import grade
from examgen.core.network import NetworkShape, network_graph
from examgen.core.probes.equality import copies
from tests.marking_sheets import Row, make_key, read_rows, rounded, write_sheet


def marked(folder: Path, name: str, answer: dict[str, str], *, rest: str = "right") -> tuple[list[Row], list[Row]]:
    """results.csv and notes.csv of one sheet: some answers by field, and the others right, blank or a constant."""
    made = make_key(folder, name, ("s1",), seed=3)

    def text(row: Row) -> str:
        return answer.get(row["field"], rounded(row) if rest == "right" else rest)

    write_sheet(folder / "answers.csv", made.rows, text)
    grade(folder / "answers.csv", key=made.key)
    tables = [read_rows(folder / "marks" / table) for table in ("results.csv", "notes.csv")]
    return tables[0], tables[1]


@pytest.mark.parametrize("constant", ["0.0001", "1", "0"])
def test_a_sheet_of_constants_earns_nothing_and_is_named(tmp_path: Path, constant: str) -> None:
    """What follows from constants is follow-through by name, is not paid, and the notes name the student."""
    results, notes = marked(tmp_path, "sigmoid-chain", {}, rest=constant)
    assert sum(row["outcome"] == "follow_through" for row in results) > 5
    assert sum(float(row["marks"]) for row in results) <= 0.05 * len(results)
    [held] = (note for note in notes if note["kind"] == "held_back")
    assert held["student"] == "s1"
    assert "Q1" in held["text"]


def test_one_slip_is_paid_in_full_and_not_named(tmp_path: Path) -> None:
    """A right sheet with one wrong gradient loses that entry, and nobody is told to look at it."""
    results, notes = marked(tmp_path, "sigmoid-chain", {"dC_db2_1": "0.9"})
    assert [row["field"] for row in results if row["marks"] != row["max_marks"]] == ["dC_db2_1"]
    assert notes == []


def test_who_leaves_the_beginning_out_is_not_paid_for_what_is_made_up(tmp_path: Path) -> None:
    """Without a forward pass, constants behind it follow from one another and show no work."""
    blank = {"z": "", "a": ""}
    made = make_key(tmp_path / "look", "tanh-two-outputs", ("s1",), seed=3)
    forward = {row["field"]: "" for row in made.rows if row["quantity"] in blank}
    results, _ = marked(tmp_path / "sheet", "tanh-two-outputs", forward, rest="-0.1")
    assert sum(float(row["marks"]) for row in results) <= 0.05 * len(results)


def test_a_unit_that_can_be_dead_is_no_copy() -> None:
    """z and a of a ReLU are equal only while it is live; of a linear unit always."""
    graph = network_graph(NetworkShape((1, 1, 1), ("relu", "identity"), "squared_error", 1, 1, updates=False))
    equal = {frozenset(pair) for pair in copies(graph)}
    assert frozenset({"z1", "a1"}) not in equal
    assert frozenset({"z2", "a2"}) in equal
