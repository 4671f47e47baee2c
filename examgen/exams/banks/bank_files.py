"""Question families and exams as TOML: where shipped files are found, and how files are read and validated.

A **family** has `[network]` or `[[products]]`, the numbers to draw (`[values]`) or a textbook's own (`[fixed]`), and
`[[tasks]]`. An **exam** lists families under `[[questions]]`. Every mistake is one line that says the file, the key,
what was found and what is allowed.
"""

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from examgen.errors import BankError, did_you_mean
from examgen.exams.banks.bank_models import Family
from examgen.exams.banks.paper_models import ExamModel
from examgen.exams.folders.regular import text_of
from examgen.exams.forms import form_of
from examgen.resources import own_folders, shipped

MAX_FILE_BYTES = 1_000_000


def find_bank(name: str, beside: Path | None = None, own: Sequence[Path] = ()) -> Path:
    """The file of an exam or family in an own folder or a shipped one, or the TOML path itself.

    Args:
        name: of a bank, or a path that ends in .toml.
        beside: folder in which relative paths are looked up first; the current one otherwise.
        own: folders in which names are looked up before those of EXAMGEN_BANKS, and the shipped ones last.

    Raises:
        BankError: there is no such file or folder; the message lists the names.
    """
    if name.endswith(".toml") or "/" in name:
        for path in ([beside / name] if beside else []) + [Path(name)]:
            if _is_file(path):
                return path
        raise BankError(f"{name}: there is no such file")
    if found := places_of(name, own):
        return found[0]
    names = dict.fromkeys(path.stem for path in (*own_banks(own), *shipped_banks()))
    where = "is neither in your own folders nor shipped" if own_folders(own) else "is not shipped"
    raise BankError(
        f"exam {name!r} {where}; use a path that ends in .toml, or one of "
        f"{', '.join(names)}.{did_you_mean(name, names)}"
    )


def places_of(name: str, own: Sequence[Path] = ()) -> tuple[Path, ...]:
    """All files that a name may mean, the one that it means first; none for a path.

    Raises: BankError: an own folder is not there.
    """
    return tuple(path for path in (*own_banks(own), *shipped_banks()) if path.stem == name)


def own_banks(own: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The TOML files of an author's own folders, by folder and name.

    Args:
        own: folders before those of EXAMGEN_BANKS.

    Raises: BankError: one of them is not there.
    """
    folders = own_folders(own)
    if lost := [folder for folder in own if folder not in folders]:
        raise BankError(f"{lost[0]}: there is no such folder; --banks names a folder with TOML files")
    try:
        return tuple(path for folder in folders for path in sorted(folder.glob("*.toml")) if _is_file(path))
    except OSError as error:
        raise BankError(f"{error.filename}: {error.strerror}") from None


def taken_of_several(name: str, own: Sequence[Path] = ()) -> str:
    """That a name is in several places, and which file is taken; empty where it is in one or none."""
    taken, *others = places_of(name, own) or (None,)
    if not others:
        return ""
    return f"{name} is in {1 + len(others)} places: {taken} is taken, and not {', '.join(map(str, others))}"


def shipped_banks() -> tuple[Path, ...]:
    """All shipped files: exams, then families, then worked examples, each by name."""
    root = shipped("banks")
    return tuple(path for folder in ("exams", "families", "worked") for path in sorted((root / folder).glob("*.toml")))


def load_bank(path: Path) -> Family | ExamModel:
    """Read and validate one TOML file.

    Raises:
        BankError: the file cannot be read, is no TOML, or breaks the format.
    """
    document = _parse(path)
    is_family = "questions" not in document and any(key in document for key in ("network", "products", "tasks"))
    model: type[Family] | type[ExamModel] = Family if is_family else ExamModel
    try:
        return form_of(model, document)
    except ValueError as error:
        raise BankError(f"{path}: {error}") from None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # Such as a name that is too long.
        return False


def _parse(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BankError(f"{path}: larger than {MAX_FILE_BYTES} bytes; a bank is a short text file")
        return tomllib.loads(text_of(path), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise BankError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise BankError(f"{path}: not valid TOML: {error}") from None
    except RecursionError:
        raise BankError(f"{path}: not valid TOML: lists or tables inside one another too deeply") from None
    except (ValueError, ArithmeticError):
        raise BankError(f"{path}: not valid TOML: a number has too many digits") from None
    except OSError as error:
        raise BankError(f"{path}: {error.strerror or error}") from None


__all__ = [
    "MAX_FILE_BYTES",
    "ExamModel",
    "Family",
    "find_bank",
    "load_bank",
    "own_banks",
    "places_of",
    "shipped_banks",
    "taken_of_several",
]
