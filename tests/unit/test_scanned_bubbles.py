"""Reading bubbles: what is filled is read, and whatever speaks against a reading makes it doubtful."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from numpy.typing import NDArray

from examgen.exams.bubbles.bubble_grids import MINUS, POINT, Bubble, Grid
from examgen.exams.bubbles.bubble_pages import CODE, MARKS, BubblePage
from examgen.exams.bubbles.page_codes import page_code
from examgen.exams.wording.words import words
from examgen.marking.reading.scans.bubble_readings import DOUBTS, EntryReading
from examgen.marking.reading.scans.page_reading import page_in, readings_on
from examgen.marking.reading.scans.scan_faults import PAGE_FAULTS
from examgen.marking.reading.scans.straightening import PageFault
from tests.scanned_classes import NEAT, WAYS, bubble_paper_of, read_pages
from tests.scanned_pages import Hand, Pen, Sheet, pixels, printed, shrunk, turned
from tests.small_banks import DRAWN, written

CODE_OF_PAGE = page_code("exam-ABC", "ABCDEFGH", 1, "s1")
CHOICES = '[[tasks]]\ntext = ""\nas = "choice"\noptions = ["up", "down", "a wall"]\nanswer = {}\n'

Doing = Callable[[Hand, Grid], None]


def first_page() -> BubblePage:
    return bubble_paper_of("final").pages[0]


def sheet_of(page: BubblePage | None = None) -> tuple[Sheet, Hand]:
    sheet = printed(page or first_page(), CODE_OF_PAGE)
    return sheet, Hand(sheet, np.random.default_rng(7))


def read(sheet: Sheet, picture: NDArray[np.uint8] | None = None) -> list[EntryReading]:
    seen = page_in(sheet.picture if picture is None else picture)
    assert seen.code == CODE_OF_PAGE
    return readings_on(seen.page, sheet.page)


def bubble(grid: Grid, column: int, value: str) -> Bubble:
    [found] = [one for one in grid.bubbles if (one.column, one.value) == (column, value)]
    return found


@pytest.mark.parametrize(
    ("way", "hands"),
    [("clean", NEAT), ("photo", NEAT), ("noisy", NEAT), ("askew", "careless"), ("blurred", "careless")],
)
def test_no_entry_is_read_wrongly_without_being_doubted(way: str, hands: str) -> None:
    """However it is scanned; of neat hands hardly any entry is doubted. The benchmark tries ten thousand and more."""
    found = read_pages("final", way, np.random.default_rng(11), is_neat=hands == NEAT)
    assert found.entries == 20
    assert found.unread == 0
    assert found.mistakes == ()
    assert found.doubted <= (1 if hands == NEAT else 15)


def test_a_tally_counts_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every reading is another one, all entries are wrong: the test above could fail."""
    other = EntryReading("9999999", 1.0)
    monkeypatch.setattr("tests.scanned_classes.readings_on", lambda _, layout: [other] * len(layout.grids))
    found = read_pages("final", "clean", np.random.default_rng(1), is_neat=True)
    assert found.wrong == found.entries == 20


def _written(hand: Hand, grid: Grid) -> None:
    hand.write_number(grid, "-0.52")


def _nothing(hand: Hand, grid: Grid) -> None:
    """The entry stays empty."""


def _later_columns(hand: Hand, grid: Grid) -> None:
    hand.write_number(grid, "12.5", first=4)


def _but(way: str) -> Doing:
    def do(hand: Hand, grid: Grid) -> None:
        hand.write_number(grid, "0.52", but={bubble(grid, 3, "5"): getattr(hand, way)})

    return do


def _also(way: str) -> Doing:
    def do(hand: Hand, grid: Grid) -> None:
        hand.write_number(grid, "0.52")
        getattr(hand, way)(bubble(grid, 3, "8"))

    return do


def _rubbed(rest: float) -> Doing:
    def do(hand: Hand, grid: Grid) -> None:
        hand.write_number(grid, "0.52")
        hand.erase(bubble(grid, 3, "8"), rest)

    return do


def _gap(hand: Hand, grid: Grid) -> None:
    hand.write_number(grid, "0.5")
    hand.fill(bubble(grid, 5, "2"))


def _two_points(hand: Hand, grid: Grid) -> None:
    hand.write_number(grid, "0.5.2")


def _struck_between(hand: Hand, grid: Grid) -> None:
    """The middle one of three equal digits, from its left neighbour to the right one."""
    hand.write_number(grid, "0.444")
    hand.strike(bubble(grid, 4, "4"))


def _only_signs(hand: Hand, grid: Grid) -> None:
    hand.fill(bubble(grid, 0, MINUS))
    hand.fill(bubble(grid, 2, POINT))


def _only_boxes(hand: Hand, grid: Grid) -> None:
    hand.write_number(grid, "0.52", but=dict.fromkeys(grid.bubbles, lambda _: None))


def _drawn_over(radius: float, level: int, thickness: int) -> Doing:
    """The last digit's bubble is not filled; a circle of this radius in millimetres is drawn around or over it."""

    def do(hand: Hand, grid: Grid) -> None:
        last = bubble(grid, 4, "2")
        hand.write_number(grid, "0.52", with_boxes=False, but={last: lambda _: None})
        place = hand.sheet.at(last.x, last.y)
        cv2.circle(hand.sheet.picture, place, pixels(radius), level, thickness, cv2.LINE_AA)

    return do


CASES: dict[str, tuple[Doing, str, str]] = {
    "as it should be": (_written, "-0.52", ""),
    "nothing": (_nothing, "", ""),
    "further right": (_later_columns, "12.5", ""),
    "covered": (_drawn_over(2.0, 255, -1), "0.5", "not_found"),
    "encircled": (_drawn_over(1.7, 60, 3), "0.5", "half_filled"),
    "half": (_but("half"), "0.52", "half_filled"),
    "ticked": (_but("tick"), "", "half_filled"),
    "crossed": (_but("cross"), "", "half_filled"),
    "two": (_also("fill"), "", "two_filled"),
    "a dot": (_also("dot"), "0.52", "half_filled"),
    "crossed out": (_but("cross_out"), "0.52", "crossed_out"),
    "struck between": (_struck_between, "0.444", "crossed_out"),
    "corrected": (_also("cross_out"), "", "crossed_out"),
    "rubbed out": (_rubbed(0.05), "0.52", ""),
    "not quite": (_rubbed(0.3), "0.52", "half_filled"),
    "gap": (_gap, "0.52", "gap"),
    "points": (_two_points, "0.5.2", "two_points"),
    "no digits": (_only_signs, "-.", "no_digits"),
    "not filled": (_only_boxes, "", "not_filled"),
}
"""What is done to an entry, what is read, where that is certain, and the doubt that there is to be; empty for none."""


def test_each_fault_of_an_entry_makes_it_doubtful_and_no_other() -> None:
    """Each on an entry of one page, as hands do it; what is doubtful is guessed all the same."""
    sheet, hand = sheet_of()
    grids = [grid for grid in sheet.page.grids if grid.kind == "number"]
    assert len(grids) >= len(CASES)
    for grid, (do, _, _) in zip(grids, CASES.values(), strict=False):
        do(hand, grid)
    readings = {grid.field: reading for grid, reading in zip(sheet.page.grids, read(sheet), strict=True)}
    for grid, (case, (_, text, doubt)) in zip(grids, CASES.items(), strict=False):
        reading = readings[grid.field]
        assert bool(reading.doubts) == bool(doubt), case
        assert not doubt or doubt in reading.doubts, (case, reading)
        assert not text or reading.text == text, (case, reading)
        assert (reading.confidence < 0.5) == bool(doubt)


@pytest.mark.parametrize("pen", [Pen(135, 0.7), Pen(0, 0.9, 0.15), Pen(60, 0.45)])
def test_pencil_and_thick_pens_are_read(pen: Pen) -> None:
    """What counts as ink is told by the page's own."""
    sheet, _ = sheet_of()
    hand = Hand(sheet, np.random.default_rng(3), pen)
    for number, grid in enumerate(sheet.page.grids):
        hand.write_number(grid, f"-{number}.0{number % 10}")
    readings = read(sheet)
    assert [reading.text for reading in readings] == [f"-{number}.0{number % 10}" for number in range(20)]
    assert sum(bool(reading.doubts) for reading in readings) <= 2


@pytest.mark.parametrize(("way", "rest"), [("clean", 0.04), ("blurred", 0.06), ("noisy", 0.08), ("photo", 0.08)])
def test_ink_that_is_paler_than_a_filling_is_no_blank(way: str, rest: float) -> None:
    """A highlighter, or a copy from which the pencil has all but gone: it stands out from the page, and is doubted."""
    sheet, hand = sheet_of()
    pale, sure = sheet.page.grids[::2], sheet.page.grids[1::2]
    for grid in pale:
        for column, value in ((2, "1"), (3, "8")):
            hand.erase(bubble(grid, column, value), rest)
    for grid in sure[1:]:
        hand.write_number(grid, "-0.52")
    readings = dict(zip(sheet.page.grids, read(sheet, WAYS[way](sheet.picture, hand.rng)), strict=True))
    assert all({"faint", "half_filled"} & set(readings[grid].doubts) for grid in pale)
    assert [(readings[grid].text, readings[grid].doubts) for grid in sure] == [("", ()), *9 * [("-0.52", ())]]


def test_a_pale_option_is_no_blank(tmp_path: Path) -> None:
    """Where none is filled; beside the filled one it was rubbed out, unless several may be right."""
    bank = DRAWN.partition("[[tasks]]")[0] + 2 * CHOICES.format('"up"') + CHOICES.format('["up", "down"]')
    sheet, hand = sheet_of(bubble_paper_of(written(tmp_path, bank)).pages[0])
    one, two, several = sheet.page.grids
    for grid in (one, two, several):
        hand.erase(grid.bubbles[1], 0.07)
    for grid in (two, several):
        hand.fill(grid.bubbles[2])
    assert [(reading.text, reading.doubts) for reading in read(sheet)] == [
        ("", ("faint",)),
        ("c", ()),
        ("c", ("faint",)),
    ]


def test_choices_are_read_one_or_several(tmp_path: Path) -> None:
    """Two filled options are a doubt where one is right, and an answer where several may be, though all are filled."""
    bank = DRAWN.partition("[[tasks]]")[0] + 2 * CHOICES.format('"up"') + CHOICES.format('["up", "down"]')
    page = bubble_paper_of(written(tmp_path, bank)).pages[0]
    sheet, hand = sheet_of(page)
    one, two, several = page.grids
    for chosen in (one.bubbles[1], *two.bubbles[:2], *several.bubbles):
        hand.fill(chosen)
    first, second, third = read(sheet)
    assert (first.text, first.doubts) == ("b", ())
    assert "two_options" in second.doubts
    assert (third.text, third.doubts) == ("a, b, c", ())


def test_a_covered_corner_is_no_matter() -> None:
    """Three marks tell where the page lies."""
    sheet, hand = sheet_of()
    hand.write_number(sheet.page.grids[0], "0.52")
    left, top = sheet.at(MARKS[2].left, MARKS[2].top)
    sheet.picture[top:, left:] = 255
    assert [reading.text for reading in read(sheet)] == ["0.52"] + 19 * [""]


def test_bubbles_that_lie_elsewhere_are_doubtful() -> None:
    """Such as those of a page that is laid out in another way: nothing is read where nothing is."""
    sheet, hand = sheet_of()
    for grid in sheet.page.grids:
        hand.write_number(grid, "0.52")
        sheet.picture[slice(*(sheet.at(0, y)[1] for y in (grid.label.bottom, grid.area.bottom)))] = 255
    assert all(reading.doubts == ("not_found",) for reading in read(sheet))


def fault(picture: NDArray[np.uint8]) -> str:
    with pytest.raises(PageFault) as found:
        page_in(picture)
    return found.value.reason


def test_what_is_no_page_is_told_apart() -> None:
    """Blank paper, darkness, two pages in one picture, a page without its code, and one with another."""
    sheet, _ = sheet_of()
    picture = sheet.picture
    assert fault(np.full_like(picture, 255)) == "no_marks"
    assert fault((picture // 12).astype(np.uint8)) == "too_dark"
    assert fault(np.concatenate([picture, picture], axis=1)) == "several_pages"
    (left, top), (right, bottom) = sheet.at(CODE.left, CODE.top), sheet.at(CODE.right, CODE.bottom)
    covered = picture.copy()
    covered[top:bottom, left:right] = 255
    assert fault(covered) == "no_code"
    for text, reason in (("https://example.org", "foreign_code"), ("examgen 9 0123456789 V 1 s", "other_format")):
        other = np.array(list(segno.make_qr(text).matrix_iter(border=4)), dtype=np.uint8)
        side = (right - left, bottom - top)
        covered[top:bottom, left:right] = cv2.resize((1 - other) * 255, side, interpolation=cv2.INTER_NEAREST)
        assert fault(covered) == reason


def test_a_small_page_askew_is_read() -> None:
    """Printed at nine tenths and fed in slantwise."""
    sheet, hand = sheet_of()
    for grid in sheet.page.grids:
        hand.write_number(grid, "1.25")
    readings = read(sheet, turned(shrunk(sheet.picture, 0.9), 5))
    assert [reading.text for reading in readings] == 20 * ["1.25"]
    assert sum(bool(reading.doubts) for reading in readings) <= 2


def test_every_doubt_and_fault_has_its_words() -> None:
    """In the table that all languages have."""
    told = words("en")["scans"]
    assert set(told["doubts"]) == set(DOUBTS)
    assert set(told["faults"]) == set(PAGE_FAULTS)
