"""What who exports may choose."""

from dataclasses import dataclass
from pathlib import Path

from examgen.exams.draws.streams import Seed


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How an exam is taken elsewhere.

    Attributes:
        variants: further variants of the exam, beside those of the key.
        secret: that they are drawn with, where the exam was drawn with one.
        exam: name or TOML file of the exam, where it is not found by its name.
        banks: folders in which exams and families are looked up before the shipped ones.
        key: folder of the key that marks were made with, where it is not found beside them.
        out: file or folder to write; in `exchange/` of the exam's folder where it is None.
        force: whether files that hold something else are written over.
        is_scaled: whether small numbers are asked times a power of ten, where a platform would lose them.
        most_bytes: of a file, where a format can write several; None for one file.
    """

    variants: int = 0
    secret: Seed | None = None
    exam: str | None = None
    banks: tuple[Path, ...] = ()
    key: Path | None = None
    out: Path | None = None
    force: bool = False
    is_scaled: bool = False
    most_bytes: int | None = None


AS_THEY_ARE = ExportOptions()
"""Nothing chosen."""
