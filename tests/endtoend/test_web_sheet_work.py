"""answers.html at work in a real browser: by keyboard, with a block of a spreadsheet, saved and loaded back."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

import examgen
from tests.marking_sheets import read_rows, rounded, write_sheet

pytestmark = pytest.mark.usefixtures("here")

PASTE = """
([box, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}
"""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """The folder of a paper with matrices."""
    return examgen.make("question2", seed=7, student="s/1", out=tmp_path / "paper").folder


@pytest.fixture
def page(paper: Path, chromium: Browser) -> Iterator[Page]:
    """Its web sheet, opened as a file; what the console says is a mistake."""
    said: list[str] = []
    opened = chromium.new_page()
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto((paper / "answers.html").as_uri())
    yield opened
    opened.close()
    assert said == []


def paste(page: Page, selector: str, text: str) -> None:
    """Paste a text into a box, as from a spreadsheet."""
    page.evaluate(PASTE, [page.locator(selector).element_handle(), text])


def told(page: Page) -> str:
    """What stands below the sheet."""
    return page.locator("#status").inner_text()


def saved(page: Page) -> tuple[str, list[dict[str, str]]]:
    """The name and the rows of the file that the button saves."""
    with page.expect_download() as download:
        page.locator("#save").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    return download.value.suggested_filename, list(csv.DictReader(io.StringIO(text)))


def load(page: Page, name: str, text: str) -> str:
    """Load a file back: what is told."""
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.locator("#status").filter(has_text=name).wait_for()
    return told(page)


def matrix(page: Page) -> tuple[list[str], int]:
    """Selectors of the boxes of the first matrix with several rows and columns, row by row; and how many columns."""
    grids = page.locator(".grid.matrix")
    for place in range(grids.count()):
        boxes, columns = grids.nth(place).locator("input"), columns_of(grids.nth(place))
        if 1 < columns < boxes.count():
            return [f"#{boxes.nth(at).get_attribute('id')}" for at in range(boxes.count())], columns
    raise AssertionError("no matrix")


def columns_of(grid: Locator) -> int:
    """How many columns a vector or matrix has."""
    return int(grid.evaluate("grid => grid.style.getPropertyValue('--columns')"))


def test_keys_go_through_a_matrix(page: Page) -> None:
    """Arrows to the neighbour, Enter on and with Shift back; within a number arrows move the caret."""
    boxes, columns = matrix(page)
    first, second, third, below = *boxes[:3], boxes[columns]
    page.locator(first).focus()
    for key, expected in (
        ("ArrowRight", second), ("ArrowLeft", first), ("ArrowDown", below), ("ArrowUp", first), ("ArrowUp", first),
        ("ArrowLeft", first), ("Enter", second), ("Enter", third), ("Shift+Enter", second),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert f"#{page.evaluate('document.activeElement.id')}" == expected, key
    page.locator(first).fill("12")
    page.locator(first).evaluate("box => box.setSelectionRange(1, 1)")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == first[1:]
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == second[1:]


def test_a_block_of_a_spreadsheet_fills_a_matrix(page: Page) -> None:
    """From the box in which one pastes to the right and down; what has no box is told, and a single number is typed."""
    boxes, columns = matrix(page)
    rows = len(boxes) // columns
    block = [[f"{row},{column}" for column in range(columns)] for row in range(rows)]
    paste(page, boxes[0], "\r\n".join("\t".join(row) for row in block) + "\r\n")
    assert [page.locator(one).input_value() for one in boxes] == [cell for row in block for cell in row]
    assert told(page).startswith(f"{len(boxes)} of ")
    paste(page, boxes[-1], "7\t8\n9")
    assert page.locator(boxes[-1]).input_value() == "7"
    assert told(page) == "Pasted values for which there was no box: 2."
    paste(page, boxes[0], "half\t½")
    assert page.locator(boxes[0]).get_attribute("aria-invalid") == "true"


def test_what_was_saved_is_loaded_back_and_marked(page: Page, paper: Path, tmp_path: Path) -> None:
    """All boxes filled, saved under the student's name, loaded into an empty page, saved again, and marked in full."""
    answers = read_rows(paper / "key" / "answers.csv")
    key = write_sheet(tmp_path / "key.csv", answers, rounded).read_text(encoding="utf-8")
    assert load(page, "key.csv", key) == f"Answers loaded from key.csv: {len(answers)}."
    name, rows = saved(page)
    assert name == "answers-s_1.csv"
    assert told(page) == f"Saved {name}: {len(answers)} of {len(answers)} answered."
    page.reload()
    assert saved(page)[1] == rows
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    graded = examgen.grade(path, key=paper)
    assert graded.gradebook["percent"].tolist() == [100.0]


def test_loading_loses_nothing(page: Page) -> None:
    """Files of other exams, other papers or none are told and change nothing; what a good one replaces comes back."""
    boxes, _ = matrix(page)
    page.locator(boxes[0]).fill("1.5")
    _, rows = saved(page)

    def text(**changes: str) -> str:
        lines = [",".join(rows[0].keys()), *(",".join((row | changes).values()) for row in rows)]
        return "\n".join(lines)

    assert load(page, "a.csv", text(exam="other-1")) == "a.csv is of another exam. Nothing was changed."
    assert load(page, "b.csv", text(variant="QQQQQQQQ")) == "b.csv is of another paper. Nothing was changed."
    assert load(page, "c.csv", "PK\x03\x04 spreadsheet") == "c.csv holds no saved answers. Nothing was changed."
    assert page.locator(boxes[0]).input_value() == "1.5"
    assert page.locator("#undo").is_hidden()
    assert load(page, "d.csv", text(answer="0.25")).startswith("Answers loaded from d.csv")
    assert page.locator(boxes[0]).input_value() == "0.25"
    page.locator("#undo").click()
    assert page.locator(boxes[0]).input_value() == "1.5"
    assert page.locator(boxes[1]).input_value() == ""


def test_a_browser_that_keeps_no_drafts_is_told(paper: Path, chromium: Browser) -> None:
    """All else works there."""
    opened = chromium.new_page()
    opened.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})")
    opened.goto((paper / "answers.html").as_uri())
    assert opened.locator("#undrafted").is_visible()
    opened.locator("[data-number]").first.fill("1")
    assert saved(opened)[1][0]["answer"] == "1"
    opened.close()


def test_drafts_are_kept_without_a_word(page: Page) -> None:
    """Nothing is said of what works."""
    assert page.locator("#undrafted").is_hidden()


def test_formulas_shapes_and_letters_are_checked_as_they_are_typed(chromium: Browser, tmp_path: Path) -> None:
    """By the marker's grammar, in the page's language, with the place at fault; what is right is not told."""
    exam = tmp_path / "forms.toml"
    text = (Path(__file__).parents[2] / "banks" / "families" / "formulas.toml").read_text(encoding="utf-8")
    several = '\n[[tasks]]\ntext = "Which?"\nas = "choice"\noptions = ["one", "two", "three"]\nanswer = ["a", "c"]\n'
    exam.write_text(text + several, encoding="utf-8")
    folder = examgen.make(str(exam), seed=7, student="s1", language="de", out=tmp_path / "forms").folder
    opened = chromium.new_page()
    opened.goto((folder / "answers.html").as_uri())
    for kind, typed, said, at in (
        ("formula", "2(a2 - y)", 'Schreiben Sie * zwischen Faktoren: Vor "(" fehlt ein Zeichen.', "("),
        ("formula", "a2 - Y3", '"Y3" ist kein Symbol dieser Aufgabe.', "Y"),
        ("formula", "(a2 - y", "Hier wird eine Klammer geöffnet und nicht geschlossen.", "("),
        ("shape", "4.5 x 1", "Zeilen und Spalten sind ganze Zahlen von 1 an, wie in (4, 1) oder 4x1.", ""),
        ("choice", "a, d", "Das sind keine Buchstaben der Möglichkeiten", ""),
    ):
        box = opened.locator(f"input[data-kind={kind}]").first
        box.fill(typed)
        box.blur()
        why = opened.locator(".whys p:visible")
        why.wait_for()
        assert said in why.inner_text(), typed
        assert "".join(why.locator("mark").all_inner_texts()) == at
        assert box.get_attribute("aria-describedby") == why.get_attribute("id")
        for readable in {"formula": ("y - a2", "a2/a2"), "shape": ("9×9",), "choice": ("b", "C & A")}[kind]:
            box.fill(readable)
            assert box.get_attribute("aria-invalid") == "false", readable
        assert why.count() == 0
    opened.close()
