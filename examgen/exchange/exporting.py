"""Takes an exam, a class or its marks to another platform, `examgen export`: from the key to the files of a format."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from examgen.documents.style import PaperStyle
from examgen.errors import ExamgenError, some
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.draws.streams import Seed
from examgen.exams.exam import Variant
from examgen.exams.folders.files import write_files, write_new_files
from examgen.exams.folders.places import EXCHANGE, KEY
from examgen.exams.keys.key_folder import Key, pool_file, pool_of, read_key
from examgen.exchange.formats import FORMATS, Format, format_named
from examgen.exchange.grades.marked_class import read_marked_class
from examgen.exchange.made import Made
from examgen.exchange.questions.item_pool import Pool
from examgen.exchange.questions.items import Item, items_of

MOST_NAMED = 8
"""So many tasks that are left out are named in a line."""

MOST_VARIANTS = 1000


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


def export(name: str, folder: Path, options: ExportOptions = ExportOptions()) -> Exported:
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
        _keep(key, further)
    return made, len(held), _left_out(left)


def _keep(key: Key, further: Sequence[Variant]) -> None:
    """Put variants beside the key's: answers to them may come back."""
    codes = {variant.code for variant in further}
    kept = [variant for variant in pool_of(key) if variant.code not in codes]
    files = pool_file(key.exam, [*further, *kept])
    if key.folder.name == KEY:
        below = {f"{KEY}/{name}": content for name, content in files.items()}
        write_files(key.folder.parent, below, private=(KEY,))
    else:
        write_files(key.folder, files)


def _left_out(items: Sequence[Item]) -> tuple[str, ...]:
    """Which tasks are left out, each once for all variants."""
    if not items:
        return ()
    tasks = dict.fromkeys(f"{item.part} {item.task.kind}" for item in items)
    return (
        f"left out, as the platform cannot ask them: {some(list(tasks), MOST_NAMED)} ({len(tasks)} tasks, "
        f"{len(items)} in all variants)",
    )


def further_variants(key: Key, options: ExportOptions) -> list[Variant]:
    """Variants that nobody's paper has, drawn as the exam was.

    Raises: ExamgenError: the exam is not found, is another one by now, or needs its secret.
    """
    if not options.variants:
        return []
    if options.variants > MOST_VARIANTS:
        raise ExamgenError(f"{options.variants} variants are too many; use at most {MOST_VARIANTS}")
    making, name = key.making, options.exam or key.exam.name
    seed = options.secret if making.secret else making.seed
    if seed is None:
        wanted = "give it with --secret" if making.secret else "its key does not say the seed; make the papers again"
        raise ExamgenError(f"{key.folder}: further variants are drawn as the papers were: {wanted}")
    loaded = load_exam(name, seed, key.exam.notation.name, making.fairness, options.banks)
    if loaded.exam.id != key.exam.id:
        raise ExamgenError(
            f"{name}: is exam {loaded.exam.id} as it is now, and the papers are of exam {key.exam.id}; name the file "
            "that they were made from with --exam, and the secret that they were drawn with with --secret"
        )
    known = {variant.code for variant in key.variants}
    # Ids that no class list has: a further variant must be nobody's paper.
    drawn = draw_variants(loaded, [Student(f"\tvariant {number}") for number in range(1, options.variants + 1)])
    return [variant for variant in drawn if variant.code not in known]


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
