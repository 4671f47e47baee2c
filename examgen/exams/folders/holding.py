"""One writer at a time: a folder is held by a lock that goes with its process, however that ends.

Called by `batch` around everything that it writes. The lock file is gone when a run has ended; after one that was
killed it stays, holds nobody up, and goes with the next.
"""

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from examgen.errors import ExamgenError
from examgen.exams.folders.files import missing_folders, unwritable

LOCK = ".examgen.lock"

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)
"""What a file system says that knows no locks, as some of networks; then nobody is held up."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be, and goes again if it is still empty at the end.

    Raises:
        ExamgenError: another process holds it, or it cannot be made or written.
    """
    made: list[Path] = []
    lock = folder / LOCK
    try:
        try:
            made = missing_folders(folder)
            folder.mkdir(parents=True, exist_ok=True)
            handle = _locked(lock)
        except OSError as error:
            raise unwritable(error, folder) from None
        with _kept(lock, handle):
            yield
    finally:
        for new in reversed(made):
            with contextlib.suppress(OSError):
                new.rmdir()


@contextmanager
def in_turn(lock: Path) -> Iterator[None]:
    """Be the only one who has this lock file, when others are done with it; where there can be none, at once."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = _locked(lock, waits=True)
    except OSError:
        yield
        return
    with _kept(lock, handle):
        yield


@contextmanager
def _kept(lock: Path, handle: int) -> Iterator[None]:
    try:
        yield
    finally:
        # Before it is let go, so that nobody waits for a file that is no longer there.
        with contextlib.suppress(OSError):
            lock.unlink(missing_ok=True)
        os.close(handle)


def _locked(lock: Path, *, waits: bool = False) -> int:
    """The open lock file, locked where the system can; waits for others, or fails where they have it."""
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            is_held = _lock(handle, waits=waits)
            if is_held and _is_same(handle, lock):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        if not is_held:
            raise ExamgenError(
                f"{lock.parent}: another examgen is writing there; wait until it has ended, or choose another folder"
            )


def _lock(handle: int, *, waits: bool) -> bool:
    """False where another process has the lock."""
    try:
        import fcntl
    except ImportError:  # not on this system
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


def _is_same(handle: int, lock: Path) -> bool:
    """Whether the file is still the one that was opened: the holder before removes it at its end."""
    try:
        return os.path.samestat(os.fstat(handle), lock.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False
