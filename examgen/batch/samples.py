"""Files to begin with: a class list, a question of one's own, and an exam that asks it. `examgen samples` calls it."""

from dataclasses import dataclass
from pathlib import Path

from examgen.exams.folders.files import write_new_files
from examgen.resources import shipped

SAMPLES = Path("output") / "samples"
"""Where they are written if nothing else is said."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What was written: the folder, and names of the files in it."""

    folder: Path
    files: tuple[str, ...]


def samples(folder: Path | None = None, *, force: bool = False) -> Samples:
    """Write them.

    Args:
        folder: `output/samples` where it is None.
        force: whether files of these names that were changed are written over.

    Raises: ExamgenError: a file cannot be written, or was changed.
    """
    folder = SAMPLES if folder is None else folder
    files = {path.name: path.read_bytes() for path in sorted((shipped("templates") / "samples").iterdir())}
    write_new_files(folder, files, force=force)
    return Samples(folder, tuple(files))
