"""answers.html reads numbers as the marker does: the same texts for both, and the page at work with them."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import examgen
from examgen.core.formulas.number_grammar import DOUBTFUL, REASONS
from examgen.documents.paper.sheet_script import sheet_script
from examgen.documents.style import PaperStyle
from examgen.exams.wording.words import phrase
from examgen.marking.grading import grade
from examgen.marking.reading.typed.typed_numbers import Number, Unreadable, fault, parse_number
from tests.sheet_browser import Browser, opened
from tests.sheet_reader import PageReader, Read, page_reader
from tests.unit.test_numbers import REFUSED, agreed_rows

CASES = Path(__file__).parents[1] / "cases" / "numbers.json"
VECTORS: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    with page_reader() as found:
        yield found


def test_marker_reads_the_shared_texts() -> None:
    """Value, digits and decimals of each number, or the reason and the character at fault."""
    for row in VECTORS:
        parsed = parse_number(row["text"], row["mark"])
        if "reason" in row:
            assert parsed == Unreadable(row["reason"]), row
            assert fault(row["text"], row["reason"]) == row.get("fault", ""), row
        else:
            assert parsed == Number(row["value"], row["digits"], row["decimals"]), row


def test_page_reads_the_shared_texts(reader: PageReader) -> None:
    """The same reasons, and for each number the spelling that is saved."""
    found = reader.read([(row["text"], row["mark"]) for row in VECTORS])
    expected = [Read(row.get("spelling", ""), row.get("reason", ""), row.get("fault", "")) for row in VECTORS]
    assert found == expected


def test_saved_spellings_are_the_same_number() -> None:
    """With a decimal point, ASCII signs and nothing else, whichever mark was typed."""
    for row in VECTORS:
        if "spelling" in row:
            assert parse_number(row["spelling"], ".") == Number(row["value"], row["digits"], row["decimals"]), row
            assert set(row["spelling"]) <= set("0123456789.-e/")


def test_shared_texts_have_every_reason() -> None:
    """All but those that take more than a cell: an entry that is there twice, a mark between thousands, a scan."""
    told = {row["reason"] for row in VECTORS if "reason" in row}
    assert told == set(REASONS) - {"duplicate", "ambiguous_mark", DOUBTFUL}


def test_page_agrees_on_all_other_known_texts(reader: PageReader) -> None:
    """The agreed rows and their neighbours, with either decimal mark."""
    texts = [text for text, *_ in agreed_rows()] + [text for texts in REFUSED.values() for text in texts]
    asked = [(text, mark) for text in texts for mark in (".", ",")]
    for (text, mark), read in zip(asked, reader.read(asked), strict=True):
        parsed = parse_number(text, "," if mark == "," else ".")
        if isinstance(parsed, Unreadable):
            assert read == Read(reason=parsed.reason, fault=fault(text, parsed.reason)), (text, mark)
        else:
            assert parse_number(read.spelling) == parsed, (text, mark)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("-1,0000", Read("-1.0000")),
        ("-1.0000", Read("-1.0000")),
        ("1,234", Read("1.234e0")),  # in no language a thousand and more
        ("0,234", Read("0.234")),
        ("１，５", Read("1.5")),
        ("1.234,5", Read(reason="grouping")),
        ("1,234.5", Read(reason="grouping")),
        ("1,234,567", Read(reason="grouping")),
        ("0,5 V", Read(reason="inner_space")),
        ("0,5V", Read(reason="trailing_text")),
        ("0.5V", Read(reason="trailing_text")),
    ],
)
def test_one_mark_in_a_box_is_the_decimal_mark(reader: PageReader, text: str, read: Read) -> None:
    """A comma and a point mean the same, each in its habit; both together are not guessed at."""
    assert reader.read([(text, "")]) == [read]


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A German paper for anybody, with numbers, matrices, formulas, shapes and a choice."""
    folder = tmp_path_factory.mktemp("german") / "exam"
    examgen.make("formulas", seed=7, out=folder, language="de")
    return folder


@pytest.fixture(scope="module")
def page(german: Path) -> str:
    return (german / "answers.html").read_text(encoding="utf-8")


@pytest.fixture
def browser(page: str) -> Iterator[Browser]:
    with opened(page) as found:
        found.type("student", "S1")
        yield found


def test_a_german_page_saves_decimal_points(browser: Browser) -> None:
    """A student who types commas, dashes and powers gets a file that is read alike everywhere, digit for digit."""
    typed = {"a0": "-1,0000", "a1": "– 0,50", "a2": "3,54 × 10⁻¹", "a3": " +2 ", "a4": "1,5/2"}
    for box, text in typed.items():
        browser.type(box, text)
    assert [row["answer"] for row in browser.save()][:6] == ["-1.0000", "-0.50", "3.54e-1", "2", "1,5/2", ""]


def test_what_cannot_be_read_is_told_under_its_box(browser: Browser) -> None:
    """In the page's language, with the entry of a matrix and the character, and tied to the box for screen readers."""
    browser.type("a0", "≈0,5")
    assert browser.told("a0")["said"] == ""
    browser.leave("a0")
    sentence = phrase("de", REASONS["bad_char"])
    assert browser.told("a0") == {
        "invalid": "true",
        "described": "a0-why",
        "place": "a0-why",
        "said": f"z⁽¹⁾₁: {sentence} (≈\u00a0U+2248)",
    }
    assert browser.status == "1 von 17 beantwortet · Nicht lesbar: 1"
    browser.type("a0", "0\u200b,5")
    browser.wait(2000)
    assert str(browser.told("a0")["said"]).endswith(" (U+200B)")


def test_a_mended_box_is_clear_at_once(browser: Browser) -> None:
    """And a box that is half typed has time before anything is said."""
    browser.type("a4", "1e")
    browser.wait(500)
    assert browser.told("a4")["invalid"] == "false"
    browser.type("a4", "1e")
    browser.wait(1500)
    assert browser.told("a4")["said"] == phrase("de", REASONS["trailing_text"])
    browser.type("a4", "1e-3")
    assert browser.told("a4") == {"invalid": "false", "described": None, "place": "a4-why", "said": ""}
    assert browser.status == "1 von 17 beantwortet"


def test_only_numbers_are_spelled_anew(browser: Browser) -> None:
    """Formulas, shapes and choices are checked, and saved as they are typed."""
    browser.type("a7", " a2 − y ")
    browser.leave("a7")
    browser.type("a14", "（２，１）")
    assert browser.told("a7") == {"invalid": "false", "described": None, "place": "a7-why", "said": ""}
    saved = browser.save()
    assert (saved[7]["answer"], saved[14]["answer"]) == ("a2 − y", "（２，１）")


def test_saving_tells_what_cannot_be_read(browser: Browser) -> None:
    """The file has the text as typed, and the page says so although the box was not left."""
    browser.type("a5", "=1/3")
    assert browser.save()[5]["answer"] == "=1/3"
    assert browser.status == "answers-S1.csv gespeichert: 1 von 17 beantwortet · Nicht lesbar: 1"
    assert browser.told("a5")["invalid"] == "true"


def test_a_draft_comes_back_as_typed_and_checked(page: str, browser: Browser) -> None:
    """What was wrong is marked again, and nothing is rewritten in the boxes."""
    browser.type("a0", "-1,0000")
    browser.type("a1", "abc")
    with opened(page, browser.stored) as again:
        assert again.status == "2 von 17 beantwortet · Nicht lesbar: 1"
        assert again.told("a1")["invalid"] == "true"
        assert json.loads(next(iter(again.stored.values())))["answers"]["Q1 z1_1"] == "-1,0000"
        assert [row["answer"] for row in again.save()][:2] == ["-1.0000", "abc"]


def test_nothing_is_saved_without_a_student(page: str) -> None:
    """A sheet for anybody asks for the number first."""
    with opened(page) as browser:
        browser.type("a0", "1")
        assert browser.save() == []


def test_a_sheet_with_decimal_commas_is_marked(german: Path, page: str, browser: Browser, tmp_path: Path) -> None:
    """The right answers, typed as Germans type, have full marks in the file that the page saves."""
    key = {row["field"]: row for row in sheet_rows(german / "key" / "answers.csv")}
    with opened(page) as empty:
        empty.type("student", "S1")
        fields = [row["field"] for row in empty.save()]
    for place, field in enumerate(fields):
        row = key[field]
        text = row["answer"]
        if row["decimals"]:
            text = f"{float(text):.{row['decimals']}f}".replace(".", ",").replace("-", "− ")
        browser.type(f"a{place}", text)
    saved = browser.save()
    file = tmp_path / "answers.csv"
    file.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in table(saved)) + "\n", encoding="utf-8")
    book = grade(file, german / "key", tmp_path / "marks").gradebook
    assert (book["marks"][0], book["unreadable"][0]) == (book["max_marks"][0], 0)


def table(rows: list[dict[str, str]]) -> list[list[str]]:
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def sheet_rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_word_of_a_theme_cannot_end_the_script(tmp_path: Path) -> None:
    """Whatever an instructor writes stays a text within it."""
    texts = tmp_path / "theme" / "texts"
    texts.mkdir(parents=True)
    word = f'"{REASONS["percent"]}" = "</script><script>alert(1)</script>"'
    (texts / "it.toml").write_text(f"[phrases]\n{word}\n", encoding="utf-8")
    script = sheet_script(PaperStyle.of("it", "a4", tmp_path / "theme"))
    assert "</script" not in script
    assert "\\u003c/script" in script
