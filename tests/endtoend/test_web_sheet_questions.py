"""answers.html as the paper on a screen, in a real browser: numbers, pictures, brackets and size, for shipped exams.

Each exam's page is opened once, as a file: read back, looked through by axe on a narrow screen, and measured.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from examgen.documents.paper.papers import question_page
from examgen.documents.paper.web_sheet import web_sheet
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from tests.laws import some_of
from tests.small_banks import shipped_names
from tests.web_browser import findings

LARGEST = 150_000
NAMES = shipped_names("exams", "families", "worked")
PHONE: ViewportSize = {"width": 390, "height": 844}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:/\d+)?")

EQUATIONS = """
() => {
  const equation = math => {
    const rows = [...math.querySelectorAll("mtr")];
    if (rows.length) return rows.map(row => [...row.children].map(cell => cell.textContent));
    const parts = [...math.children], sign = parts.findLastIndex(one => one.textContent === "=");
    return [[parts.slice(sign + 1).map(one => one.textContent).join("")]];
  };
  const given = section => [...section.querySelectorAll(".given math")].map(equation);
  return [...document.querySelectorAll("section")].map(given);
}
"""
"""By question, the right-hand side of each equation of what is given: rows of cells."""

BRACKETS = """
() => [...document.querySelectorAll("mtable")].flatMap(table => {
  const high = one => one.getBoundingClientRect().height;
  return [table.previousElementSibling, table.nextElementSibling]
    .filter(one => one && "[]".includes(one.textContent)).map(one => high(one) / high(table));
})
"""
"""How high each bracket of a matrix is, as a share of what it is around."""

OVER = """
() => [...document.querySelectorAll("header *, main *")].filter(one => {
  const right = one.getBoundingClientRect().right;
  return right > document.documentElement.clientWidth + 1 && !one.closest(".shown, .grid");
}).map(one => one.outerHTML.slice(0, 200))
"""
"""What is wider than the screen and does not stand in what can be moved from side to side."""


def drawn(name: str) -> tuple[Exam, Variant]:
    """A shipped exam with one paper."""
    loaded = load_exam(name, 7, None)
    return loaded.exam, draw_variants(loaded, [Student("s1", "Ada")])[0]


@contextmanager
def opened(chromium: Browser, path: Path, html: bytes) -> Iterator[Page]:
    """A sheet that is opened as a file on a phone; what the console says is a mistake."""
    path.write_bytes(html)
    said: list[str] = []
    page = chromium.new_page(viewport=PHONE)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert said == []


def plain(text: str) -> str:
    """A number of the page as keys write it."""
    return text.replace("−", "-").replace(",", ".")


def printed(exam: Exam, variant: Variant) -> list[list[list[list[str]]]]:
    """By question, the numbers of each equation as LaTeX has them, row by row; those without numbers are left out."""
    found = []
    for question in question_page(exam, variant).questions:
        sides = [equation.rpartition(" = ")[2] for given in question.givens for equation in given.equations]
        cells = [
            [row.split("&") for row in re.sub(r"\\(begin|end)\{bmatrix\}", "", side).split(r"\\")] for side in sides
        ]
        found.append([[[cell.strip() for cell in row] for row in rows] for rows in cells if _are_numbers(rows)])
    return found


def _are_numbers(rows: list[list[str]]) -> bool:
    return all(NUMBER.fullmatch(plain(cell.strip())) for row in rows for cell in row)


@pytest.mark.parametrize("name", some_of(NAMES, 9))
def test_a_sheet_is_the_paper_on_a_screen(name: str, chromium: Browser, tmp_path: Path) -> None:
    """Its numbers are those of the key, each in its row and column; it is small, has no console message and no
    violation, nothing reaches over the edge of a phone, and brackets are as high as their matrix."""
    exam, variant = drawn(name)
    html = web_sheet(exam, variant)
    assert len(html) < LARGEST
    with opened(chromium, tmp_path / "answers.html", html) as page:
        shown = [
            [[[plain(cell) for cell in row] for row in rows] for rows in equations if _are_numbers(rows)]
            for equations in page.evaluate(EQUATIONS)
        ]
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Examgen Formulas\"'))")
        brackets = page.evaluate(BRACKETS)
        assert all(0.95 < share < 1.6 for share in brackets), brackets
        assert page.evaluate(OVER) == []
        assert findings(page) == []
    assert shown == printed(exam, variant)
    for equations, (_, numbers) in zip(shown, variant.questions.items(), strict=True):
        told = Counter(round(_value(cell), 9) for rows in equations for row in rows for cell in row)
        given = Counter(round(float(value), 9) for array in numbers.givens.values() for value in np.ravel(array))
        assert not given - told, name


def _value(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


@pytest.mark.parametrize("name", some_of(NAMES, 9, 1))
def test_a_sheet_is_small_in_the_longest_language(name: str) -> None:
    """Letters of Hindi take three bytes each."""
    assert len(web_sheet(*drawn(name), PaperStyle("hi"))) < LARGEST
