"""Numbers in the options of a choice: `{expression}` in their texts, or `{expression | misconception}`.

`task` checks them, `option_numbers` computes them, papers print them. Braces of formulas between dollar signs are
LaTeX's.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_PART = re.compile(r"(?P<formula>\\\$|\$(?:[^$\\]|\\.)*\$)|\{(?P<number>[^{}]*)\}|(?P<alone>[{}])", re.DOTALL)
_ALLOWED = "write {expression}, or {expression | misconception}; braces of formulas stand between dollar signs"


@dataclass(frozen=True, slots=True)
class OptionNumber:
    """A number of each paper's own.

    Attributes:
        expression: over the question's quantities.
        misconception: of a student who comes to it; empty where it is what is right.
    """

    expression: str
    misconception: str = ""

    @property
    def text(self) -> str:
        """As a bank has it."""
        return f"{{{' | '.join(filter(None, (self.expression, self.misconception)))}}}"


@lru_cache(maxsize=4096)
def option_parts(option: str) -> tuple[str | OptionNumber, ...]:
    """The text of an option in parts: texts as they are, and numbers.

    Raises: ValueError: a brace has no other one, or there is nothing between two.

    >>> option_parts("It is {f + 1}.")
    ('It is ', OptionNumber(expression='f + 1', misconception=''), '.')
    """
    return tuple(part for part in _parts(option) if part)


def numbers_in(options: Sequence[str]) -> Iterator[OptionNumber]:
    """All numbers of these options."""
    return (part for option in options for part in option_parts(option) if isinstance(part, OptionNumber))


def with_numbers(option: str, shown: Callable[[OptionNumber], str]) -> str:
    """The text of an option with its numbers as they are shown."""
    return "".join(part if isinstance(part, str) else shown(part) for part in option_parts(option))


def _parts(option: str) -> Iterator[str | OptionNumber]:
    end = 0
    for match in _PART.finditer(option):
        if match["formula"]:
            continue
        yield option[end : match.start()]
        yield _number(match["number"])
        end = match.end()
    yield option[end:]


def _number(inside: str | None) -> OptionNumber:
    if inside is None:
        raise ValueError(f"a brace has no other one; {_ALLOWED}")
    expression, bar, misconception = (part.strip() for part in inside.partition("|"))
    if not expression or (bar and not misconception):
        raise ValueError(f"{{{inside}}} says too little; {_ALLOWED}")
    return OptionNumber(expression, misconception)
