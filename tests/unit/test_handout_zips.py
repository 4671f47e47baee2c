"""Zip files of handouts: a name for any group, and the same bytes for the same files."""

import io
import zipfile

import pytest

from examgen.batch.packed.handout_zips import zip_names
from examgen.exams.folders.zip_writing import zip_pieces

RESERVED = ("con", "prn", "aux", "nul", "com1")


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        ([], []),
        (["", ""], ["all.zip"]),
        (["A", "B", "A"], ["A.zip", "B.zip"]),
        (["A", ""], ["A.zip", "no-group.zip"]),
        (["../x", "a/b"], ["%2E./x.zip".replace("/", "%2F"), "a%2Fb.zip"]),
    ],
)
def test_groups_are_files_called_like_them(groups: list[str], names: list[str]) -> None:
    """One for each group, one for those in none, and one for all where there are no groups."""
    assert list(zip_names(groups).values()) == names


@pytest.mark.parametrize(
    "groups",
    [
        ["Lab a", "lab A", "LAB A", "Lab b"],
        ["", "no-group", "No-Group", "all"],
        ["x" * 5000, "x" * 5001, "X" * 5000],
        ["con", "CON", "nul.", "a.", "a", "İ", "i̇", "ß", "SS"],
    ],
)
def test_no_two_groups_are_one_file(groups: list[str]) -> None:
    """Not even where a system does not tell capitals apart; no name is too long or one that a system keeps."""
    names = list(zip_names(groups).values())
    assert len({name.lower() for name in names}) == len(groups)
    assert all(name.isascii() and len(name) < 140 and "/" not in name for name in names)
    assert not any(name.split(".")[0].lower() in RESERVED for name in names)


def test_a_name_does_not_depend_on_the_order_of_groups() -> None:
    """A roster that is sorted anew gives the same files."""
    groups = ["Lab a", "lab A", "B", ""]
    assert zip_names(groups) == zip_names(groups[::-1])


def test_a_zip_file_holds_what_it_was_given_and_no_date() -> None:
    """Files come back whole, the same bytes each time, in pieces that can be written as they come."""
    files = {"s1/questions.pdf": bytes(range(256)) * 999, "%E6/answers.csv": b"", "s1/answers.html": b"<p>" * 9999}
    pieces = list(zip_pieces(files.items()))
    assert len(pieces) == len(files) + 1
    assert pieces == list(zip_pieces(files.items()))
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == files
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
