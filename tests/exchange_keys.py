"""Keys of shipped exams as folders, without papers, for what is exported of them."""

from pathlib import Path

from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.folders.files import write_files
from examgen.exams.keys.key_folder import Key, key_files, read_key


def made_key(
    folder: Path,
    exam: str,
    students: tuple[str, ...] = ("ada",),
    *,
    notation: str | None = None,
    language: str = "en",
) -> Key:
    """The key of a class below its folder, as `examgen batch` leaves it."""
    loaded = load_exam(exam, 7, notation)
    variants = draw_variants(loaded, [Student(student, student.title()) for student in students])
    making = PaperStyle(language).making(7, loaded.draws)
    write_files(folder, {f"key/{name}": made for name, made in key_files(loaded.exam, variants, "0", making).items()})
    return read_key(folder)
