"""A folder that is being written is held by one writer, and by nobody who is gone."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from examgen.errors import ExamgenError
from examgen.exams.folders.holding import LOCK, held

fcntl = pytest.importorskip("fcntl")


def everything(folder: Path) -> list[str]:
    """All files and folders below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_held_folder_is_refused_to_others(tmp_path: Path) -> None:
    """Also to the same process; when it is let go, it is free."""
    with held(tmp_path / "class"):
        with (
            pytest.raises(ExamgenError, match=r"class: another examgen is writing there; wait until it has ended"),
            held(tmp_path / "class"),
        ):
            pass
        assert everything(tmp_path) == ["class", f"class/{LOCK}"]
        with held(tmp_path / "other"):
            pass
    assert everything(tmp_path) == []


def test_what_was_written_stays_and_the_lock_goes(tmp_path: Path) -> None:
    """Folders that were made go again where nothing came into them, also after a mistake."""
    with held(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "file").write_bytes(b"")
    with pytest.raises(ValueError, match="mistake"), held(tmp_path / "c" / "d"):
        raise ValueError("mistake")
    assert everything(tmp_path) == ["a", "a/b", "a/b/file"]


def test_a_lock_of_a_dead_process_holds_nobody_up(tmp_path: Path) -> None:
    """The file alone is no lock."""
    (tmp_path / LOCK).write_bytes(b"")
    with held(tmp_path):
        assert (tmp_path / LOCK).exists()
    assert everything(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_where_nothing_can_be_locked_papers_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Some network file systems know no locks."""

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with held(tmp_path / "class"):
        assert (tmp_path / "class").is_dir()
    assert everything(tmp_path) == []


def test_a_lock_that_its_holder_has_just_removed_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opened it before and got it after takes the new file, which the next one looks at."""
    flock: Callable[[int, int], None] = fcntl.flock
    turns: list[int] = []

    def late(handle: int, kind: int) -> None:
        if not turns:
            (tmp_path / LOCK).unlink()
        turns.append(handle)
        flock(handle, kind)

    monkeypatch.setattr(fcntl, "flock", late)
    with held(tmp_path):
        assert len(turns) == 2
        with pytest.raises(ExamgenError, match="another examgen is writing"), held(tmp_path):
            pass


def test_a_lock_is_no_way_out_of_the_folder(tmp_path: Path) -> None:
    """A link in its place is not followed."""
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / LOCK).symlink_to(tmp_path / "mine")
    with pytest.raises(ExamgenError, match="cannot be written"), held(tmp_path / "class"):
        pass
    assert (tmp_path / "mine").read_bytes() == b"mine"
