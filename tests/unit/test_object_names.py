"""Names of objects as files: each becomes one file below the folder, or is told."""

from pathlib import Path

import pytest

from examgen.batch.afar.object_names import sheets_of
from examgen.exams.folders.objects import Found


def names_of(listed: list[str], folder: Path, *, is_folded: bool = False) -> tuple[list[str], list[str]]:
    """Names that become files, and what is told of others."""
    sheets = sheets_of(folder, [Found(name, 10, 1.0) for name in listed], is_folded=is_folded)
    return [one.name for one in sheets.kept], [problem.detail for problem in sheets.problems]


@pytest.mark.parametrize("is_folded", [False, True])
def test_capitals_count_where_the_file_system_tells_them_apart(tmp_path: Path, is_folded: bool) -> None:
    """Where it does not, the second file would take the place of the first."""
    kept, told = names_of(["S1/a.csv", "s1/a.csv"], tmp_path, is_folded=is_folded)
    assert kept == (["S1/a.csv"] if is_folded else ["S1/a.csv", "s1/a.csv"])
    assert [("capitals" in line) for line in told] == [True] * is_folded


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "a/../../b.csv", "/a.csv", "a//b.csv", ".", "..", "a/.", "C:a.csv", "c:/a.csv", "a\\b.csv", "a\0.csv"],
)
def test_what_is_no_path_below_the_folder_is_told(tmp_path: Path, name: str) -> None:
    """And becomes no file."""
    kept, told = names_of([name, "s1/a.csv"], tmp_path)
    assert kept == ["s1/a.csv"]
    assert len(told) == 1
    assert "no path below a folder" in told[0]


def test_millions_of_bad_names_are_counted(tmp_path: Path) -> None:
    """No more are told one by one than anybody reads."""
    kept, told = names_of([f"../{number}.csv" for number in range(3000)], tmp_path)
    assert kept == []
    assert (len(told), told[-1]) == (1001, "2,000 more objects are not read")


def test_files_keep_their_names_from_what_lies_below_them(tmp_path: Path) -> None:
    """A name below the one of a file cannot be one; what is no sheet takes no sheet's place."""
    kept, told = names_of(["a/b/c.csv", "a", "a/b"], tmp_path)
    assert kept == ["a/b/c.csv"]
    assert len(told) == 2
    kept, told = names_of(["a.csv/b/c.csv", "a.csv"], tmp_path)
    assert kept == ["a.csv"]
    assert "lies below the name of another file" in told[0]
