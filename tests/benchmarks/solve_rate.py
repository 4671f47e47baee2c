"""How many variants of an exercise are solved each second, beside PyTorch's `vmap(grad)` in the same run.

A sigmoid 3-4-4-2 network, forward and all gradients, in double precision, on one thread. The two take turns, so that a
busy moment hits both. Without PyTorch only examgen's rate is printed.

python tests/benchmarks/solve_rate.py
"""

import os

# One thread each, before NumPy and PyTorch start theirs.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import evaluate, evaluate_in_blocks
from examgen.core.network import NetworkShape, network_graph

Numbers = dict[str, NDArray[Any]]
Solver = Callable[[], Mapping[str, NDArray[Any]]]

SETS = 100_000
RUNS = 9
SHAPE = NetworkShape((3, 4, 4, 2), ("sigmoid",) * 3, "half_mean_squared_error", updates=False)
PAPER = NetworkShape((3, 2, 2, 1), ("relu", "sigmoid", "sigmoid"), "half_squared_error", steps=2)
PARAMETERS = ("W1", "b1", "W2", "b2", "W3", "b3")
WANTED = ("loss", *(f"dL_d{name}" for name in PARAMETERS))


def main() -> None:
    """Print both rates and their ratio, then the time of a single paper."""
    givens = random_givens(SHAPE, SETS)
    graph = network_graph(SHAPE)
    solvers: dict[str, Solver] = {
        "examgen": lambda: evaluate_in_blocks(graph, givens, keep=WANTED),
        "examgen, all quantities": lambda: evaluate_in_blocks(graph, givens),
    }
    try:
        solvers["torch"] = torch_solver(givens)
    except ImportError:
        print("PyTorch is not installed, so there is nothing to compare with (make bench installs it)")
    compare(*(solver() for solver in solvers.values()))
    rounds = [[seconds(solver) for solver in solvers.values()] for _ in range(RUNS)]
    for name, times in zip(solvers, zip(*rounds, strict=True), strict=True):
        print(f"{name}: {SETS / median(times) / 1e6:.2f} million parameter sets a second (median of {RUNS})")
    if "torch" in solvers:
        ratio = median(turn[-1] / turn[0] for turn in rounds)
        print(f"ratio: {ratio:.2f} (examgen's rate over torch's for the same results; median of {RUNS} turns)")
    print_single_paper()


def torch_solver(givens: Numbers) -> Solver:
    """Losses and gradients of all parameters by torch.func, for all parameter sets at once.

    Raises: ImportError if PyTorch is missing.
    """
    import torch
    from torch.func import grad_and_value, vmap

    torch.set_num_threads(1)
    tensors = {name: torch.from_numpy(value) for name, value in givens.items()}

    def loss(parameters: dict[str, Any], x: Any, y: Any) -> Any:
        a = x
        for layer in (1, 2, 3):
            a = torch.sigmoid(a @ parameters[f"W{layer}"].T + parameters[f"b{layer}"])
        return ((a - y) ** 2).mean() / 2

    solve = vmap(grad_and_value(loss))
    parameters = {name: tensors[name] for name in PARAMETERS}

    def run() -> Numbers:
        gradients, losses = solve(parameters, tensors["x"], tensors["y"])
        return {"loss": losses.numpy()} | {f"dL_d{name}": value.numpy() for name, value in gradients.items()}

    return run


def compare(examgen: Mapping[str, NDArray[Any]], *others: Mapping[str, NDArray[Any]]) -> None:
    """Check that all solvers give the same losses and gradients.

    Raises: AssertionError if they do not.
    """
    for other in others:
        for name in WANTED:
            np.testing.assert_allclose(examgen[name], other[name], rtol=1e-10, atol=1e-13, err_msg=name)
    print(f"all agree on {', '.join(WANTED)}")


def print_single_paper() -> None:
    """Print how long one paper takes: its graph, built anew and from the cache, and its evaluation."""
    givens = {name: value[0] for name, value in random_givens(PAPER, 1).items()}
    graph = network_graph(PAPER)
    build = typical(lambda: network_graph.__wrapped__(PAPER))
    solve = typical(lambda: evaluate(graph, givens))
    both = typical(lambda: evaluate(network_graph(PAPER), givens))
    print(
        f"one 3-2-2-1 paper of two steps: graph {build * 1e3:.2f} ms, evaluation {solve * 1e3:.2f} ms, "
        f"with a graph built before {both * 1e3:.2f} ms"
    )


def random_givens(shape: NetworkShape, sets: int) -> Numbers:
    """Standard normal numbers for every given of a network."""
    rng = np.random.default_rng(7)
    return {quantity.name: rng.normal(size=(sets, *quantity.shape)) for quantity in network_graph(shape).givens}


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def typical(work: Callable[[], object], runs: int = 200) -> float:
    """Return the median time of many calls in seconds, after one to warm up."""
    work()
    return median(seconds(work) for _ in range(runs))


if __name__ == "__main__":
    main()
