"""Definitions of a free graph, read by the parser of formulas that students use.

The grammar is that of `formula_language`, and beside it

    term     = signed {("*" | "/" | "@") signed}
    raised   = atom {".T" | "[" place {"," place} "]" | superscript}     places are 1-based
    call     = name "(" (formula | setting "=" whole number) {"," …} ")"
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from examgen.core.circuits.expressions import Constant, Expression, Operation, Read, Shape, applied, shapes_in
from examgen.core.circuits.operations.arrays import ARRAYS, ENTRY
from examgen.core.circuits.operations.functions import FUNCTIONS, MAXIMUM, MINIMUM
from examgen.core.circuits.operations.losses_in_graphs import GRAPH_LOSSES
from examgen.core.circuits.operations.matrix_products import MATRICES, MATRIX, TRANSPOSE
from examgen.core.circuits.operations.pooling import POOLINGS
from examgen.core.circuits.operations.simplest_forms import ADD, DIVIDE, LOGARITHM, MULTIPLY, NEGATE, POWER_OF, SUBTRACT
from examgen.core.circuits.operations.windows import CONVOLUTIONS
from examgen.core.exact import exactly
from examgen.core.formulas import formula_functions
from examgen.core.formulas.formula_functions import Function, function_key
from examgen.core.formulas.formula_language import Parser
from examgen.core.formulas.formula_tokens import Token, Unparsed, tokenize_definition
from examgen.core.formulas.postfix import folded
from examgen.core.rules.activations import ACTIVATIONS

_NAMED = (
    *FUNCTIONS,
    *GRAPH_LOSSES,
    *(row for row in (*ARRAYS, *MATRICES) if row.name[:1].isalpha()),
    *CONVOLUTIONS,
    *POOLINGS,
)
_ALIASES: Mapping[str, Operation] = MappingProxyType(
    {"ln": LOGARITHM}
    | {
        function_key(alias): row
        for row in _NAMED
        for alias in (ACTIVATIONS[row.name].aliases if row.name in ACTIVATIONS else ())
    }
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType({function_key(row.name): row for row in _NAMED} | dict(_ALIASES))
"""All that a definition can call, by `function_key`; max and min of one array, see `_SEVERAL` for those of several."""

_SEVERAL: Mapping[str, Operation] = MappingProxyType({"max": MAXIMUM, "min": MINIMUM})
"""What max and min are of two or more arguments."""

_SIGNS: Mapping[Function, Operation] = MappingProxyType(
    {
        formula_functions.ADD: ADD,
        formula_functions.SUBTRACT: SUBTRACT,
        formula_functions.MULTIPLY: MULTIPLY,
        formula_functions.DIVIDE: DIVIDE,
        formula_functions.POWER: POWER_OF,
        formula_functions.NEGATE: NEGATE,
    }
)
_MATRIX = Function("@", 2, formula_functions.MULTIPLY.compute)


@dataclass(frozen=True, slots=True)
class _Call:
    """An operation that takes so many of what was before it."""

    operation: Operation
    arity: int
    settings: tuple[int, ...] = ()


def definition(text: str, shapes: Mapping[str, Shape]) -> Expression:
    """Read a definition.

    Args:
        text: as in a bank.
        shapes: by name, of each quantity that it may read.

    Raises: ValueError: it cannot be read, or shapes do not fit; the message says where.
    """
    tokens = tokenize_definition(text)
    if isinstance(tokens, Unparsed):
        raise _complaint(tokens)
    parser = _DefinitionParser(tokens, shapes)
    if problem := parser.problem():
        raise _complaint(problem)

    def read(step: float | str) -> Expression:
        return Read(step, shapes[step]) if isinstance(step, str) else Constant(exactly(step))

    return folded(parser.program, read, lambda step, arguments: _applied(_called(step), arguments))


def _complaint(problem: Unparsed) -> ValueError:
    return ValueError(f"{_said(problem)} (at character {problem.position + 1})")


def names_of(text: str) -> Iterator[str]:
    """All words of a definition that may be names, whether there is such a quantity or not."""
    tokens = tokenize_definition(text)
    if not isinstance(tokens, Unparsed):
        yield from (token.text for token in tokens if token.kind == "name")


_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "missing_factor_sign": "a sign such as * is missing before {detail}.",
        "not_whole": "{detail} is no whole number, and one is needed here.",
        "unknown_setting": "{detail} is nothing that this operation can be told.",
        "unknown_symbol": "{detail} is not known here.",
        "wrong_count": "{detail} takes another number of arguments.",
    }
)
"""Why a definition cannot be read, where formulas are never told so or are told otherwise."""


def _said(problem: Unparsed) -> str:
    if problem.reason in _REASONS:
        return f"{_REASONS[problem.reason].format(detail=problem.detail)}{_meant(problem)}"
    if problem.reason == "unknown_function":
        allowed = sorted({row.name for row in OPERATIONS.values()})
        return f"{problem.detail} is no operation; allowed: {', '.join(allowed)}.{_meant(problem)}"
    return problem.message


def _meant(problem: Unparsed) -> str:
    return f' Did you mean "{problem.near}"?' if problem.near else ""


class _DefinitionParser(Parser):
    """The parser of formulas with what definitions have beside them."""

    factors: Mapping[str, Function] = MappingProxyType({**Parser.factors, "@": _MATRIX})

    def behind_atom(self) -> None:
        while self.next.text in {".T", "["}:
            opened = self.take()
            if opened.text == ".T":
                self.program.append(_Call(TRANSPOSE, 1))
                continue
            places = [self.whole_number()]
            while self.next.text == ",":
                self.take()
                places.append(self.whole_number())
            if self.next.text != "]":
                raise self.stop("unclosed", opened)
            self.take()
            self.program.append(_Call(ENTRY, 1, tuple(places)))

    def is_function(self, name: str) -> bool:
        return function_key(name) in OPERATIONS

    def call(self, token: Token) -> None:
        operation = OPERATIONS.get(function_key(token.text))
        if operation is None:
            raise self.unknown(token, "unknown_function", [row.name for row in _NAMED])
        bracket, count, told = self.take(), 0, dict[str, int]()
        while True:
            if self.next.kind == "name" and self.behind_next.text == "=":
                name = self.setting(operation)
                told[name] = self.whole_number()
            else:
                self.deeper(bracket, self.sum)
                count += 1
            if self.next.text != ",":
                break
            self.take()
        self.close(bracket)
        several = _SEVERAL.get(operation.name) if count > 1 else None
        self.check_count(token, operation, count, takes_more=several is not None)
        settings = tuple(told.get(name, usual) for name, usual in operation.settings.items())
        if several is None:
            self.program.append(_Call(operation, count, settings))
        else:
            # From the right, as they stand on the stack.
            self.program += [_Call(several, 2)] * (count - 1)

    def setting(self, operation: Operation) -> str:
        name = self.take()
        self.take()
        if name.text not in operation.settings:
            raise self.unknown(name, "unknown_setting", list(operation.settings))
        return name.text

    def check_count(self, token: Token, operation: Operation, count: int, *, takes_more: bool) -> None:
        if not takes_more and not operation.least <= count <= operation.most:
            raise self.stop("wrong_count", token)

    def whole_number(self) -> int:
        token = self.take()
        if token.kind != "number" or not token.text.isdigit():
            raise self.stop("not_whole", token)
        return int(token.text)

    @property
    def behind_next(self) -> Token:
        return self.tokens[min(self.place + 1, len(self.tokens) - 1)]


def _called(step: _Call | Function) -> _Call:
    if isinstance(step, _Call):
        return step
    return _Call(MATRIX if step is _MATRIX else _SIGNS[step], step.arity)


def _applied(call: _Call, arguments: Iterable[Expression]) -> Expression:
    """Numbers that are calculated from numbers of the text alone stay as they are written."""
    found = tuple(arguments)
    if call.operation is NEGATE and isinstance(found[0], Constant):
        return Constant(-found[0].value)
    try:
        return applied(call.operation, *found, settings=call.settings)
    except ValueError as error:
        known = {name: shape for argument in found for name, shape in shapes_in(argument).items()}
        shapes = ", ".join(f"{name} is {list(shape)}" for name, shape in known.items())
        texts = [one.name if isinstance(one, Read) else f"{list(one.shape)}" for one in found]
        raise ValueError("; ".join(filter(None, (shapes, str(error).format(*texts))))) from None
