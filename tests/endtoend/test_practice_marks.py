"""The practice page marks as the marker does: the same sheets, marked by both, come out alike entry by entry."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from examgen.batch.practice.practising import practice_page, practice_variants
from examgen.documents.style import STANDARD
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.keys.given_rows import stacked
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.exams.wording.sentences import IN_ENGLISH
from examgen.marking.judging.fairness.work_shown import WHY, held_back_text, paid
from examgen.marking.judging.judged_numbers import judge, too_short_to_take
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.typed_answers import judge_text
from examgen.marking.judging.written_digits import NO_DIGITS, Submitted
from examgen.marking.reading.answers import REASON_CODES
from examgen.marking.reading.typed.typed_numbers import Number, parse_number
from examgen.marking.results.entry_comments import comments
from examgen.marking.results.totals import MarkUnit, entry_units, mark_unit
from tests.classroom.practising import PracticeSheet, practice_sheets
from tests.laws import some_of

SHEETS = {
    "question2": 20, "homework": 30, "minibatch": 30, "adam": 60, "momentum": 60, "sigmoid-chain": 24,
    "descent-sign": 90, "relu-integers": 50, "scalar-chain": 140, "tanh-two-outputs": 90, "one-weight": 120,
    "perceptron": 60, "circuit": 140, "recurrence": 120, "regularised-regression": 80, "batch-norm": 90,
    "convolution": 110, "attention": 130, "softmax-classifier": 130, "sigmoid-neuron": 140, "matrix-warmups": 130,
    "which-class": 130, "formulas": 120,
}  # fmt: skip
"""By exam, how many sheets of it are marked by both: every shipped family, and exams made of them."""

ENOUGH = 2_000

Entry = tuple[int, str, int, str, str]
"""Outcome, misconceptions, units of marks, why not all is paid, and the sentence beside it."""


@dataclass(frozen=True, eq=False)
class Sat:
    """An exam, its page, and the sheets of those who sat it."""

    loaded: LoadedExam
    variants: Sequence[Variant]
    sheets: Sequence[PracticeSheet]

    @staticmethod
    def of(name: str, count: int, seed: int) -> "Sat":
        loaded = load_exam(name, seed)
        (variant,) = draw_variants(loaded, [Student("")])
        variants = practice_variants(loaded, variant)
        return Sat(loaded, variants, practice_sheets(loaded.exam, variants, count, seed))

    def by_page(self, chromium: Browser, folder: Path) -> list[list[list[Entry | None]]]:
        """What the page makes of each sheet, by question and field; None where it marks nothing."""
        path = folder / "practice.html"
        path.write_bytes(practice_page(self.loaded, self.variants[0], STANDARD))
        page = chromium.new_page()
        page.goto(path.as_uri())
        page.wait_for_function("practice")
        sheets = [(sheet.variant, sheet.texts) for sheet in self.sheets]
        found: list[list[list[dict[str, Any] | None]]] = page.evaluate(
            "sheets => sheets.map(([variant, texts]) => texts.map((text, at) => practice.mark(at, variant, text)))",
            sheets,
        )
        page.close()
        return [[[_entry(one) if one else None for one in question] for question in sheet] for sheet in found]

    def by_marker(self) -> list[list[list[Entry | None]]]:
        """The same by the marker, which marks a question of all sheets in one go."""
        exam = self.loaded.exam
        shapes = [paper for paper, _ in papers(exam, self.variants[0])]
        unit = mark_unit(exam.policy, shapes)
        found = [list(self._question(at, shape, unit)) for at, shape in enumerate(shapes)]
        return [[question[sheet] for question in found] for sheet in range(len(self.sheets))]

    def _question(self, at: int, paper: PaperShape, unit: MarkUnit) -> Iterator[list[Entry | None]]:
        texts = [sheet.texts[at] for sheet in self.sheets]
        numbers: Iterator[list[Entry]] = iter(())
        if paper.number_fields:
            name = paper.question.id
            givens = stacked([self.variants[sheet.variant].questions[name].givens for sheet in self.sheets])
            typed = [[row[place] for place in paper.number_places] for row in texts]
            numbers = _numbers(paper.only_numbers, givens, typed, self.loaded.exam.policy, unit)
        for row in texts:
            entries: list[Entry | None] = [None] * len(row)
            for place in paper.other_places:
                entries[place] = _other(paper, place, row[place], self.loaded.exam.policy, unit)
            for place, entry in zip(paper.number_places, next(numbers, ()), strict=True):
                entries[place] = entry
            yield entries


def _entry(verdict: dict[str, Any]) -> Entry:
    units, why = verdict["units"], verdict.get("why", "")
    return verdict["outcome"], verdict["label"], units, why, verdict["comment"]


def _numbers(
    paper: PaperShape, givens: dict[str, Any], texts: list[list[str]], policy: Policy, unit: MarkUnit
) -> Iterator[list[Entry]]:
    submitted, reasons = _submitted(texts)
    marked, diagnosis = judge(paper, givens, submitted, policy)
    units = entry_units(unit, policy, paper, marked.outcome, diagnosis.codes > 0)
    earned = paid(paper, givens, submitted, marked, diagnosis.codes > 0, unit.marks(units))
    short = too_short_to_take(marked, submitted, policy)
    codes, said = comments(paper, marked, diagnosis, reasons)
    for row in range(len(texts)):
        yield [
            (
                int(marked.outcome[row, n]),
                diagnosis.labels[diagnosis.codes[row, n]],
                int(units[row, n] * earned.share[row, n] // 100),
                WHY[earned.why[row, n]],
                held_back_text(int(earned.share[row, n]), int(earned.why[row, n]))
                or (IN_ENGLISH.tell("too_few_to_take", count=policy.least_digits) if short[row, n] else "")
                or said[codes[row, n]],
            )
            for n in range(len(paper.fields))
        ]


def _submitted(texts: list[list[str]]) -> tuple[Submitted, np.ndarray[Any, np.dtype[np.int8]]]:
    """As typed into boxes, where a comma is a decimal comma."""
    read = [[parse_number(text, "," if "," in text else ".") for text in row] for row in texts]
    numbers = [[one if isinstance(one, Number) else None for one in row] for row in read]

    def column(part: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        found = [[getattr(one, part) if one is not None else None for one in row] for row in numbers]
        return np.array([[NO_DIGITS if one is None else one for one in row] for row in found])

    values = np.array([[np.nan if one is None else one.value for one in row] for row in numbers])
    reason = [["" if isinstance(one, Number) else one.reason for one in row] for row in read]
    is_unreadable = np.array([[one not in ("", "blank") for one in row] for row in reason])
    codes = np.array([[REASON_CODES.get(one, 0) for one in row] for row in reason], dtype=np.int8)
    return Submitted(values, column("decimals"), column("digits"), is_unreadable), codes


def _other(paper: PaperShape, place: int, text: str, policy: Policy, unit: MarkUnit) -> Entry | None:
    asked = paper.fields[place]
    if asked.as_ == "formula":
        return None
    found = judge_text(paper, asked, text)
    code = OUTCOMES[found.outcome].code
    alone = np.array([[code] * len(paper.other_fields)], dtype=np.int8)
    units = entry_units(unit, policy, paper.only_others, alone, np.full(alone.shape, bool(found.label)))
    return code, found.label, int(units[0, paper.other_places.index(place)]), "", found.comment


def _without_sentence(entry: Entry | None) -> Entry | None:
    """An unreadable answer's sentence names the character at fault as each language of programs can."""
    return (*entry[:4], "") if entry and entry[0] == OUTCOMES["unreadable"].code else entry


def test_enough_sheets_are_marked_by_both() -> None:
    """Over all exams there are at least as many sheets as promised."""
    assert sum(SHEETS.values()) >= ENOUGH


@pytest.mark.parametrize("name", some_of(list(SHEETS), 10))
def test_page_marks_as_the_marker(chromium: Browser, tmp_path: Path, name: str) -> None:
    """Outcome, causes, marks, what is held back, and the sentence of every entry are the marker's."""
    sat = Sat.of(name, SHEETS[name], seed=11)
    wanted, found = sat.by_marker(), sat.by_page(chromium, tmp_path)
    differ = [
        (sheet, question, place, one, other)
        for sheet, pair in enumerate(zip(wanted, found, strict=True))
        for question, parts in enumerate(zip(*pair, strict=True))
        for place, (one, other) in enumerate(zip(*parts, strict=True))
        if _without_sentence(one) != _without_sentence(other)
    ]
    assert differ == []


def test_vectors_reach_every_outcome_and_many_causes() -> None:
    """The sheets are no easy ones: all outcomes, many misconceptions and all reasons to hold marks back are on them."""
    seen: Counter[str] = Counter()
    for name in ("scalar-chain", "circuit", "descent-sign"):
        for sheet in Sat.of(name, SHEETS[name], seed=11).by_marker():
            for entry in (one for question in sheet for one in question if one):
                seen.update([f"outcome {entry[0]}", *filter(None, entry[1].replace("+", "|").split("|")), entry[3]])
    assert {f"outcome {row.code}" for row in OUTCOMES.values() if row.name != "imprecise"} <= seen.keys()
    assert len([name for name in seen if "-" in name]) >= 10
    assert {"no_work", "made_up", "not_started"} <= seen.keys()
