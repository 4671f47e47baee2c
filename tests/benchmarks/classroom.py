"""How fair the marking is to a class of simulated students, and how fast; beside the published rules of other systems.

python tests/benchmarks/classroom.py                  fairness over all shipped exams, 2 to 4 decimals and 3 figures
python tests/benchmarks/classroom.py --variants 300   more papers of each exam
python tests/benchmarks/classroom.py --exams question2
python tests/benchmarks/classroom.py --kinds          gaps, few digits, other routes, copied sheets, and nothing else
python tests/benchmarks/classroom.py --speed          10,000 students: answers in, results.csv and gradebook.csv out
python tests/benchmarks/classroom.py --speed --students 10000 100000
"""

import os

# One thread each, before NumPy starts its own.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import csv
import itertools
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from examgen.errors import BankError
from examgen.exams.banks.building import Student, draw_variants
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, Variant
from tests.classroom.exams import PRECISIONS, drawn_exams, load
from tests.classroom.handing_in import PART, add_variants, write_answers, write_key
from tests.classroom.judging import OURS, Tally, sit
from tests.classroom.misconceptions import MISCONCEPTIONS
from tests.classroom.pupils import HONEST, Pupil, beliefs_of, work_out
from tests.classroom.rules import RULES
from tests.classroom.telling import print_kinds, share

SEED = 7
SHARE_HONEST, SHARE_SLIPS = 0.60, 0.25  # the rest has a misconception
RUNS = 5
LOOPED = 100_000
"""Entries over which the scalar rule loops; its rate does not depend on how many there are."""


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=60, help="papers of each exam at each precision")
    parser.add_argument("--exams", nargs="*", default=drawn_exams(), help="names of exams")
    parser.add_argument("--kinds", action="store_true", help="only gaps, few digits, other routes, copied sheets")
    parser.add_argument("--least", type=int, default=100_000, help="entries of each of these kinds at least")
    parser.add_argument("--speed", action="store_true", help="measure speed and not fairness")
    parser.add_argument("--students", type=int, nargs="+", default=[10_000], help="sizes of classes, for --speed")
    parser.add_argument("--part", type=int, default=PART, help="students in one file of answers, for --speed")
    parser.add_argument("--grade", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.grade is not None:
        grade_alone(options.grade)
    elif options.speed:
        for students in options.students:
            print_speed(students, options.part)
    else:
        print_kinds(options.exams, options.least, SEED)
        if not options.kinds:
            print_fairness(options.exams, options.variants)


def print_fairness(names: Sequence[str], variants: int) -> None:
    """Let a class sit every exam at every precision, and print what the markers make of it."""
    total = Tally()
    papers = 0
    for digits in PRECISIONS:
        at_digits = Tally()
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                tally = sit_what_there_is(name, digits, variants, Path(folder))
            papers += variants
            at_digits.add(tally)
            print(f"  {name} to {said(digits)}: {ours(tally)}", flush=True)
        print(f"\nAll exams to {said(digits)}")
        print_markers(at_digits)
        total.add(at_digits)
    print(f"\nAll exams, all precisions: {papers} variants")
    print_markers(total)
    print_slips(total)
    print_beliefs(total)


def sit_what_there_is(name: str, digits: Digits, variants: int, folder: Path) -> Tally:
    """The whole class on screened papers; where the screens leave none, all but those with a misconception."""
    try:
        return sit(load(name, SEED, digits), variants, folder)
    except BankError as error:
        print(f"  {name} to {said(digits)}: unscreened papers, without misconceptions ({error})")
        return sit(load(name, SEED, digits, is_screened=False), variants, folder, beliefs=())


def said(digits: Digits) -> str:
    """3 decimals, or 3 significant figures."""
    return f"{digits.count} {digits.unit.replace('_', ' ')}"


def ours(tally: Tally) -> str:
    """One line about this marker."""
    return (
        f"honest entries lost {tally.honest_lost[OURS]} of {tally.honest}, slips at one entry "
        f"{share(tally.slips_at_one[OURS], tally.slips)}, wrong work at full marks "
        f"{tally.full_marks[OURS]} of {tally.mistaken}"
    )


def print_markers(tally: Tally) -> None:
    """A row for each marker."""
    print(
        f"  {'':30}{'honest entries':>16}{'slips that cost':>17}{'slipped entry':>15}{'sound entries lost':>20}"
        f"{'mistaken papers':>17}{'plainly wrong':>15}\n"
        f"  {'':30}{'lost':>16}{'one entry':>17}{'accepted':>15}{'through one slip':>20}"
        f"{'at full marks':>17}{'accepted':>15}"
    )
    for name in (OURS, *RULES):
        print(
            f"  {name:30}{share(tally.honest_lost[name], tally.honest):>16}"
            f"{share(tally.slips_at_one[name], tally.slips):>17}{share(tally.slips_accepted[name], tally.slips):>15}"
            f"{tally.slip_followers_lost[name] / max(1, tally.slips):>20.2f}"
            f"{share(tally.full_marks[name], tally.mistaken):>17}{share(tally.wrong_accepted[name], tally.wrong):>15}"
        )
    print(
        f"  of {tally.honest} honest entries, {tally.slips} slips, {tally.mistaken} papers with a misconception that "
        f"shows, {tally.wrong} plainly wrong entries on them"
    )
    for line in tally.lost_entries[:10]:
        print(f"  lost: {line}")


def print_slips(tally: Tally) -> None:
    """A row for each kind of slip: how many entries lose marks."""
    print(f"\n  {'slips':20}{'students':>10}{'0 lost':>9}{'1 lost':>9}{'2 lost':>9}{'more':>9}")
    for kind in sorted({kind for kind, _ in tally.slip_kinds}):
        counts = [tally.slip_kinds[kind, lost] for lost in range(4)]
        print(f"  {kind:20}{sum(counts):>10}" + "".join(f"{share(count, sum(counts)):>9}" for count in counts))
    print(f"  honest or slipping, yet named: {share(tally.honest_named, tally.honest_students)}", end=" ")
    print(dict(tally.imputed.most_common(8)))


def print_beliefs(tally: Tally) -> None:
    """A row for each misconception: how it is marked and named."""
    columns = ("hidden", "full marks", "named", "named alone", "other name", "no name")
    print(f"\n  {'misconceptions':32}{'students':>10}" + "".join(f"{column:>13}" for column in columns))
    for label in MISCONCEPTIONS:
        students, hidden = tally.beliefs[label, "students"], tally.beliefs[label, "hidden"]
        shares = [share(tally.beliefs[label, column], students - hidden) for column in columns[1:]]
        print(f"  {label:32}{students:>10}{hidden:>13}" + "".join(f"{text:>13}" for text in shares))
    sums = [sum(tally.beliefs[label, column] for label in MISCONCEPTIONS) for column in columns[1:]]
    print(f"  {'all':32}{'':>23}" + "".join(f"{share(number, tally.mistaken):>13}" for number in sums))


def print_speed(students: int, part: int) -> None:
    """Write the answers of a class, mark them in a process of their own, and print the rate beside a scalar loop's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = perf_counter()
        entries = write_class(folder, students, part)
        print(f"{students} students, {entries} entries, written in {perf_counter() - start:.0f} s")
        if hasattr(os, "sync"):
            os.sync()  # what was just written is not to be written while the marking is measured
        told = sorted((marked_alone(folder) for _ in range(RUNS)), key=lambda run: run["seconds"])
        middle = told[RUNS // 2]
        print(
            f"examgen.grade: {middle['seconds']:.2f} s, {entries / middle['seconds']:,.0f} entries a second (median of "
            f"{RUNS} processes, {told[0]['seconds']:.2f} to {told[-1]['seconds']:.2f} s), peak memory "
            f"{middle['peak_gb']:.2f} GB (imports before it: {middle['imports']:.1f} s)"
        )
        for rule, rate in scalar_rates(folder / "marks" / "results.csv").items():
            print(f"{rule}: {rate:,.0f} entries a second, in memory, nothing read or written")


def marked_alone(folder: Path) -> dict[str, float]:
    """Mark the class for the first time in a process of its own: its seconds and peak memory."""
    shutil.rmtree(folder / "marks", ignore_errors=True)
    command = [sys.executable, __file__, "--grade", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def write_class(folder: Path, students: int, part: int) -> int:
    """The key and the answers of a class, in files of so many students each; returns the number of entries."""
    loaded = load("question2", SEED)
    write_key(folder, loaded.exam, ())
    (folder / "answers").mkdir()
    chooses = random.Random(SEED)
    entries = 0
    for number, first in enumerate(range(0, students, part)):
        ids = [Student(f"s{place:06}") for place in range(first, min(first + part, students))]
        pupils = [mixed(loaded.exam, variant, chooses) for variant in draw_variants(loaded, ids)]
        sheets = work_out(loaded.exam, pupils, SEED + number)
        add_variants(folder, [pupil.own_variant for pupil in pupils])
        write_answers(folder / "answers" / f"part-{number:03}.csv", loaded.exam, pupils, sheets)
        entries += sum(len(sheet.texts) for sheet in sheets)
    return entries


def mixed(exam: Exam, variant: Variant, chooses: random.Random) -> Pupil:
    """A student as they are: most work honestly, some slip, some believe something wrong."""
    kind, habits = chooses.random(), chooses.choice(tuple(HONEST))
    if kind < SHARE_HONEST:
        return Pupil(variant.student, variant, habits)
    if kind < SHARE_HONEST + SHARE_SLIPS:
        return Pupil(variant.student, variant, habits, slips=True)
    return Pupil(variant.student, variant, belief=chooses.choice(beliefs_of(exam, variant)))


def grade_alone(folder: Path) -> None:
    """Mark a class in this process; print seconds and the process's peak memory as JSON."""
    start = perf_counter()
    import pandas  # noqa: F401  # counted with the imports, as whoever marks two classes pays for it once

    import examgen
    import examgen.marking.grading

    imported = perf_counter()
    files = sorted((folder / "answers").iterdir())
    answers = files[0] if len(files) == 1 else folder / "answers"
    # Each file is a table of several students.
    examgen.grade(answers, key=folder / "key", out=folder / "marks", table=True)
    done = perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({"seconds": done - imported, "imports": imported - start, "peak_gb": peak}))


def scalar_rates(results: Path) -> dict[str, float]:
    """Entries a second of loops over PrairieLearn's rule: by numpy.allclose as it is published, and bare arithmetic."""
    with results.open(encoding="utf-8", newline="") as file:
        rows = itertools.islice(csv.DictReader(file), LOOPED)
        pairs = [(row["answer"], float(row["value"]), float(row["reference"])) for row in rows if row["value"]]
    rule, digits = RULES["PrairieLearn relabs 1%"], Digits(decimals=4)
    start = perf_counter()
    for _, submitted, reference in pairs:
        np.allclose(submitted, reference, 1e-2, 1e-8)
    published = perf_counter()
    for text, _, reference in pairs:
        rule(text, reference, digits)
    done = perf_counter()
    return {
        "PrairieLearn's relabs, a loop over numpy.allclose": len(pairs) / (published - start),
        "the same rule in bare arithmetic": len(pairs) / (done - published),
    }


if __name__ == "__main__":
    main()
