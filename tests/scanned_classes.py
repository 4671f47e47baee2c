"""Classes that fill in bubble pages, and what becomes of their pages: for the benchmark of scans, and for its test."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from examgen.exams.banks.building import load_exam
from examgen.exams.bubbles.bubble_grids import POINT, Grid
from examgen.exams.bubbles.bubble_pages import BubblePaper, bubble_paper
from examgen.exams.bubbles.page_codes import page_code
from examgen.exams.exam import QuestionVariant, Variant
from examgen.marking.reading.scans.page_reading import PageFault, page_in, readings_on
from tests.scanned_pages import (
    Hand,
    Pen,
    as_jpeg,
    blurred,
    bordered,
    columns_of,
    noised,
    photographed,
    printed,
    shaded,
    shrunk,
    turned,
)

Grey = NDArray[np.uint8]
Random = np.random.Generator
Way = Callable[[Grey, Random], Grey]

NEAT = "neat"

PENS = (Pen(20, 0.6), Pen(60, 0.5), Pen(0, 0.8), Pen(95, 0.6, 0.15), Pen(125, 0.7), Pen(40, 0.45))
"""Ball pens, fineliners and soft pencils."""

SPOILED = 0.35
"""Of the entries of a careless hand."""


def _clean(picture: Grey, rng: Random) -> Grey:
    return as_jpeg(noised(blurred(turned(picture, rng.uniform(-1, 1)), 0.6), rng, 2.0), 90)


def _askew(picture: Grey, rng: Random) -> Grey:
    return noised(turned(picture, rng.uniform(-5, 5)), rng, 4.0)


def _upside_down(picture: Grey, rng: Random) -> Grey:
    return np.ascontiguousarray(np.rot90(_clean(picture, rng), int(rng.integers(1, 4))))


def _small(picture: Grey, rng: Random) -> Grey:
    return noised(turned(shrunk(picture, rng.uniform(0.93, 0.97)), rng.uniform(-2, 2)), rng, 4.0)


def _blurred(picture: Grey, rng: Random) -> Grey:
    return as_jpeg(noised(blurred(turned(picture, rng.uniform(-2, 2)), rng.uniform(1.5, 2.5)), rng, 4.0), 60)


def _shaded(picture: Grey, rng: Random) -> Grey:
    return noised(shaded(turned(picture, rng.uniform(-3, 3)), rng), rng, 5.0)


def _noisy(picture: Grey, rng: Random) -> Grey:
    return as_jpeg(noised(turned(picture, rng.uniform(-2, 2)), rng, 16.0), 45)


def _photo(picture: Grey, rng: Random) -> Grey:
    seen = photographed(picture, rng)
    return as_jpeg(noised(blurred(shaded(seen, rng), rng.uniform(0.6, 1.4)), rng, 6.0), 70)


def _lid_open(picture: Grey, rng: Random) -> Grey:
    return noised(bordered(turned(picture, rng.uniform(-4, 4), 10)), rng, 4.0)


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "clean": _clean,
        "askew": _askew,
        "upside down": _upside_down,
        "small": _small,
        "blurred": _blurred,
        "shaded": _shaded,
        "noisy": _noisy,
        "photo": _photo,
        "lid open": _lid_open,
    }
)
"""What becomes of a page before it is read."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was read of some pages.

    Attributes:
        wrong: entries that were read as something else than was meant, and not doubted.
        doubted: entries that a person is to settle.
        unread: pages of which nothing was read.
        seconds: of processor time for reading.
        reasons: how often each doubt was told.
        mistakes: the wrong ones, in words.
    """

    pages: int = 0
    entries: int = 0
    wrong: int = 0
    doubted: int = 0
    unread: int = 0
    seconds: float = 0.0
    reasons: Mapping[str, int] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        reasons = {
            name: self.reasons.get(name, 0) + other.reasons.get(name, 0) for name in (*self.reasons, *other.reasons)
        }
        return Tally(
            self.pages + other.pages,
            self.entries + other.entries,
            self.wrong + other.wrong,
            self.doubted + other.doubted,
            self.unread + other.unread,
            self.seconds + other.seconds,
            reasons,
            (*self.mistakes, *other.mistakes),
        )


@cache
def bubble_paper_of(name: str) -> BubblePaper:
    """The bubble pages of an exam's first shapes."""
    exam = load_exam(name, 7).exam
    parts = {one.id: QuestionVariant(next(iter(one.shapes)), {}) for one in exam.questions}
    return bubble_paper(exam, Variant("s1", "Ada", "CODE", parts))


def read_pages(name: str, way: str, rng: Random, *, is_neat: bool, most: int = 1) -> Tally:
    """Fill the first pages of an exam, have them scanned in some way, and read them."""
    told = Tally()
    for page in bubble_paper_of(name).pages[:most]:
        code = page_code("exam-ABC", "ABCDEFGH", page.number, f"s{rng.integers(1000)}")
        sheet = printed(page, code)
        hand = Hand(sheet, rng, PENS[int(rng.integers(len(PENS)))])
        meant = {grid.field: _answered(hand, grid, is_neat=is_neat) for grid in page.grids}
        picture = WAYS[way](sheet.picture, rng)
        begin = time.process_time()
        try:
            seen = page_in(picture)
            readings = readings_on(seen.page, page)
        except PageFault:
            told += Tally(1, len(page.grids), unread=1, seconds=time.process_time() - begin)
            continue
        seconds = time.process_time() - begin
        assert seen.code == code
        mistakes, reasons, doubted = [], dict[str, int](), 0
        for grid, reading in zip(page.grids, readings, strict=True):
            doubted += bool(reading.doubts)
            for doubt in reading.doubts:
                reasons[doubt] = reasons.get(doubt, 0) + 1
            if not reading.doubts and reading.text != meant[grid.field]:
                mistakes.append(f"{way} {grid.field}: {reading.text!r} for {meant[grid.field]!r}")
        told += Tally(1, len(page.grids), len(mistakes), doubted, 0, seconds, reasons, tuple(mistakes))
    return told


def _answered(hand: Hand, grid: Grid, *, is_neat: bool) -> str:
    """Answer an entry; what is meant by it."""
    rng = hand.rng
    if rng.random() < 0.08:
        return ""
    if grid.kind != "number":
        chosen = [grid.bubbles[int(rng.integers(len(grid.bubbles)))]]
        for bubble in chosen:
            hand.fill(bubble)
        return ", ".join(bubble.value for bubble in chosen)
    text = _number(rng, len(columns_of(grid)) - 1)
    if is_neat or rng.random() > SPOILED:
        first = int(rng.integers(1, len(columns_of(grid)) - len(text.lstrip("-")) + 1))
        hand.write_number(grid, text, first=first, with_boxes=bool(rng.random() < 0.8))
        return text
    return _spoiled(hand, grid, text)


def _number(rng: Random, columns: int) -> str:
    """A number with up to four decimals that has room."""
    kind = int(rng.integers(4))
    value = rng.normal(0, (0.3, 2.0, 9.0, 40.0)[kind])
    text = f"{value:.{int(rng.integers(0, 5))}f}"
    if rng.random() < 0.15:
        text = text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
    body = text.lstrip("-")
    return text if len(body) <= columns else text[: columns + text.startswith("-")].rstrip(POINT)


def _spoiled(hand: Hand, grid: Grid, text: str) -> str:
    """Answer an entry, and spoil one of its columns; what was meant all the same."""
    rng = hand.rng
    body = text.lstrip("-")
    place = int(rng.integers(len(body)))
    way = int(rng.integers(8))
    others = [one for one in grid.bubbles if one.column == place + 1 and one.value != body[place]]
    other = others[int(rng.integers(len(others)))]
    [mine] = [one for one in grid.bubbles if one.column == place + 1 and one.value == body[place]]
    if way < 4:
        # The bubble itself is marked in another way.
        ways = (hand.half, hand.tick, hand.cross, lambda bubble: hand.fill_lightly(bubble))
        hand.write_number(grid, text, but={mine: ways[way]})
        return text
    hand.write_number(grid, text)
    if way == 4:
        hand.erase(other, rng.uniform(0.05, 0.3))
    elif way == 5:
        hand.cross_out(other)
    elif way == 6:
        hand.dot(other)
    else:
        # The last answer is taken back: all of it is crossed out.
        hand.cross_out(mine)
        return text[: len(text) - len(body) + place] + text[len(text) - len(body) + place + 1 :]
    return text


__all__ = ["NEAT", "WAYS", "Tally", "read_pages"]
