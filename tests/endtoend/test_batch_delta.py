"""What δ of a mini-batch is, from the bank to the marks: a student of the other convention loses δ once, by name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.core.network import NetworkShape
from examgen.core.network_layout import BatchDelta
from examgen.exams.keys.key_folder import read_key
from tests.marking_sheets import Row, read_rows
from tests.oracles import Array, Numbers, by_autograd

RUNNER = CliRunner()
BINARY, ONE_HOT, FREE = '{ choices = ["0", "1"] }', "{ one_hot = true }", '{ min = "-1", max = "1", step = "0.5" }'
OTHER: Mapping[str, BatchDelta] = {"mean": "sample", "sample": "mean"}
DELTAS = ("dL_da", "dL_dz")


@dataclass(frozen=True)
class Case:
    """A network, what is asked of δ, and the notation; targets as in `[values]`."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    targets: str
    deltas: tuple[str, ...]
    notation: str
    samples: int = 2
    steps: int = 1

    @property
    def has_shortcut(self) -> bool:
        return self.loss.endswith("cross_entropy")

    def bank(self, batch_delta: str) -> str:
        """The bank file; it does not say what δ is where that is empty."""
        said = f'batch_delta = "{batch_delta}"' if batch_delta else ""
        asked = [*("z", "a", "loss"), *self.deltas, *("dL_dW", "dL_db", "W_new", "b_new")]
        return f"""title = "T"
notation = "{self.notation}"
[network]
sizes = {list(self.sizes)}
activations = {list(self.activations)}
loss = "{self.loss}"
steps = {self.steps}
samples_per_step = {self.samples}
{said}
[values]
weights = {{ min = "-1.5", max = "1.5", step = "0.1", exclude = ["0"] }}
biases = {{ min = "-0.5", max = "0.5", step = "0.1", exclude = ["0"] }}
x = {{ min = "-2", max = "2", step = "0.5", exclude = ["0"] }}
y = {self.targets}
learning_rate = {{ choices = ["0.5", "1"] }}
[digits]
decimals = 4
[[tasks]]
text = "Go."
ask = {asked}
"""


CASES = (
    Case((2, 2, 2, 1), ("sigmoid", "tanh", "sigmoid"), "half_squared_error", BINARY, ("dL_dz",), "row"),
    Case((2, 3, 2), ("tanh", "identity"), "squared_error", FREE, ("dL_da",), "to-from-da", samples=3),
    Case((2, 3, 2), ("tanh", "sigmoid"), "mean_squared_error", BINARY, DELTAS, "nielsen"),
    Case((2, 2, 1), ("tanh", "sigmoid"), "binary_cross_entropy", BINARY, ("dL_dz",), "from-to", steps=2),
    Case((2, 2, 1), ("tanh", "sigmoid"), "binary_cross_entropy", BINARY, DELTAS, "to-from-da", samples=3),
    Case((2, 2, 3), ("tanh", "softmax"), "cross_entropy", ONE_HOT, DELTAS, "row"),
    Case((2, 2, 2), ("relu", "softmax"), "half_squared_error", ONE_HOT, ("dL_dz",), "nielsen", samples=3),
)


def run(*arguments: object) -> None:
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, (done.stdout, done.stderr, done.exception)


def made(here: Path, text: str, seed: int) -> tuple[NetworkShape, Numbers, list[Row]]:
    """Make a paper; its shape and given numbers, students first, and the rows of its key."""
    Path("bank.toml").write_text(text, encoding="utf-8")
    run("make", "bank.toml", "--seed", seed, "--student", "ada", "--out", f"paper{seed}")
    folder = here / f"paper{seed}" / "key"
    key = read_key(folder)
    shape = key.exam.questions[0].shapes["A"]
    assert isinstance(shape, NetworkShape)
    givens = key.variants[0].questions["Q1"].givens
    return (
        shape,
        {name: np.asarray(value, dtype=float)[np.newaxis] for name, value in givens.items()},
        read_rows(folder / "answers.csv"),
    )


def entry(row: Row, values: Mapping[str, Array]) -> float:
    """The value of a row of the key among those of one student, students first."""
    letters, is_new, _ = row["quantity"].partition("_new")
    step = "" if row["step"] in ("", "1") else f"@{row['step']}"
    name = f"{letters}{row['layer']}{is_new}{step}"
    place = [int(row[part]) - 1 for part in ("sample", "row", "col") if row[part]]
    return float(values[name][(0, *place)])


def graded(rows: list[Row], answers: list[str], seed: int) -> list[Row]:
    """Hand in answers and mark them: the rows of results.csv in the order of the key."""
    names = ("exam", "variant", "student", "question", "field", "symbol")
    lines = [
        ",".join(f'"{text}"' for text in (*(row[name] for name in names), answer))
        for row, answer in zip(rows, answers, strict=True)
    ]
    sheet = Path(f"sheet{seed}.csv")
    sheet.write_text("\n".join([",".join((*names, "answer")), *lines]) + "\n", encoding="utf-8")
    run("grade", sheet, "--key", f"paper{seed}", "--out", f"marks{seed}")
    found = {row["field"]: row for row in read_rows(Path(f"marks{seed}/results.csv"))}
    return [found[row["field"]] for row in rows]


def is_lost(row: Row, case: Case, right: float, other: float) -> bool:
    """Whether the other convention costs this entry: where the error enters δ of the outputs, and δ is not 0."""
    is_first = row["quantity"] == case.deltas[0] or (case.has_shortcut and row["quantity"] in DELTAS)
    return is_first and row["layer"] == str(len(case.activations)) and abs(right - other) > 1e-4


@pytest.mark.parametrize("said", ["", "sample"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.loss}-{case.notation}")
def test_the_other_convention_costs_delta_once(here: Path, case: Case, said: str) -> None:
    """Only δ of the outputs is lost, by name; δ further back follows from it, and gradients and updates are right.

    Where the step in which it goes wrong is not asked, the first δ that shows it is lost, and the others follow.
    """
    for seed in (1, 2) if case == CASES[0] else (1,):
        shape, givens, rows = made(here, case.bank(said), seed)
        right = by_autograd(shape, givens)
        other = by_autograd(replace(shape, batch_delta=OTHER[said or "mean"]), givens)
        results = graded(rows, [f"{entry(row, other):.4f}" for row in rows], seed)
        lost = [is_lost(row, case, entry(row, right), entry(row, other)) for row in rows]
        assert any(lost)
        for row, result, is_wrong in zip(rows, results, lost, strict=True):
            assert result["misconception"] == ("sum-for-mean" if is_wrong else ""), row["field"]
            assert result["marks"] == ("0" if result["outcome"] == "wrong" else result["max_marks"]), row["field"]
            if row["quantity"] not in DELTAS:
                assert result["outcome"] == "correct", row["field"]
        costs = [row["outcome"] == "wrong" for row, is_wrong in zip(results, lost, strict=True) if is_wrong]
        is_asked = case.has_shortcut or any(row["quantity"] == "dL_da" for row in rows)
        assert all(costs) if is_asked else any(costs)
        assert sum(costs) == sum(row["outcome"] == "wrong" for row in results)


def test_whoever_goes_on_from_rounded_deltas_of_the_other_convention_loses_them_only(here: Path) -> None:
    """The mean of δ as written down is further from the right gradient than one rounding; it follows all the same."""
    away = []
    for seed in range(4, 8):
        shape, givens, rows = made(here, CASES[0].bank("mean"), seed)
        right = by_autograd(shape, givens)
        other = dict(by_autograd(replace(shape, batch_delta="sample"), givens))
        for layer in range(1, len(CASES[0].activations) + 1):
            other[f"dL_db{layer}"] = np.round(other[f"dL_dz{layer}"], 4).mean(axis=1)
        results = graded(rows, [f"{entry(row, other):.4f}" for row in rows], seed)
        for row, result in zip(rows, results, strict=True):
            if row["quantity"] == "dL_db":
                away.append(abs(float(result["answer"]) - entry(row, right)))
                assert result["outcome"] in ("correct", "follow_through"), row["field"]
    assert max(away) > 5.1e-5


def test_a_mean_left_out_is_named_in_the_gradients(here: Path) -> None:
    """Where δ is that of each sample, who adds up loses the first gradients, by name; δ is right and updates follow."""
    shape, givens, rows = made(here, CASES[0].bank("sample"), 3)
    values = by_autograd(shape, givens)
    for name, value in values.items():
        if name.startswith(("dL_dW", "dL_db")):
            values[name] = 2 * value
    for name in [name for name in values if name.endswith("_new")]:
        old = name.removesuffix("_new")
        values[name] = givens[old] - givens["learning_rate"] * values[f"dL_d{old}"]
    results = graded(rows, [f"{entry(row, values):.4f}" for row in rows], 3)
    outcomes = {
        (row["quantity"], result["outcome"], result["misconception"]) for row, result in zip(rows, results, strict=True)
    }
    assert outcomes == {
        *((kind, "correct", "") for kind in ("z", "a", "loss", "dL_dz")),
        *((kind, "wrong", "sum-for-mean") for kind in ("dL_dW", "dL_db")),
        *((kind, "follow_through", "") for kind in ("W_new", "b_new")),
    }


def test_a_bank_that_does_not_say_it_has_the_papers_of_the_mean(here: Path) -> None:
    """Sheets and numbers are the same where the mean is said and where nothing is; only the key then has the word."""
    files: dict[str, list[bytes]] = {}
    for number, said in enumerate(("", "mean")):
        made(here, CASES[0].bank(said), 4)
        for name in ("variants.jsonl", "exam.json", "answers.csv"):
            content = (here / "paper4" / "key" / name).read_bytes()
            exam = (read_rows(here / "paper4" / "answers.csv"))[0]["exam"]
            files.setdefault(name, []).append(content.replace(exam.encode(), b"EXAM"))
        for path in sorted((here / "paper4").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        assert (b"batch_delta" in files["exam.json"][number]) == bool(said)
    assert files["variants.jsonl"][0] == files["variants.jsonl"][1]
    assert files["answers.csv"][0] == files["answers.csv"][1]
