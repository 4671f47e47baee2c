"""Follows one entry of one student through marking: what it is computed from, and what its band is made of.

Called by `explaining`. All numbers come from the functions by which `entries` marks; here they are only kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from examgen.core.evaluation import Evaluation, evaluate
from examgen.core.graph import ComputationGraph, Quantity, Values
from examgen.core.misconceptions.versions import Patch
from examgen.core.probes.dependence import rests_on
from examgen.core.rounding import rounding_effects
from examgen.core.rules.rule import Array
from examgen.exams.fields import Field
from examgen.exams.folders.files import typed_text
from examgen.exams.keys.solved_papers import solve
from examgen.exams.naming.notation import Index
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.exams.tolerance import as_quantities, entry_of, half_units
from examgen.marking.judging.class_papers import ClassKey
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.fairness.neighbours import without_neighbours
from examgen.marking.judging.fairness.work_shown import held_back_text, paid
from examgen.marking.judging.judged_numbers import judge
from examgen.marking.judging.outcomes import BY_CODE, OUTCOMES
from examgen.marking.judging.written_digits import NO_DIGITS, Submitted
from examgen.marking.results.appeals.explanation import BandPart, Calculation, Origin, Precision, Source
from examgen.marking.results.appeals.marked_papers import MarkedPaper
from examgen.marking.results.appeals.starting_points import StartingPoints
from examgen.marking.results.appeals.written_formulas import formula_texts, symbol_text
from examgen.marking.results.totals import entry_marks


@dataclass(frozen=True, eq=False)
class EntryTrace:
    """One entry of one student as marking sees it; arrays have a single student in front.

    Attributes:
        marked: the whole question, marked.
        starts: from what each entry was recomputed.
        label: misconceptions that the diagnosis names for the entry.
        version: of the misconception in a gap from which the entry follows; None where it follows from none.
        shown_by: symbol of the first wrong entry of the same cause; empty where the entry follows from none.
        solution: the reference.
        paid: hundredths of the entry's marks that are paid.
        held: why not all are, in words.
        right_for: whose paper the entry is right on, with others of the student's; empty where it is on none.
    """

    of_student: MarkedPaper
    paper: PaperShape
    place: int
    givens: Values
    answers: Submitted
    marked: Marked
    starts: StartingPoints
    label: str
    version: Patch | None
    shown_by: str
    solution: Evaluation
    paid: int
    held: str
    right_for: str

    @staticmethod
    def of(of_student: MarkedPaper, paper: PaperShape, place: int, givens: Values, answers: Submitted) -> "EntryTrace":
        paper = paper.standing
        key, policy = of_student.key, of_student.key.exam.policy
        marked, diagnosis = judge(paper, givens, answers, policy)
        marked, diagnosis, neighbours = without_neighbours(
            ClassKey(key), paper, givens, answers, marked, diagnosis, policy
        )
        label = diagnosis.labels[int(diagnosis.codes[0, place])]
        follows = marked.outcome[0, place] == OUTCOMES["follow_through"].code
        version = diagnosis.causes[int(diagnosis.cause[0, place])] if label and follows else None
        is_named = diagnosis.codes > 0
        earned = paid(paper, givens, answers, marked, is_named, entry_marks(policy, paper, marked.outcome, is_named))
        share = int(earned.share[0, place])
        return EntryTrace(
            of_student,
            paper,
            place,
            givens,
            answers,
            marked,
            StartingPoints.of(paper, givens, answers, policy),
            label,
            version,
            _shown_by(paper, marked, diagnosis, place) if version else "",
            solve(paper, givens),
            share,
            held_back_text(share, int(earned.why[0, place])),
            neighbours.whose[0].told if neighbours.equal[0, place] else "",
        )

    @property
    def policy(self) -> Policy:
        return self.of_student.key.exam.policy

    @property
    def graph(self) -> ComputationGraph:
        """By which the entry is recomputed: the right one, or that of the cause in a gap."""
        return self.paper.graph if self.version is None else self.version.graph

    @property
    def field(self) -> Field:
        return self.paper.fields[self.place]

    @cached_property
    def carried(self) -> Array:
        """(fields) what later work starts from as far as the entry is concerned, NaN where it is recomputed."""
        # What lies behind a cause in a gap is seen when all else has been judged.
        carried = self.marked.carried[0] if self.version is not None else self.starts.judged_from[self.place]
        is_blank = np.isnan(self.answers.values[0])
        is_done = is_blank if self.version is not None else self.starts.is_open & self.marked.past_blanks[0, self.place]
        return np.where(is_done, np.nan, carried)

    @cached_property
    def substitute(self) -> dict[str, Array]:
        """The same by quantity."""
        written = as_quantities(self.paper, self.carried[None], np.nan)
        return written | self.paper.printed(self.solution.values)

    @cached_property
    def base(self) -> Evaluation:
        """The evaluation from there."""
        return evaluate(self.graph, self.givens, substitute=self.substitute)

    @cached_property
    def rests_on(self) -> tuple[str, ...]:
        """Symbols of the answers that the entry rests on and that are not correct."""
        symbols = {field.name: field.symbol for field in self.paper.fields}
        return tuple(dict.fromkeys(symbols[one.answer] for one in self._not_correct()))

    def outcome(self, place: int) -> str:
        return BY_CODE[int(self.marked.outcome[0, place])].name

    def calculation(self, name: str, index: Index, evaluation: Evaluation, value: float) -> Calculation:
        """How an entry follows from what an evaluation has for its inputs."""

        def shown(source: str, place: Index) -> str:
            number = float(np.asarray(evaluation.values[source])[(0, *place)]) + 0.0  # never -0
            quantity = self.paper.graph[source]
            if quantity.rule is None:
                # As on the paper: 0.00000001.
                return np.format_float_positional(number, 12, fractional=False, trim="-")
            is_typed = evaluation is self.base and self._is_answer(quantity, place)
            return f"{number:.12g}" if is_typed else f"{number:.6g}"

        symbol = symbol_text(self.paper, name, index)
        graph = self.graph if evaluation is self.base else self.paper.graph
        return Calculation(symbol, *formula_texts(self.paper, graph, name, index, shown), value)

    def _is_answer(self, quantity: Quantity, index: Index) -> bool:
        """Whether an answer stands for an entry."""
        fields = enumerate(self.paper.fields)
        places = [place for place, field in fields if (field.quantity, field.index) == (quantity.name, index)]
        return any(self._answer_for(place) is not None for place in places)

    def _answer_for(self, place: int) -> int | None:
        return self.starts.answer_for(place, self.carried)

    def sources(self) -> Iterator[Source]:
        """All that the entry is computed from, as far back as to what the student wrote or to a reference."""
        graph, fields, field = self.graph, self.paper.fields, self.field
        wanted: dict[str, set[Index]] = {field.quantity: {field.index}}
        found: list[Source] = []
        asked = {(field.quantity, field.index): place for place, field in enumerate(fields)}
        for quantity in reversed(graph.derived):
            for index in sorted(wanted.get(quantity.name, ()), reverse=True):
                is_start = (quantity.name, index) == (field.quantity, field.index)
                source = None if is_start else self._source(quantity, index, asked.get((quantity.name, index)))
                if source is not None:
                    found.append(source)
                is_printed = quantity.name in self.paper.shown
                if (source is None and not is_printed) or (source is not None and source.origin == "recomputed"):
                    for name, place in self._read(quantity, index):
                        wanted.setdefault(name, set()).add(place)
        yield from reversed(found)

    def _source(self, quantity: Quantity, index: Index, place: int | None) -> Source | None:
        """One entry on the way; None for the samples of a step, which are given."""
        if quantity.is_copied or quantity.name in self.paper.shown:
            return None
        value = float(self.base.values[quantity.name][(0, *index)])
        calculation = self.calculation(quantity.name, index, self.base, value)
        if place is None:
            why = f"not asked, so recomputed{self._by_mistake(quantity)}"
            return Source(calculation.symbol, "", "recomputed", "", "", value, "", why, calculation)
        field, used = self.paper.fields[place], self._answer_for(place)
        row = self.of_student.rows.get((self.paper.question.id, field.name), {})
        origin, why = self._origin(place, used)
        shown = calculation if origin == "recomputed" else None
        why += self._by_mistake(quantity) if origin == "recomputed" else ""
        answer, outcome = ("", place) if used is None else (self.paper.fields[used].name, used)
        written = typed_text(row.get("answer", ""))
        return Source(field.symbol, field.name, origin, answer, written, value, self.outcome(outcome), why, shown)

    def _by_mistake(self, quantity: Quantity) -> str:
        """What is said of a quantity in a gap that is worked out by the rule of a misconception."""
        is_changed = self.version is not None and quantity.name in self.version.changed
        return f", by the rule of {self.version.misconception}" if is_changed and self.version is not None else ""

    def chain(self) -> tuple[tuple[str, str], ...]:
        """Symbols and outcomes of the answers that a follow-through entry follows, back to a wrong one if there is."""
        found: list[tuple[str, str]] = []
        places = {field.name: place for place, field in enumerate(self.paper.fields)}
        place: int | None = self.place
        while place is not None:
            # A wrong one first; of others, the last that was worked out.
            last = sorted(replace(self, place=place)._not_correct(), key=lambda one: one.outcome == "wrong")[-1:]
            found += [(self.paper.fields[places[one.answer]].symbol, one.outcome) for one in last]
            place = next((places[one.answer] for one in last if one.outcome != "wrong"), None)
        return tuple(reversed(found))

    def _not_correct(self) -> list[Source]:
        return [one for one in self.sources() if one.origin == "own" and one.outcome != "correct"]

    def _origin(self, place: int, used: int | None) -> tuple[Origin, str]:
        """Of an entry for which this answer is used."""
        value, carried = self.answers.values[0, place], self.carried[place]
        if used is not None:
            told = f"the student's answer for {self.paper.fields[used].symbol}, which is the same quantity"
            return "own", "" if used == place else told
        if np.isnan(value):
            blank = "unreadable" if self.answers.is_unreadable[0, place] else "blank"
            if np.isnan(carried):
                return "recomputed", f"{blank}, so recomputed as if it had been done"
            return "reference", f"{blank}, so the reference"
        if not self.starts.is_open[place]:
            return "recomputed", "the other answers go on without it, so recomputed"
        origin: Origin = "recomputed" if np.isnan(carried) else "reference"
        instead = "recomputed as if it had been done" if origin == "recomputed" else "the reference"
        if value == 0:
            return origin, f"a 0 where the right value is not 0 carries no credit forward, so {instead}"
        limit = f"{self.policy.ignore_above:f} times the largest right value of the question (at least 1)"
        return origin, f"larger than {limit}, so it carries no credit forward; {instead}"

    def _read(self, quantity: Quantity, index: Index) -> Iterator[tuple[str, Index]]:
        """The derived entries that the rule of one entry reads."""
        graph = self.graph
        entry = int(np.ravel_multi_index(index, quantity.shape)) if quantity.shape else 0
        for name in dict.fromkeys(quantity.inputs):
            source = graph[name]
            if source.rule is not None:
                reads = rests_on(graph, quantity, {name: np.eye(source.size, dtype=bool)}, source.size)[:, entry]
                for place in np.flatnonzero(reads).tolist():
                    yield name, tuple(int(axis) for axis in np.unravel_index(place, source.shape))

    def band(self) -> tuple[BandPart, ...]:
        """The effects of half a unit on the recomputed value, as marking adds them up."""
        graph, field = self.graph, self.field
        coarse = as_quantities(self.paper, self.marked.coarse)
        _, rounded = half_units(self.paper, self.solution.values, self.base, coarse=coarse)
        entry = entry_of(graph[field.quantity], field)
        parts = []
        for effects in rounding_effects(graph, self.base, rounded, self.substitute):
            if field.quantity not in effects.on:
                continue
            source = graph[effects.source]
            moved = effects.on[field.quantity].reshape(1, source.size, -1)[0, :, entry]
            for place in np.flatnonzero(moved).tolist():
                index = tuple(int(axis) for axis in np.unravel_index(place, source.shape))
                half = float(rounded[source.name][(0, *index)])
                parts.append(BandPart(symbol_text(self.paper, source.name, index), half, float(moved[place])))
        if field.quantity in self.paper.stood_for:
            # It may have been rounded on its own before it was written down for the other.
            half = float(self.paper.question.digits.half_units(np.array(self.marked.own[0, self.place])))
            parts.append(BandPart(symbol_text(self.paper, field.quantity, field.index), half, half))
        return tuple(sorted(parts, key=lambda part: -part.effect))

    def precision(self) -> Precision:
        digits = self.field.digits
        counts = self.answers.decimals if digits.unit == "decimals" else self.answers.digits
        written, figures = int(counts[0, self.place]), int(self.answers.digits[0, self.place])
        is_counted = np.isfinite(self.answers.values[0, self.place]) and written != NO_DIGITS
        missing = int(self.marked.missing_digits[0, self.place])
        least = self.policy.least_digits if self.policy.precision == "as_written" else 0
        counted = (written, figures) if is_counted else (None, None)
        return Precision(digits.unit, digits.count, counted[0], missing, counted[1], least)


def _shown_by(paper: PaperShape, marked: Marked, diagnosis: Diagnosis, place: int) -> str:
    """Symbol of the first wrong entry, in the order of the paper, with the cause of another entry."""
    is_wrong = marked.outcome[0] == OUTCOMES["wrong"].code
    same = np.flatnonzero(is_wrong & (diagnosis.cause[0] == diagnosis.cause[0, place])).tolist()
    return paper.fields[same[0]].symbol if same else ""
