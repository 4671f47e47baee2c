"""Whatever a text holds, platforms read it back as it was written."""

import re
from html import unescape
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from examgen.exchange.questions.cloze import number, numerical, outside
from examgen.exchange.questions.item_markup import tagged
from examgen.exchange.questions.markdown_texts import plain
from examgen.exchange.questions.xml_text import cdata, shown, xml
from examgen.marking.reading.platforms.tags import Tag, tag_in
from tests.moodle_reader import read_boxes

SPECIAL = st.sampled_from(
    [
        "~",
        "#",
        "}",
        "{",
        "\\",
        '"',
        "]]>",
        "&",
        "&amp;",
        "&#126;",
        "\\}",
        "\\#",
        "=",
        "%50%",
        "{1:NM:=3}",
        "{#1}",
        "<b>",
    ]
)
TEXTS = st.lists(SPECIAL | st.text(max_size=4), max_size=12).map("".join)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
BANDS = st.floats(min_value=0, max_value=1e300)


def readable(text: str) -> str:
    """What XML can hold of a text; parsers make line ends one."""
    return shown(text)


@given(TEXTS, TEXTS, TEXTS, NUMBERS, BANDS, st.integers(0, 99))
def test_moodle_reads_feedback_and_texts_around_as_they_were(
    before: str, told: str, after: str, value: float, band: float, weight: int
) -> None:
    """One box is found, with its number, tolerance and feedback; the text around it is the same, and no box."""
    wrong = -value if value else 1.0
    box = numerical(weight, (value, band), [(wrong, band, str(escape(told)))])
    text, boxes = read_boxes(f"{outside(escape(before))}{box}{outside(escape(after))}")
    assert unescape(text) == unescape(f"{escape(readable(before))}{{#1}}{escape(readable(after))}")
    (found,) = boxes
    assert found.weight == weight
    right, mistaken = found.answers
    assert [float(right.text), right.tolerance] == [value, band]
    assert [float(mistaken.text), mistaken.tolerance, mistaken.fraction] == [wrong, band, 0]
    assert unescape(mistaken.feedback) == unescape(str(escape(readable(told))))


@given(TEXTS)
def test_markup_in_answers_is_decoded_once(told: str) -> None:
    """Entities of the markup itself are still entities behind Moodle's decoding."""
    markup = f"<b>{escape(told)}</b>"
    _, (box,) = read_boxes(numerical(1, (0.0, 1.0), [(5.0, 1.0, markup)]))
    assert box.answers[1].feedback == shown(markup).replace("\\", "&#92;")


@given(TEXTS)
def test_any_markup_is_one_text_of_a_file(text: str) -> None:
    """CDATA holds markup whatever is in it, and tags hold plain text."""
    [read] = ElementTree.fromstring(f'<a><b c="{xml(text)}">{cdata(text)}</b></a>')
    assert (read.text or "") == shown(text).replace("\r\n", "\n").replace("\r", "\n")
    plain = ElementTree.fromstring(f"<a>{xml(text)}</a>")
    assert (plain.text or "") == shown(text)


@given(NUMBERS)
def test_numbers_read_back_as_the_same(value: float) -> None:
    """Also those that are written with an exponent."""
    assert float(number(value)) == value
    _, (box,) = read_boxes(numerical(1, (value, abs(value)), []))
    assert float(box.right.text) == value


def test_outside_keeps_what_is_no_brace() -> None:
    """Formulas around boxes stay as they are."""
    assert outside(Markup("<mo>=</mo>{")) == "<mo>=</mo>&#123;"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=20)
PLACES = st.integers(1, 9999).map("Q{}".format)
CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=8, max_size=8)
FIELDS = st.from_regex(r"([a-zA-Z0-9_]{1,12})?", fullmatch=True)


@given(st.lists(NAMES, min_size=1, max_size=4).map(" ".join), PLACES, CODES, FIELDS, st.integers(0, 9))
def test_a_tag_is_found_in_any_text(exam: str, question: str, variant: str, field: str, power: int) -> None:
    """Behind a number, glued to the text, with line breaks and spaces that do not break, and as markup."""
    tag = Tag(exam, question, variant, field, power if field else 0)
    for text in (str(tag), f"17: {tag}(a) w = [x Q1 ABC]", f" \n{str(tag).replace(' ', chr(160))} \n"):
        assert tag_in(text) == tag
    assert tag_in(unescape(str(tagged(tag)).replace("<small>", "").replace("</small>", ""))) == tag


SIGNS = st.sampled_from(["`r ", "$$", "](", "* ", "1. ", "(a) ", "====", "----", "extol:", "\\", "#", "&lt;"])


@given(st.lists(SIGNS | st.text(max_size=6), max_size=8).map(" ".join))
def test_markdown_reads_back_as_the_text(source: str) -> None:
    """On one line, without a sign that means something, and with no command or list of its own."""
    shown = plain(source)
    assert unescape(shown).split() == source.split()
    assert not set(shown) & set("`*_[]<>$\\\n{}|~^@=")
    assert not re.match(r"\(?\w{1,9}[.)](\s|$)|[-+]\s", shown)
    assert not re.search("ex[a-z]+:", shown)
