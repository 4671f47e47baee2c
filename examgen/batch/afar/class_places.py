"""Where the papers of a class go: a folder, or an address whose key is kept on this machine too while it is made.

At an address the same claims are made as in a folder, on a private copy of what they look at. There is no lock: nobody
else may write there at the same time.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from examgen.batch.afar.journal_pieces import PIECE, PieceJournal
from examgen.batch.claiming import HANDOUT, KEY, MANIFEST, OF_A_CLASS, PROGRESS, WAYS_OUT
from examgen.batch.manifest import Journal
from examgen.batch.paper_orders import PaperRecord
from examgen.errors import ExamgenError
from examgen.exams.folders.holding import held
from examgen.exams.folders.objects import ObjectStore, is_address, shown
from examgen.exams.folders.stores import FolderStore, Store

_EXAM, _VARIANTS, _ANSWERS = (f"{KEY}/{name}" for name in ("exam.json", "variants.jsonl", "answers.csv"))


class PaperJournal(Protocol):
    """The records of papers of a run, as `manifest.Journal` keeps them."""

    def add(self, code: str, record: PaperRecord) -> None:
        """Note a paper."""

    def close(self) -> None:
        """At the end of a run."""

    def remove(self) -> None:
        """A run that came to its end has a manifest instead."""


class Place(Protocol):
    """A folder or an address that a class is written to."""

    @property
    def folder(self) -> Path:
        """A folder of this machine with the key and the manifest; what is written there is not there yet for others."""

    @property
    def path(self) -> Path:
        """The folder or the path of the address."""

    @property
    def address(self) -> str:
        """As it may be shown; empty for a folder."""

    @property
    def store(self) -> Store:
        """For the papers, wherever they are made."""

    @property
    def can_move(self) -> bool:
        """Whether what lies there can be put aside."""

    def publish(self) -> None:
        """Put there for others what is new or changed in the folder; exam.json, by which a key is one, last."""

    def journal(self) -> PaperJournal:
        """For the records of papers."""

    def told(self, text: str) -> str:
        """A text in which the folder has its name."""


@contextmanager
def opened(out: Path | str, *, force: bool) -> Iterator[Place]:
    """The place of a class, held while it is written.

    Args:
        out: a folder, or an address such as `s3://bucket/class`.
        force: whether papers without a key are written over.

    Raises: ExamgenError: another process holds the folder, or the store does not answer or has papers without a key.
    """
    if not isinstance(out, str) or not is_address(out):
        with held(Path(out)):
            yield FolderPlace(Path(out))
        return
    with TemporaryDirectory(prefix="examgen-") as name:
        place = AddressPlace(Path(name), ObjectStore(out))
        place.fetch(force=force)
        try:
            yield place
        except ExamgenError as error:
            raise type(error)(place.told(str(error))) from None


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A folder; as `Place` says."""

    folder: Path
    address: str = ""
    can_move: bool = True

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.folder

    @property
    def store(self) -> Store:
        """With its whole path, as workers of a cluster have other current folders."""
        return FolderStore(self.folder.absolute(), (KEY,), sign=_EXAM)

    def publish(self) -> None:
        """Others see it already."""

    def journal(self) -> PaperJournal:
        """A file in key/."""
        return Journal(self.folder)

    def told(self, text: str) -> str:
        """The text itself."""
        return text


@dataclass(frozen=True, slots=True, eq=False)
class AddressPlace:
    """An address; as `Place` says.

    Attributes:
        folder: a private copy of key and manifest.
        store: the objects.
        sent: of each file of the copy, its size and time when it was the same as the object.
    """

    folder: Path
    store: ObjectStore
    can_move: bool = False
    sent: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Without the kind of store."""
        return Path(self.address.rpartition("://")[2])

    @property
    def address(self) -> str:
        """Without a password."""
        return shown(self.store.address).rstrip("/")

    def fetch(self, *, force: bool) -> None:
        """Copy what claims look at; records of papers of a run that was killed become one journal.

        Raises: ExamgenError: the store does not answer, or has papers without a key.
        """
        there, of_key = set(self.store.names()), set(self.store.names(KEY))
        found = next((name for name in (*OF_A_CLASS, *HANDOUT) if name in there), None)
        if found and "exam.json" not in of_key and not force:
            raise ExamgenError(
                f"{self.address}/{found}: is there already, and no key says of which exam; nothing was written: "
                f"{WAYS_OUT.replace('folder', 'address')}"
            )
        (self.folder / KEY).mkdir()
        for name in (_EXAM, _VARIANTS, MANIFEST):
            if name in there or name.removeprefix(f"{KEY}/") in of_key:
                self.store.fetch(name, self.folder / name)
        if "answers.csv" in of_key:
            (self.folder / _ANSWERS).touch()  # it follows from the rest, and is the largest of all
        pieces = sorted(name for name in of_key if re.fullmatch(PIECE, name))
        with (self.folder / KEY / PROGRESS).open("wb") as journal:
            journal.writelines(self.store.read(f"{KEY}/{name}") or b"" for name in pieces)
        self.sent.update(self._files())

    def publish(self) -> None:
        """As `Place` says."""
        files = self._files()
        changed = [name for name, state in files.items() if self.sent.get(name) != state]
        for name in sorted(changed, key=lambda name: (name == _EXAM, name)):
            self.store.send(name, self.folder / name)
            self.sent[name] = files[name]

    def journal(self) -> PaperJournal:
        """Objects in key/."""
        return PieceJournal(self.store)

    def told(self, text: str) -> str:
        """The address stands where the text has the private copy."""
        return text.replace(str(self.folder), self.address)

    def _files(self) -> dict[str, tuple[int, int]]:
        paths = (path for path in self.folder.rglob("*") if path.is_file() and path.name != PROGRESS)
        states = ((path, path.stat()) for path in paths)
        return {path.relative_to(self.folder).as_posix(): (one.st_size, one.st_mtime_ns) for path, one in states}
