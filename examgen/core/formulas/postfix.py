"""Programs in postfix order: what formulas and definitions are read into, folded into values or expressions."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class _TakesArguments(Protocol):
    @property
    def arity(self) -> int: ...


_Step = TypeVar("_Step", bound=_TakesArguments)
_Value = TypeVar("_Value")


def folded(
    program: Iterable[float | str | _Step],
    read: Callable[[float | str], _Value],
    apply: Callable[[_Step, list[_Value]], _Value],
) -> _Value:
    """What comes of a program in postfix order.

    Args:
        program: numbers, spellings of symbols, and steps that take so many of what was before them.
        read: gives what a number or a spelling stands for.
        apply: gives what comes of a step and its arguments.
    """
    stack: list[_Value] = []
    for step in program:
        if isinstance(step, float | str):
            stack.append(read(step))
        else:
            stack.append(apply(step, [stack.pop() for _ in range(step.arity)][::-1]))
    (value,) = stack
    return value
