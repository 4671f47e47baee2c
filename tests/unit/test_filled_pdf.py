"""Filled forms as they come in: what viewers write, what a class mixes, and files made to do harm."""

import csv
import io
import os
import time
import tracemalloc
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from weasyprint import HTML

import examgen
from examgen.errors import AnswersError
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.marking.reading.class_sheets import AnswerSheet, read_answers, read_submissions
from examgen.marking.reading.handed_in import filled_pdf
from examgen.marking.reading.handed_in.filled_pdf import MAX_BYTES, MAX_DECODED, MAX_DEPTH, MAX_SECONDS, read_filled_pdf
from examgen.marking.reading.problems import PROBLEMS
from examgen.marking.reading.typed.typed_numbers import Number
from examgen.tables.csv_tables import Limits, Row
from tests.marking_sheets import make_key

IDENTITY = {"exam": "exam-7", "variant": "7", "student": "s1"}
Objects = dict[int, bytes]


def blank_form(names: Mapping[str, str]) -> bytes:
    """A form as papers have it: an input for each name, with its first value."""
    read_only = ("exam", "variant")
    inputs = "".join(
        f'<input name="{name}" value="{value}"{" readonly" if name in read_only else ""}>'
        for name, value in names.items()
    )
    made = HTML(string=f"<style>input {{ appearance: auto }}</style><form>{inputs}</form>").write_pdf(pdf_forms=True)
    assert isinstance(made, bytes)
    return made


def filled(form: bytes, answers: Mapping[str, str], password: str | None = None) -> bytes:
    """The form as another program saves it, with these answers typed into it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(form)))
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(answers), auto_regenerate=False)
    if password is not None:
        writer.encrypt(password, "owner", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def raw_pdf(objects: Mapping[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, written by hand."""
    body, places = b"%PDF-1.7\n", {}
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in sorted(places.items()))
    end = b"trailer\n<</Size %d %b>>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, trailer, len(body))
    return body + b"xref\n0 1\n0000000000 65535 f \n" + table + end


def form_objects(*fields: bytes, more: Mapping[int, bytes] | None = None, identity: bool = True) -> Objects:
    """A catalog and a form whose fields are these direct objects or references."""
    who = [b"<</FT/Tx/T(%b)/V(%b)>>" % (name.encode(), value.encode()) for name, value in IDENTITY.items()]
    every = b"\n".join([*(who if identity else []), *fields])
    return {1: b"<</Type/Catalog/AcroForm 2 0 R>>", 2: b"<</Fields[%b]>>" % every, **(more or {})}


def field(value: bytes, name: bytes = b"z1", more: bytes = b"") -> bytes:
    return b"<</FT/Tx/T(%b)/V %b%b>>" % (name, value, more)


def stream_object(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), entries, content)


def saved(folder: Path, content: bytes, name: str = "filled.pdf") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def answers_of(path: Path) -> dict[tuple[str, str], str]:
    return {(row.cells[3], row.cells[4]): row.cells[6] for row in read_filled_pdf(path)}


def numbers(sheet: AnswerSheet) -> list[float | str]:
    return [row.parsed.value if isinstance(row.parsed, Number) else row.parsed.reason for row in sheet.rows]


def told(sheet: AnswerSheet) -> list[tuple[int, str]]:
    assert all(problem.reason in PROBLEMS for problem in sheet.problems)
    return [(problem.line, problem.reason) for problem in sheet.problems]


def refusal(path: Path) -> str:
    with pytest.raises(AnswersError) as error:
        read_filled_pdf(path)
    text = str(error.value)
    assert text.isprintable()
    assert text.startswith(str(path))
    assert len(text) < len(str(path)) + 300
    return text


@pytest.fixture(scope="module")
def one_question() -> bytes:
    return blank_form({**IDENTITY, "s1_z1_1": "", "s1_a1_1": "", "dL_dW1_1_2": ""})


def test_rows_are_those_of_a_sheet(tmp_path: Path, one_question: bytes) -> None:
    """Each field is a row in the columns of answers.csv; what is not filled in is blank."""
    path = saved(tmp_path, filled(one_question, {"s1_z1_1": "0.50", "dL_dW1_1_2": "-1e-3"}))
    head = ("exam-7", "7", "s1", "Q1")
    assert sorted(read_filled_pdf(path), key=str) == [
        Row(0, (*head, "dL_dW1_1_2", "", "-1e-3")),
        Row(0, (*head, "s1_a1_1", "", "")),
        Row(0, (*head, "s1_z1_1", "", "0.50")),
    ]


def test_untouched_form_is_blank(tmp_path: Path, one_question: bytes) -> None:
    """A form handed in as it was handed out has every entry, blank."""
    sheet = read_answers(saved(tmp_path, one_question))
    assert numbers(sheet) == ["blank"] * 3
    assert sheet.problems == ()


def test_prefix_names_the_question(tmp_path: Path) -> None:
    """With several questions the field's name begins with the question's id; else the question is the first."""
    form = blank_form({**IDENTITY, "Q1_z1": "1", "Q2_z1": "2", "Q12_s1_z1": "3", "Q0_z": "4", "Q2": "5", "q2_z": "6"})
    assert answers_of(saved(tmp_path, form)) == {
        ("Q1", "z1"): "1",
        ("Q2", "z1"): "2",
        ("Q12", "s1_z1"): "3",
        ("Q1", "Q0_z"): "4",
        ("Q1", "Q2"): "5",
        ("Q1", "q2_z"): "6",
    }


def test_student_may_type_the_id(tmp_path: Path, one_question: bytes) -> None:
    """The student's own field is filled in like the others, and spaces around it are dropped."""
    sheet = read_answers(saved(tmp_path, filled(one_question, {"student": " S\u00f8ren 9\n", "s1_z1_1": "1"})))
    assert {(row.exam, row.variant, row.student) for row in sheet.rows} == {("exam-7", "7", "S\u00f8ren 9")}


def test_form_and_csv_are_read_the_same(tmp_path: Path) -> None:
    """The same texts come out as the same numbers and reasons, whichever way they were handed in."""
    texts = [
        "0.5",
        " 0.50\n",
        "1/3",
        "\u22120.25",
        "2\u00d710^-3",
        "\uff15",
        "x",
        "",
        "=1+1",
        "5%",
        "nan",
        "1 2",
        "1e999",
    ]
    texts += ["'0.5", "\ufeff7", "1\n2", "0x1f", "\u20ac", "(3)", "a\\b"]
    answers = {f"z{place}": text for place, text in enumerate(texts)}
    form = filled(blank_form(dict(IDENTITY) | dict.fromkeys(answers, "")), answers)
    table = tmp_path / "answers.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(SHEET_COLUMNS)
        writer.writerows(("exam-7", "7", "s1", "Q1", name, "", text) for name, text in answers.items())
    parsed = {row.field: row.parsed for row in read_answers(saved(tmp_path, form)).rows}
    assert parsed == {row.field: row.parsed for row in read_answers(table).rows}
    assert parsed["z3"] == Number(-0.25, 2, 2)


def test_decimal_comma_is_found(tmp_path: Path, one_question: bytes) -> None:
    """A student who writes commas and no points is read so, unless the instructor says otherwise."""
    path = saved(tmp_path, filled(one_question, {"s1_z1_1": "0,5", "s1_a1_1": "2"}))
    sheet = read_answers(path)
    assert sorted(map(str, numbers(sheet))) == ["0.5", "2.0", "blank"]
    assert sheet.decimal_comma == ("s1",)
    assert "comma" in numbers(read_answers(path, "."))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"(-0.5)", "-0.5"),
        (b"<2d302e35>", "-0.5"),
        (b"(\\2120.5)", "\u22120.5"),
        (b"(\x8a0.5)", "\u22120.5"),
        (b"<FEFF221200300035>", "\u221205"),
        (b"<FFFE12223000>", "\u22120"),
        (b"<EFBBBFE2889230>", "\u22120"),
        (b"<FEFF>", ""),
        (b"()", ""),
        (b"null", ""),
        (b"9 0 R", ""),
        (b"(a\\)\\(\\\\)", "a)(\\"),
    ],
)
def test_texts_come_in_every_encoding(tmp_path: Path, value: bytes, text: str) -> None:
    """PDFDocEncoding, UTF-16 and UTF-8 with their marks, hexadecimal and escapes are the viewer's affair."""
    assert answers_of(saved(tmp_path, raw_pdf(form_objects(field(value))))) == {("Q1", "z1"): text}


@pytest.mark.parametrize(
    "value", [b"/0.5", b"0.5", b"7", b"[(0.5)]", b"true", b"<</V(0.5)>>", b"5 0 R", b"<FEFFD800>", b"(\x7f)"]
)
def test_what_is_no_text_is_unreadable(tmp_path: Path, value: bytes) -> None:
    """A name, a number, an array, a stream or broken bytes are no answer, as no viewer shows them; nothing raises."""
    objects = form_objects(field(value), field(b"(2)", b"z2"), more={5: stream_object(b"0.5")})
    sheet = read_answers(saved(tmp_path, raw_pdf(objects)))
    first, second = numbers(sheet)
    assert first in {"not_a_number", "control_char", "bad_char"}
    assert second == 2


def test_tree_of_fields_is_followed(tmp_path: Path) -> None:
    """Names of groups come before a dot, values are inherited by widgets, and one value in many widgets is one row."""
    objects = form_objects(
        b"5 0 R",
        b"8 0 R",
        more={
            5: b"<</T(group)/FT/Tx/Kids[6 0 R 7 0 R]>>",
            6: b"<</T(a)/V(1)/Parent 5 0 R>>",
            7: b"<</T(b)/Parent 5 0 R>>",
            8: b"<</T(z1)/FT/Tx/V(2)/Kids[9 0 R 10 0 R]>>",
            9: b"<</Parent 8 0 R/Subtype/Widget>>",
            10: b"<</Parent 8 0 R/Subtype/Widget/V(2)>>",
        },
    )
    rows = read_filled_pdf(saved(tmp_path, raw_pdf(objects)))
    assert [row.cells[4:] for row in rows] == [("group.a", "", "1"), ("group.b", "", ""), ("z1", "", "2")]


@pytest.mark.parametrize(
    ("values", "reasons", "notices"),
    [
        (("0.5", "0.5"), [0.5], []),
        (("", "0.5"), [0.5], []),
        (("0.5", ""), [0.5], []),
        (("0.5", "0.6"), ["duplicate"], [("contradiction", "s1")]),
        (("0.5", "0.50", ""), ["duplicate"], [("contradiction", "s1")]),
    ],
)
def test_field_that_is_there_twice(
    tmp_path: Path, values: tuple[str, ...], reasons: list[float | str], notices: list[tuple[str, str]]
) -> None:
    """Fields of one name that agree are one answer; where they differ, none of them counts."""
    path = saved(tmp_path, raw_pdf(form_objects(*(field(b"(%b)" % value.encode()) for value in values))))
    answers = read_submissions(path)
    assert [(numbers(sheet), told(sheet)) for sheet in answers.sheets] == [(reasons, [])]
    assert [(notice.kind, notice.student) for notice in answers.notices] == notices
    assert all(f"{path}: Q1 z1" in notice.text for notice in answers.notices)


def test_two_identities_are_refused(tmp_path: Path) -> None:
    """A form that names two students is nobody's."""
    assert "student" in refusal(saved(tmp_path, raw_pdf(form_objects(field(b"(s2)", b"student")))))


def test_buttons_and_signatures_are_no_answers(tmp_path: Path) -> None:
    """What a viewer adds to a form is passed over."""
    added = (b"<</FT/Btn/T(print)/V/Off>>", b"<</FT/Sig/T(signed)/V<</Type/Sig>>>>", field(b"(1)"))
    assert answers_of(saved(tmp_path, raw_pdf(form_objects(*added)))) == {("Q1", "z1"): "1"}


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        (form_objects(identity=False), "has no form fields; hand in the PDF saved as a form, not printed to PDF"),
        ({1: b"<</Type/Catalog>>"}, "has no form fields"),
        ({1: b"<</Type/Catalog/AcroForm 7>>"}, "has no form fields"),
        (form_objects(b"7", b"/N", b"[]", b"null", identity=False), "has no form fields"),
        (form_objects(field(b"(1)"), identity=False), "lacks the fields exam, variant, student"),
        ({1: b"<</Type/Page>>"}, "damaged"),
        (form_objects(field(b"(1)", b"x" * 300)), "name of a form field"),
        (form_objects(field(b"(s)", b"student"), identity=False), "lacks the fields exam, variant;"),
    ],
)
def test_other_pdfs_are_refused_with_advice(tmp_path: Path, objects: Objects, words: str) -> None:
    """A printed form, or a form of something else, is told apart."""
    assert words in refusal(saved(tmp_path, raw_pdf(objects)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no PDF"),
        (b"exam,variant\n", "is no PDF"),
        (b"PK\x03\x04" + b"x" * 2_000 + b"%PDF-1.7", "is no PDF"),
        (b"%PDF-1.7", "damaged"),
        (b"%PDF-1.7\n" + b"\x00" * 5_000, "damaged"),
        (b"%PDF-1.7\n" + b"1 0 obj " * 5_000 + b"startxref\n9\n%%EOF", "damaged"),
    ],
)
def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """An empty file, a text, a zip file and the mere head of a PDF end in one line."""
    assert words in refusal(saved(tmp_path, content))


def test_missing_file_pipe_and_size_are_told(tmp_path: Path, one_question: bytes) -> None:
    """What cannot be opened, or is larger than allowed, is not read at all."""
    assert "cannot be read" in refusal(tmp_path / "none.pdf")
    os.mkfifo(tmp_path / "pipe.pdf")
    assert "a pipe" in refusal(tmp_path / "pipe.pdf")
    path = saved(tmp_path, one_question)
    assert len(read_filled_pdf(path, Limits(max_bytes=len(one_question)))) == 3
    with pytest.raises(AnswersError, match="bytes; at most"):
        read_filled_pdf(path, Limits(max_bytes=len(one_question) - 1))
    assert "at most 16,777,216 are allowed" in refusal(saved(tmp_path, one_question + b"\n" * MAX_BYTES))


def test_broken_table_of_objects_is_survived(
    tmp_path: Path, one_question: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where the file's table of contents is wrong, its objects are still found, without a word on the screen."""
    broken = filled(one_question, {"s1_z1_1": "0.5"}).replace(b"startxref\n", b"startxref\n9")
    before = b"Content-Type: application/pdf\r\n\r\n" + broken
    for content in (broken, before, broken + b"\n\n<html>"):
        assert answers_of(saved(tmp_path, content))["Q1", "s1_z1_1"] == "0.5"
    assert capfd.readouterr() == ("", "")


def test_every_truncation_is_read_or_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file cut anywhere, or with a byte turned over, gives rows or one line, and never another error."""
    whole = raw_pdf(form_objects(field(b"(0.5)"), b"5 0 R", more={5: field(b"<FEFF0031>", b"z2")}))
    turned = [whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :] for place in range(len(whole))]
    read, refusals = 0, []
    for content in [*(whole[:length] for length in range(len(whole))), *turned]:
        path = saved(tmp_path, content)
        try:
            read += len(read_filled_pdf(path))
        except AnswersError as error:
            refusals.append(str(error))
    assert read > 0
    assert all(text.startswith(str(tmp_path)) for text in refusals)
    assert capfd.readouterr() == ("", "")


def test_password(tmp_path: Path, one_question: bytes) -> None:
    """A file that opens without a password is read; one that needs one is named as such."""
    answers = {"s1_z1_1": "0.5"}
    assert answers_of(saved(tmp_path, filled(one_question, answers, "")))["Q1", "s1_z1_1"] == "0.5"
    assert "is encrypted; hand in the PDF without a password" in refusal(
        saved(tmp_path, filled(one_question, answers, "secret"))
    )


def test_unknown_encryption_is_told(tmp_path: Path) -> None:
    """A kind of protection that cannot be undone is refused in one line."""
    secret = b"<</Filter/Standard/V 5/R 6/Length 256/O(%b)/U(%b)/OE(%b)/UE(%b)/P -1/Perms(%b)>>"
    secret %= (b"x" * 48, b"x" * 48, b"x" * 32, b"x" * 32, b"x" * 16)
    objects = form_objects(field(b"(1)"), more={5: secret})
    assert "encrypted" in refusal(saved(tmp_path, raw_pdf(objects, b"/Root 1 0 R/Encrypt 5 0 R/ID[(a)(a)]")))


def packed(*objects: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    """A PDF whose catalog, form and further objects 1, 2, 3, ... are compressed in one object stream, object 90."""
    places = [sum(len(content) + 1 for content in objects[:number]) for number in range(len(objects))]
    index = b" ".join(b"%d %d" % (number, place) for number, place in enumerate(places, 1)) + b" "
    content = zlib.compress(index + b"\n".join(objects), 9)
    entries = b"/Type/ObjStm/N %d/First %d/Filter %b" % (len(objects), len(index), filters)
    body = b"%PDF-1.7\n90 0 obj\n" + stream_object(content, entries) + b"\nendobj\n"
    rows = [b"\x02\x00\x00\x5a%b" % bytes([number]) for number in range(len(objects))]
    table = b"".join([*rows, b"\x01\x00\x00\x09\x00", b"\x01" + len(body).to_bytes(3) + b"\x00"])
    head = b"/Type/XRef/Size 92/Root 1 0 R/W[1 3 1]/Index[1 %d 90 2]" % len(objects)
    return body + b"91 0 obj\n" + stream_object(table, head) + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(body)


def test_compressed_objects_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Viewers pack the objects of a form into compressed streams; into too many of them, and the file is refused."""
    objects = form_objects(b"3 0 R", more={3: field(b"(0.5)")})
    path = saved(tmp_path, packed(*objects.values()))
    assert answers_of(path) == {("Q1", "z1"): "0.5"}
    monkeypatch.setattr(filled_pdf, "MAX_STREAMS", 0)
    assert "packed into more than 0 streams" in refusal(path)


BOMB = b" " * (30 * MAX_DECODED)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda: packed(*form_objects(field(b"(1)")).values(), BOMB), "damaged", id="zip bomb"),
        pytest.param(
            lambda: packed(*form_objects(field(b"(1)")).values(), filters=b"[" + b"/FlateDecode" * 99 + b"]"),
            "damaged",
            id="chain of filters",
        ),
        pytest.param(
            lambda: packed(*form_objects(field(b"(1)")).values(), filters=b"/JBIG2Decode"),
            "damaged",
            id="other program",
        ),
        pytest.param(
            lambda: raw_pdf(form_objects(*(b"<</T(z%d)>>" % place for place in range(2_000)))),
            "more than 2,000 form fields",
            id="too many fields",
        ),
        pytest.param(
            lambda: raw_pdf(
                form_objects(*(field(b"5 0 R", b"z%d" % n) for n in range(200)), more={5: b"(%b)" % (b"1" * 40_000)})
            ),
            "more than 100,000 characters",
            id="one long text many times",
        ),
        pytest.param(lambda: raw_pdf(form_objects(b"[" * 500_000)), "damaged", id="deep array"),
        pytest.param(
            lambda: raw_pdf(form_objects(b"<</T(a)/Kids[" * (MAX_DEPTH + 2) + b"]>>" * (MAX_DEPTH + 2))),
            "nested deeper than 32",
            id="deep fields",
        ),
        pytest.param(
            lambda: raw_pdf(
                form_objects(*(b"%d 0 R" % place for place in range(1_000, 15_000)), identity=False)
                | {9: b"(" + b"x" * 8_000_000 + b")"}
            ),
            "takes more than",
            id="each reference leads nowhere",
        ),
        pytest.param(
            lambda: raw_pdf({1: b"<</Type/Catalog/AcroForm 2 0 R>>", 2: b"2 0 R"}), "damaged", id="object is itself"
        ),
    ],
)
def test_harmful_files_cost_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[], bytes], words: str
) -> None:
    """Bombs, floods and mazes end in one line, in bounded time and memory."""
    monkeypatch.setattr(filled_pdf, "MAX_FIELDS", 2_000)
    monkeypatch.setattr(filled_pdf, "MAX_TEXT", 100_000)
    monkeypatch.setattr(filled_pdf, "MAX_SECONDS", MAX_SECONDS / 5)
    path = saved(tmp_path, make())
    start = time.process_time()
    tracemalloc.start()
    try:
        assert words in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 80_000_000 + 4 * path.stat().st_size
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 2 * MAX_SECONDS


def test_cycles_are_walked_once(tmp_path: Path) -> None:
    """A field among its own children, or under two parents, is one field."""
    loop = {5: b"<</T(z1)/FT/Tx/V(1)/Kids[5 0 R 6 0 R]>>", 6: b"<</T(b)/V(2)/Kids[5 0 R 6 0 R]>>"}
    objects = form_objects(b"5 0 R", b"6 0 R", b"5 0 R", more=loop)
    assert answers_of(saved(tmp_path, raw_pdf(objects))) == {("Q1", "z1"): "1", ("Q1", "z1.b"): "2"}


def test_pages_and_attachments_are_not_looked_at(tmp_path: Path) -> None:
    """Broken pages, bombs in them, scripts and attachments make no difference to the answers."""
    objects = form_objects(field(b"(0.5)", more=b"/AA<</K<</S/JavaScript/JS(app.alert\\(1\\))>>>>"))
    objects[1] = b"<</Type/Catalog/AcroForm 2 0 R/Pages 5 0 R/OpenAction 6 0 R/Names<</EmbeddedFiles 7 0 R>>>>"
    objects |= {
        5: b"<</Type/Pages/Count 99999999/Kids[5 0 R 8 0 R]>>",
        6: b"<</S/Launch/F(/bin/true)>>",
        7: b"7 0 R",
        8: stream_object(zlib.compress(BOMB), b"/Type/Page/Filter/FlateDecode"),
    }
    start = time.process_time()
    assert answers_of(saved(tmp_path, raw_pdf(objects))) == {("Q1", "z1"): "0.5"}
    assert time.process_time() - start < 1


def test_giant_value_spoils_its_own_entry(tmp_path: Path) -> None:
    """A value beyond the limit is cut, unreadable and told; the others are read."""
    objects = form_objects(
        field(b"(%b)" % (b"1" * 500_000)), field(b"(2)", b"z2"), field(b"(%b)" % (b"1" * 10_000), b"z3")
    )
    sheet = read_answers(saved(tmp_path, raw_pdf(objects)))
    assert numbers(sheet) == ["too_long", 2, "too_long"]
    assert told(sheet) == [(0, "too_long")]
    assert "Q1 z1: " in sheet.problems[0].detail
    assert len(sheet.rows[0].answer) == 10_000


def test_control_characters_in_names_are_told(tmp_path: Path) -> None:
    """A name that would steer a terminal is no entry."""
    sheet = read_answers(saved(tmp_path, raw_pdf(form_objects(field(b"(1)", b"\xfe\xff\x00z\x00\x1b"), field(b"(2)")))))
    assert (numbers(sheet), told(sheet)) == ([2], [(0, "control_char")])


def csv_sheet(folder: Path, answers: Mapping[str, str], student: str = "s1", name: str = "answers.csv") -> None:
    rows = [",".join(SHEET_COLUMNS), *(f"exam-7,7,{student},Q1,{place},,{text}" for place, text in answers.items())]
    (folder / name).write_text("\n".join(rows) + "\n")


def pdf_sheet(folder: Path, answers: Mapping[str, str], name: str) -> None:
    fields = (field(b"(%b)" % text.encode(), place.encode()) for place, text in answers.items())
    saved(folder, raw_pdf(form_objects(*fields)), name)


def test_folder_mixes_forms_and_tables(tmp_path: Path, one_question: bytes) -> None:
    """Each student's file is read in its own way; what is no form is a problem of its own and stops nobody."""
    csv_sheet(tmp_path, {"z1": "0.5"}, "s0", "a.csv")
    saved(tmp_path, filled(one_question, {"s1_z1_1": "0.25"}), "b.PDF")
    saved(tmp_path, raw_pdf({1: b"<</Type/Catalog>>"}), "c.pdf")
    saved(tmp_path, b"%PDF-1.7 none", "d.pdf")
    (tmp_path / "e.pdf").symlink_to(tmp_path / "b.PDF")
    saved(tmp_path, b"nothing", ".f.pdf")
    sheets = read_submissions(tmp_path).sheets
    assert {sheet.path.name: told(sheet) for sheet in sheets} == {
        "a.csv": [],
        "b.PDF": [],
        "c.pdf": [(0, "unusable_file")],
        "d.pdf": [(0, "unusable_file")],
        "e.pdf": [(0, "link")],
    }
    assert [len(sheet.rows) for sheet in sheets] == [1, 3, 0, 0, 0]
    assert "c.pdf: has no form fields" in sheets[2].problems[0].detail


def test_same_student_in_both_is_a_repeat(tmp_path: Path) -> None:
    """Equal answers in form and table are one answer; different ones count for nothing, or are the newest file's."""
    csv_sheet(tmp_path, {"z1": "0.5", "z3": "7"}, name="a.csv")
    pdf_sheet(tmp_path, {"z1": "0.5", "z4": "8"}, "b.pdf")
    answers = read_submissions(tmp_path)
    assert [numbers(sheet) for sheet in answers.sheets] == [[0.5, 7], [8]]
    assert [(notice.kind, notice.student) for notice in answers.notices] == [
        ("repeated", "s1"),
        ("several_files", "s1"),
    ]
    assert answers.notices[0].text.endswith("b.pdf: Q1 z1")
    csv_sheet(tmp_path, {"z1": "0.6", "z3": "7"}, name="a.csv")
    answers = read_submissions(tmp_path)
    assert [numbers(sheet) for sheet in answers.sheets] == [["duplicate", 7], [8]]
    assert [(notice.kind, notice.student) for notice in answers.notices] == [
        ("contradiction", "s1"),
        ("several_files", "s1"),
    ]
    os.utime(tmp_path / "a.csv", (1, 1))
    assert [numbers(sheet) for sheet in read_submissions(tmp_path, latest=True).sheets] == [[], [0.5, 8]]


@pytest.mark.parametrize("is_form_filled", [True, False])
def test_empty_other_half_of_a_paper_is_passed_over(tmp_path: Path, *, is_form_filled: bool) -> None:
    """Of the form and the answers.csv of one paper, the one that was left empty does not spoil the other."""
    written, empty = {"z1": "0.5", "z2": ""}, {"z1": "", "z2": ""}
    csv_sheet(tmp_path, empty if is_form_filled else written, name="a.csv")
    csv_sheet(tmp_path, empty, "s2", name="c.csv")
    pdf_sheet(tmp_path, written if is_form_filled else empty, "b.pdf")
    table, form, other = read_submissions(tmp_path).sheets
    read, passed = (form, table) if is_form_filled else (table, form)
    assert (numbers(read), told(read)) == ([0.5, "blank"], [])
    assert (numbers(passed), told(passed)) == ([], [(0, "untouched")])
    assert (numbers(other), told(other)) == (["blank", "blank"], [])


def test_both_halves_empty_are_one_blank_paper(tmp_path: Path) -> None:
    """A student who filled in nothing handed in blanks."""
    csv_sheet(tmp_path, {"z1": ""})
    pdf_sheet(tmp_path, {"z1": ""}, "b.pdf")
    assert [numbers(sheet) for sheet in read_submissions(tmp_path).sheets] == [["blank"], []]


def test_form_is_marked_like_the_table(tmp_path: Path) -> None:
    """Marks and outcomes of a class are the same, whether it handed in tables or forms."""
    made = make_key(tmp_path, "scalar-chain")
    tables, forms = tmp_path / "tables", tmp_path / "forms"
    for folder in (tables, forms):
        folder.mkdir()
    for student in ("s1", "s2"):
        rows = made.of(student)
        answers = [("", "x", "7", row["answer"])[min(place, 3)] for place, row in enumerate(rows)]
        who = {name: rows[0][name] for name in ("exam", "variant", "student")}
        questions = {row["question"] for row in rows}
        names = [row["field"] if len(questions) == 1 else f"{row['question']}_{row['field']}" for row in rows]
        form = blank_form(who | dict.fromkeys(names, ""))
        saved(forms, filled(form, dict(zip(names, answers, strict=True))), f"{student}.pdf")
        with (tables / f"{student}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(SHEET_COLUMNS)
            for row, answer in zip(rows, answers, strict=True):
                writer.writerow([*(row[column] for column in SHEET_COLUMNS[:-1]), answer])
    marked = [examgen.grade(folder, key=made.key, out=tmp_path / f"{folder.name}-marks") for folder in (tables, forms)]
    assert marked[0].results.equals(marked[1].results)
    assert marked[0].gradebook.equals(marked[1].gradebook)
    assert set(marked[0].results["outcome"]) >= {"blank", "unreadable", "correct"}
    single = examgen.grade(forms / "s1.pdf", key=made.key, out=tmp_path / "single")
    assert single.gradebook.iloc[0].to_dict() == marked[0].gradebook.iloc[0].to_dict()
    assert single.missing == ("s2",)
