"""An option of tasks or of the policy is said once: with a field more on its model, files and keys have it, too."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from pydantic import Field

from examgen.core.network import NetworkShape, network_graph
from examgen.exams.banks import bank_files, bank_models
from examgen.exams.banks.building import draw_variants, load_exam
from examgen.exams.folders.files import write_files
from examgen.exams.forms import Number, document_of, form_of
from examgen.exams.keys import key_reading
from examgen.exams.keys.key_folder import key_files, read_key
from examgen.exams.policy import Grade, Policy, Rounding
from examgen.exams.task import Task
from tests.small_banks import DRAWN, class_of, written


class HintedTask(Task):
    """A task with one option more."""

    hint_cost: Annotated[Number, Field(ge=0, le=1, alias="hint-cost")] = Decimal(0)

    later_keys: ClassVar[frozenset[str]] = Task.later_keys | {"hint_cost"}


class PassPolicy(Policy):
    """A policy with one option more."""

    least_percent: Annotated[Number, Field(ge=0, le=100)] = Decimal(0)


class OwnFamily(bank_models.Family):
    """A family of such tasks, marked by such a policy."""

    policy: PassPolicy = PassPolicy()
    tasks: Annotated[tuple[HintedTask, ...], Field(min_length=1)]


@pytest.fixture
def _one_option_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_files, "Family", OwnFamily)
    monkeypatch.setattr(key_reading, "Task", HintedTask)
    monkeypatch.setattr(key_reading, "Policy", PassPolicy)


@pytest.mark.usefixtures("_one_option_more")
def test_a_new_option_is_one_field(tmp_path: Path) -> None:
    """From the bank to the exam, to the key and back, with nothing written for it but the field."""
    task = '[[tasks]]\ntext = "W"\nask = "dL_dW"\n'
    bank = written(tmp_path, f"{DRAWN}hint-cost = 0.25\n{task}[policy]\nleast_percent = 40\n")
    loaded = load_exam(bank, 7)
    write_files(tmp_path, key_files(loaded.exam, draw_variants(loaded, class_of(1)), "1"))
    [first, second] = json.loads((tmp_path / "exam.json").read_text(encoding="utf-8"))["questions"][0]["tasks"]
    assert first["hint-cost"] == "0.25"
    assert "hint-cost" not in second
    again = read_key(tmp_path).exam
    assert again.questions[0].tasks == loaded.exam.questions[0].tasks
    assert again.policy == loaded.exam.policy == PassPolicy(least_percent=Decimal(40))


@pytest.mark.usefixtures("_one_option_more")
def test_a_new_option_leaves_old_exams_their_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file does not say it, the exam has the id of before."""
    bank = written(tmp_path, DRAWN)
    after = load_exam(bank, 7).exam.id
    monkeypatch.undo()
    assert load_exam(bank, 7).exam.id == after
    monkeypatch.setattr(bank_files, "Family", OwnFamily)
    assert load_exam(written(tmp_path, f"{DRAWN}hint-cost = 0\n"), 7).exam.id != after


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(follow_through="off", rounding=Rounding(step=Decimal("0.5"), direction="up")),
        Policy(wrong=Decimal("0.1"), precision="as_written", grades=(Grade(name="B+", percent=Decimal("77.5")),)),
    ],
)
def test_a_policy_is_read_as_it_is_written(policy: Policy) -> None:
    """A key says all of it, also what has its default, so that an instructor who edits it sees what there is."""
    document = document_of(policy)
    assert form_of(Policy, json.loads(json.dumps(document))) == policy
    assert document.keys() == document_of(Policy()).keys()


def test_a_task_says_what_differs_from_the_first_format() -> None:
    """What the format has had from the beginning stands in every task, and what came later where it says something."""
    first = {"text": "Go.", "ask": ["z"], "steps": [], "layers": [], "digits": {"decimals": 4}, "marks": "1"}
    task = form_of(Task, first)
    assert json.dumps(document_of(task)) == json.dumps(first)
    spread = task.model_copy(update={"marks_per_task": Decimal(3), "symbols": (), "as_": "formula"})
    del first["marks"]
    assert document_of(spread) == {**first, "marks_per_task": "3", "as": "formula", "symbols": []}


def test_formulas_may_always_use_what_is_given() -> None:
    """Whatever symbols a task allows, samples are given in each step, too, where the graph copies them."""
    task = Task(text="Go.", ask=("dL_dW",), as_="formula", symbols=("a",))
    graph = network_graph(NetworkShape((1, 1), ("sigmoid",), "squared_error", 2, 1, updates=True))
    copied = [quantity for quantity in graph.derived if quantity.is_copied]
    assert copied
    assert all(map(task.allows, (*graph.givens, *copied, graph["a1"])))
    assert not task.allows(graph["z1"])
