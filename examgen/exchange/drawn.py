"""Further variants of an exam that was made, drawn as its papers were, and kept beside its key.

Called by `exporting`.
"""

from collections.abc import Sequence

from examgen.errors import ExamgenError
from examgen.exams.banks.bank_files import places_of
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.folders.files import write_files
from examgen.exams.folders.places import KEY
from examgen.exams.keys.key_folder import Key, pool_file, pool_of
from examgen.exchange.export_options import ExportOptions

MOST_VARIANTS = 1000


def loaded_as_made(key: Key, options: ExportOptions) -> LoadedExam:
    """The exam of a key with where its numbers come from.

    Raises: ExamgenError: the exam is not found, is another one by now, or needs its secret.
    """
    making, name = key.making, options.exam or key.exam.name
    seed = options.secret if making.secret else making.seed
    if seed is None:
        wanted = "give it with --secret" if making.secret else "its key does not say the seed; make the papers again"
        raise ExamgenError(f"{key.folder}: further variants are drawn as the papers were: {wanted}")
    if options.exam is None and not places_of(name, options.banks):
        raise ExamgenError(
            f"{key.folder}: its exam {name!r} was made from a file of your own: name that with --exam FILE, or the "
            "folder that it is in with --banks DIR"
        )
    loaded = load_exam(name, seed, key.exam.notation.name, making.fairness, options.banks)
    if loaded.exam.id != key.exam.id:
        raise ExamgenError(
            f"{name}: is exam {loaded.exam.id} as it is now, and the papers are of exam {key.exam.id}; name the file "
            "that they were made from with --exam, and the secret that they were drawn with with --secret"
        )
    return loaded


def further_variants(key: Key, options: ExportOptions) -> list[Variant]:
    """Variants that nobody's paper has, drawn as the exam was.

    Raises: ExamgenError: as in `loaded_as_made`, or there are too many.
    """
    if not options.variants:
        return []
    if options.variants > MOST_VARIANTS:
        raise ExamgenError(f"{options.variants} variants are too many; use at most {MOST_VARIANTS}")
    loaded = loaded_as_made(key, options)
    known = {variant.code for variant in key.variants}
    # Ids that no class list has: a further variant must be nobody's paper.
    drawn = draw_variants(loaded, [Student(f"\tvariant {number}") for number in range(1, options.variants + 1)])
    return [variant for variant in drawn if variant.code not in known]


def keep_variants(key: Key, further: Sequence[Variant]) -> None:
    """Put variants beside the key's: answers to them may come back."""
    codes = {variant.code for variant in further}
    kept = [variant for variant in pool_of(key) if variant.code not in codes]
    files = pool_file(key.exam, [*further, *kept])
    if key.folder.name == KEY:
        below = {f"{KEY}/{name}": content for name, content in files.items()}
        write_files(key.folder.parent, below, private=(KEY,))
    else:
        write_files(key.folder, files)
