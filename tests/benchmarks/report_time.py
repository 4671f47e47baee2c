"""How long the report on a large class takes, beside marking the class in the same run, and how large it is.

python tests/benchmarks/report_time.py [STUDENTS]
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import examgen
from examgen.batch.reported.class_report import write_report
from tests.benchmarks.classroom import write_class

STUDENTS = 10_000


def main() -> None:
    """Mark a class, write its report, and print both times and the sizes."""
    students = int(sys.argv[1]) if len(sys.argv) > 1 else STUDENTS
    with TemporaryDirectory() as name:
        folder = Path(name)
        entries = write_class(folder, students, students)
        start = perf_counter()
        graded = examgen.grade(next((folder / "answers").iterdir()), key=folder / "key", table=True)
        marked = perf_counter()
        files = write_report(graded.folder, graded.key)
        done = perf_counter()
        print(f"{students} students, {entries} entries: marked in {marked - start:.1f} s")
        print(f"report: {done - marked:.1f} s, {(done - marked) / (marked - start):.2f} times the marking")
        for file in files:
            print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
