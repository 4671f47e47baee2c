"""How much longer `examgen --help` takes than the help of an empty Typer app: prints both and their ratio.

python tests/benchmarks/help_speed.py
"""

import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 15
BARE_APP = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"
COMMANDS = {
    "examgen --help": [sys.executable, "-m", "examgen", "--help"],
    "a bare Typer app's help": [sys.executable, "-c", BARE_APP, "--help"],
}


def main() -> None:
    """Time the commands in turn, so that a busy moment hits both."""
    rounds = [[seconds(command) for command in COMMANDS.values()] for _ in range(RUNS)]
    examgen, bare = (median(times) for times in zip(*rounds, strict=True))
    for name, time in zip(COMMANDS, (examgen, bare), strict=True):
        print(f"{name}: {time:.3f} s (median of {RUNS})")
    print(f"ratio: {examgen / bare:.2f}")


def seconds(command: list[str]) -> float:
    """Return how long a command takes, start to end, in seconds."""
    start = perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return perf_counter() - start


if __name__ == "__main__":
    main()
