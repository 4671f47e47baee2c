"""Read the answers that a student typed into the form of questions.pdf.

Called by `sheets`, which treats the rows like those of an answers.csv. Of the PDF only the tree of form fields is
looked at, and where that holds no answer what the pages carry, but never what is drawn there, an attachment, a script
or an action, so that nothing in them can do harm. The rest is bounded: bytes, fields, nesting, characters, decoded
bytes of a stream, and processor time.
"""

import io
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from examgen.errors import AnswersError
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.exams.keys.pdf_form import IDENTITY, KEY
from examgen.marking.reading.handed_in.pdf_objects import array, entry, place
from examgen.marking.reading.handed_in.pdf_pages import PageSigns, page_signs
from examgen.tables.csv_tables import DEFAULT_LIMITS, Limits, Row, RowProblem, printable
from examgen.tables.text import read_bytes

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdf.generic import PdfObject

MAX_BYTES = 16 * 1024 * 1024  # a paper has a fiftieth of it, and objects take many times their bytes in memory
MAX_FIELDS = 10_000  # with their groups and widgets
MAX_DEPTH = 32
MAX_NAME = 200  # characters of a field's name
MAX_TEXT = 1_000_000  # characters of all values together: many fields can refer to one long text
MAX_DECODED = 1024 * 1024  # bytes of one stream; viewers pack a few hundred objects, some 100 bytes each, into one
MAX_STREAMS = 200  # that objects are packed into: once decoded, they stay in memory until the file is read
MAX_SECONDS = 5.0  # of processor time; a filled paper takes some hundredths

_SAVE_AGAIN = "open it in a PDF viewer, save it again and hand that in"
_QUESTION = re.compile(r"(Q[1-9][0-9]{0,3})_(.+)", re.DOTALL)
_NO_ANSWERS = ("/Btn", "/Sig")
_CHECK_EVERY = 256
_BOUNDS: Mapping[str, Any] = MappingProxyType(
    {
        "array_based_stream_maximum_output_length": MAX_DECODED,
        "brotli_maximum_output_length": MAX_DECODED,
        "jbig2_maximum_output_length": MAX_DECODED,
        "lzw_maximum_output_length": MAX_DECODED,
        "run_length_maximum_output_length": MAX_DECODED,
        "zlib_maximum_output_length": MAX_DECODED,
        "zlib_maximum_recovery_input_length": 1_000,
        "flate_maximum_row_length": MAX_DECODED,
        "stream_decoding_work_maximum_length": 8 * MAX_DECODED,
        "jbig2dec_binary": None,  # else a program of that name would be run on what the student handed in
    }
)


class NoFormError(AnswersError):
    """A PDF that has no form at all."""


class _OutOfTime(BaseException):
    """No `Exception`: pypdf passes over those in places, and would read on."""


class _TimedBytes(io.BytesIO):
    """Bytes of a file that refuse to be read once the processor time is used up."""

    def __init__(self, data: bytes, seconds: float) -> None:
        super().__init__(data)
        self._end = time.thread_time() + seconds
        self._reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._reads += 1
        if self._reads % _CHECK_EVERY == 0:
            self.check_time()
        return super().read(size)

    def getbuffer(self) -> memoryview:
        self.check_time()
        return super().getbuffer()

    def check_time(self) -> None:
        if time.thread_time() > self._end:
            raise _OutOfTime


@dataclass(frozen=True, eq=False, slots=True)
class FilledForm:
    """The rows of a form, what is to be told where all of them are blank, and whether it is that of a key."""

    rows: list[Row | RowProblem]
    warning: str = ""
    is_key: bool = False


def read_filled_pdf(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[Row | RowProblem]:
    """Read the file of a filled form; as `filled_form`, and AnswersError if it is missing or too large."""
    most = min(limits.max_bytes, MAX_BYTES)
    return filled_form(printable(path), read_bytes(path, most, kind="PDF"), limits).rows


def filled_form(where: str, data: bytes, limits: Limits = DEFAULT_LIMITS, seconds: float = MAX_SECONDS) -> FilledForm:
    """Read a filled form as the rows of an answer sheet; `where` names its file in messages.

    A field `z1` is the entry z1 of Q1, and `Q2_z1` the entry z1 of Q2. A field with several widgets is one row, or one
    for each of the different answers in them. A value that is no text, such as a PDF name, is read as "(name)", which
    is no number.

    Args:
        limits: `max_field` characters of a value; fields have the smaller of `max_rows` and `MAX_FIELDS`.
        seconds: of processor time that the file may take.

    Returns: rows with cells in the order of `SHEET_COLUMNS`, symbol empty, line 0; a value that is too long is a
        `RowProblem` with the cells cut. No rows where the form is that of a key.

    Raises: AnswersError if the bytes are no PDF, encrypted, damaged, or without the form's fields.
    """
    # The format lets other bytes stand in front, and mail programs put some there.
    if b"%PDF-" not in data[:1024]:
        raise AnswersError(f"{where}: is no PDF; hand in the PDF with the filled form, or an answers.csv")
    values, signs = _values(where, data, limits, min(seconds, MAX_SECONDS))
    missing = [name for name in IDENTITY if name not in values]
    if missing[:1] == ["exam"] and KEY in values:
        return FilledForm([], is_key=True)
    if missing:
        raise AnswersError(
            f"{where}: its form lacks the fields {', '.join(missing)}; hand in the form that was handed out, filled in"
        )
    identity = [_only(where, name, values.pop(name), limits) for name in IDENTITY]
    rows: list[Row | RowProblem] = []
    for name, answers in values.items():
        numbered = _QUESTION.fullmatch(name)
        question, field = numbered.groups() if numbered else ("Q1", name)
        rows += [_row((*identity, question, field, "", answer), limits) for answer in answers]
    return FilledForm(rows, signs.warning if signs else "")


def _only(where: str, name: str, found: list[str], limits: Limits) -> str:
    if len(found) > 1:
        raise AnswersError(f"{where}: its form has several fields {name} with different values; give them one value")
    if len(found[0]) > limits.max_field:
        raise AnswersError(f"{where}: the field {name} is longer than {limits.max_field:,} characters")
    return found[0]


def _row(cells: tuple[str, ...], limits: Limits) -> Row | RowProblem:
    long = tuple(column for column, cell in zip(SHEET_COLUMNS, cells, strict=True) if len(cell) > limits.max_field)
    if not long:
        return Row(0, cells)
    question, field = cells[3:5]
    detail = f"{question} {printable(field, 40)}: a text is longer than {limits.max_field:,} characters"
    return RowProblem(0, "too_long", detail, long, tuple(cell[: limits.max_field] for cell in cells))


def _values(where: str, data: bytes, limits: Limits, seconds: float) -> tuple[dict[str, list[str]], PageSigns | None]:
    """The different values of each field by its name, little more than `max_field` long; "" if it has no other.

    Where nothing is in the boxes, also what is on the pages.
    """
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import DependencyError, FileNotDecryptedError

    found: dict[str, dict[str, None]] = {}
    left = MAX_TEXT
    stream = _TimedBytes(data, seconds)
    try:
        with _silence(), apply_configuration(**_BOUNDS):
            reader = PdfReader(stream)  # an encrypted file is tried with the empty password
            for name, value in _walk(where, reader, stream, min(limits.max_rows, MAX_FIELDS)):
                found.setdefault(name, {})[value[: limits.max_field + 1]] = None
                left -= min(len(value), limits.max_field + 1)
                if left < 0:
                    raise AnswersError(f"{where}: its form fields hold more than {MAX_TEXT:,} characters")
            signs = None if _has_answers(found) else _signs(reader, stream)
    except AnswersError:
        raise
    except _OutOfTime as error:
        raise AnswersError(f"{where}: takes more than {seconds:g} seconds to read; {_SAVE_AGAIN}") from error
    # pypdf's own words: "broken PDF files might cause other Exceptions" than its own, among them RecursionError.
    except Exception as error:
        if b"/Encrypt" in data and isinstance(error, FileNotDecryptedError | DependencyError | NotImplementedError):
            raise AnswersError(f"{where}: is encrypted; hand in the PDF without a password or protection") from error
        told = printable(" ".join(str(error).split()) or type(error).__name__, 100)
        raise AnswersError(f"{where}: is a damaged PDF ({told}); {_SAVE_AGAIN}") from error
    if not found:
        raise NoFormError(f"{where}: {(signs or PageSigns()).missing_form}")
    return {name: [text for text in texts if text.strip()] or [""] for name, texts in found.items()}, signs


def _has_answers(found: Mapping[str, Mapping[str, None]]) -> bool:
    return any(text.strip() for name, texts in found.items() if name not in IDENTITY for text in texts)


def _signs(reader: "PdfReader", stream: _TimedBytes) -> PageSigns:
    """What is on the pages; nothing where they are broken, as the boxes are not."""
    try:
        return page_signs(reader.root_object, stream.check_time)
    except (Exception, _OutOfTime):
        return PageSigns()


@contextmanager
def _silence() -> Iterator[None]:
    """Keep to itself what pypdf would say of each repair: a broken file gives thousands of lines."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _walk(where: str, reader: "PdfReader", stream: _TimedBytes, most: int) -> Iterator[tuple[str, str]]:
    """Yield name and value of every field, and of every widget of a field that has a value of its own."""
    if len({packed for packed, _ in reader.xref_objStm.values()}) > MAX_STREAMS:
        raise AnswersError(f"{where}: its objects are packed into more than {MAX_STREAMS} streams; {_SAVE_AGAIN}")
    form = entry(reader.root_object, "/AcroForm")
    # A stack and not recursion, and each object once: the tree may be deep, and its branches may lead back to the root.
    stack = [(node, "", False, 0) for node in reversed(array(entry(form, "/Fields")))]
    seen: set[tuple[int, int]] = set()
    count = 0
    while stack:
        stream.check_time()
        raw, outer, has_value, depth = stack.pop()
        number = place(raw)
        if number in seen:
            continue
        if number is not None:
            seen.add(number)
        count += 1
        if count > most:
            raise AnswersError(f"{where}: has more than {most:,} form fields, the most allowed")
        if depth > MAX_DEPTH:
            raise AnswersError(f"{where}: its form fields are nested deeper than {MAX_DEPTH}, the most allowed")
        node = raw.get_object()
        if str(entry(node, "/FT")) in _NO_ANSWERS:  # buttons and signatures
            continue
        name = ".".join(filter(None, (outer, _text(entry(node, "/T")))))
        if len(name) > MAX_NAME:
            raise AnswersError(f"{where}: the name of a form field is longer than {MAX_NAME} characters")
        value, kids = entry(node, "/V"), array(entry(node, "/Kids"))
        if name and (value is not None or not (has_value or kids)):
            yield name, _text(value)
        has_value = has_value or value is not None
        stack += [(kid, name, has_value, depth + 1) for kid in reversed(kids)]


def _text(value: "PdfObject | None") -> str:
    """The text of a string, in whichever of the encodings of PDF; other objects are named, as no viewer shows them."""
    from pypdf import generic

    if value is None:
        return ""
    if isinstance(value, generic.TextStringObject):
        return str(value)
    if isinstance(value, generic.ByteStringObject):  # bytes that are no text in any encoding of PDF
        return value.decode("latin-1")
    kind = type(value).__name__.removesuffix("Object").removeprefix("Decoded").removeprefix("Encoded").lower()
    return f"({kind})"
