"""How long `examgen make` takes as a process, and how much of that is imports: prints medians.

python tests/benchmarks/make_time.py
"""

import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

RUNS = 7
IMPORTS = "import examgen.cli, examgen.batch.making, weasyprint"


def main() -> None:
    """Time a whole process, one that only imports what it needs, and an empty one, in turn."""
    with TemporaryDirectory() as folder:
        make = ["-m", "examgen", "make", "question2", "--seed", "7", "--out", folder]
        commands = {"examgen make": make, "its imports": ["-c", IMPORTS], "an empty process": ["-c", ""]}
        rounds = [[seconds(command) for command in commands.values()] for _ in range(RUNS)]
    times = [median(column) for column in zip(*rounds, strict=True)]
    for name, time in zip(commands, times, strict=True):
        print(f"{name}: {time:.2f} s (median of {RUNS})")
    print(f"share of imports: {times[1] / times[0]:.0%}")


def seconds(arguments: list[str]) -> float:
    """Return how long Python takes with these arguments, start to end, in seconds."""
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return perf_counter() - start


if __name__ == "__main__":
    main()
