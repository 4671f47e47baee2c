"""Pages look as they did when a person looked at them: drawn now and compared with stored pictures.

`pytest --update-goldens` draws the pictures anew; look at each of them before they are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.documents.style import STANDARD, PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.page_pictures import Picture, page_picture, read_picture, share_that_differs, write_picture

SEED = 7
PICTURES = Path(__file__).parent / "pictures"
MOST_BYTES = 1_200_000
MOST_THAT_DIFFERS = 0.00004
"""Of a page, 20 pixels: fewer than a page number or the smallest formula that moves or goes changes."""

WORD_GAP = 14
"""So many white columns part two formulas of a line, or a word from a formula."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a shipped exam's paper or key."""

    exam: str
    document: str
    number: int
    notation: str | None = None
    style: PaperStyle = STANDARD

    def __str__(self) -> str:
        special = [self.notation, self.style.language if self.style != STANDARD else None]
        return "-".join(filter(None, (self.exam, *special, self.document, str(self.number))))


PAGES = (
    Page("question2", "questions", 1),
    *(Page("question2", "key", number) for number in (1, 2, 3)),
    Page("relu-integers", "key", 2),
    Page("minibatch", "key", 2, "row"),
    Page("midterm", "questions", 1),
    Page("sigmoid-chain", "key", 2, style=PaperStyle("de", "letter")),
)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_pages_look_as_stored(page: Page, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Nearly every pixel of a page is as light as it was."""
    loaded = load_exam(page.exam, SEED, page.notation)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    make = key_pdf if page.document == "key" else questions_pdf
    now = page_picture(make(loaded.exam, variant, page.style), page.number, tmp_path)
    file = PICTURES / f"{page}.png"
    if request.config.getoption("--update-goldens"):
        write_picture(now, file)
    assert share_that_differs(read_picture(file), now) <= MOST_THAT_DIFFERS


def test_pictures_are_small() -> None:
    """All of them together, and there is none that no page belongs to."""
    files = sorted(PICTURES.iterdir())
    assert [file.stem for file in files] == sorted(map(str, PAGES))
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_formula_that_moves_or_is_missing_is_seen(page: Page) -> None:
    """Any piece of a line, moved by three pixels or wiped out, is more than what may differ."""
    stored = read_picture(PICTURES / f"{page}.png")
    pieces = list(_pieces(stored))
    assert len(pieces) > 20
    for rows, columns in pieces:
        wiped = stored.copy()
        wiped[rows, columns] = 255
        moved = wiped.copy()
        moved[rows, columns.start + 3 : columns.stop + 3] = stored[rows, columns]
        # Nothing else changes, so that the rows around it are enough to compare.
        near = slice(rows.start - 2, rows.stop + 2)
        share = (near.stop - near.start) / len(stored)
        for other in (wiped, moved):
            assert share_that_differs(stored[near], other[near]) * share > MOST_THAT_DIFFERS, (rows, columns)


def test_other_smoothing_is_no_difference() -> None:
    """A page that is a quarter of a pixel off, or a little lighter, is the same page."""
    for page in PAGES:
        stored = read_picture(PICTURES / f"{page}.png")
        smooth = (0.75 * stored + 0.25 * np.roll(stored, 1, axis=1)).round().astype(np.uint8)
        lighter = (255 - 0.9 * (255.0 - stored)).round().astype(np.uint8)
        for other in (smooth, lighter):
            assert share_that_differs(stored, other) <= MOST_THAT_DIFFERS, page


def test_pages_of_another_size_differ() -> None:
    """A cut page is another one altogether."""
    stored = read_picture(PICTURES / f"{PAGES[0]}.png")
    assert share_that_differs(stored, stored[:-1]) == 1


def _pieces(picture: Picture) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of each formula and text; single letters, and what is lower than they are, are left out."""
    has_ink = picture < 200
    for rows in _runs(np.asarray(has_ink.any(axis=1)), 1):
        for columns in _runs(np.asarray(has_ink[rows].any(axis=0)), WORD_GAP):
            if rows.stop - rows.start >= 6 and columns.stop - columns.start >= WORD_GAP:
                yield rows, columns


def _runs(is_inked: NDArray[np.bool_], gap: int) -> list[slice]:
    """Where ink begins and ends; gaps that are smaller are no end."""
    found: list[slice] = []
    for place in map(int, np.flatnonzero(is_inked)):
        if found and place - found[-1].stop < gap:
            found[-1] = slice(found[-1].start, place + 1)
        else:
            found.append(slice(place, place + 1))
    return found
