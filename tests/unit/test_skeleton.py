"""A page laid out once: the prefix that all share, what stays open, and forms."""

import re
from io import BytesIO

import pikepdf
import pytest

from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.pdf.skeleton import make_skeleton
from examgen.documents.pdf.stamping import PaperSkeleton, stamp
from examgen.documents.typesetting import Typesetter
from tests.stamped_pages import alternative_texts, text_of

PAGE = '<html lang="en"><title>t</title>'


def laid_out(*latex: str, before: str = "", widest: str = "−0.00") -> PaperSkeleton:
    """A page of formulas."""
    typesetter = Typesetter({0: widest, 1: widest})
    return make_skeleton(PAGE + before + "".join(f"<p>{typesetter.inline(one)}</p>" for one in latex), typesetter)


def test_only_what_has_slots_stays_open() -> None:
    """A drawing per different formula, and the figures' texts."""
    slot = chr(FIRST_SLOT)
    skeleton = laid_out("x", f"y = {slot}", f"y = {slot}", f"z = {slot}")
    assert [form.slots for form in skeleton.forms] == [(0,), (0,)]
    assert sum(len(alt.texts) for alt in skeleton.alts) == 3
    assert {number for number, offset in enumerate(skeleton.offsets) if offset == 0} == {
        0, *(form.number for form in skeleton.forms), *(alt.number for alt in skeleton.alts)
    }  # fmt: skip


def test_a_page_without_slots_is_closed() -> None:
    """Nothing is left to fill in."""
    skeleton = laid_out("x", "y")
    assert not skeleton.forms
    assert not skeleton.alts
    assert alternative_texts(stamp(skeleton, [], [])) == ["x", "y"]


def test_the_prefix_has_each_closed_object_where_it_says() -> None:
    """At its offset stands its number."""
    skeleton = laid_out("x", f"y = {chr(FIRST_SLOT)}")
    for number, offset in enumerate(skeleton.offsets):
        if offset:
            assert skeleton.prefix[offset:].startswith(b"%d 0 obj\n" % number)
    assert len(re.findall(rb"^\d+ 0 obj$", skeleton.prefix, re.MULTILINE)) >= sum(map(bool, skeleton.offsets))


def test_the_same_page_gives_the_same_skeleton() -> None:
    """Byte for byte."""
    first, second = laid_out("x", "y = 1"), laid_out("x", "y = 1")
    assert (first.prefix, first.offsets, first.trailer) == (second.prefix, second.offsets, second.trailer)


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
