"""Previews that follow an author's editor: one now, and one at each save. `examgen preview --watch` prints them.

The library watchfiles tells of changes, on each system by what the system has for it; it is an extra of the package.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType

from examgen.batch.bench.previewing import Preview, PreviewOptions, preview
from examgen.errors import ExamgenError, SetupError
from examgen.exams.banks.bank_files import ExamModel, find_bank, load_bank

__all__ = ["PreviewOptions", "previews"]


def previews(exam: str, options: PreviewOptions) -> Iterator[Preview | ExamgenError]:
    """A preview now and after each change of the files, without end; a mistake takes its place.

    Args:
        exam: an exam or family by name, or the path of a TOML file.
        options: as of one preview; the viewer is started once.

    Raises:
        ExamgenError: there is no such exam, or watchfiles is missing.
    """
    _watchfiles()
    find_bank(exam, own=options.banks)
    # One folder for all of them, or the viewer would show the first for ever.
    where = mkdtemp(prefix="examgen-preview-") if options.out is None else options.out
    return _previews(exam, replace(options, out=Path(where)))


def _previews(exam: str, options: PreviewOptions) -> Iterator[Preview | ExamgenError]:
    while True:
        # Before the layout: what is saved meanwhile is a change, too.
        files = _files(exam, options)
        for _ in _changes(files):
            made = _tried(exam, options)
            if isinstance(made, Preview) and made.is_open:
                options = replace(options, is_shown=False)
            yield made
            if _files(exam, options, files) != files:
                break


def _changes(files: frozenset[Path]) -> Iterator[None]:
    """At once, and after each change of one of the files."""
    watchfiles = _watchfiles()
    # Folders, not files: most editors write a new file and give it the name of the old one.
    changes = watchfiles.watch(
        *sorted({path.parent for path in files}),
        watch_filter=lambda _, path: Path(path) in files,
        recursive=False,
        raise_interrupt=True,
        yield_on_timeout=True,
        rust_timeout=200,
        debounce=400,
    )
    # The first round tells that the system watches, though nothing has changed.
    next(changes)
    yield
    for found in changes:
        if found:
            yield


def _tried(exam: str, options: PreviewOptions) -> Preview | ExamgenError:
    try:
        return preview(exam, options)
    except ExamgenError as error:
        return error


def _files(exam: str, options: PreviewOptions, known: frozenset[Path] = frozenset()) -> frozenset[Path]:
    """The exam's file and those of its families; while they cannot be read, those that are known."""
    found: list[Path] = []
    try:
        path = find_bank(exam, own=options.banks)
        found.append(path)
        bank = load_bank(path)
        if isinstance(bank, ExamModel):
            found += [find_bank(part.family, path.parent, options.banks) for part in bank.questions]
    except ExamgenError:
        return known or frozenset(one.resolve() for one in found)
    return frozenset(one.resolve() for one in found)


def _watchfiles() -> ModuleType:
    try:
        import watchfiles
    except ImportError:
        raise SetupError('--watch needs the library watchfiles: pip install "examgen[watch]"') from None
    return watchfiles
