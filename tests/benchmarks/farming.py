"""What people earn who know nothing, by strategy and shipped exam, and the best that a search finds.

python tests/benchmarks/farming.py                        all strategies and the search, over all shipped exams
python tests/benchmarks/farming.py --exams question2 --students 60 --rounds 3
python tests/benchmarks/farming.py --only-over            only the strategies that earn more than they may
"""

import argparse
from time import perf_counter

from tests.classroom.climbing import search
from tests.classroom.exams import with_numbers
from tests.classroom.farming import Earned, Hall, hall, lines
from tests.classroom.rules import RULES
from tests.classroom.strategies import STRATEGIES, layered

TUNED_ON = 10
TRIED_ON = 20
"""Keys on which the search is tuned, and others on which what it found is tried."""


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exams", nargs="*", default=with_numbers(), help="names of exams")
    parser.add_argument("--students", type=int, default=30, help="papers of each exam, at least 30")
    parser.add_argument("--rounds", type=int, default=4, help="of the search; 0 for none")
    parser.add_argument("--only-over", action="store_true", help="leave out what earns no more than it may")
    options = parser.parse_args()
    over = 0
    for name in options.exams:
        start = perf_counter()
        seated = hall(name, max(options.students, TUNED_ON + TRIED_ON))
        found = of_strategies(seated) | (of_searches(seated, options.rounds) if options.rounds else {})
        over += sum(not earned.is_lawful for earned in found.values())
        shown = {name: earned for name, earned in found.items() if not (options.only_over and earned.is_lawful)}
        print(f"\n{name}: {len(seated.variants)} students, {perf_counter() - start:.0f} s")
        print("\n".join(lines(shown)), flush=True)
    print(f"\n{over} earn more than 1.5 times what is right of itself and 5 %")


def of_strategies(seated: Hall) -> dict[str, Earned]:
    """What each strategy earns."""
    return dict(zip(STRATEGIES, seated.earned(list(STRATEGIES.values()), RULES), strict=True))


def of_searches(seated: Hall, rounds: int) -> dict[str, Earned]:
    """What the constants earn, on papers that the search did not see."""
    others = seated.only(range(TUNED_ON, len(seated.variants)))
    found = {keys: search(seated.only(range(keys)), rounds, patient=True) for keys in (1, TUNED_ON)}
    for keys, texts in found.items():
        print(
            f"  tuned on {keys}: "
            + ", ".join(f"{kind} {layer or ''} {text!r}" for (kind, layer), text in texts.items())
        )
    names = [f"constants tuned on {keys} other key{'s' * (keys > 1)}" for keys in found]
    return dict(zip(names, others.earned([layered(texts) for texts in found.values()], RULES), strict=True))


if __name__ == "__main__":
    main()
