"""Where the papers of a class lie: a folder of this machine, or whatever else keeps files by their names."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from examgen.exams.folders.files import write_files


class Store(Protocol):
    """Keeps files by relative path with forward slashes; picklable, as those who write are many."""

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, each whole or not at all.

        Raises: ExamgenError: one cannot be written.
        """

    def read(self, name: str) -> bytes | None:
        """The content of a file, None where there is none that can be read."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder of this machine; `private` as in `write_files`."""

    folder: Path
    private: Collection[str] = ()

    def write(self, files: Mapping[str, bytes]) -> None:
        """As `Store` says."""
        write_files(self.folder, files, private=self.private)

    def read(self, name: str) -> bytes | None:
        """As `Store` says."""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None
