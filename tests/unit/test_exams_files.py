"""Writing files whole or not at all, and the spelling of CSV, of texts in it and of file names."""

import csv
import io
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from examgen.errors import ExamgenError
from examgen.exams.folders.files import csv_bytes, folder_name, remove_parts, safe_text, typed_text, write_files


def everything(folder: Path) -> dict[str, bytes | None]:
    """All files below a folder with their bytes, and all folders."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Writing beyond this size fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_files_are_written_below_the_folder(tmp_path: Path) -> None:
    """Folders are made, other files stay, and files of the same name are replaced."""
    (tmp_path / "out/key").mkdir(parents=True)
    (tmp_path / "out/key/old.txt").write_bytes(b"old")
    (tmp_path / "out/a.txt").write_bytes(b"before")
    write_files(tmp_path / "out", {"a.txt": b"after", "key/b/c.txt": b"", "\u5b66.pdf": b"\x00\xff"})
    files = {"out/a.txt": b"after", "out/key/b/c.txt": b"", "out/key/old.txt": b"old", "out/\u5b66.pdf": b"\x00\xff"}
    assert everything(tmp_path) == {"out": None, "out/key": None, "out/key/b": None} | files


def test_written_files_are_ordinary_files(tmp_path: Path) -> None:
    """A handout may be read by whom the umask lets."""
    before = os.umask(0o027)
    try:
        write_files(tmp_path, {"a.txt": b"a"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


def test_private_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    """They, the folders below and the files in them; others beside them are as the umask says."""
    (tmp_path / "key/old").mkdir(parents=True)
    (tmp_path / "key").chmod(0o755)
    write_files(tmp_path, {"a/b.txt": b"a", "key/old/c.txt": b"c", "key/new/d.txt": b"d"}, private=("key",))
    modes = {str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    private = {name: mode for name, mode in modes.items() if name.startswith("key")}
    assert private == {
        **dict.fromkeys(["key", "key/old", "key/new"], 0o700),
        **dict.fromkeys(["key/old/c.txt", "key/new/d.txt"], 0o600),
    }
    assert modes["a"] & 0o700 == 0o700
    assert modes["a/b.txt"] & 0o600 == 0o600
    assert (modes["a"], modes["a/b.txt"]) != (0o700, 0o600)


def test_writing_leaves_the_umask_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to the whole process: another thread would write with it meanwhile."""
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("the umask was touched"))
    write_files(tmp_path, {"a.txt": b"a", "key/b.txt": b"b"}, private=("key",))


def test_halves_of_killed_runs_are_removed(tmp_path: Path) -> None:
    """Those of the named files in the very folder; links, folders and files of other names stay."""
    long = "x" * 60 + ".pdf"
    ours = [".a.txt.0a1b2c3d.part", ".a.txt.ab_d1234.part", f".{long[:40]}.00000000.part"]
    others = [".b.txt.0a1b2c3d.part", ".a.txt.part", "a.txt", ".a.txt.0-1b2c3d.part", "below/.a.txt.0a1b2c3d.part"]
    (tmp_path / "below").mkdir()
    for name in (*ours, *others):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ".a.txt.aaaaaaaa.part").mkdir()
    (tmp_path / ".a.txt.bbbbbbbb.part").symlink_to(tmp_path / "a.txt")
    remove_parts(tmp_path, ["a.txt", long])
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert left == {*others, "below", ".a.txt.aaaaaaaa.part", ".a.txt.bbbbbbbb.part"}
    remove_parts(tmp_path)
    assert not (tmp_path / ".b.txt.0a1b2c3d.part").exists()
    remove_parts(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("taken", "Is a directory"),
        ("file.txt/below", "a file is there"),
        ("x" * 300, "File name too long"),
        ("new/deep/" + "x" * 300, "File name too long"),
        ("new/" + "x" * 300 + "/a.txt", "File name too long"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_one_bad_file_leaves_everything_as_it_was(tmp_path: Path, bad: str, reason: str, is_first: bool) -> None:
    """Nothing is replaced, no new folder and no half-written file remains, and the message says which file and why."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "file.txt").write_bytes(b"before")
    before = everything(tmp_path)
    good = {"file.txt": b"after", "other/new.txt": b"new"}
    with pytest.raises(ExamgenError, match=f"cannot be written: {reason}") as caught:
        write_files(tmp_path, {bad: b"", **good} if is_first else {**good, bad: b""})
    assert str(tmp_path) in str(caught.value)
    assert everything(tmp_path) == before


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """A write that fails halfway leaves neither its own part file nor those of the files before it."""
    (tmp_path / "a.txt").write_bytes(b"before")
    with files_of_at_most(1000), pytest.raises(ExamgenError, match="cannot be written: File too large"):
        write_files(tmp_path, {"a.txt": b"after", "new/b.pdf": bytes(5000)})
    assert everything(tmp_path) == {"a.txt": b"before"}


def test_a_folder_in_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    """The output folder itself may be a file that somebody made."""
    (tmp_path / "output").write_bytes(b"a file")
    with pytest.raises(ExamgenError, match="cannot be written"):
        write_files(tmp_path / "output", {"a.txt": b"a"})
    assert everything(tmp_path) == {"output": b"a file"}


def test_csv_is_utf8_with_plain_line_ends() -> None:
    """Commas, quotes and line ends inside a cell are quoted, and a reader gets back what was written."""
    rows = [("1,5", 'say "x"'), ("a\nb", "δ"), ("", " ")]
    written = csv_bytes(("left", "right"), rows)
    assert written == 'left,right\n"1,5","say ""x"""\n"a\nb",δ\n, \n'.encode()
    assert [tuple(row) for row in csv.reader(io.StringIO(written.decode(), newline=""))] == [("left", "right"), *rows]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_what_could_run_as_a_formula_gets_an_apostrophe(start: str) -> None:
    """A spreadsheet shows the text and does not run it."""
    assert safe_text(f"{start}cmd|'/c calc'!A1") == f"'{start}cmd|'/c calc'!A1"


@pytest.mark.parametrize("text", ["", "maria", "7", "'", "'maria", "''7", "δ", "a=1", "'a=1", "∂L/∂z"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    """Only the first character counts, or the one behind apostrophes."""
    assert safe_text(text) == typed_text(text) == text


def test_apostrophes_before_a_formula_are_counted() -> None:
    """Two ids that differ by an apostrophe stay two, and each is told from the table again."""
    shown = [safe_text(student) for student in ("@bob", "'@bob", "''@bob")]
    assert shown == ["'@bob", "''@bob", "'" * 3 + "@bob"]
    assert [typed_text(text) for text in shown] == ["@bob", "'@bob", "''@bob"]


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("maria", "maria"),
        ("m.müller@uni.de", "m.m%C3%BCller@uni.de"),
        ("", "%"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("../../etc", "%2E.%2F..%2Fetc"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("C:", "C%3A"),
        (".hidden", "%2Ehidden"),
        ("con", "%63on"),
        ("CON", "%43ON"),
        ("Nul.txt", "%4Eul.txt"),
        ("com7", "%63om7"),
        ("common", "common"),
        ("ends.", "ends%2E"),
        (" ", "%20"),
        ("a\0b", "a%00b"),
        ("%2E", "%252E"),
        ("😀", "%F0%9F%98%80"),
        ("\u202eevil", "%E2%80%AEevil"),
        ("\udcff", "%ED%B3%BF"),
    ],
)
def test_any_student_id_is_a_safe_file_name(student: str, name: str) -> None:
    """Separators, dots in front and at the end, device names and odd characters are spelled %XX."""
    assert folder_name(student) == name


def test_long_ids_are_cut_and_stay_apart() -> None:
    """Two long ids that differ at the very end get names that differ and that every file system takes."""
    names = {folder_name(letter * 500 + end) for letter in "x\u5b66" for end in "12"}
    assert len(names) == 4
    assert max(map(len, names)) < 140
