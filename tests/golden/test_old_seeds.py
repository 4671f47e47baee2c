"""Old seeds keep their papers: 50 papers of each shipped bank that draws, and no row that is added changes one.

A golden has a line for each seed, with a short digest of each student's numbers; `draws/` beside it has some in full.
The rows that are added here are such that no paper would stay as it is, were they asked.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from examgen.core import draw_versions
from examgen.core.evaluation import Evaluation
from examgen.core.graph import Change, ComputationGraph
from examgen.core.misconceptions import table as misconceptions
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.versions import Misconception, Version
from examgen.core.rules import activations, losses
from examgen.core.rules.activations import ACTIVATIONS, ByHeart
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Rule
from examgen.errors import BankError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.draws import screens
from examgen.exams.draws.screens import Screen
from examgen.exams.exam import Variant
from examgen.exams.naming import notation
from examgen.exams.naming.notation import NOTATIONS
from tests.laws import some_of
from tests.small_banks import shipped_names

Golden = Callable[[str, str], None]
AddRows = Callable[..., None]

GOLDENS = Path(__file__).parent
SEEDS, SOME_SEEDS = range(1, 11), range(4, 6)
STUDENTS = [Student(), *(Student(name) for name in ("ada", "emmy", "sofja", "maria"))]
BANKS = shipped_names("exams", "families")


@pytest.mark.parametrize("name", BANKS)
def test_fifty_papers_of_each_bank_stay_as_they_are(name: str, golden: Golden, request: pytest.FixtureRequest) -> None:
    """Ten seeds, five students each; some of the seeds are drawn in a run of all tests, and the rest is as it was."""
    seeds = some_of(SEEDS, 3)
    before = {} if request.config.getoption("--update-goldens") else dict(zip(SEEDS, kept(name), strict=True))
    lines = before | dict(zip(seeds, lines_of(name, seeds), strict=True))
    golden(f"old_seeds/{name}.txt", "".join(f"{line}\n" for line in lines.values()))


@pytest.mark.parametrize("name", some_of(shipped_names("families"), 8, 2))
def test_no_row_that_is_added_changes_a_paper(name: str, add_rows: AddRows) -> None:
    """Rows at random places of all tables that draws are made with; they screen from a later version on, or never.
    Exams draw the questions of these families as these do."""
    before = [line for line in kept(name) if int(line[4:].partition(":")[0]) in SOME_SEEDS]
    assert len(before) == len(SOME_SEEDS)
    for number, since in enumerate((draw_versions.CURRENT_DRAWS + 1, None)):
        add_rows(Random(f"{name} {number}"), since)
        assert lines_of(name, SOME_SEEDS) == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("scalar-chain", "misconception"),
        ("matrix-warmups", "misconception"),
        ("scalar-chain", "version"),
        ("minibatch", "twin"),
        ("sigmoid-chain", "derivative"),
        ("relu-integers", "screen"),
    ],
)
def test_such_rows_change_papers_where_they_screen(name: str, kind: str, add_rows: AddRows) -> None:
    """Were they part of the first version of the draws, other papers would come, or none."""
    before = lines_of(name, SOME_SEEDS)
    add_rows(Random(name), draw_versions.FIRST_DRAWS, [kind])
    assert lines_or_none(name) != before


def lines_of(name: str, seeds: Iterable[int]) -> list[str]:
    """A line for each seed: the numbers of each student's paper in short."""
    return [
        f"seed {seed:2}: {' '.join(digest(one) for one in draw_variants(few_draws(load_exam(name, seed)), STUDENTS))}"
        for seed in seeds
    ]


def kept(name: str) -> list[str]:
    """The lines of the golden, which the first test compares."""
    return (GOLDENS / "old_seeds" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def lines_or_none(name: str) -> list[str]:
    """The same, empty where screens leave no paper."""
    try:
        return lines_of(name, SOME_SEEDS)
    except BankError:
        return []


def few_draws(loaded: LoadedExam) -> LoadedExam:
    """An exam that gives up soon, after more draws than any of these papers takes."""
    sources = {
        name: replace(source, limits=replace(source.limits, max_draws=min(source.limits.max_draws, 2000)))
        for name, source in loaded.sources.items()
    }
    return replace(loaded, sources=sources)


def digest(variant: Variant) -> str:
    """Eight letters and digits of a paper's shapes and numbers."""
    told = hashlib.sha256()
    for name, numbers in variant.questions.items():
        told.update(f"{name} {numbers.label}".encode())
        for given, values in numbers.givens.items():
            told.update(f"{given} {values.shape} {np.asarray(values, dtype=float).tolist()}".encode())
    return told.hexdigest()[:8]


@pytest.fixture
def add_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[AddRows]:
    """Adds made-up rows to tables, for as long as a test runs."""

    def add(rng: Random, since: int | None, kinds: Sequence[str] = tuple(ADDED)) -> None:
        for kind in kinds:
            table, row = ADDED[kind]
            replace_everywhere(monkeypatch, table, row(rng, since))
        patches.cache_clear()

    yield add
    monkeypatch.undo()
    patches.cache_clear()


def replace_everywhere(monkeypatch: pytest.MonkeyPatch, table: str, rows: Mapping[str, Any]) -> None:
    """The table of this name, in every module that has it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("examgen") and isinstance(vars(module).get(table), Mapping):
            monkeypatch.setattr(module, table, MappingProxyType(rows))


def inserted(rng: Random, rows: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """The rows with one more at some place."""
    pairs = list(rows.items())
    pairs.insert(rng.randint(0, len(pairs)), (row.name, row))
    return dict(pairs)


def hardly_off(graph: ComputationGraph) -> dict[str, Change]:
    """All derived quantities a little larger: so little that it looks right on any paper."""
    return {quantity.name: (enlarged(quantity.rule), None) for quantity in graph.derived if quantity.rule is not None}


def enlarged(rule: Rule) -> Rule:
    return replace(rule, name=f"enlarged {rule.name}", compute=lambda *inputs: rule.compute(*inputs) * (1 + 4e-6))


def a_misconception(rng: Random, since: int | None) -> dict[str, Any]:
    row = Misconception(
        name="made-up",
        mistake="all was a little larger",
        of_network=lambda net: [Version(hardly_off(net.graph))],
        of_products=lambda graph: [Version(hardly_off(graph))],
        since=since,
    )
    return inserted(rng, misconceptions.MISCONCEPTIONS, row)


def a_version(rng: Random, since: int | None) -> dict[str, Any]:
    """A version of an old misconception, before those that it has."""
    rows = misconceptions.MISCONCEPTIONS
    old = rows[rng.choice(["no-bias", "swapped-index"])]
    more = replace(
        old,
        of_network=lambda net: [Version(hardly_off(net.graph), since=since), *old.of_network(net)],
        of_products=lambda graph: [Version(hardly_off(graph), since=since), *old.of_products(graph)],
    )
    return {**rows, old.name: more}


def a_twin(_rng: Random, since: int | None) -> dict[str, Any]:
    """Before every version of each misconception one that comes to the same, and may be right by chance."""

    def twins(versions: Iterable[Version]) -> Iterator[Version]:
        for version in versions:
            yield replace(version, must_show=False, since=since)
            yield version

    def doubled(row: Misconception) -> Misconception:
        return replace(
            row,
            of_network=lambda net: twins(row.of_network(net)),
            of_products=lambda graph: twins(row.of_products(graph)),
        )

    return {name: doubled(row) for name, row in misconceptions.MISCONCEPTIONS.items()}


def a_derivative(rng: Random, since: int | None) -> dict[str, Any]:
    """An activation whose derivative students know by heart: nearly that of the sigmoid."""
    known = ByHeart(lambda a: a * (1 - a) * (1 + 4e-6), "<0>*(1 - <0>)", since=since)
    return inserted(rng, activations.ACTIVATIONS, replace(ACTIVATIONS["elu"], name="made_up", by_heart=known))


def a_loss(rng: Random, _since: int | None) -> dict[str, Any]:
    return inserted(rng, losses.LOSSES, replace(LOSSES["huber"], name="made_up"))


def a_notation(rng: Random, _since: int | None) -> dict[str, Any]:
    return inserted(rng, notation.NOTATIONS, replace(NOTATIONS["from-to"], name="made-up"))


def a_screen(rng: Random, since: int | None) -> dict[str, Any]:
    row = Screen("made-up", "it is a paper", lambda _, found, __: ~none_of(found), rng.random() < 0.5, since)
    rows = inserted(rng, screens.SCREENS, row)
    return dict(sorted(rows.items(), key=lambda pair: pair[1].is_slow))


def none_of(found: Evaluation) -> NDArray[np.bool_]:
    return np.zeros(max(values.shape[0] for values in found.values.values() if values.ndim), dtype=bool)


ADDED: Mapping[str, tuple[str, Callable[[Random, int | None], dict[str, Any]]]] = MappingProxyType(
    {
        "misconception": ("MISCONCEPTIONS", a_misconception),
        "version": ("MISCONCEPTIONS", a_version),
        "twin": ("MISCONCEPTIONS", a_twin),
        "derivative": ("ACTIVATIONS", a_derivative),
        "loss": ("LOSSES", a_loss),
        "notation": ("NOTATIONS", a_notation),
        "screen": ("SCREENS", a_screen),
    }
)
"""By kind of row the table, and its rows with one more, or with more in one of them."""
