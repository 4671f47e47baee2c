"""How many student packages `examgen batch` makes a second, from the class list to the manifest, beside Typst.

A package is question paper, worked key, filled paper, answer sheet, web sheet, and the rows of key and manifest, on the
disk. The class has the exercise of a 3-4-4-2 network. Typst is driven like that in the same run: one process on one
core compiles question paper and key of a student, as sources that were written before the clock starts, and writes
them; its other work (drawing, solving, sheets, checksums) is not counted. Then: two processes, beside two commands that
make such a class each at the same time, one on each core, which share nothing and so are as fast as two cores of the
machine can be; several sizes of a class, the memory of the largest process, a class that lies there already, and keys
and sheets alone.

python tests/benchmarks/batch.py [STUDENTS]
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.benchmarks.papers_rate import EXAM, Classroom, run, seconds, sources, typst_maker

STUDENTS = 2000
SIZES = (500, 5000)
COMPILED = 100
BARE = 100_000
ROUNDS = 3
"""One process, two, and two commands in turn, so that a noisy machine is noisy for each."""

MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
"""A process that runs another and prints the most memory that it or one of its own took, in MB."""


def main() -> None:
    """Print rates and ratios."""
    students = int(sys.argv[1]) if len(sys.argv) > 1 else STUDENTS
    with TemporaryDirectory() as name:
        folder = Path(name)
        # Layouts are made once for all classes; a first run on a machine pays for them.
        batch(folder, 40, 1)
        rounds = [_round(folder, students) for _ in range(ROUNDS)]
        ours = students / median(one for one, _, _ in rounds)
        print(f"examgen batch, {students} students, 1 process: {ours:.1f} packages a second")
        theirs = print_typst(folder)
        if theirs:
            print(f"ratio to Typst per core: {ours / theirs:.1f}")
        print_cores(rounds)
        batch(folder, students, 2, name="both")
        again = students / batch(folder, students, 2, name="both")
        print(f"the same class once more, all papers there: {again:.0f} a second")
        times = {}
        for size in SIZES:
            times[size] = batch(folder, size, 2)
            print(
                f"{size} students, 2 processes: {times[size]:.1f} s, {memory(folder, size)} MB in the largest process"
            )
        small, large = SIZES
        print(f"time for {large // small} times the students: {times[large] / times[small]:.1f} times")
        print(f"{BARE} students, keys and sheets alone, 1 process: {batch(folder, BARE, 1, '--no-pdf'):.0f} s")


def _round(folder: Path, students: int) -> tuple[float, float, float]:
    """Seconds by one process on one core, by two, and by two commands at once that make the class each."""
    one = batch(folder, students, 1, is_alone=True)
    return one, batch(folder, students, 2), two_commands(folder, students)


def print_cores(rounds: Sequence[tuple[float, float, float]]) -> None:
    """How much faster two processes are, and two commands that have nothing to do with one another."""
    gains = [(one / both, 2 * one / apart) for one, both, apart in rounds]
    for both, apart in gains:
        print(f"2 processes: {both:.2f} times one; two commands at once, which share nothing: {apart:.2f} times one")
    print(f"median of what two cores give, that 2 processes use: {median(both / apart for both, apart in gains):.0%}")


def two_commands(folder: Path, students: int) -> float:
    """Seconds that two commands at once take, each with a class of its own and on a core of its own."""
    ours = os.sched_getaffinity(0)
    cores = sorted(ours)[:2]
    made = len(list(folder.iterdir()))
    commands = [_command(folder, students, 1, f"apart-{made}-{core}") for core in cores]

    def both() -> None:
        running = []
        for core, command in zip(cores, commands, strict=True):
            os.sched_setaffinity(0, {core})
            running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        os.sched_setaffinity(0, ours)
        if any(one.wait() for one in running):
            raise SystemExit("a command that makes a class failed")

    return seconds(both)


def batch(folder: Path, students: int, jobs: int, *options: str, is_alone: bool = False, name: str = "") -> float:
    """Seconds that the command takes.

    Args:
        is_alone: whether on one core only.
        name: of the class's folder; a new one where it is empty, as a file system takes longer where much was removed.
    """
    command = _command(folder, students, jobs, name or f"class-{len(list(folder.iterdir()))}", *options)
    cores = os.sched_getaffinity(0)
    if is_alone:
        os.sched_setaffinity(0, {max(cores)})
    try:
        return seconds(lambda: run(command))
    finally:
        os.sched_setaffinity(0, cores)


def memory(folder: Path, students: int) -> int:
    """The most memory that a process of the command takes, in MB."""
    return int(run([sys.executable, "-c", MEASURE, *_command(folder, students, 2, f"memory-{students}", "--quiet")]))


def print_typst(folder: Path) -> float:
    """Packages a second by Typst; 0 where it is not installed."""
    loaded = load_exam(EXAM, 7)
    variants = draw_variants(loaded, [Student(f"s{place}", f"Student {place}") for place in range(COMPILED)])
    classroom = Classroom(loaded, variants, [sources(loaded, variant, "paper.typ.j2") for variant in variants])
    try:
        compiled = typst_maker(classroom, tagged=True)
    except ImportError:
        print("Typst is not installed, so there is nothing to compare with (make bench installs it)")
        return 0.0
    compiled(0)

    def everybody() -> None:
        for place in range(1, COMPILED):
            for number, pdf in enumerate(compiled(place)):
                (folder / f"{place}-{number}.pdf").write_bytes(pdf)

    rate = (COMPILED - 1) / seconds(everybody)
    print(f"Typst, {COMPILED - 1} students: {rate:.1f} packages a second")
    return rate


def _command(folder: Path, students: int, jobs: int, name: str, *options: str) -> list[str]:
    roster = folder / f"{students}.csv"
    roster.write_text("id,name\n" + "".join(f"s{place:06d},Student {place}\n" for place in range(students)))
    out = ["--seed", "7", "--out", str(folder / name), "--jobs", str(jobs)]
    return [sys.executable, "-m", "examgen", "batch", EXAM, str(roster), *out, *options]


if __name__ == "__main__":
    main()
