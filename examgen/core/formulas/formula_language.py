"""Formulas that students write: read by a fixed grammar, evaluated with NumPy, never run.

Called by `formula_answers`, and by whatever shows a student why a formula cannot be read.

    formula  = term {("+" | "-") term}
    term     = signed {("*" | "/") signed}              a product is always written with its sign
    signed   = {"+" | "-"} power
    power    = raised [("^" | "**") signed power]       from the right: 2^3^2 is 2^9
    raised   = atom {superscript}
    atom     = number | symbol | "e" | function "(" formula {"," formula} ")" | "(" formula ")"
    symbol   = a spelling that the paper knows; dL/dw1_1_1 is read as dL_dw1_1_1

`log` is the natural logarithm, as `ln` is; `log10` is not. Functions are the rows of `formula_functions`.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import numpy as np

from examgen.core.formulas.formula_functions import (
    ADD,
    DIVIDE,
    FUNCTIONS,
    MULTIPLY,
    NEGATE,
    POWER,
    SUBTRACT,
    Function,
    function_key,
)
from examgen.core.formulas.formula_tokens import Token, Unparsed, quoted, tokenize
from examgen.core.formulas.postfix import folded
from examgen.core.rules.rule import Array

MAX_DEPTH = 40
_MAX_SUGGESTED_FROM = 500
_MAX_SUGGESTED_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read.

    Attributes:
        program: in postfix order numbers, spellings of symbols, and functions that take what was before them.
        symbols: the spellings that occur, in order, each once.
    """

    program: tuple[float | str | Function, ...]
    symbols: tuple[str, ...]


def parse_formula(text: str, symbols: Collection[str]) -> Formula | Unparsed:
    """Read a formula. Never raises for any text, and takes milliseconds at most.

    Args:
        text: as submitted.
        symbols: every spelling that may occur; a set or a mapping, for they are looked up one by one.

    >>> parse_formula("(a3 - y)*a3", {"a3", "y"}).symbols
    ('a3', 'y')
    >>> parse_formula("2(a3 - y)", {"a3", "y"}).message
    'Write * between factors: a sign is missing before "(".'
    """
    tokens = tokenize(text)
    if isinstance(tokens, Unparsed):
        return tokens
    parser = Parser(tokens, symbols)
    if problem := parser.problem():
        return problem
    program = tuple(parser.program)
    return Formula(program, tuple(dict.fromkeys(step for step in program if isinstance(step, str))))


def evaluate_formula(formula: Formula, symbols: Mapping[str, Array]) -> Array:
    """The value of a formula, float64, in the shape that its symbols broadcast to.

    Args:
        formula: what to compute.
        symbols: (...) by spelling, for each of the formula's symbols.

    Returns: (...), nan where the formula is not defined or overflows; there are no warnings.
    """

    def read(step: float | str) -> Array:
        return np.asarray(symbols[step] if isinstance(step, str) else step, dtype=np.float64)

    with np.errstate(all="ignore"):
        value = folded(formula.program, read, lambda function, arguments: np.asarray(function.compute(*arguments)))
    return np.where(np.isfinite(value), value, np.nan)


class _UnparsedError(Exception):
    """Ends reading from any depth of brackets; never leaves this module."""

    def __init__(self, why: Unparsed) -> None:
        super().__init__(why.reason)
        self.why = why


_SUM: Mapping[str, Function] = MappingProxyType({"+": ADD, "-": SUBTRACT})


class Parser:
    """Recursive descent over the words of one formula; writes the program as it goes.

    Definitions of graphs are formulas with more in them: `definitions` says what, in a class of its own.
    """

    factors: Mapping[str, Function] = MappingProxyType({"*": MULTIPLY, "/": DIVIDE})

    def __init__(self, tokens: tuple[Token, ...], symbols: Collection[str]) -> None:
        self.tokens = tokens
        self.symbols = symbols
        self.place = 0
        self.depth = 0
        self.program: list[Any] = []

    def problem(self) -> Unparsed | None:
        """Read all of it: what keeps it from being a formula, None where nothing does."""
        try:
            self.whole()
        except _UnparsedError as stop:
            return stop.why
        return None

    def whole(self) -> None:
        self.sum()
        rest = self.next
        if rest.kind == "end":
            return
        if rest.text == ")":
            raise self.stop("unopened", rest)
        raise self.stop("comma" if rest.text == "," else "missing_factor_sign", rest)

    def sum(self) -> None:
        self.chain(_SUM, self.term)

    def term(self) -> None:
        self.chain(self.factors, self.signed)

    def chain(self, operators: Mapping[str, Function], operand: Callable[[], None]) -> None:
        """Operands with operators between them, from the left."""
        operand()
        while self.next.kind == "sign" and self.next.text in operators:
            operator = operators[self.take().text]
            operand()
            self.program.append(operator)

    def signed(self) -> None:
        # A loop, for a row of signs needs no depth.
        is_negative = False
        while self.next.kind == "sign" and self.next.text in _SUM:
            is_negative ^= self.take().text == "-"
        self.power()
        if is_negative:
            self.program.append(NEGATE)

    def power(self) -> None:
        self.atom()
        self.behind_atom()
        while self.next.kind == "raised":
            self.program += [self.number(self.take()), POWER]
        if self.next.text == "^":
            with_sign = self.take()
            self.deeper(with_sign, self.signed)
            self.program.append(POWER)

    def atom(self) -> None:
        token = self.take()
        if token.kind == "number":
            self.program.append(self.number(token))
        elif token.kind == "name":
            self.name(token)
        elif token.text == "(":
            self.deeper(token, self.sum)
            self.close(token)
        elif token.kind == "end":
            raise self.stop("incomplete", token)
        else:
            raise self.stop("misplaced", token)

    def behind_atom(self) -> None:
        """What may stand behind a number, a name or brackets: nothing in formulas."""

    def is_function(self, name: str) -> bool:
        """Whether there is a function of this name."""
        return function_key(name) in FUNCTIONS

    def number(self, token: Token) -> float:
        # Only ASCII digits, signs, a point and an exponent get here; float rounds to the nearest double.
        value = float(token.text)
        if math.isinf(value):
            raise self.stop("overflow", token)
        return value

    def name(self, token: Token) -> None:
        if spelling := self.known(token):
            self.program.append(spelling)
        elif self.next.text == "(" and self.next.kind == "sign":
            self.call(token)
        elif token.text == "e":
            self.program.append(math.e)
        elif self.is_function(token.text):
            raise self.stop("needs_brackets", token)
        else:
            raise self.unknown(token, "unknown_symbol", self.symbols)

    def known(self, token: Token) -> str:
        """The spelling of a symbol, with the words that belong to it taken; empty where there is none."""
        if token.text in self.symbols:
            return token.text
        # Behind the first word may stand the layer as a raised number (a¹, where a alone is no symbol), or the rest of
        # a derivative.
        following = self.tokens[self.place : self.place + 3]
        candidates = [following[:1]] if following[0].kind == "raised" and token.text.isalpha() else []
        if following[0].text == "/" and len(following) > 2 and following[1].kind == "name":
            candidates = [following[:2]]
            if following[2].kind == "raised" and following[1].text.isalpha():
                candidates.append(following)
        for words in candidates:
            spelling = "".join([token.text, *(word.text.replace("/", "_") for word in words)])
            if spelling in self.symbols:
                self.place += len(words)
                return spelling
        return ""

    def call(self, token: Token) -> None:
        function = FUNCTIONS.get(function_key(token.text))
        if function is None and token.text == "e":
            raise self.stop("missing_factor_sign", self.next)
        if function is None:
            names = [row.name for row in FUNCTIONS.values()]
            raise self.unknown(token, "unknown_function", names)
        bracket = self.take()
        count = 1
        self.deeper(bracket, self.sum)
        while self.next.text == ",":
            comma = self.take()
            count += 1
            if count > function.arity and not function.takes_more:
                raise self.stop("comma", comma)
            self.deeper(bracket, self.sum)
            if count >= function.arity:
                self.program.append(function)
        self.close(bracket)
        if count < function.arity:
            raise _UnparsedError(Unparsed("arguments", token.position, function.name))
        if function.arity == 1:
            self.program.append(function)

    def deeper(self, token: Token, read: Callable[[], None]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.stop("too_deep", token)
        read()
        self.depth -= 1

    def close(self, opened: Token) -> None:
        token = self.next
        if token.text == ")":
            self.take()
        elif token.kind == "end":
            raise self.stop("unclosed", opened)
        else:
            raise self.stop("comma" if token.text == "," else "missing_factor_sign", token)

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.tokens[self.place]
        self.place += token.kind != "end"
        return token

    def stop(self, reason: str, token: Token) -> _UnparsedError:
        return _UnparsedError(Unparsed(reason, token.position, quoted(token.text)))

    def unknown(self, token: Token, reason: str, allowed: Collection[str]) -> _UnparsedError:
        near = _near(token.text, allowed)
        return _UnparsedError(Unparsed(reason, token.position, quoted(token.text), near))


def _near(found: str, allowed: Collection[str]) -> str:
    """The most similar spelling; looked for among a few hundred only, for a wide network has very many."""
    if len(found) > _MAX_SUGGESTED_LENGTH:
        return ""
    alike = [name for name in allowed if name[0] == found[0] and abs(len(name) - len(found)) <= 2]
    return next(iter(get_close_matches(found, alike[:_MAX_SUGGESTED_FROM], n=1)), "")
