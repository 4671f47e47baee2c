"""A page laid out once: the prefix that all share, what stays open, and forms."""

import re
from io import BytesIO

import pikepdf
import pytest

from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.pdf.pdf_parts import packed_objects, table_rows
from examgen.documents.pdf.skeleton import make_skeleton
from examgen.documents.pdf.stamping import PaperSkeleton, stamp
from examgen.documents.typesetting import Typesetter
from tests.stamped_pages import alternative_texts, assert_sound, text_of

PAGE = '<html lang="en"><title>t</title>'


def laid_out(*latex: str, before: str = "", widest: str = "−0.00") -> PaperSkeleton:
    """A page of formulas."""
    typesetter = Typesetter({0: widest, 1: widest})
    return make_skeleton(PAGE + before + "".join(f"<p>{typesetter.inline(one)}</p>" for one in latex), typesetter)


def test_only_what_has_slots_stays_open() -> None:
    """The page's content where formulas with slots stand in it, each formula once, and the figures' texts."""
    slot = chr(FIRST_SLOT)
    skeleton = laid_out("x", f"y = {slot}", f"y = {slot}", f"z = {slot}")
    assert len(skeleton.forms.templates) == 2
    assert [one.forms for one in skeleton.streams] == [(0, 0, 1)]
    assert sum(len(alt.texts) for alt in skeleton.alts) == 3
    free = {number for number, (kind, *_) in table_rows(skeleton.prefix, skeleton.table).items() if kind == 0}
    assert free == {0, *(one.number for one in skeleton.streams), *(alt.number for alt in skeleton.alts)}


def test_content_far_from_slots_is_closed() -> None:
    """What stands between open formulas is written once where it is long, and the words keep their order."""
    typesetter = Typesetter({0: "−0.00"})
    words = "".join(f"<p>word{number}</p>" for number in range(100))
    slot = typesetter.inline(chr(FIRST_SLOT))
    skeleton = make_skeleton(f"{PAGE}<p>{slot}</p>{words}<p>{slot}</p>", typesetter)
    assert len(skeleton.streams) > 1
    assert all(b"word" not in part and len(part) < 3000 for one in skeleton.streams for part in one.parts)
    text = text_of(stamp(skeleton, ["−1"], ["minus 1"]))
    assert re.findall(r"word\d+", text) == [f"word{number}" for number in range(100)]
    assert text.count("−1") == 2


def test_a_page_without_slots_is_closed() -> None:
    """Nothing is left to fill in."""
    skeleton = laid_out("x", "y")
    assert not skeleton.forms.templates
    assert not skeleton.streams
    assert not skeleton.alts
    assert alternative_texts(stamp(skeleton, [], [])) == ["x", "y"]


def test_the_prefix_has_each_closed_object_where_it_says() -> None:
    """At its place stands its number, or it is packed; nothing is lost."""
    skeleton = laid_out("x", f"y = {chr(FIRST_SLOT)}")
    rows = table_rows(skeleton.prefix, skeleton.table)
    assert list(rows) == list(range(skeleton.size + 2))
    for number, (kind, place, _) in rows.items():
        assert kind != 1 or skeleton.prefix[place:].startswith(b"%d 0 obj\n" % number)
    packed = {number for number, (kind, *_) in rows.items() if kind == 2}
    assert packed == packed_objects(skeleton.prefix, skeleton.table).keys()
    assert_sound(stamp(skeleton, ["1"], ["1"]))


def test_the_same_page_gives_the_same_skeleton() -> None:
    """Byte for byte."""
    first, second = laid_out("x", "y = 1"), laid_out("x", "y = 1")
    assert (first.prefix, first.table, first.trailer) == (second.prefix, second.table, second.trailer)


def test_three_hundred_formulas_are_told_apart() -> None:
    """Each is drawn in its own place."""
    numbers = [str(number) for number in range(1000, 1300)]
    text = text_of(stamp(laid_out(*numbers), [], []))
    assert sorted(re.findall(r"\b1[0-2]\d\d\b", text)) == numbers


LIKE_MARKS = ("@@alt 0@@", "(@@alt 0@@)", "@@alt 99@@", "/ExamgenOpen 0", "/ExamgenGap0", "endobj", "formula:0")


@pytest.mark.parametrize("text", LIKE_MARKS)
def test_titles_that_look_like_marks_are_text(text: str) -> None:
    """What stands in the file's own strings is not put in for anything either."""
    typesetter = Typesetter({0: "−0.00"})
    html = f'<html lang="en"><title>{text}</title><h1>{text}</h1><p>{typesetter.inline(chr(FIRST_SLOT))}</p>'
    pdf = stamp(make_skeleton(html, typesetter), ["7"], ["7"])
    with pikepdf.open(BytesIO(pdf), attempt_recovery=False) as document:
        assert str(document.docinfo["/Title"]) == text
    assert alternative_texts(pdf) == ["7"]


@pytest.mark.parametrize("text", LIKE_MARKS)
def test_words_that_look_like_marks_are_text(text: str) -> None:
    """Whatever an instructor writes, the page shows it."""
    pdf = stamp(laid_out(f"y = {chr(FIRST_SLOT)}", before=f"<p>{text}</p>"), ["7"], ["7"])
    assert text in text_of(pdf)
    assert alternative_texts(pdf) == ["y equals 7"]
