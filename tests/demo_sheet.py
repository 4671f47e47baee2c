"""Fills in a handed-out answers.csv the way a student might; `make demo` runs it.

Most answers are the key's, rounded. Two are slips and one cannot be read, so that the marking has something to say.

    python tests/demo_sheet.py output/question2-7      writes output/question2-7/filled.csv
"""

import csv
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

STUDENT = "Ada Lovelace"
DECIMALS = 4
UNREADABLE = "0.2 or 0.3?"

Row = dict[str, str]


def fill_in(folder: Path) -> str:
    """Write filled.csv into the exam's folder, and return what is wrong in it."""
    sheet = read_rows(folder / "answers.csv")
    key = {place(row): row for row in read_rows(folder / "key" / "answers.csv")}

    def asks_for(quantity: str) -> Callable[[Row], bool]:
        return lambda row: key[place(row)]["quantity"].startswith(quantity) and float(row["answer"]) != 0

    for row in sheet:
        row["student"] = STUDENT
        row["answer"] = rounded(float(key[place(row)]["answer"]))
    unread = first(sheet, asks_for("z"))
    wrong_sign = first(sheet, asks_for("dL_"))
    wrong_sum = first(reversed(sheet), asks_for("W_new"))
    unread["answer"] = UNREADABLE
    wrong_sign["answer"] = rounded(-float(wrong_sign["answer"]))
    wrong_sum["answer"] = rounded(float(wrong_sum["answer"]) + 0.1)

    filled = folder / "filled.csv"
    write_rows(filled, sheet)
    return (
        f"{STUDENT} handed in {filled}, with a wrong sign in {wrong_sign['field']}, "
        f"a wrong sum in {wrong_sum['field']} and “{UNREADABLE}” for {unread['field']}"
    )


def place(row: Row) -> tuple[str, str, str]:
    """Return what a row of the sheet and its row of the key have in common."""
    return row["variant"], row["question"], row["field"]


def first(rows: Iterable[Row], fits: Callable[[Row], bool]) -> Row:
    """Return the first row that fits.

    Raises: StopIteration if none does.
    """
    return next(filter(fits, rows))


def rounded(value: float) -> str:
    """Write a number as a student does."""
    return f"{value:.{DECIMALS}f}"


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with a header."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[Row]) -> None:
    """Write rows of the same columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    print(fill_in(Path(sys.argv[1])))
