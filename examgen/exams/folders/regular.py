"""Files that are read where an instructor's folders should have them: regular ones only.

A pipe keeps whoever reads it waiting, and a device may never end.
"""

import errno
import os
import stat
from io import BufferedReader, TextIOWrapper
from pathlib import Path


def opened(path: Path) -> BufferedReader:
    """A regular file, opened to be read.

    Raises: OSError if it cannot be, or is a pipe or a device.
    """
    # Without waiting: opening a pipe alone would wait for somebody to write into it.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "a pipe or a device, and no regular file", str(path))


def content_of(path: Path) -> bytes:
    """All bytes of a regular file; raises as `opened`."""
    with opened(path) as file:
        return file.read()


def text_of(path: Path) -> str:
    """The text of a regular UTF-8 file, with or without byte order mark, and with LF line ends.

    Raises: OSError as `opened`; UnicodeDecodeError.
    """
    with TextIOWrapper(opened(path), encoding="utf-8-sig") as file:
        return file.read()


def opened_text(path: Path) -> TextIOWrapper:
    """A regular UTF-8 file, with or without byte order mark, its line ends as they are; raises as `opened`."""
    return TextIOWrapper(opened(path), encoding="utf-8-sig", newline="")
