"""Secrets that papers are drawn with instead of a seed: made by `examgen secret`, and read for `make` and `batch`."""

import os
import secrets
import stat
from pathlib import Path

from examgen.errors import ExamgenError
from examgen.exams.draws.streams import SECRET_BYTES, Secret
from examgen.exams.folders.files import unwritable
from examgen.exams.folders.regular import opened

LEAST_DISTINCT = 12
"""Of random bytes fewer are never different: not in 10¹⁸ secrets."""

_OWNER_ONLY = 0o600
_OTHERS = 0o077


def make_secret(path: Path) -> None:
    """Write a fresh secret into a new file, which only its owner can read.

    Raises:
        ExamgenError: there is such a file already, or it cannot be written.
    """
    if os.path.lexists(path):
        raise ExamgenError(
            f"{path}: is there already, and papers may have been made with it; nothing was written: choose another name"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
    except OSError as error:
        raise unwritable(error, path) from None


def read_secret(path: Path) -> Secret:
    """The secret in a file.

    Raises:
        ExamgenError: it cannot be read, others can read it, too, or it is no secret.
    """
    if path == Path():
        raise ExamgenError("--secret is empty, or names this folder; name a file that examgen secret FILE has made")
    try:
        with opened(path) as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(SECRET_BYTES + 1)
    except OSError as error:
        told = f"; examgen secret {path} makes one" if isinstance(error, FileNotFoundError) else ""
        raise ExamgenError(f"{path}: cannot be read: {error.strerror or error}{told}") from None
    # Where a system knows no modes, there is nothing that could be told of them.
    if os.name == "posix" and stat.S_IMODE(mode) & _OTHERS:
        raise ExamgenError(
            f"{path}: others than its owner can use it (mode {stat.S_IMODE(mode):o}), and a secret that others know is "
            f"none; chmod 600 {path}, or make another one with examgen secret"
        )
    if len(content) != SECRET_BYTES:
        size = "more" if len(content) > SECRET_BYTES else str(len(content))
        raise ExamgenError(f"{path}: a secret is {SECRET_BYTES} random bytes, and this file has {size}")
    if len(set(content)) < LEAST_DISTINCT:
        raise ExamgenError(
            f"{path}: a secret is {SECRET_BYTES} random bytes, and these can be guessed; make one with examgen secret"
        )
    return Secret(content)
