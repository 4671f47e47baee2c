"""How scans of bubble pages are read: entries wrong without doubt, doubted ones, and pages per minute.

Pages are drawn, filled in by hands of all kinds, and printed, scanned or photographed in the ways of `WAYS`. On the
pages of neat hands an entry is to be read or, rarely, doubted; on those of careless hands a part of the entries is
spoiled: half filled, ticked, rubbed out, crossed out. What is read must be what was meant, or doubted.

python tests/benchmarks/scans.py [--entries 10800] [--exam final] [--seed 1]
"""

import argparse
from collections import Counter

import numpy as np

from tests.scanned_classes import NEAT, WAYS, Tally, read_pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_800)
    parser.add_argument("--exam", default="final")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    told: dict[tuple[str, str], Tally] = {}
    rng, total, turn = np.random.default_rng(given.seed), 0, 0
    seconds, pages = 0.0, 0
    kinds = [(way, hands) for way in WAYS for hands in ("neat", "careless")]
    while total < given.entries:
        way, hands = kinds[turn % len(kinds)]
        turn += 1
        tally = read_pages(given.exam, way, rng, is_neat=hands == NEAT)
        total += tally.entries
        seconds, pages = seconds + tally.seconds, pages + tally.pages
        told[way, hands] = told.get((way, hands), Tally()) + tally
    wrong = sum(tally.wrong for tally in told.values())
    for tally in told.values():
        for mistake in tally.mistakes:
            print(f"WRONG {mistake}")
    print(f"{total:,} entries on {pages:,} pages; wrong without doubt: {wrong}")
    for (way, hands), tally in told.items():
        reasons = ", ".join(f"{reason} {count}" for reason, count in Counter(tally.reasons).most_common(6))
        share = 100 * tally.doubted / max(tally.entries, 1)
        print(
            f"{way:>14} {hands:<9} {tally.entries:6,} entries  doubted {share:5.2f} %  wrong {tally.wrong}  "
            f"unread pages {tally.unread}  {reasons}"
        )
    print(f"{60 * pages / seconds:.0f} pages a minute of processor time")


if __name__ == "__main__":
    main()
