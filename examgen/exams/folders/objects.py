"""Files that are objects of a store such as S3, each by its address; nothing else of examgen knows fsspec.

Called by `batch` for the papers of a class whose `--out` is an address, and for what a class has handed in there.
Credentials and endpoints come from the environment, as the tools of each store take them (AWS_ENDPOINT_URL and others).
"""

import os
import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from examgen.errors import ExamgenError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?:::|://)")
_PASSWORD = re.compile(r"(?<=//)[^/@]*@")
_TIMES = ("LastModified", "last_modified", "updated", "mtime")
"""What stores call the time at which an object was written."""

_WITH_FOLDERS = frozenset({"file", "local", "ftp", "hdfs", "sftp", "smb", "ssh", "webhdfs"})
"""There folders must be made, and a file is whole when it gets its name; a store of objects shows whole ones only."""

_OF_ONE_PROCESS = frozenset({"memory"})
_NO_FSSPEC = "an address such as s3://bucket/class needs examgen[cluster]: pip install 'examgen[cluster]'"


@dataclass(frozen=True, slots=True)
class Found:
    """An object: its name below the address, its bytes, and when it was written, where the store tells."""

    name: str
    size: int
    modified: float | None


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """The objects below an address, such as `s3://bucket/class`; a `Store`, and more."""

    address: str

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write objects, side by side, each whole or not at all.

        Raises: ExamgenError: one cannot be written.
        """
        with self._telling("written") as (system, root):
            if _has_folders(system):
                for name, content in files.items():
                    with _beside(system, f"{root}/{name}") as beside:
                        system.pipe_file(beside, content)
            else:
                system.pipe({f"{root}/{name}": content for name, content in files.items()})

    def send(self, name: str, path: Path) -> None:
        """Write a file, however large, as an object.

        Raises: ExamgenError: it cannot be written.
        """
        with self._telling("written", name) as (system, root):
            if _has_folders(system):
                with _beside(system, f"{root}/{name}") as beside:
                    system.put_file(str(path), beside)
            else:
                system.put_file(str(path), f"{root}/{name}")

    def read(self, name: str) -> bytes | None:
        """The content of an object, None where there is none.

        Raises: ExamgenError: the store does not answer.
        """
        with self._telling("read") as (system, root):
            try:
                content: bytes = system.cat_file(f"{root}/{name}")
            except FileNotFoundError:
                return None
            return content

    def read_all(self, names: Collection[str]) -> dict[str, bytes]:
        """The contents of those objects that there are.

        Raises: ExamgenError: the store does not answer.
        """
        with self._telling("read") as (system, root):
            read = system.cat([f"{root}/{name}" for name in names], on_error="return")
            found = {path.removeprefix(f"{root}/"): content for path, content in read.items()}
            for content in found.values():
                if isinstance(content, Exception) and not isinstance(content, FileNotFoundError):
                    raise content
            return {name: content for name, content in found.items() if isinstance(content, bytes)}

    def names(self, below: str = "") -> list[str]:
        """What lies in this folder, as far as there are folders: the first parts of names.

        Raises: ExamgenError: the store does not answer.
        """
        with self._telling("read") as (system, root):
            folder = f"{root}/{below}".rstrip("/")
            try:
                return [path.rstrip("/").removeprefix(f"{folder}/") for path in system.ls(folder, detail=False)]
            except FileNotFoundError:
                return []

    def found(self, below: str = "") -> list[Found]:
        """All objects in this folder and below, or all; where the address is that of an object, this without a name.

        Raises: ExamgenError: the store does not answer.
        """
        with self._telling("read") as (system, root):
            listed = system.find(f"{root}/{below}".rstrip("/"), detail=True)
            return [
                Found(path.removeprefix(root).removeprefix("/"), int(about.get("size") or 0), _time_of(about))
                for path, about in listed.items()
            ]

    def fetch(self, name: str, path: Path) -> None:
        """Write an object into a file; without a name the one whose address this is.

        Raises: ExamgenError: it cannot be read, or the file not be written.
        """
        with self._telling("read", name) as (system, root):
            system.get_file(f"{root}/{name}" if name else root, str(path))

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects, whether they are there or not.

        Raises: ExamgenError: the store does not allow it.
        """
        with self._telling("written") as (system, root):
            for name in names:
                with suppress(FileNotFoundError):
                    system.rm_file(f"{root}/{name}")

    @contextmanager
    def _telling(self, what: str, name: str = "") -> Iterator[tuple[Any, str]]:
        """The file system and the path in it; whatever goes wrong is told in one line, without passwords."""
        system, root = _opened(self.address, os.getpid())
        try:
            yield system, root
        except Exception as error:  # each store has its own kinds
            told = _without_password(self.address, str(error)) or type(error).__name__
            place = f"{shown(self.address)}/{name}" if name else shown(self.address)
            raise ExamgenError(f"{place}: cannot be {what}: {told}") from None


def is_address(text: str) -> bool:
    """Whether this is an address such as `s3://bucket/class`, and no path."""
    return _ADDRESS.match(text) is not None


def shown(address: str) -> str:
    """An address as it may be shown: without user and password."""
    return _PASSWORD.sub("", address)


@lru_cache(maxsize=16)
def _opened(address: str, _process: int) -> tuple[Any, str]:
    """The file system of an address, and the path in it; each process has its own connections."""
    where = shown(address)
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise ExamgenError(f"{where}: {_NO_FSSPEC}") from None
    try:
        # What others write meanwhile is there, too.
        system, root = url_to_fs(address, use_listings_cache=False)
    except ImportError as error:
        raise ExamgenError(f"{where}: another package is needed: {error}") from None
    except Exception as error:  # each store has its own kinds
        raise ExamgenError(
            f"{where}: is no address that can be used: {_without_password(address, str(error))}"
        ) from None
    if not root.strip("/"):
        raise ExamgenError(f"{where}: names no place in the store; use an address such as s3://bucket/class")
    if not _OF_ONE_PROCESS.isdisjoint(_protocols(system)):
        raise ExamgenError(f"{where}: is gone when the process ends; use an address such as s3://bucket/class")
    return system, root.rstrip("/")


def _without_password(address: str, text: str) -> str:
    """Of what a library says of an address, what may be shown, in one line."""
    for found in _PASSWORD.findall(address):
        text = text.replace(found, "").replace(found.rstrip("@"), "")
    return " ".join(text.split())


def _has_folders(system: Any) -> bool:
    return not _WITH_FOLDERS.isdisjoint(_protocols(system))


@contextmanager
def _beside(system: Any, path: str) -> Iterator[str]:
    """A path that is written instead of this one and then gets its name."""
    folder = path.rpartition("/")[0]
    system.makedirs(folder, exist_ok=True)
    beside = f"{folder}/.{secrets.token_hex(8)}.part"
    yield beside
    system.mv(beside, path)


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _time_of(about: Mapping[str, Any]) -> float | None:
    found = next((about[name] for name in _TIMES if name in about), None)
    if isinstance(found, datetime):
        return found.timestamp()
    return float(found) if isinstance(found, int | float) else None
