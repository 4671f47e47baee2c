"""Choices through the command line: right letters of a class's own numbers, several right ones, and the web sheet."""

import csv
import json
from pathlib import Path

import pytest

from tests.command_line import run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("which")
    names = "".join(f"s{number},Ada\n" for number in range(12))
    (folder / "class.csv").write_text(f"id,name\n{names}", encoding="utf-8")
    run("batch", "which-class", folder / "class.csv", "--seed", 7, "--out", folder / "papers")
    return folder / "papers"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_key_of_a_class_has_each_papers_own_letter(made: Path) -> None:
    """It is that of the largest of the probabilities beside it, and all three letters occur."""
    key = rows_of(made / "key" / "answers.csv")
    letters = {row["student"]: row["answer"] for row in key if row["field"] == "choice_b"}
    for student, letter in letters.items():
        p = [float(row["answer"]) for row in key if row["student"] == student and row["field"].startswith("p_")]
        assert letter == "abc"[p.index(max(p))]
    assert set(letters.values()) == {"a", "b", "c"}


def test_nothing_that_is_handed_out_tells_the_option(made: Path) -> None:
    """Expressions and the options that they give stand in the key alone."""
    document = json.loads((made / "key" / "exam.json").read_text(encoding="utf-8"))
    assert {shape["choices"][0][0] for shape in document["questions"][0]["shapes"].values()} == {"argmax(p)"}
    handed_out = [path for path in (made / "handout").rglob("*") if path.suffix in {".csv", ".html", ".json"}]
    assert handed_out
    assert all("argmax" not in path.read_text(encoding="utf-8") for path in handed_out)


def test_the_web_sheet_takes_one_letter_from_a_list_and_several_as_text(made: Path) -> None:
    """A list cannot hold several letters."""
    [sheet, *_] = sorted((made / "handout").rglob("answers.html"))
    assert sheet.read_text(encoding="utf-8").count("<select") == 1


def test_right_letters_get_full_marks_however_they_are_written(made: Path, tmp_path: Path) -> None:
    """Students write the key's numbers and letters in another form; one with one letter too few loses that mark."""
    rows = rows_of(made / "key" / "answers.csv")
    sheet = tmp_path / "class.csv"
    for row in rows:
        if row["field"] == "choice_b":
            row["answer"] = f"({row['answer'].upper()})"
        elif row["field"] == "choice_d":
            row["answer"] = "a, b" if row["student"] == "s3" else "D and a, B"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["exam", "variant", "student", "question", "field", "symbol", "answer"],
                                extrasaction="ignore")  # fmt: skip
        writer.writeheader()
        writer.writerows(rows)
    run("grade", sheet, "--key", made / "key", "--out", tmp_path / "marks")
    marked = rows_of(tmp_path / "marks" / "results.csv")
    wrong = [(row["student"], row["field"]) for row in marked if row["outcome"] != "correct"]
    assert wrong == [("s3", "choice_d")]
