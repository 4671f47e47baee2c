"""Takes an exam, a class or its marks to another platform, `examgen export`: from the key to the files of a format."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from examgen.documents.style import PaperStyle
from examgen.errors import ExamgenError, some
from examgen.exams.exam import Variant
from examgen.exams.folders.files import write_new_files
from examgen.exams.folders.places import EXCHANGE
from examgen.exams.keys.key_folder import Key, read_key
from examgen.exchange.drawn import further_variants, keep_variants, loaded_as_made
from examgen.exchange.export_options import AS_THEY_ARE
from examgen.exchange.export_options import ExportOptions as ExportOptions
from examgen.exchange.formats import FORMATS, Format, format_named
from examgen.exchange.grades.marked_class import read_marked_class
from examgen.exchange.made import Made
from examgen.exchange.questions.item_pool import Pool
from examgen.exchange.questions.items import Item, items_of

MOST_NAMED = 8
"""So many tasks that are left out are named in a line."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        place: the file, or the folder of the files.
        files: how many.
        count: of tasks, of each variant, or of students.
        notices: what the instructor should know, a line each.
        cannot: what the platform cannot express.
    """

    place: Path
    files: int
    count: int
    notices: tuple[str, ...]
    cannot: str


def export(name: str, folder: Path, options: ExportOptions = AS_THEY_ARE) -> Exported:
    """Write an exam's questions, or the marks of a class, in the format of another platform.

    Args:
        name: of the format.
        folder: of the exam or class, as it was made.

    Raises:
        ExamgenError: there is no such format, key or marks, or a file cannot be written.
    """
    row = format_named(name)
    if options.most_bytes is not None and not row.has_parts:
        known = some([one.name for one in FORMATS.values() if one.has_parts], MOST_NAMED)
        raise ExamgenError(f"{name}: is not written in parts, and --split is for {known}; leave it out")
    if row.of_marks is not None:
        if options.variants:
            raise ExamgenError(f"{name}: takes marks, and --variants are of questions; leave it out")
        marked = read_marked_class(folder, options.key)
        made = row.of_marks(marked)
        place = _written(row, folder, made, options)
        return Exported(place, len(made.files), len(marked.students), made.notices, row.cannot)
    key = read_key(folder)
    if row.of_exam is not None:
        if options.variants:
            raise ExamgenError(f"{name}: draws a variant for each student by itself; leave --variants out")
        made = row.of_exam(loaded_as_made(key, options), key, options)
        place = _written(row, key.folder.parent, made, options)
        return Exported(place, len(made.files), len(key.exam.questions), made.notices, row.cannot)
    made, count, told = _questions(row, key, options)
    place = _written(row, key.folder.parent, made, options)
    return Exported(place, len(made.files), count, (*told, *made.notices), row.cannot)


def _questions(row: Format, key: Key, options: ExportOptions) -> tuple[Made, int, tuple[str, ...]]:
    """The files, how many items are in them, and what was left out."""
    assert row.of_questions is not None
    further = further_variants(key, options)
    variants = (*key.variants, *further)
    items = items_of(key.exam, variants, [_style_of(key, variant) for variant in variants])
    held = [item for item in items if row.holds(item)]
    left = [item for item in items if not row.holds(item)]
    if not held:
        raise ExamgenError(f"{key.folder}: no task of exam {key.exam.id} can be asked as {row.name}; {row.cannot}")
    made = row.of_questions(Pool(key.exam, held, options.is_scaled, options.most_bytes))
    if further:
        keep_variants(key, further)
    return made, len(held), _left_out(left)


def _left_out(items: Sequence[Item]) -> tuple[str, ...]:
    """Which tasks are left out, each once for all variants."""
    if not items:
        return ()
    tasks = dict.fromkeys(f"{item.part} {item.task.kind}" for item in items)
    return (
        f"left out, as the platform cannot ask them: {some(list(tasks), MOST_NAMED)} ({len(tasks)} tasks, "
        f"{len(items)} in all variants)",
    )


def _style_of(key: Key, variant: Variant) -> PaperStyle:
    making = key.making
    return PaperStyle.of(variant.language or making.language, variant.paper or making.paper, None)


def _written(row: Format, folder: Path, made: Made, options: ExportOptions) -> Path:
    """Write the files where they belong; right answers and marks are for their owner only."""
    place = options.out if options.out is not None else folder / EXCHANGE / (row.file or row.name)
    files = {_named(place, ending): content for ending, content in made.files.items()} if row.file else made.files
    if options.out is None:
        below = EXCHANGE if row.file else f"{EXCHANGE}/{row.name}"
        inside = {f"{below}/{name}": content for name, content in files.items()}
        write_new_files(folder, inside, force=options.force, private=(EXCHANGE,))
    else:
        write_new_files(place.parent if row.file else place, files, force=options.force)
    return place.with_name(min(files)) if row.file else place


def _named(place: Path, ending: str) -> str:
    """The name of a file, or of a part of it."""
    return place.with_stem(f"{place.stem}{ending}").name
