"""Sheets with bytes that are no UTF-8 text, as where a spreadsheet saves ANSI: each costs its own cell at most."""

import time
from pathlib import Path

import pytest

from examgen.errors import AnswersError
from examgen.marking.reading.class_sheets import AnswerSheet, read_answers
from examgen.marking.reading.handed_in import sheets
from examgen.marking.reading.problems import MAX_PROBLEMS
from examgen.marking.reading.typed.typed_numbers import Number
from examgen.tables import text as texts
from examgen.tables.csv_tables import read_table
from examgen.tables.damage import as_windows, damage_of, is_damaged, marked

HEADER = b"exam,variant,student,question,field,symbol,answer"
ROW = b"e,7,%(student)b,Q1,%(field)b,%(symbol)b,%(answer)b"


def row(student: bytes = b"s1", field: bytes = b"z1", symbol: bytes = b"z", answer: bytes = b"0.5") -> bytes:
    return ROW % {b"student": student, b"field": field, b"symbol": symbol, b"answer": answer}


def read(folder: Path, *lines: bytes, header: bytes = HEADER, end: bytes = b"\n") -> AnswerSheet:
    path = folder / "answers.csv"
    path.write_bytes(end.join([header, *lines, b""]))
    return read_answers(path)


def found(sheet: AnswerSheet) -> dict[tuple[str, str], float | str]:
    return {
        (one.student, one.field): one.parsed.value if isinstance(one.parsed, Number) else one.parsed.reason
        for one in sheet.rows
    }


def told(sheet: AnswerSheet) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in sheet.problems]


@pytest.fixture(params=["by rows", "by columns"], autouse=True)
def _large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tables and large ones are read in two ways, which give the same."""
    monkeypatch.setattr(sheets, "LARGE", 200_000 if request.param == "by rows" else 0)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_damage_where_nothing_is_needed_is_a_note(tmp_path: Path, end: bytes) -> None:
    """In the symbol and in columns that are not the sheet's; with how many bytes there are, and the first line."""
    lines = (row() + b",", row(field=b"z2", symbol=b"z\xb2\xb3") + b",", row(field=b"z3") + b",\xe9")
    sheet = read(tmp_path, *lines, header=HEADER + b",Gr\xf6\xdfe", end=end)
    assert found(sheet) == {("s1", "z1"): 0.5, ("s1", "z2"): 0.5, ("s1", "z3"): 0.5}
    assert told(sheet) == [(1, "extra_columns"), (1, "damaged_text")]
    assert '"Größe"' in sheet.problems[0].detail
    assert sheet.problems[1].detail.startswith("5 bytes are no UTF-8 text, the first in this line; they stand where")


def test_valid_text_beside_damage_stays(tmp_path: Path) -> None:
    """A class's table may have been put together from both."""
    sheet = read(tmp_path, row("Søren".encode(), symbol="∂".encode()), row(b"M\xfcller", symbol=b"\xb9"))
    assert found(sheet) == {("Søren", "z1"): 0.5, ("Müller", "z1"): 0.5}
    assert told(sheet) == [(3, "damaged_text")]
    assert "names of students were read as Windows writes them" in sheet.problems[0].detail


@pytest.mark.parametrize("answer", [b"0.5\xff", b"\xe9", b"\xb20.5", b"0.5\x81", b"1\xbd", b"\xd00.5"])
def test_a_damaged_answer_is_unreadable(tmp_path: Path, answer: bytes) -> None:
    """Its row is kept, with a character that says so, and the others are read."""
    sheet = read(tmp_path, row(answer=answer), row(field=b"z2"))
    assert found(sheet) == {("s1", "z1"): "bad_char", ("s1", "z2"): 0.5}
    assert "\ufffd" in sheet.rows[0].answer
    assert told(sheet) == [(2, "damaged_text")]


@pytest.mark.parametrize("answer", [b"0.5\xa0", b"\xa00.5", b"\xa0\xa00.5\xa0"])
def test_a_space_of_another_encoding_is_a_space(tmp_path: Path, answer: bytes) -> None:
    """It is the same byte in nearly all of them, and cannot be seen."""
    assert found(read(tmp_path, row(answer=answer))) == {("s1", "z1"): 0.5}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (row(field=b"z\xe9"), "field"),
        (row().replace(b"Q1", b"Q\xa0"), "question"),
        (row().replace(b"e,7", b"\xe9,7"), "exam"),
        (row().replace(b",7,", b",\xe97,"), "variant"),
        (row(b"s\x81"), "student"),
    ],
)
def test_damage_in_what_names_an_entry_costs_the_row(tmp_path: Path, line: bytes, column: str) -> None:
    """Line and column are told, and the other rows are read; an id is read where Windows writes such a byte."""
    sheet = read(tmp_path, row(field=b"z2"), line, row(field=b"z3"))
    assert list(found(sheet)) == [("s1", "z2"), ("s1", "z3")]
    assert told(sheet) == [(3, "damaged_text"), (3, "damaged_cell")]
    assert sheet.problems[1].detail.startswith(f"the {column} ")


def test_of_many_damaged_rows_so_many_are_told(tmp_path: Path) -> None:
    """And then how many more there are."""
    sheet = read(tmp_path, *[row(field=b"\xe9")] * (MAX_PROBLEMS + 2), row())
    assert told(sheet)[:2] == [(2, "damaged_text"), (2, "damaged_cell")]
    assert (len(sheet.problems), sheet.problems[-1].reason) == (MAX_PROBLEMS + 2, "more_problems")
    assert sheet.problems[-1].detail.startswith("2 more")


def test_damage_in_a_wide_table_costs_its_cell(tmp_path: Path) -> None:
    """Names of columns are read as Windows writes them, answers and ids as in long sheets."""
    sheet = read(tmp_path, b"\xe4,1,2,x", b"b,\xff,2,\xe9", b"\x81,1,2,x", header=b"student,z1,z2,\xfc")
    cells = {key: value for key, value in found(sheet).items() if key[1] != "ü"}
    assert cells == {("ä", "z1"): 1, ("ä", "z2"): 2, ("b", "z1"): "bad_char", ("b", "z2"): 2}
    assert [one for one in told(sheet) if one[1] == "damaged_text"] == [(1, "damaged_text")]
    assert (4, "damaged_cell") in told(sheet)


def test_long_and_damaged_cells_are_both_told(tmp_path: Path) -> None:
    """The name in the problem is one that can be shown."""
    sheet = read(tmp_path, row(b"M\xfcller", answer=b"9" * 10_001))
    assert found(sheet) == {("Müller", "z1"): "too_long"}
    assert [(problem.reason, problem.student) for problem in sheet.problems[1:]] == [("too_long", "Müller")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe" + HEADER.decode().encode("utf-16-le") + b"\n\x00e\x00\xd8", "is not UTF-16"),
        (b"\x00\xd8\xe9\x00" * 40, "is not UTF-8"),
        (bytes(range(128, 256)) * 40, "is not UTF-8"),
    ],
)
def test_what_is_no_text_of_single_bytes_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """Broken UTF-16 and what has none of the sheet's columns is no table with a damaged cell."""
    path = tmp_path / "answers.csv"
    path.write_bytes(content)
    with pytest.raises(AnswersError, match=words):
        read_answers(path)


def test_class_lists_are_read_strictly(tmp_path: Path) -> None:
    """Of a roster every cell may count."""
    path = tmp_path / "roster.csv"
    path.write_bytes(b"id,name\n1,M\xfcller\n")
    with pytest.raises(AnswersError, match="line 2, byte 12: is not UTF-8"):
        read_table(path, ("id", "name"))


def test_every_byte_is_marked_and_comes_back() -> None:
    """Bytes that do not fit are one character each, wherever the text is cut into pieces; what fits stays."""
    for text in (
        b"a\xe9",
        b"\x80" * 3,
        "é".encode() + b"\xc3",
        b"\xed\xb2\x80",
        b"\xf4\x90\x80\x80",
        b"x" * (1 << 20) + b"\xe9",
    ):
        assert [char for char in marked(text).decode() if is_damaged(char)]
    assert as_windows(marked(b"M\xfcller \x80\x92").decode()) == "Müller €’"
    assert as_windows(marked(b"\x81").decode()) == "\ufffd"
    whole = "é∂\U0001f600\ue000".encode() * ((1 << 18) + 1)
    assert marked(whole) == whole
    damage = damage_of(marked(b"a\nb\xe9\xff\nc\xe9"))
    assert (damage.count, damage.line) == (3, 2)


def test_a_table_of_damage_takes_little_time(tmp_path: Path) -> None:
    """Sixteen million bytes that do not fit are no reason to wait."""
    begin = time.process_time()
    sheet = read(tmp_path, *[row(symbol=b"\xe9" * 900)] * 18_000)
    assert time.process_time() - begin < 4
    assert sheet.problems[0].detail.startswith("16,200,000 bytes")


@pytest.mark.parametrize("least", [1, 1 << 40])
@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"])
def test_large_files_are_as_strictly_text_as_small_ones(
    monkeypatch: pytest.MonkeyPatch, least: int, bad: bytes
) -> None:
    """Bytes that are no letter, half a letter, half a pair, a longer spelling, and beyond the last letter."""
    monkeypatch.setattr(texts, "_LARGE", least)
    good = "z⁽¹⁾,0.5\n".encode() * 20
    assert texts.as_utf8("answers.csv", good) == good
    with pytest.raises(AnswersError, match=r"answers\.csv: line 21, byte \d+: is not UTF-8 text"):
        texts.as_utf8("answers.csv", good + bad + b",1\n")
