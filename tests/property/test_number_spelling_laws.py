"""Laws of spelling: a number means the same however it is typed, and answers.html reads all as the marker does."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examgen.core.formulas.number_grammar import RAISED
from examgen.core.formulas.typed_characters import INNER_SPACES, INVISIBLE, PLAIN, SPACES
from examgen.marking.reading.typed.typed_numbers import DecimalMark, Number, Unreadable, fault, parse_number
from tests.laws import tried
from tests.sheet_reader import PageReader, Read, page_reader

MARKS: st.SearchStrategy[DecimalMark] = st.sampled_from([".", ","])
GAPS = st.text(INNER_SPACES, max_size=2)
AROUND = st.text(SPACES + INVISIBLE, max_size=3)
STRANGE = "".join(PLAIN) + "".join(RAISED) + SPACES + INVISIBLE + "\u00ad"
NEAR_NUMBERS = st.text(st.sampled_from("0123456789.,+-eE*x^/_%'#=@(){} jan" + STRANGE), max_size=12)
SIGNS = (
    "01.,+-eE*x^(){}/'=@%_ \n" + "\u2212\u2013\u00d7\u00b7\u2044\uff10\u00b2\u00bd\u202f\u200b\u00ad\ud800\U0001d7d8"
)
WORDS = (
    "10",
    "3.54",
    "0,5",
    "10^",
    "10\u207b\u00b9",
    "**",
    "0x",
    "nan",
    "inf",
    "none",
    "2-Jan",
    "1/2/24",
    "2024-01-03",
)
PIECES = st.lists(st.sampled_from([*SIGNS, *WORDS]), max_size=9).map("".join)


def kinds_of(char: str) -> st.SearchStrategy[str]:
    """The character, or one that stands for it."""
    return st.sampled_from([char, *(kind for kind, plain in PLAIN.items() if plain == char)])


@st.composite
def respelled(draw: st.DrawFn, text: str) -> str:
    """Each character of a text in one of its forms."""
    return "".join(draw(kinds_of(char)) for char in text)


@st.composite
def plain_and_spelled(draw: st.DrawFn) -> tuple[str, str, DecimalMark]:
    """A number in its plain spelling with a point, as someone might type it, and the mark with which they do."""
    sign, mark = draw(st.sampled_from(["", "-", "+"])), draw(MARKS)
    whole, behind = draw(st.text("0123456789", max_size=5)), draw(st.text("0123456789", max_size=5))
    if not whole and not behind:
        whole = "0"
    has_mark = bool(behind) or draw(st.booleans())
    power = draw(st.none() | st.integers(-300, 290))
    gap = draw(GAPS) if sign and (has_mark or power is not None) else ""
    digits = draw(respelled(whole)) + (draw(kinds_of(mark)) + draw(respelled(behind)) if has_mark else "")
    spelled = (draw(kinds_of(sign)) if sign else "") + gap + digits + draw(exponents(power))
    plain = f"{sign}{whole}.{behind}" + ("" if power is None else f"e{power}")
    apostrophe = draw(st.sampled_from(["", "'"]))
    return plain, f"{draw(AROUND)}{apostrophe}{draw(AROUND)}{spelled}{draw(AROUND)}", mark


@st.composite
def exponents(draw: st.DrawFn, power: int | None) -> str:
    """A power of ten in any of its forms."""
    if power is None:
        return ""
    digits = f"{power:+d}" if draw(st.booleans()) else str(power)
    form = draw(st.sampled_from(["e", "raised", "caret", "brackets"]))
    if form == "e":
        return draw(kinds_of(draw(st.sampled_from("eE")))) + draw(respelled(digits))
    times = draw(GAPS) + draw(kinds_of(draw(st.sampled_from("*xX")))) + draw(GAPS) + draw(respelled("10"))
    if form == "raised":
        return times + "".join(raised for char in digits for raised, plain in RAISED.items() if plain == char)
    caret = draw(GAPS) + draw(st.sampled_from(["^", "**", "\uff3e", "\u02c6"])) + draw(GAPS)
    written = draw(respelled(digits))
    if draw(st.booleans()) and digits[0] in "+-":
        written = written[0] + draw(GAPS) + written[1:]
    if form == "caret":
        return times + caret + written
    opening, closing = draw(st.sampled_from([("(", ")"), ("{", "}")]))
    return times + caret + draw(kinds_of(opening)) + draw(GAPS) + written + draw(GAPS) + draw(kinds_of(closing))


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    with page_reader() as found:
        yield found


@given(plain_and_spelled())
@tried(250)
def test_a_number_means_the_same_in_every_spelling(case: tuple[str, str, DecimalMark]) -> None:
    """Value, written digits and the place of the last are those of the plain spelling."""
    plain, spelled, mark = case
    assert parse_number(spelled, mark) == parse_number(plain)


@given(st.tuples(*[st.integers(0, 999)] * 2), st.tuples(*[st.sampled_from(["", "-", "+"])] * 2), st.data())
def test_a_fraction_means_the_same_in_every_spelling(
    numbers: tuple[int, int], signs: tuple[str, str], data: st.DataObject
) -> None:
    """With any slash, signs of any kind, and spaces around both."""
    parts = [
        data.draw(kinds_of(sign)) + data.draw(GAPS) * bool(sign) + data.draw(respelled(str(number))) if sign
        else data.draw(respelled(str(number)))
        for sign, number in zip(signs, numbers, strict=True)
    ]  # fmt: skip
    slash = data.draw(GAPS) + data.draw(kinds_of("/")) + data.draw(GAPS)
    expected = parse_number("/".join(f"{sign}{number}" for sign, number in zip(signs, numbers, strict=True)))
    assert parse_number(slash.join(parts), data.draw(MARKS)) == expected


@given(st.lists(st.tuples(st.text(max_size=8) | NEAR_NUMBERS | PIECES | st.text(max_size=70), MARKS), max_size=20))
@example([("\u017f" * 5, "."), ("inf\u0131nity", "."), ("5e\u212a", ","), ("\x1c0.5\x85", "."), ("'" + "1" * 64, ".")])
@tried(150)
def test_page_and_marker_read_every_text_alike(reader: PageReader, texts: list[tuple[str, DecimalMark]]) -> None:
    """The same numbers, saved in a spelling of the same digits, and the same reasons for all else."""
    for (text, mark), read in zip(texts, reader.read(texts), strict=True):
        agrees(parse_number(text, mark), text, read)


@given(st.lists(plain_and_spelled(), max_size=20))
@tried(100)
def test_page_saves_every_spelling_as_the_same_number(
    reader: PageReader, cases: list[tuple[str, str, DecimalMark]]
) -> None:
    """Whatever mark was typed, what is saved has a point, and the marker reads it as what was meant."""
    for (plain, spelled, _), read in zip(cases, reader.read([(spelled, "") for _, spelled, _ in cases]), strict=True):
        agrees(parse_number(plain), spelled, read)


def agrees(parsed: Number | Unreadable, text: str, read: Read) -> None:
    if isinstance(parsed, Unreadable):
        assert read == Read(reason=parsed.reason, fault=fault(text, parsed.reason)), text
    else:
        assert set(read.spelling) <= set("0123456789.-e/"), text
        assert parse_number(read.spelling) == parsed, text
