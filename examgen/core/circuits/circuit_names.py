"""Names in the definitions of a free graph: what they may read, which are derivatives, and how they are written."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from examgen.core.circuits.expressions import Shape
from examgen.core.graph import Quantity

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Readable(Mapping[str, Shape]):
    """The shapes of what a definition may read: earlier quantities, which alone are listed, and derivatives of earlier
    numbers by earlier ones."""

    known: Mapping[str, Quantity]

    def __contains__(self, name: object) -> bool:
        return name in self.known or (isinstance(name, str) and derivative_of(name, self.known) is not None)

    def __getitem__(self, name: str) -> Shape:
        if name in self.known:
            return self.known[name].shape
        found = derivative_of(name, self.known)
        if found is None:
            raise KeyError(name)
        return self.known[found[1]].shape

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def derivative_of(name: str, known: Collection[str]) -> tuple[str, str] | None:
    """What a name such as df_dx is the derivative of and by, both among the known ones; None where it is none."""
    if not name.startswith("d"):
        return None
    for place in (found.start() for found in re.finditer("_d", name)):
        of, by = name[1:place], name[place + 2 :]
        if of in known and by in known:
            return of, by
    return None


_GREEK = frozenset(
    name
    for names in (
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu",
        "nu xi pi rho sigma tau phi chi psi omega",
    )
    for name in names.split()
)
_WORD = re.compile(r"([A-Za-z]+?)_?(\d*)")


def usual_latex(name: str) -> str:
    """How a name is written where a bank says nothing: w1 as w with an index, alpha as the letter, others upright."""
    found = _WORD.fullmatch(name)
    if found is None:
        head, _, tail = name.partition("_")
        return rf"{usual_latex(head)}_{{\text{{{tail.replace('_', ' ')}}}}}" if head and tail else rf"\text{{{name}}}"
    letters, digits = found.groups()
    base = letters if len(letters) == 1 else rf"\{letters}" if letters in _GREEK else rf"\text{{{letters}}}"
    return f"{base}_{{{digits}}}" if digits else base
