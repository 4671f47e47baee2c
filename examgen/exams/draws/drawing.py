"""Seeded draws: from families to the numbers of each student's paper.

A paper depends on the seed, the exam, the student and the question only, never on the class around it: every student
and question has a stream of their own, its first word chooses the shape, and candidate after candidate is read from it
until one passes the screens. Many students' candidates are judged in one evaluation.
"""

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.rules.rule import Array
from examgen.errors import BankError
from examgen.exams.draws.rejections import ADVICE, details, screens_text, worst_screen
from examgen.exams.draws.screens import SCREENS, Limits, Verdict, mistakes_hidden, screen
from examgen.exams.draws.streams import Seed, below, stream_key, words
from examgen.exams.exam import Question, QuestionVariant
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import PaperShape, paper_shape

FIRST_BLOCK = 16
MOST_TOGETHER = 2**14
"""Candidates that are judged in one evaluation; it bounds the memory, and changes no draw."""

CODE_LENGTH = 8


@dataclass(frozen=True, eq=False)
class Drawer:
    """Where the entries of one given quantity come from.

    Attributes:
        choices: (choices,) integers, the values times `scale`.
        decimals: of the values that are decimals.
        is_one_hot: whether each row is 0 but for one 1; then a row takes one word of the stream, not one per entry.
        scale: 10 ** decimals where it is left out; the common denominator of fractions.
        same: (*shape) numbers that are the same on all papers; then nothing is drawn.
    """

    choices: Array
    decimals: int
    is_one_hot: bool = False
    scale: int = 0
    same: Array | None = None

    @property
    def divisor(self) -> int:
        """By what the integers are divided."""
        return self.scale or 10**self.decimals

    def words_for(self, shape: tuple[int, ...]) -> int:
        """How many words of the stream a quantity of this shape takes."""
        if self.same is not None:
            return 0
        return int(np.prod(shape[:-1] if self.is_one_hot else shape, dtype=int))

    def draw(self, drawn: Array, shape: tuple[int, ...]) -> Array:
        """(..., words) -> (..., *shape)."""
        if self.same is not None:
            return np.broadcast_to(self.same, (*drawn.shape[:-1], *shape)).copy()
        if self.is_one_hot:
            place = below(drawn, [shape[-1]]).reshape(*drawn.shape[:-1], *shape[:-1])
            return np.eye(shape[-1])[place]
        values = self.choices[below(drawn, [len(self.choices)])] / float(self.divisor)
        return np.asarray(values.reshape(*drawn.shape[:-1], *shape))


@dataclass(frozen=True, eq=False)
class Source:
    """Where a question's numbers come from.

    Attributes:
        path: of the file that says it.
        drawers: by shape and given quantity; empty where the numbers are fixed.
        fixed: the numbers themselves, by given quantity.
        limits: of the screens.
        labels: the shapes of which one is chosen for each student; all where it is empty.
    """

    path: str
    drawers: Mapping[str, Mapping[str, Drawer]]
    fixed: Mapping[str, Array]
    limits: Limits
    labels: tuple[str, ...] = ()


def variant_code(seed: Seed, exam: str, student: str) -> str:
    """The code that is printed on every page: eight letters and digits."""
    code = base64.b32encode(stream_key(seed, exam, student, "variant code")).decode()
    return code[:CODE_LENGTH]


def draw_question(
    question: Question, source: Source, exam: str, seed: Seed, students: Sequence[str]
) -> list[QuestionVariant]:
    """One variant of the question for each student, in their order.

    Raises:
        BankError: the screens reject every draw of some student's paper; the message counts the draws per screen.
    """
    labels = source.labels or tuple(question.shapes)
    keys = [stream_key(seed, exam, student, question.id) for student in students]
    first = np.array([words(key, 0, 1)[0] for key in keys])
    chosen = below(first, [len(labels)])
    if source.fixed:
        return [QuestionVariant(labels[place], source.fixed) for place in chosen.tolist()]
    found: dict[int, QuestionVariant] = {}
    for number, label in enumerate(labels):
        # The screens see canonical quantities only, so any notation gives the same draws.
        search = _Search(paper_shape(question, label, NOTATIONS["from-to"]), source, keys)
        members = np.flatnonzero(chosen == number).tolist()
        none_rejected = np.zeros((len(members), len(SCREENS)), dtype=int)
        for student, givens in search.accepted(members, none_rejected, 0, FIRST_BLOCK):
            found[student] = QuestionVariant(label, givens)
    return [found[student] for student in range(len(students))]


@dataclass(frozen=True, eq=False)
class Trial:
    """What the screens make of the candidates of one shape.

    Attributes:
        accepted: (accepted, *shape) by given quantity.
        draws: how many candidates there were.
        rejections: candidates by screen; the slow screens judge only what the others let pass.
        mistaken: candidates by misconception that would look right on them, of those that the slow screens judge.
    """

    accepted: Mapping[str, Array]
    draws: int
    rejections: Mapping[str, int]
    mistaken: Mapping[str, int]

    @property
    def passed(self) -> int:
        """How many candidates were accepted."""
        return len(next(iter(self.accepted.values())))


def try_draws(paper: PaperShape, source: Source, key: bytes, draws: int) -> Trial:
    """Draw so many candidates of one shape from one stream, and judge them all."""
    search = _Search(paper, source, [key])
    kept: list[dict[str, Array]] = []
    rejected = np.zeros(len(SCREENS), dtype=int)
    mistaken: Counter[str] = Counter()
    for start in range(0, draws, MOST_TOGETHER):
        block = min(MOST_TOGETHER, draws - start)
        candidates, quick = search.judged([0], start, block)
        passing = np.flatnonzero(~quick[0].any(axis=0))
        chosen = {name: values[passing] for name, values in candidates.items()}
        slow = search.judged_slowly(chosen)
        rejected += np.concatenate([quick[0].sum(axis=1), slow.sum(axis=0)])
        good = ~slow.any(axis=1)
        kept.append({name: values[good] for name, values in chosen.items()})
        if not good.all():
            hidden = mistakes_hidden(paper, {name: values[~good] for name, values in chosen.items()}, source.limits)
            mistaken.update({name: int(verdict.sum()) for name, verdict in hidden.items()})
    accepted = {name: np.concatenate([part[name] for part in kept]) for name in kept[0]}
    return Trial(accepted, draws, dict(zip(SCREENS, rejected.tolist(), strict=True)), mistaken)


def quick_draws(paper: PaperShape, source: Source, key: bytes, start: int, count: int) -> dict[str, Array]:
    """Those of so many candidates of one shape, from `start` of one stream on, that the quick screens let pass,
    (passing, *shape) by given quantity."""
    candidates, verdicts = _Search(paper, source, [key]).judged([0], start, count)
    passes = ~verdicts[0].any(axis=0)
    return {name: values[passes] for name, values in candidates.items()}


@dataclass(frozen=True, eq=False)
class _Search:
    """The search for one shape's papers; `keys` are the streams of all students of the class."""

    paper: PaperShape
    source: Source
    keys: Sequence[bytes]

    def accepted(
        self, members: Sequence[int], rejected: Array, start: int, block: int
    ) -> Iterator[tuple[int, Mapping[str, Array]]]:
        """Each member's first candidate, from candidate `start` on, that passes every screen.

        Blocks of candidates double while the groups of members shrink, depth first: an impossible family fails at its
        first students, not after all draws of a whole class.

        Args:
            members: places in `keys`.
            rejected: (members, screens) rejections of candidates before `start`.
            start: first candidate to judge.
            block: how many candidates to judge for each member.
        """
        most = self.source.limits.max_draws
        if start >= most and len(members):
            raise BankError(_unsatisfied(self.paper, self.source, self.keys[members[0]], start, rejected[0]))
        block = min(block, most - start, MOST_TOGETHER)
        size = MOST_TOGETHER // max(block, 1)
        for first in range(0, len(members), size):
            group = members[first : first + size]
            candidates, verdicts = self.judged(group, start, block)
            places, slow = self._first_passing(candidates, np.asarray(~verdicts.any(axis=1)))
            for row in np.flatnonzero(places >= 0).tolist():
                place = row * block + int(places[row])
                yield group[row], {name: values[place] for name, values in candidates.items()}
            left = np.flatnonzero(places < 0).tolist()
            counts = rejected[first : first + size][left] + np.hstack([verdicts[left].sum(axis=2), slow[left]])
            yield from self.accepted([group[row] for row in left], counts, start + block, block * 2)

    def judged(self, group: Sequence[int], start: int, block: int) -> tuple[dict[str, Array], Array]:
        """Candidates, (members * block, *shape) by given quantity, and quick verdicts, (members, screens, block)."""
        drawers = self.source.drawers[self.paper.label]
        candidates = _candidates(self.paper, drawers, [self.keys[member] for member in group], start, block)
        verdicts = screen(self.paper, evaluate(self.paper.graph, candidates), self.source.limits)
        table = np.stack([verdict.reshape(len(group), block) for verdict in verdicts.values()], axis=1)
        return candidates, table

    def judged_slowly(self, candidates: Mapping[str, Array]) -> Array:
        """The verdicts of the slow screens, (candidates, slow screens)."""
        if not len(next(iter(candidates.values()))):
            # Rules and roundings are not made for no numbers at all.
            return np.zeros((0, _slow_screens()), dtype=bool)
        found = screen(self.paper, evaluate(self.paper.graph, candidates), self.source.limits, slow=True)
        return np.stack(list(found.values()), axis=1)

    def _first_passing(self, candidates: Mapping[str, Array], passes: Verdict) -> tuple[Array, Array]:
        """The first candidate of each member that the slow screens let pass, too, and their rejections before it.

        Args:
            candidates: (members * block, *shape) by given quantity.
            passes: (members, block), what the quick screens let pass.

        Returns: (members,) places in the block, -1 where there is none; (members, slow screens) counts.
        """
        members, block = passes.shape
        passes = passes.copy()
        places = np.full(members, -1)
        counts = np.zeros((members, _slow_screens()), dtype=int)
        # Few at first, so that few are judged that nobody needs; more where many are turned away.
        together = max(1, block // FIRST_BLOCK)
        while (open_ := np.flatnonzero((places < 0) & passes.any(axis=1))).size:
            member, place = np.nonzero(passes[open_] & (np.cumsum(passes[open_], axis=1) <= together))
            chosen = {name: values[open_[member] * block + place] for name, values in candidates.items()}
            verdicts = self.judged_slowly(chosen)
            np.add.at(counts, open_[member], verdicts)
            # Backwards, so that the first good one is what stays.
            good = np.flatnonzero(~verdicts.any(axis=1))[::-1]
            places[open_[member[good]]] = place[good]
            passes[open_[member], place] = False
            together *= 2
        return places, counts


def _slow_screens() -> int:
    return sum(row.is_slow for row in SCREENS.values())


def _candidates(
    paper: PaperShape, drawers: Mapping[str, Drawer], keys: Sequence[bytes], start: int, count: int
) -> dict[str, Array]:
    """Candidates start to start + count of each key, (keys * count, *shape) by given quantity."""
    sizes = {given.name: drawers[given.name].words_for(given.shape) for given in paper.graph.givens}
    each = sum(sizes.values())
    # Word 0 of the stream has chosen the shape.
    drawn = np.stack([words(key, 1 + start * each, count * each) for key in keys]).reshape(-1, each)
    candidates, offset = {}, 0
    for given in paper.graph.givens:
        part = drawn[:, offset : offset + sizes[given.name]]
        candidates[given.name] = drawers[given.name].draw(part, given.shape)
        offset += sizes[given.name]
    return candidates


def _unsatisfied(paper: PaperShape, source: Source, key: bytes, draws: int, rejected: Array) -> str:
    """In words, (screens,) being the rejections of the draws of one student, whose stream has this key."""
    by_screen = dict(zip(SCREENS, rejected.tolist(), strict=True))
    # Judged once more, for only here it matters which misconceptions they are.
    mistaken = try_draws(paper, source, key, draws).mistaken if by_screen["misconception"] else {}
    return (
        f"{source.path}: no draw of shape {paper.label} passes the screens in {draws} draws "
        f"(rejections: {screens_text(by_screen)}); most often {SCREENS[worst_screen(by_screen)].reason}; {ADVICE}"
        f"{details([paper], mistaken)}"
    )
