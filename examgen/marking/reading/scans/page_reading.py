"""One picture -> a bubble page: whose it is, and what its entries say.

Called by `scan_sheets`, and by `scanned_papers` once the exam is known.
"""

from dataclasses import dataclass

from examgen.exams.bubbles.bubble_pages import BubblePage
from examgen.exams.bubbles.page_codes import PageCode
from examgen.marking.reading.scans.bubble_decisions import decided
from examgen.marking.reading.scans.bubble_ink import measured
from examgen.marking.reading.scans.bubble_readings import EntryReading
from examgen.marking.reading.scans.code_reading import code_on
from examgen.marking.reading.scans.straightening import Grey, PageFault, StraightPage, straightened

__all__ = ["PageFault", "SeenPage", "page_in", "readings_on"]


@dataclass(frozen=True, eq=False, slots=True)
class SeenPage:
    """A page that was found in a picture, and its code."""

    page: StraightPage
    code: PageCode


def page_in(picture: Grey) -> SeenPage:
    """The page in a picture.

    Raises: PageFault: there is none that can be read.
    """
    page = straightened(picture)
    return SeenPage(page, code_on(page))


def readings_on(page: StraightPage, layout: BubblePage) -> list[EntryReading]:
    """What the entries of a page say, in its order."""
    return [decided(grid, ink) for grid, ink in zip(layout.grids, measured(page.ink, layout.grids), strict=True)]
