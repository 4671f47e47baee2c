"""All exams and families that are found by name, with a line about each; `examgen list` prints them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from examgen.errors import BankError
from examgen.exams.banks.bank_files import load_bank, own_banks, places_of, shipped_banks

TITLES: Mapping[str, str] = MappingProxyType(
    {"exams": "Exams", "families": "Question families", "worked": "Worked examples with fixed numbers"}
)
"""Of shipped banks, by folder."""


@dataclass(frozen=True, slots=True)
class ListedBank:
    """One exam or family.

    Attributes:
        name: under which it is found.
        about: a line about it, or what is wrong with the file.
        path: of the file.
        title: of the folder.
    """

    name: str
    about: str
    path: Path
    title: str


def listed_banks(own: Sequence[Path] = ()) -> tuple[ListedBank, ...]:
    """Those of own folders, then the shipped ones.

    Args:
        own: folders before those of EXAMGEN_BANKS.

    Raises: BankError: one of them is not there.
    """
    return (*_own(own), *(_listed(path, TITLES[path.parent.name]) for path in shipped_banks()))


def _own(own: Sequence[Path]) -> Iterator[ListedBank]:
    for path in own_banks(own):
        listed = _listed(path, f"In {path.parent}")
        taken, *_ = others = places_of(path.stem, own)
        hidden = next((other for other in others if other != path), None)
        if taken != path:
            yield _with(listed, f"not found by this name, for {taken} is before it")
        else:
            yield listed if hidden is None else _with(listed, f"taken instead of {hidden}")


def _with(listed: ListedBank, told: str) -> ListedBank:
    return ListedBank(listed.name, f"{listed.about} ({told})".strip(), listed.path, listed.title)


def _listed(path: Path, title: str) -> ListedBank:
    """An author's file may be of any kind: what cannot be read is told in its line."""
    try:
        about = load_bank(path).about
    except BankError as error:
        about = f"cannot be used: {str(error).removeprefix(f'{path}: ')}"
    return ListedBank(path.stem, about, path, title)
