"""What students type into one cell: every agreed row of `tests/cases/answers.tsv`, and the neighbours of the rows."""

import json
import math
import time
from pathlib import Path

import pytest

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.marking.reading.typed.typed_numbers import REASONS, Number, Unreadable, explained, parse_number

CASES = Path(__file__).parents[1] / "cases" / "answers.tsv"


def agreed_rows() -> list[tuple[str, DecimalMark, str, str]]:
    rows: list[tuple[str, DecimalMark, str, str]] = []
    for line in CASES.read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            written, mark, value, reason = line.split("\t")
            text = json.loads(written)
            rows.append(("9" * 5000 if text.endswith("...x5000") else text, "," if mark == "," else ".", value, reason))
    return rows


def reason_of(text: str, decimal: DecimalMark = ".") -> str:
    parsed = parse_number(text, decimal)
    assert isinstance(parsed, Unreadable), f"{text!r} was read as {parsed}"
    return parsed.reason


def value_of(text: str, decimal: DecimalMark = ".") -> float:
    parsed = parse_number(text, decimal)
    assert isinstance(parsed, Number), f"{text!r} was refused: {parsed}"
    return parsed.value


def test_all_agreed_rows_are_there() -> None:
    """The table has its 77 rows, so that a damaged copy cannot pass for a full one."""
    assert len(agreed_rows()) == 77


@pytest.mark.parametrize(("text", "decimal", "value", "reason"), agreed_rows(), ids=lambda part: repr(part)[:30])
def test_agreed_row_holds(text: str, decimal: DecimalMark, value: str, reason: str) -> None:
    """Each agreed text has exactly its value, or exactly its reason."""
    parsed = parse_number(text, decimal)
    if reason:
        assert parsed == Unreadable(reason)
        assert value == ""
    else:
        assert isinstance(parsed, Number)
        assert parsed.value == float(value)


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("\u22120.5", ".", -0.5),
        ("1.5e\u22123", ".", 0.0015),
        ("\u22121/\u22123", ".", 1 / 3),
        ("'0.5", ".", 0.5),
        ("'-0.5", ".", -0.5),
        ("1,5*10^-3", ",", 0.0015),
        ("1,5\u00d710^3", ",", 1500.0),
        ("1.5x10^-3", ".", 0.0015),
        ("5,", ",", 5.0),
        ("1E+5", ".", 1e5),
        ("1e-05", ".", 1e-5),
        ("5.e3", ".", 5000.0),
        ("-1/-4", ".", 0.25),
        ("+1/+4", ".", 0.25),
        ("0/7", ".", 0.0),
        ("2/3", ",", 2 / 3),
        ("1e308", ".", 1e308),
        ("1.7976931348623158e308", ".", 1.7976931348623157e308),
        ("1e-308", ".", 1e-308),
        ("5e-324", ".", 5e-324),
        ("3e-324", ".", 5e-324),
        ("0e-9999", ".", 0.0),
        (" \u3000\u2009\ufeff \t0.5\r\n\ufeff", ".", 0.5),
        (" " * 500 + "0.5", ".", 0.5),
    ],
)
def test_clear_spelling_is_read(text: str, decimal: DecimalMark, value: float) -> None:
    """A spelling with one possible meaning is read, whoever's word processor wrote it."""
    assert value_of(text, decimal) == value


DASHES = (
    "\u02d7\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u2212\u2796"
    "\ufe31\ufe32\ufe58\ufe63\uff0d"
)
PLUSES = "\u02d6\u207a\u2795\ufb29\ufe62\uff0b"
CROSSES = (
    "*xX\u00b7\u00d7\u0387\u2022\u204e\u2217\u2219\u22c5\u22c6\u2715\u2716\u2a2f\u30fb\ufe61\uff0a\uff38\uff58\uff65"
)
SPACES = " \u00a0\u2002\u2003\u2009\u200a\u202f\u205f\u3000"
UNSEEN = (
    "\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2062\u2066\u2069\u206f\ufe0f\ufeff"
)


@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_is_a_minus(dash: str) -> None:
    """Before a number, in a fraction and in a power: word processors and phones make one into another."""
    assert value_of(f"{dash}0.5") == -0.5
    assert value_of(f"{dash} 0,5", ",") == -0.5
    assert value_of(f"1/{dash}4") == -0.25
    assert value_of(f"1.5e{dash}3") == value_of(f"1.5*10^({dash}3)") == 0.0015


@pytest.mark.parametrize("plus", PLUSES)
def test_every_plus_is_a_plus(plus: str) -> None:
    """Full-width, small and raised ones."""
    assert value_of(f"{plus}0.5") == 0.5
    assert value_of(f"1.5e{plus}3") == 1500.0


@pytest.mark.parametrize("cross", CROSSES)
@pytest.mark.parametrize("space", ["", *SPACES])
def test_every_times_sign_is_read_before_a_power_of_ten(cross: str, space: str) -> None:
    """With and without spaces of any width around it."""
    assert value_of(f"3.54{space}{cross}{space}10^-1") == 0.354
    assert value_of(f"3,54{space}{cross}{space}10\u207b\u00b9", ",") == 0.354


@pytest.mark.parametrize("slash", ["/", "\u2044", "\u2215", "\uff0f"])
@pytest.mark.parametrize("space", ["", *SPACES])
def test_every_fraction_sign_is_read(slash: str, space: str) -> None:
    """A division sign is none: it may be part of a longer calculation."""
    assert value_of(f"-1{space}{slash}{space}4") == -0.25


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_is_dropped_at_the_ends(unseen: str) -> None:
    """Chat programs and pages written from right to left add it; spaces and the apostrophe of cells stand among it."""
    assert value_of(f"{unseen}-0.5{unseen}") == -0.5
    assert value_of(f" {unseen}\t{unseen}'{unseen} 0.5 {unseen}\u00a0") == 0.5
    assert reason_of(f"0{unseen}.5") == reason_of(f"-{unseen}0.5") == "bad_char"


def test_a_soft_hyphen_is_never_dropped_before_a_number() -> None:
    """Some programs copy a minus as one: without it, -0.5 would be read as 0.5."""
    assert reason_of("\u00ad0.5") == "bad_char"
    assert value_of("0.5\u00ad") == 0.5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.54 \u00d7 10^-1", 0.354),
        ("4.1*10^(-2)", 0.041),
        ("4.1 * 10 ^ ( -2 )", 0.041),
        ("4.1*10^(- 2)", 0.041),
        ("4.1\u00b710^{-2}", 0.041),
        ("4.1\u22c510^{ \u22122 }", 0.041),
        ("4.1*10**-2", 0.041),
        ("4.1*10 ** ( -2 )", 0.041),
        ("4.1\u00d710\u207b\u00b2", 0.041),
        ("4.1\u00d710\u207a\u00b2", 410.0),
        ("4.1\u00d710\u00b9\u2070", 4.1e10),
        ("\uff14.1\u00d7\uff11\uff10\u207b\u00b2", 0.041),
        ("4.1*10\u02c6-2", 0.041),
        ("- 0.21", -0.21),
        ("\u2212 0.21", -0.21),
        ("+ .5", 0.5),
        ("- 4*10^-2", -0.04),
        ("- 4e-2", -0.04),
        ("- 1/4", -0.25),
        ("1 / - 4", -0.25),
        ("\uff0d\uff10\uff0e\uff12\uff11", -0.21),
        ("\uff11\uff0e\uff15\uff25\uff0d\uff13", 0.0015),
        ("\u0967\u0968.\u096b", 12.5),
        ("1\u20443", 1 / 3),
    ],
)
def test_what_students_really_type_is_read(text: str, value: float) -> None:
    """Spaces around signs, brackets around exponents, raised digits, full-width forms and the digits of Hindi."""
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        ("\u22480.5", "bad_char", "(It has U+2248, almost equal to.)"),
        ("0\u200b.5", "bad_char", "(It has U+200B, zero width space.)"),
        ("\u200b 5\u00a0\u00b2", "bad_char", "(It has U+00B2, superscript two.)"),
        ("1\u00a0234", "bad_char", "(It has U+00A0, no-break space.)"),
        ("3.54 \u00d7 10\u207b\u00b9\u00bd", "bad_char", "(It has U+00BD, vulgar fraction one half.)"),
        ("5\ud800", "bad_char", "(It has U+D800, half a character.)"),
        ("5\ue000", "bad_char", "(It has U+E000, a private character.)"),
        ("5\U000e0080", "bad_char", "(It has U+E0080, no character of Unicode.)"),
        ("0.5\n0.6", "control_char", "(It has U+000A, line feed.)"),
        ("'5\x00\u00bd", "control_char", "(It has U+0000, null.)"),
        ("5\x85.", "control_char", "(It has U+0085, a control character.)"),
    ],
)
def test_the_character_at_fault_is_named(text: str, reason: str, said: str) -> None:
    """Its code point helps where nothing is to be seen; what is read elsewhere is not blamed."""
    assert reason_of(text) == reason
    assert explained(text, reason) == f"{REASONS[reason]} {said}"


def test_other_reasons_name_no_character() -> None:
    """The sentence is enough where a text as a whole is no number."""
    assert explained("\u00bd and a half", "not_a_number") == REASONS["not_a_number"]


@pytest.mark.parametrize("text", ["-0", "-0.0", "\u22120", "-0e5", "-0/5", "0/-5"])
def test_zero_has_no_sign(text: str) -> None:
    """Minus zero is zero: a sign bit must not reach the marking or the report."""
    assert math.copysign(1.0, value_of(text)) == 1.0


REFUSED = {
    "bad_char": [
        *("\u0660", "\u0661\u0662", "\u09e6", "1\u00a0234", "1\u2009234", "0\u200b.5", "-\u200e0.5", "0\u20605"),
        *(
            "\u221e",
            "\u00b9",
            "\u2155",
            "5\u00b2",
            "5\u207b\u00b2",
            "1.5\u00b9\u2070",
            "1.5*100\u00b2",
            "1.5*10^\u207b\u00b3",
            "1\u20233",
        ),
        *("5\u2030", "0\u066b5", "5\u20ac", "\ud800", "\U0001d7d8", "\u2018 0.5\u2019", "1\u2028" + "2", "\u00b10.5"),
        *(
            "\u00ad0.5",
            "\u301c0.5",
            "\u30fc0.5",
            "\u2e3a",
            "\u4e00",
            "1\u00f710",
            "\u22480.5",
            "-\u00a01",
            "0\u00b75\u00bd",
        ),
    ],
    "bad_fraction": ["1/", "/3", "1/3/", "1/x", "0.5/2", "1/0.0", "1/2+1/3", "1//2", "1/2e3", "1/3abc", "1.5/2/24"],
    "blank": [
        " ",
        "\n",
        "\r\n",
        "\t",
        "\u00a0",
        "\ufeff",
        "\u3000",
        " " * 5000,
        "'",
        "\u200b",
        " \u2060 '\u200f",
        "\u00ad",
    ],
    "comma": [
        "1,234",
        "1,234.5",
        "1,2,3",
        ",5",
        "5,",
        "-0,5",
        "- 0,5",
        "3,5 \u00b7 10^-1",
        "0.5,0.6",
        "1,5e3",
        "1,5*10^-3",
        "0,5abc",
        "1,5/2",
    ],
    "control_char": ["0.5\t0.6", "\x000.5", "1\x7f", "1\x9b5", "\x1b[31m5", "0\r5", "=1\x00"],
    "date_mangled": [
        *("Jan-2", "2/Jan", "2-JAN-2024", "02-Jan-24", "January-2", "Jan-24", "2 Jan", "3. Mai", "01. Mai", "01.Feb"),
        *("Mrz 24", "1-2-2024", "03.01.2024", "2024/01/03", "2024.1.3", "2024-01-03 00:00:00", "2024-01-03T10:00:00Z"),
        *("1/2/24", "31-12-99", "03.01.24", "3/1/2024 0:00"),
    ],
    "excel_error": ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#n/a", "#WERT!", "#####", "Err:502"],
    "formula": ["=", "=SUM(A1)", "=SUM(A1, B2)", "@", "\uff1d1", "=0.5", "=cmd|'/C calc'!A0", " =1+1", "'=1+1", "@x"],
    "inner_space": [
        *(
            "1.5 e3",
            "0.5 V",
            "not sure",
            "0. 5",
            "'' 0.5",
            "-2+3+cmd| 'x",
            "a = 5",
            "- 1",
            "+  12",
            "\u2013 1",
            "1 2/3",
        ),
        *(
            "2 - 1",
            "2 * 3",
            "1 .5",
            "1.5e -3",
            "1.5e- 3",
            "1.5*1 0^3",
            "1.5*10^- 3.5",
            "1.5 10^3",
            "- 1 000",
            "1.5*10 -3",
        ),
    ],
    "not_a_number": [
        *(
            "\u00b710\u207b\u00b9",
            "*10^-1",
            "+-5",
            "--5",
            "..5",
            ".",
            "-.",
            "+",
            "*",
            "e",
            "x",
            "abc",
            "true",
            "TRUE",
            "e-3",
            "^2",
            "\u00d75",
            "/",
            "//",
        ),
        *("'0.5'", '"0.5"', "`0.5`", "<b>0.5</b>", "<script>alert(1)</script>", "';DROP", "${7*7}", "%s", "+SUM(A1)"),
        *("-cmd", "__import__('os')", "(0,5)", "a,b", "a/b", "#5", "#", "x_1", "../../etc/passwd", "%5", ",", "\\0"),
    ],
    "not_finite": ["nan", "-nan", "+NAN", "inf", "-inf", "+Inf", "INFINITY", "-infinity"],
    "overflow": ["-1e400", "1e9999", "1.8e308", "1.5*10^400", "9" * 30 + "e300"],
    "percent": ["5 %", "-0.5%", ".5%", "1,5%", "5e1%"],
    "placeholder": [
        "n/a",
        "NA",
        "null",
        "NULL",
        "nil",
        "none",
        "-",
        "--",
        "---",
        "?",
        "??",
        "tbd",
        "TODO",
        "\u2212",
        "\u2014",
    ],
    "radix": ["0o17", "0xG", "0XFF", "-0b1", "0x1.8p3", "0x"],
    "too_long": ["1" * 65, "0." + "0" * 63, "a" * 65, "=" * 65, "\x00" * 65, "\u00bd" * 65],
    "trailing_text": [
        *("1.2.3", "5..", "0.5.", "1.5e", "1.5e+", "1e5.0", "1e5e5", "10^-3", "2^3", "1-2", "1-2-3", "1:30", "5!"),
        *(
            "0.5V",
            "0.5abc",
            "0.5<br>",
            "0.5'",
            "1.234.567",
            "2*3",
            "2\u00d73",
            "1.5*10^-3.5",
            "1.5*10",
            "10\u207b\u00b3",
            "0\u00b75",
        ),
        *(
            "1.5*10^(-3",
            "1.5*10^-3)",
            "1.5*10^{-3)",
            "1.5*10^()",
            "1.5*10^(-3)^2",
            "1.5**10^2",
            "1e00001",
            "0.5\\n",
            "1;2",
            "5'",
            "0.5=",
            "1e3*10^2",
            "0e-99999",
            "1j",
            "0.5--",
            "5%off",
        ),
    ],
    "underflow": ["2e-324", "-1e-400", "1e-9999", "0." + "0" * 40 + "1e-400"],
    "underscore": ["1_0", "1_", "0.5_0", "-1_000.5", "1__0"],
    "zero_division": ["0/00", "1/-0", "-5/0"],
}


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts])
def test_neighbour_is_refused_with_its_reason(reason: str, text: str) -> None:
    """Texts near the agreed rows follow the same rules."""
    assert reason_of(text) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1.234.567", "grouping"),
        ("1,234.5", "grouping"),
        ("1,,5", "grouping"),
        (".5", "wrong_decimal_mark"),
        ("1.5e3", "wrong_decimal_mark"),
        ("1.234", "wrong_decimal_mark"),
        ("03.01.2024", "date_mangled"),
        ("1e-3,5", "trailing_text"),
        ("0,5;0,6", "trailing_text"),
        ("0,5/2", "bad_fraction"),
        (",", "not_a_number"),
        ("0,0%", "percent"),
        ("3.5 * 10^-1", "wrong_decimal_mark"),
    ],
)
def test_sheet_with_decimal_comma_refuses_points(text: str, reason: str) -> None:
    """Under a decimal comma, points and second commas are never taken for something else."""
    assert reason_of(text, ",") == reason


def test_length_counts_after_spaces_are_dropped() -> None:
    """64 characters pass and 65 do not, whatever space is around them."""
    assert value_of("  " + "0" * 63 + "7  ") == 7.0
    assert reason_of("  " + "0" * 64 + "7  ") == "too_long"


@pytest.mark.parametrize(
    ("text", "digits", "decimals"),
    [
        ("0.50", 2, 2),
        ("12", 2, 0),
        ("5.", 1, 0),
        (".5", 1, 1),
        ("007", 1, 0),
        ("-0.0120", 3, 4),
        ("1.5e-3", 2, 4),
        ("1.50*10^-3", 3, 5),
        ("1.5e3", 2, -2),
        ("\u2212 3.50 \u00d7 10\u207b\u00b2", 3, 4),
        ("\uff10\uff0e\uff15\uff10", 2, 2),
        ("12.5e1", 3, 0),
        ("100", 3, 0),
        ("0.00", 0, 2),
    ],
)
def test_written_digits_are_counted(text: str, digits: int, decimals: int) -> None:
    """Digits and the place of the last one are those on the paper, trailing zeros included."""
    parsed = parse_number(text)
    assert isinstance(parsed, Number)
    assert (parsed.digits, parsed.decimals) == (digits, decimals)


def test_fraction_has_no_digits() -> None:
    """A fraction is exact, so it is never written with too few digits."""
    assert parse_number("2/4") == Number(0.5, None, None)


def test_every_reason_is_told_in_one_sentence() -> None:
    """What a student can be told is one plain line that ends in a full stop, for every reason that occurs."""
    occurring = {reason for *_, reason in agreed_rows() if reason} | set(REFUSED)
    assert occurring <= set(REASONS)
    assert all(
        sentence[0].isupper() and sentence.endswith(".") and "\n" not in sentence for sentence in REASONS.values()
    )


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10_000_000,
        " " * 10_000_000 + "x",
        "1," * 5_000_000,
        "\u00bd" * 5_000_000,
        "1e" + "9" * 10_000_000,
        "\u200b \u00ad" * 3_000_000 + "x",
        "10\u207b" * 3_000_000,
    ],
    ids=["digits", "spaces", "commas", "fractions", "exponent", "unseen", "raised"],
)
def test_huge_cell_costs_no_time(text: str) -> None:
    """Ten million characters are refused in well under a second."""
    begin = time.process_time()
    reason_of(text)
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "-",
        "1/",
        "1,",
        "2-j",
        "1e",
        "*10^",
        "_",
        "%",
        "0x",
        "n.",
        "-1",
        ". ",
        "9.9/",
        "- ",
        "1 ",
        "* 10 ^ ( - ",
        "10\u207b\u00b9",
    ],
)
def test_no_pattern_runs_wild(piece: str) -> None:
    """The longest texts that reach the patterns take microseconds, whatever is repeated in them."""
    text = (piece * 64)[:63] + "!"
    begin = time.process_time()
    for _ in range(100):
        reason_of(text)
    assert time.process_time() - begin < 0.5
