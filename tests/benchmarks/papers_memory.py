"""How much memory a process takes after so many papers and keys of different students: prints it, and the growth.

python tests/benchmarks/papers_memory.py
"""

import os
from pathlib import Path

from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.exams.banks.building import Student, draw_variants, load_exam

EXAM = "sigmoid-chain"
PAPERS = 10_000
AT_ONCE = 100
SHOWN = (100, *range(1000, PAPERS + 1, 1000))
WARM = 1000
"""After so many papers, everything that is kept for a shape is there."""


def main() -> None:
    """Make a paper and a key for each student, one after another."""
    loaded = load_exam(EXAM, 7)
    sizes: dict[int, float] = {}
    for start in range(0, PAPERS, AT_ONCE):
        students = [Student(f"s{place:05d}", f"Student {place}") for place in range(start, start + AT_ONCE)]
        for variant in draw_variants(loaded, students):
            questions_pdf(loaded.exam, variant)
            key_pdf(loaded.exam, variant)
        done = start + AT_ONCE
        if done in SHOWN:
            sizes[done] = resident_megabytes()
            print(f"{done} papers and keys: {sizes[done]:.1f} MB", flush=True)
    growth = sizes[PAPERS] - sizes[WARM]
    print(
        f"growth from {WARM} to {PAPERS}: {growth:+.1f} MB, {growth * 1e6 / (PAPERS - WARM):.0f} bytes for each "
        "paper with its key"
    )


def resident_megabytes() -> float:
    """The memory that this process holds now; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
