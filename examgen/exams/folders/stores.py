"""Where the papers of a class lie: a folder of this machine, or whatever else keeps files by their names."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname
from typing import Protocol

from examgen.errors import ExamgenError
from examgen.exams.folders.files import write_files
from examgen.exams.folders.regular import content_of


class Store(Protocol):
    """Keeps files by relative path with forward slashes; picklable, as those who write are many."""

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, each whole or not at all.

        Raises: ExamgenError: one cannot be written.
        """

    def read(self, name: str) -> bytes | None:
        """The content of a file, None where there is none that can be read."""

    def read_all(self, names: Collection[str]) -> dict[str, bytes]:
        """The contents of those files that there are, read side by side where that is faster."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder of this machine, or one that several share.

    Attributes:
        folder: its path, absolute where others write, too.
        private: as in `write_files`.
        sign: a file by which it is known; another machine may have a folder of this path that is another one, or none.
    """

    folder: Path
    private: Collection[str] = ()
    sign: str = ""

    def write(self, files: Mapping[str, bytes]) -> None:
        """As `Store` says."""
        if self.sign and not (self.folder / self.sign).is_file():
            raise ExamgenError(
                f"{self.folder}: is not there on {gethostname()}, which makes papers; use a folder that all machines "
                "of the cluster share, or an address such as --out s3://bucket/class"
            )
        write_files(self.folder, files, private=self.private)

    def read(self, name: str) -> bytes | None:
        """As `Store` says."""
        try:
            return content_of(self.folder / name)
        except OSError:
            return None

    def read_all(self, names: Collection[str]) -> dict[str, bytes]:
        """As `Store` says."""
        found = {name: self.read(name) for name in names}
        return {name: content for name, content in found.items() if content is not None}
