"""Gradients of random free graphs against HIPS autograd, as many as one likes.

python tests/benchmarks/circuit_gradients.py --graphs 5000
"""

import argparse
import random
from collections import Counter
from time import perf_counter

from tests.circuit_oracles import random_circuit
from tests.property.test_circuit_gradients import compared, operations_of


def main() -> None:
    """Compare, and say how many there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, default=5000)
    options = parser.parse_args()
    start, count, seen = perf_counter(), 0, Counter[str]()
    for number in range(options.graphs):
        shape = random_circuit(random.Random(f"many {number}"))
        count += compared(shape, number)
        seen.update(operations_of([shape]))
    print(f"{options.graphs} graphs, {count} gradients agree, {perf_counter() - start:.0f} s")
    print("graphs by operation:", ", ".join(f"{name or 'inner'} {times}" for name, times in seen.most_common()))


if __name__ == "__main__":
    main()
