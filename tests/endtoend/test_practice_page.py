"""The practice page in a browser: it marks, explains, helps and goes on to other numbers, alone and offline."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from examgen.batch.practice.practising import practice_page, practice_variants
from examgen.cli import app
from examgen.core.evaluation import evaluate
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.digits import print_decimals
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers, solve
from tests.web_browser import findings

MOST_BYTES = 400_000


@dataclass(frozen=True, eq=False)
class Made:
    """A practice page, and what it was made of."""

    path: Path
    variants: Sequence[Variant]
    answers: Sequence[Sequence[str]]
    """By variant, what is right in each box, in the order of the page."""


def made(name: str, folder: Path, language: str = "en", seed: int = 7) -> Made:
    loaded = load_exam(name, seed)
    (variant,) = draw_variants(loaded, [Student("")])
    variants = practice_variants(loaded, variant)
    path = folder / f"{name}-{language}.html"
    path.write_bytes(practice_page(loaded, variant, PaperStyle(language)))
    return Made(path, variants, [list(_answers(loaded.exam, one)) for one in variants])


def _answers(exam: Exam, variant: Variant) -> Iterator[str]:
    for paper, numbers in papers(exam, variant):
        solved = solve(paper, {name: np.asarray(values)[None] for name, values in numbers.givens.items()})
        for asked in paper.number_fields:
            value = float(solved[asked.quantity][(0, *asked.index)])
            yield print_decimals(value, int(asked.digits.decimals_for(np.array(value))))


@contextmanager
def open_page(
    chromium: Browser, path: Path, width: int = 1280, scheme: str = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """A page from its file, without a network, and all that it complains of or asks for."""
    page = chromium.new_page(
        viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
    )
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    page.wait_for_function("practice")
    yield page, heard
    page.close()


def type_in(page: Page, texts: Sequence[str]) -> None:
    """Into the boxes in their order, each left before the next."""
    for box, text in zip(page.query_selector_all("[data-field] input"), texts, strict=False):
        box.fill(text)
    page.click("#check")


def verdicts(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("[data-field]", "boxes => boxes.map(box => box.dataset.verdict)")
    return found


def said(page: Page, place: int) -> str:
    return page.locator(".why").nth(place).inner_text()


def test_three_kinds_of_mistakes_are_told_apart(chromium: Browser, tmp_path: Path) -> None:
    """A slip is wrong and what follows from it is right for these numbers; a misconception is explained; and what
    cannot be read says why."""
    one = made("scalar-chain", tmp_path)
    (paper, numbers), *_ = papers(load_exam("scalar-chain", 7).exam, one.variants[0])
    right, names = list(one.answers[0]), [asked.quantity for asked in paper.number_fields]
    slipped = float(right[0]) + 0.2
    own = evaluate(paper.graph, numbers.givens, substitute={"z1": np.full((1, 1), slipped)})
    error = next(name for name in names if name.startswith("dL_da"))
    with open_page(chromium, one.path) as (page, heard):
        type_in(page, [f"{slipped:.4f}", f"{own['a1'].item():.4f}", *[""] * (len(right) - 2)])
        assert verdicts(page)[:3] == ["wrong", "follows", ""]
        place = names.index(error)
        turned = right[place].removeprefix("-") if right[place][0] == "-" else f"-{right[place]}"
        type_in(page, [*right[:place], turned, *[""] * (len(right) - place - 1)])
        assert verdicts(page)[: place + 1] == [*["right"] * place, "wrong"]
        assert "target minus output" in said(page, place)
        type_in(page, ["½", *[""] * (len(right) - 1)])
        assert verdicts(page)[:2] == ["unreadable", ""]
        assert "U+00BD" in said(page, 0)
        assert heard == []


def test_right_answers_have_all_marks_in_every_variant(chromium: Browser, tmp_path: Path) -> None:
    """New numbers come in turn, each with its own right answers; what was typed before comes back with its numbers."""
    one = made("circuit", tmp_path)
    assert len(one.variants) == 12
    with open_page(chromium, one.path) as (page, heard):
        for number, answers in enumerate(one.answers[:3]):
            assert f"{number + 1}" in page.inner_text("#variant")
            type_in(page, answers)
            assert verdicts(page) == ["right"] * len(answers)
            most = re.search(r"([\d.]+) of ([\d.]+) marks", page.inner_text("#status"))
            assert most is not None
            assert most[1] == most[2]
            page.click("#next")
            assert set(verdicts(page)) == {""}
        for _ in range(9):
            page.click("#next")
        assert page.input_value("[data-field] input") == one.answers[0][0]
        assert verdicts(page) == ["right"] * len(one.answers[0])
        assert heard == []


def test_numbers_of_the_question_change_with_the_variant(chromium: Browser, tmp_path: Path) -> None:
    """What is given is what the variant has, in the question and in the hints."""
    one = made("scalar-chain", tmp_path)
    with open_page(chromium, one.path) as (page, _):
        for variant in one.variants[:3]:
            (givens,) = [numbers.givens for numbers in variant.questions.values()]
            shown = page.inner_text(".givens").replace("−", "-")
            for name in ("W1", "b1", "x"):
                assert f"{float(np.ravel(givens[name])[0]):g}" in shown.replace("\n", " ")
            page.click("#next")


def test_hints_come_one_by_one_and_say_more_each_time(chromium: Browser, tmp_path: Path) -> None:
    """Which quantities it follows from, then the formula, then the numbers put in; no more than that."""
    one = made("scalar-chain", tmp_path)
    with open_page(chromium, one.path) as (page, _):
        box = page.locator(".box").first
        assert box.locator("li:visible").count() == 0
        for number in (1, 2, 3):
            box.locator("button").click()
            assert box.locator("li:visible").count() == number
        assert not box.locator("button").is_visible()
        assert "follows from" in box.locator("li").nth(0).inner_text()
        assert box.locator("li").nth(1).locator("[data-n]").count() == 0
        assert box.locator("li").nth(2).locator("[data-n]").count() > 1


@pytest.mark.parametrize("name", ["tanh-two-outputs", "which-class", "formulas"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_page_is_accessible_and_says_nothing(
    chromium: Browser, tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    """Axe finds nothing in it when it has marked and hints are open; it logs nothing and asks for nothing."""
    one = made(name, tmp_path)
    with open_page(chromium, one.path, width, scheme) as (page, heard):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        type_in(page, ["0.5", "abc", "", "1", "0"])
        for _ in range(3):
            page.locator("button.hint:visible").first.click()
        assert heard == []
        assert findings(page) == []


def test_formulas_are_told_to_be_left_unmarked(chromium: Browser, tmp_path: Path) -> None:
    """It stands beside their boxes, they are counted, and what is typed there gets no verdict."""
    one = made("formulas", tmp_path)
    with open_page(chromium, one.path) as (page, _):
        boxes = page.locator("[data-unmarked]")
        assert boxes.count() == 7
        boxes.first.locator("input").fill("a1*(1 - a1)")
        page.click("#check")
        assert set(
            page.eval_on_selector_all("[data-unmarked]", "boxes => boxes.map(one => one.dataset.verdict ?? '')")
        ) == {""}
        assert "Not marked here: 7" in page.inner_text("#status")
        assert "does not mark formulas" in page.inner_text(".unmarked >> nth=0")


def test_page_forbids_what_it_does_not_need(tmp_path: Path, chromium: Browser) -> None:
    """Its policy allows the one script that it has, by its digest, and neither text as code nor any address."""
    one = made("scalar-chain", tmp_path)
    html = one.path.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe-eval" not in policy[1]
    assert re.findall(r"https?://(?!www\.w3\.org/)|\bsrc=|@import", html) == []
    with open_page(chromium, one.path) as (page, _):
        # Evaluated in the page's own world, where its policy holds.
        blocked = page.evaluate(
            "() => { const made = document.createElement('script'); made.textContent = 'window.intruder = 1';"
            " document.body.append(made); return window.intruder === undefined; }"
        )
        assert blocked


@pytest.mark.parametrize("language", ["en", "hi"])
def test_pages_of_the_largest_exams_are_small(language: str) -> None:
    """None has more than 400 kB, in the language that takes most bytes neither."""
    names = ["final", "midterm", "sigmoid-3-4-4-2"] if language == "en" else ["final"]
    sizes = {name: made_bytes(name, language) for name in names}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def made_bytes(name: str, language: str) -> int:
    loaded = load_exam(name, 7)
    (variant,) = draw_variants(loaded, [Student("")])
    return len(practice_page(loaded, variant, PaperStyle(language)))


def test_command_puts_the_page_where_nobody_hands_it_out(here: Path) -> None:
    """It is in a folder of its own, is told as what it is, and the paper beside it is the same as without it."""
    plain = CliRunner().invoke(app, ["make", "scalar-chain", "--seed", "7", "--out", "plain"])
    done = CliRunner().invoke(app, ["make", "scalar-chain", "--seed", "7", "--out", "both", "--practice"])
    assert (plain.exit_code, done.exit_code) == (0, 0), done.output
    assert "the key is inside: never for an exam" in done.output
    page = (here / "both/practice/practice.html").read_text(encoding="utf-8")
    assert "The key is inside this page" in page
    files = {path.relative_to(here / "plain") for path in (here / "plain").rglob("*") if path.is_file()}
    assert all((here / "plain" / path).read_bytes() == (here / "both" / path).read_bytes() for path in files)
    again = CliRunner().invoke(app, ["make", "scalar-chain", "--seed", "7", "--out", "both", "--practice"])
    assert again.exit_code == 0
    assert (here / "both/practice/practice.html").read_text(encoding="utf-8") == page
