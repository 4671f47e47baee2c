"""Versions of the draws: what a bank may ask for, whose version counts, what the key says, and what screens by it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from examgen import make
from examgen.batch.bench.sitting import mistaken_students
from examgen.core import draw_versions
from examgen.core.misconceptions import patches as patches_module
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.errors import BankError, KeyFileError
from examgen.exams.banks.building import load_exam
from examgen.exams.draws.separation import paper_patches
from examgen.exams.keys.key_folder import read_key
from tests.small_banks import DRAWN, EXAM, all_papers, written


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A later version of examgen, with a second version of the draws, since which `no-bias` screens."""
    monkeypatch.setattr(draw_versions, "CURRENT_DRAWS", 2)
    rows = {**MISCONCEPTIONS, "no-bias": replace(MISCONCEPTIONS["no-bias"], since=2)}
    monkeypatch.setattr(patches_module, "MISCONCEPTIONS", rows)
    patches.cache_clear()
    yield
    monkeypatch.undo()
    patches.cache_clear()


@pytest.mark.parametrize("version", ["0", "2", "-1"])
def test_a_bank_asks_for_draws_that_there_are(tmp_path: Path, version: str) -> None:
    """The line says where, what was found, and what is allowed."""
    path = written(tmp_path, f"draws = {version}\n{DRAWN}")
    with pytest.raises(BankError) as caught:
        load_exam(path, 1)
    assert str(caught.value) == f"{path}: draws: found {version}; allowed are versions of the draws: 1"


@pytest.mark.usefixtures("later")
def test_a_bank_that_says_nothing_has_the_first_draws(tmp_path: Path) -> None:
    """Also where there are newer ones: its seeds keep their papers."""
    loaded = load_exam(written(tmp_path, DRAWN), 1)
    assert (loaded.draws, loaded.sources["Q1"].limits.draws) == (1, 1)


@pytest.mark.usefixtures("later")
def test_the_exam_says_the_version_and_not_its_families(tmp_path: Path) -> None:
    """As with notation and policy: a family's own holds where it is an exam of its own."""
    (tmp_path / "family.toml").write_text(f"draws = 2\n{DRAWN}", encoding="utf-8")
    exam = EXAM.replace("scalar-chain", "family.toml")
    assert load_exam(str(tmp_path / "family.toml"), 1).draws == 2
    assert load_exam(written(tmp_path, exam), 1).sources["Q1"].limits.draws == 1
    assert load_exam(written(tmp_path, f"draws = 2\n{exam}"), 1).sources["Q1"].limits.draws == 2


@pytest.mark.usefixtures("later")
def test_only_what_is_as_old_as_the_draws_screens(tmp_path: Path) -> None:
    """A newer misconception is named all the same."""
    [paper] = all_papers(load_exam(written(tmp_path, DRAWN), 1))
    assert {one.misconception for one in paper_patches(paper, 2)} - {
        one.misconception for one in paper_patches(paper, 1)
    } == {"no-bias"}
    assert {one.misconception for one in paper_patches(paper) if one.since == 2} == {"no-bias"}


@pytest.mark.usefixtures("later")
def test_work_that_does_not_screen_may_look_right(tmp_path: Path) -> None:
    """With biases of 0 nobody can tell who leaves them out: a fault of draws that screen for it only."""
    bank = DRAWN.replace('["0.1", 0.2]', '["0"]')
    assert mistaken_students(load_exam(written(tmp_path, bank), 1)).problems == ()
    with pytest.raises(BankError, match=r"the bias was left out \(no-bias \d+\)"):
        mistaken_students(load_exam(written(tmp_path, f"draws = 2\n{bank}[screens]\nmax_draws = 50\n"), 1))


@pytest.mark.usefixtures("later")
@pytest.mark.usefixtures("untypeset")
def test_the_key_says_which_draws_its_papers_are_of(tmp_path: Path) -> None:
    """For who makes them again, whatever is added meanwhile."""
    for version in (1, 2):
        folder = tmp_path / str(version)
        make(written(tmp_path, f"draws = {version}\n{DRAWN}"), seed=1, out=folder)
        assert json.loads((folder / "key" / "exam.json").read_text(encoding="utf-8"))["draws"] == version
        assert read_key(folder).making.draws == version


@pytest.mark.usefixtures("untypeset")
@pytest.mark.parametrize("wrong", ["1", 0, True, None, 1.5])
def test_a_key_with_no_version_of_the_draws_is_refused(tmp_path: Path, wrong: object) -> None:
    """A version is a whole number, also one that is not known yet."""
    make(written(tmp_path, DRAWN), seed=1, out=tmp_path / "exam")
    path = tmp_path / "exam" / "key" / "exam.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "draws": 99}), encoding="utf-8")
    assert read_key(path.parent).making.draws == 99
    path.write_text(json.dumps({**document, "draws": wrong}), encoding="utf-8")
    with pytest.raises(KeyFileError, match=r"draws is .*; allowed: a whole number from 1 on"):
        read_key(path.parent)
