"""Prints the explanation of one mark as lines of plain text. Called by the command line.

Headings begin at the margin, all else is indented. s is what was written, r the reference, c what follows from the
student's own answers, h half a unit of the last asked digit, B the tolerance around c.
"""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from examgen.exams.forms import number_text
from examgen.marking.judging.diagnosing.diagnosis import Trial
from examgen.marking.judging.diagnosing.two_causes import AND
from examgen.marking.judging.outcomes import HUNDREDTHS
from examgen.marking.results.appeals.explanation import Calculation, Explanation, Source

INDENT = 2
MOST_PARTS = 16
"""So many parts of a band are printed, the largest; the others are added up."""

IN_GAPS = " *"
"""Behind the name of a misconception that is tried in what is not written down, too."""

MOST_TRIALS = 8
"""So many misconceptions that do not fit are printed, the nearest."""


def explanation_lines(found: Explanation, width: int = 80) -> list[str]:
    """The whole calculation, in lines of at most so many columns but for what cannot be broken."""
    lines: list[str] = []
    for part in (_answer, _reference, _own, _band, _precision, _trials, _outcome):
        title, *body = part(found, width)
        lines += [*([""] if lines else []), title, *body]
    return lines


def _answer(found: Explanation, width: int) -> Iterator[str]:
    student = found.student or "(no name)"
    yield f"{found.question} {found.field}, {found.symbol}"
    yield from _wrapped(f"student {student}, exam {found.exam}, variant {found.variant}", width)
    written = found.written if found.written else "nothing"
    if found.value is None:
        yield from _wrapped(f"written: {written}", width)
        yield from _wrapped(found.unreadable, width)
    else:
        yield from _wrapped(f"written: {written}, so s = {_exact(found.value)}", width)


def _reference(found: Explanation, width: int) -> Iterator[str]:
    yield "Rule 2: the reference"
    yield from _calculation("r: ", found.reference, width)
    yield from _wrapped(f"half a unit of the last asked digit (0.51): h = {_six(found.half_unit)}", width)
    if found.value is not None:
        off = abs(found.value - found.reference.value)
        yield _comparison("|s - r|", off, "h", found.half_unit, holds=found.matches_reference)


def _own(found: Explanation, width: int) -> Iterator[str]:
    yield "Rule 3: what follows from the student's own answers"
    yield from _calculation("c: ", found.own, width)
    if found.assumed:
        shown = f", which {found.shown_by} has shown first" if found.shown_by else ""
        text = f"What is not written down is taken as done with {found.assumed.replace('|', ' or ')}{shown}."
        yield from _wrapped(text, width)
    if found.past_blanks:
        yield from _wrapped("Blank steps count as done in the head: that way the entry comes out better.", width)
    if not found.sources:
        yield from _wrapped("It is computed from given numbers only.", width)
    for source in found.sources:
        yield from _source(source, width)
    if found.chain:
        (first, outcome), *_ = found.chain
        steps = " -> ".join([*(symbol for symbol, _ in found.chain), found.symbol])
        yield from _wrapped(f"It goes back to {first}, which is {_words(outcome)}: {steps}", width)


def _source(source: Source, width: int) -> Iterator[str]:
    label = f"{source.symbol} = "
    written = f" (written: {source.written})" if source.written else ""
    if source.origin == "own":
        why = f"{source.why}, {_words(source.outcome)}{written}" if source.why else ""
        told = why or f"the student's answer, {_words(source.outcome)}"
        yield from _wrapped(f"{label}{_exact(source.value)}  {told}", width)
        return
    if source.calculation is None:
        yield from _wrapped(f"{label}{_six(source.value)}  {source.why}{written}", width)
    else:
        yield from _calculation("", source.calculation, width, f"  {source.why}{written}")


def _band(found: Explanation, width: int) -> Iterator[str]:
    yield "Tolerance around c: half a unit, and what rounding on the way can move"
    rows = [("of", "half a unit", "moves c by"), (found.symbol, _six(found.own_half_unit), _six(found.own_half_unit))]
    shown, rest = found.band[:MOST_PARTS], found.band[MOST_PARTS:]
    rows += [(part.symbol, _six(part.half_unit), _six(part.effect)) for part in shown]
    if rest:
        rows.append((f"{len(rest)} more", "", _six(sum(part.effect for part in rest))))
    rows.append(("B", "", _six(found.tolerance)))
    yield from _table(rows)
    if found.value is None:
        return
    yield _comparison("|s - c|", abs(found.value - found.own.value), "B", found.tolerance, holds=found.follows)
    if found.follows:
        named = f"answers that are not correct: {', '.join(found.rests_on)}" if found.rests_on else "no wrong answer"
        yield from _wrapped(f"It rests on {named}.", width)


def _precision(found: Explanation, width: int) -> Iterator[str]:
    yield "Rule 4: the digits"
    precision = found.precision
    unit = precision.unit.replace("_", " ")
    if precision.written is None:
        written = "" if found.value is None else "; a fraction is exact"
        yield from _wrapped(f"asked: {precision.asked} {unit}{written}", width)
        return
    missing = precision.missing
    verdict = f"; right to these, {missing} too few" if missing else ""
    if precision.least:
        verdict += f"; significant figures: {precision.figures}, of at least {precision.least} that are taken"
    yield from _wrapped(f"asked: {precision.asked} {unit}, written: {precision.written}{verdict}", width)


def _trials(found: Explanation, width: int) -> Iterator[str]:
    yield "Rule 5: misconceptions"
    if not found.trials:
        is_tried = found.outcome == "wrong" and not found.follows_ignored
        untried = "Tried on wrong entries only that follow from nothing."
        untried = "Not tried on what is right on another paper." if found.right_for else untried
        yield from _wrapped("None of them changes this entry." if is_tried and not found.right_for else untried, width)
        return
    assert found.value is not None
    value = found.value
    best = _best_versions(found.trials, value)
    fitting = [trial for trial in best if trial.fits]
    others = sorted((trial for trial in best if not trial.fits), key=lambda trial: _away(trial, value))
    rows: list[tuple[str, ...]] = [("name", "gives", "within", "off by", "fits", "for", "against")]
    shown = (*fitting, *others[:MOST_TRIALS])
    rows += [row for trial in shown for row in _trial_rows(trial, value)]
    yield from _table(rows)
    if hidden := others[MOST_TRIALS:]:
        yield from _wrapped(f"and {len(hidden)} more that are further off", width)
    yield from _wrapped(
        "for: wrong entries of the question that it explains; against: right ones that it would not", width
    )
    if len(best) < len(found.trials):
        yield from _wrapped("Each is listed once: of its versions, the one that fits best or is nearest.", width)
    if any(trial.past_gaps for trial in shown):
        yield from _wrapped(f"{IN_GAPS.strip()}: what is not written down is worked out so, too", width)
    yield from _wrapped(f"named: {found.misconception.replace('|', ' or ') or 'none'}", width)


def _trial_rows(trial: Trial, value: float) -> Iterator[tuple[str, ...]]:
    """A row, and one more before it for each but the last of misconceptions that are held at once."""
    numbers = (_six(trial.value), f"{trial.tolerance:.3g}", f"{abs(value - trial.value):.3g}")
    *others, name = trial.misconception.split(AND)
    yield from ((f"{other} {AND}", "", "", "", "", "", "") for other in others)
    mark = IN_GAPS if trial.past_gaps else ""
    yield f"{name}{mark}", *numbers, "yes" if trial.fits else "no", str(trial.evidence), str(trial.against)


def _best_versions(found: Iterable[Trial], value: float) -> list[Trial]:
    """One of each misconception: of those that fit, what most speaks for and least against, else the nearest."""

    def order(trial: Trial) -> tuple[bool, int, int, float]:
        weight = (trial.against, -trial.evidence) if trial.fits else (0, 0)
        return not trial.fits, *weight, _away(trial, value)

    kept: dict[str, Trial] = {}
    for trial in sorted(found, key=order):
        kept.setdefault(trial.misconception, trial)
    return list(kept.values())


def _away(trial: Trial, value: float) -> float:
    away = abs(value - trial.value) / trial.tolerance
    return away if away == away else float("inf")


def _outcome(found: Explanation, width: int) -> Iterator[str]:
    yield f"Outcome: {_words(found.outcome)}, by rule {found.rule}"
    yield from _wrapped(found.why, width)
    if found.override is None:
        held = f" · {found.paid} %" if found.paid < HUNDREDTHS else ""
        share = number_text(found.share)
        yield from _wrapped(f"marks: {found.max_marks:.15g} · {share} of the policy{held} = {found.marks:.15g}", width)
        yield from _wrapped(found.held, width) if found.held else ()
    else:
        text = f"marks: {found.marks:.15g}, set by line {found.override.line} of the overrides: {found.override.reason}"
        yield from _wrapped(text, width)
    for difference in found.differences:
        yield from _wrapped(f"Note: {difference}; mark the class again", width)


def _calculation(label: str, calculation: Calculation, width: int, remark: str = "") -> Iterator[str]:
    """Symbol, formula, numbers and value as one chain, none of them twice."""
    parts = [calculation.symbol]
    for part in filter(None, (calculation.formula, calculation.numbers, _six(calculation.value))):
        if part != parts[-1]:
            parts.append(part)
    yield from _wrapped(f"{label}{' = '.join(parts)}{remark}", width)


def _comparison(left: str, off: float, right: str, limit: float, *, holds: bool) -> str:
    sign, verdict = ("<=", "yes") if holds else (">", "no")
    return f"{' ' * INDENT}{left} = {_six(off)} {sign} {right} = {_six(limit)}: {verdict}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows with their first column to the left and all others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(size) for cell, size in zip(others, widths[1:], strict=True))]
        yield f"{' ' * INDENT}{'  '.join(cells).rstrip()}"


def _wrapped(text: str, width: int) -> Iterator[str]:
    first, later = " " * INDENT, " " * (2 * INDENT)
    yield from wrap(text, width, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)


def _words(outcome: str) -> str:
    return outcome.replace("_", "-")


def _six(value: float) -> str:
    return f"{value + 0.0:.6g}"  # + 0.0 turns -0.0 into 0.0


def _exact(value: float) -> str:
    return f"{value + 0.0:.12g}"
