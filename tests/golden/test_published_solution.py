"""The documents' own printed solutions, handed in as answer sheets and marked through the command line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.exams.banks.bank_files import shipped_banks
from tests.marking_sheets import Row, make_key, read_rows, write_sheet

CASES = Path(__file__).parents[1] / "cases"


def published(case: str) -> dict[str, Any]:
    """The figures that the document prints, by quantity."""
    figures: dict[str, Any] = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))["published"]
    return figures


def printed(figures: Mapping[str, Any], row: Row) -> str:
    """What the document prints for an entry of the key; empty where it prints nothing."""
    if row["step"] != "1":
        return ""
    name = row["quantity"] + row["layer"]
    unit = int(row["row"] or 1)
    if f"{name}[{unit}]" in figures:
        return str(figures[f"{name}[{unit}]"])
    if name not in figures:
        return ""
    value = figures[name][unit - 1]
    return str(value[int(row["col"]) - 1] if isinstance(value, list) else value)


def marked(folder: Path, exam: str, figures: Mapping[str, Any]) -> dict[str, Row]:
    """Hand the printed figures in; returns the results by quantity, row and column, such as `dL_dW3[1,2]`."""
    made = make_key(folder / "exam", exam, students=("",))
    sheet = write_sheet(
        folder / "printed.csv", made.rows, lambda row: printed(figures, row), changes={"student": "book"}
    )
    done = CliRunner().invoke(app, ["grade", str(sheet), "--key", str(made.key), "--out", str(folder / "marks")])
    assert done.exit_code == 0, done.stderr
    results = read_rows(folder / "marks" / "results.csv")
    return dict(zip(_names(made.rows), results, strict=True))


def _names(rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        step = "" if row["step"] in ("", "1") else f"@{row['step']}"
        places = ",".join(filter(None, (row["row"], row["col"])))
        yield f"{row['quantity']}{row['layer']}{step}" + (f"[{places}]" if places else "")


def not_correct(results: Mapping[str, Row]) -> dict[str, tuple[str, str]]:
    """Answer and outcome of every entry that was written and is not correct."""
    return {
        name: (row["answer"], row["outcome"])
        for name, row in results.items()
        if row["outcome"] not in ("correct", "blank")
    }


def test_the_sigmoid_solution_is_right_but_for_its_misprint(tmp_path: Path) -> None:
    """All printed figures of the 3-4-4-2 problem are correct but a2[1], printed 0.72 for 0.7339."""
    results = marked(tmp_path, "sigmoid-3-4-4-2", published("sigmoid-3-4-4-2"))
    assert not_correct(results) == {"a2[1]": ("0.72", "wrong")}
    assert all(row["outcome"] != "blank" for row in results.values())
    assert sum(float(row["marks"]) for row in results.values()) == len(results) - 1


def test_the_whole_number_solution_is_right_but_for_its_slip(tmp_path: Path) -> None:
    """The ReLU network's printed integers are exact; layer 3's bias gradient, given for layer 2, is wrong there."""
    figures = published("relu-1-1-3-1")
    assert not_correct(marked(tmp_path / "as printed", "relu-1-1-3-1", figures)) == {}
    slip = {**figures, "dL_db2": [7868, 7868, 7868]}
    wrong = not_correct(marked(tmp_path / "with the slip", "relu-1-1-3-1", slip))
    assert wrong == {f"dL_db2[{unit}]": ("7868", "wrong") for unit in (1, 2, 3)}


@pytest.mark.parametrize(("quantity", "scanned"), [("a3", [3989]), ("dL_dW3", [[283243, 377664, 487816]])])
def test_misread_digits_of_a_scan_are_wrong(tmp_path: Path, quantity: str, scanned: list[Any]) -> None:
    """What the scan shows for 3939 and for 283248 is wrong, and costs that entry only."""
    figures = {**published("relu-1-1-3-1"), quantity: scanned}
    [(name, (answer, outcome))] = not_correct(marked(tmp_path, "relu-1-1-3-1", figures)).items()
    assert name.startswith(quantity)
    assert (answer, outcome) in {("3989", "wrong"), ("283243", "wrong")}


def test_the_two_step_problem_prints_too_few_digits(tmp_path: Path) -> None:
    """Of z1, a1, z2[1] and a2[1], z2[1] = 2.21 lacks two of the asked decimals, and a2[1] = 0.9011 follows from it."""
    results = marked(tmp_path, "relu-sigmoid-3-2-2-1", published("relu-sigmoid-3-2-2-1"))
    written = {name for name, row in results.items() if row["outcome"] != "blank"}
    assert written == {"z1[1]", "z1[2]", "a1[1]", "a1[2]", "z2[1]", "a2[1]"}
    assert not_correct(results) == {"z2[1]": ("2.21", "wrong"), "a2[1]": ("0.9011", "follow_through")}
    assert results["z2[1]"]["comment"] == "Right to the digits that are written, but 4 decimals were asked for."
    assert results["a2[1]"]["comment"] == "It follows from earlier answers of yours, one of which is not correct."


def test_the_two_step_problem_is_right_to_its_two_decimals(tmp_path: Path) -> None:
    """The same figures are all correct where two decimals are asked, as the document has them."""
    [bank] = [path for path in shipped_banks() if path.stem == "relu-sigmoid-3-2-2-1"]
    two_decimals = tmp_path / "two-decimals.toml"
    text = bank.read_text(encoding="utf-8")
    two_decimals.write_text(text.replace("[digits]\ndecimals = 4", "[digits]\ndecimals = 2"), encoding="utf-8")
    results = marked(tmp_path, str(two_decimals), published("relu-sigmoid-3-2-2-1"))
    assert not_correct(results) == {}
    assert [row["outcome"] for row in results.values()].count("correct") == 6
