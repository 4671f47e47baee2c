r"""Checks the chain-rule lines of a worked page, path by path, against the matrices that the page prints.

Each factor such as \frac{\partial z^{(2)}_{1}}{\partial a^{(1)}_{2}} is looked up by its own indices.
For the tests of papers.
"""

import re
from dataclasses import dataclass
from itertools import product as all_pairs
from math import prod

from examgen.core.network import NetworkShape
from tests.latex_values import value_of
from tests.printed_numbers import Printed
from tests.printed_pages import FUNCTIONS, Convention, ReadLine

FRACTION = re.compile(r"\\frac\{\\partial (.*?)\}\{\\partial (.*)\}")
ENTRY = re.compile(r"([A-Za-z])(\^\{\(?(\d+)\)?\})?(?:_\{([\d,]+)\})?")
SIGNED = re.compile(r"= - |[-=+] ")
TURNED = re.compile(r"-(\\frac.*)|\\left\(-(\\frac.*)\\right\)")
"""A derivative of the other sign, alone or behind something."""

SHARE = re.compile(r"\\frac\{\\partial (\w)\}\{\\partial \1_\{\d+\}\} \\cdot ")
OWN_COST = re.compile(r"_\{\d+\}")
MOST_PATHS = 8
MOST_PRODUCTS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as written: letter, layer as stored (0 the inputs), and its indices as shown, 1-based."""

    letter: str
    layer: int
    places: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ChainLine:
    """A chain-rule line taken apart: symbol, paths as factors, their numbers, the terms, and the result; and the sign
    that stands before each path and its numbers."""

    symbol: str
    paths: tuple[tuple[str, ...], ...]
    numbers: tuple[tuple[str, ...], ...]
    terms: tuple[str, ...]
    result: str
    signs: tuple[int, ...]

    @property
    def is_plain(self) -> bool:
        """Whether its only factor has no numbers of its own but the result."""
        return self.numbers == ((self.result,),)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A weight or bias, W or b, by its layer and its indices as stored, 1-based: (to, from) or (to,)."""

    letter: str
    layer: int
    places: tuple[int, ...]


def path_count(shape: NetworkShape, layer: int) -> int:
    """How many paths lead from the loss to a weight or bias of this layer, over all samples."""
    return prod(shape.sizes[layer + 1 :]) * shape.samples_per_step


def expected_parameters(shape: NetworkShape, letter: str, layer: int) -> set[Parameter]:
    """The weights or biases of a layer that have a line: all of a small matrix, else the first, if it is short."""
    to, source = shape.sizes[layer], shape.sizes[layer - 1]
    units = range(1, to + 1)
    all_places = [(unit,) for unit in units] if letter == "b" else list(all_pairs(units, range(1, source + 1)))
    count = path_count(shape, layer)
    if count > MOST_PATHS:
        return set()
    chosen = all_places if len(all_places) * count <= MOST_PRODUCTS else all_places[:1]
    return {Parameter(letter, layer, places) for places in chosen}


def taken_apart(read: ReadLine, count: int) -> ChainLine:
    """The line as `count` paths; a path of one factor, or of a sample's share and one, is its own term, and a single
    path the result."""
    symbol, *relations = read.worked
    result = read.exact or read.decimals
    is_plain = all(r"\cdot" not in SHARE.sub("", relation) for relation in relations[:count])
    if is_plain and count == 1:
        relations.append(f"= {result}")
    blocks = [relations[start : start + count] for start in range(0, len(relations), count)]
    assert len(blocks) == (3 if count > 1 and not is_plain else 2), read.line.relations
    signs, *others = [[_sign(relation, place) for place, relation in enumerate(block)] for block in blocks]
    is_result = count == 1 and is_plain
    assert all(each == signs for each in others) or is_result, read.line.relations
    products, numbers = ([tuple(_unsigned(text).split(r" \cdot ")) for text in block] for block in blocks[:2])
    terms = tuple(_unsigned(text) for text in blocks[-1]) if count > 1 else ()
    return ChainLine(symbol, tuple(products), tuple(numbers), terms, result, tuple(signs))


def _sign(relation: str, place: int) -> int:
    """1 or -1: of a term behind its relation, or of a further term of a sum."""
    found = SIGNED.match(relation)
    assert found, relation
    assert (relation[0] == "=") == (place == 0), relation
    return -1 if "-" in found[0] else 1


def _unsigned(relation: str) -> str:
    """A term without its relation or sign; a number's own minus has no space behind it."""
    return SIGNED.sub("", relation, count=1)


def path_problems(chain: ChainLine, read: ReadLine, shape: NetworkShape, convention: Convention) -> list[str]:
    """What is wrong with the factors: unlinked, looked up elsewhere, or walked twice."""
    found = [] if len(set(chain.paths)) == len(chain.paths) else [f"{chain.symbol}: the same path twice"]
    for path, numbers, before in zip(chain.paths, chain.numbers, chain.signs, strict=True):
        turned = [_plain(factor) for factor in path]
        pairs = [_fraction(factor) for factor, _ in turned]
        ends = [convention.cost, *(bottom for _, bottom in pairs)]
        if [top for top, _ in pairs] != ends[:-1] or not _ends_at(chain.symbol, ends[-1], shape, convention):
            found.append(f"{chain.symbol}: factors do not link up in {path}")
        for (top, bottom), (_, sign), number in zip(pairs, turned, numbers, strict=True):
            expected = sign * _factor_value(top, bottom, read, shape, convention)
            expected *= before if chain.is_plain else 1
            # A line of one factor has it as its result, with the digits of the weight or bias.
            is_result = number == chain.result and len(path) == len(chain.paths) == 1
            value = value_of(number).value.item()
            if value != expected and not (is_result and _is_rounded(value, expected)):
                found.append(f"{chain.symbol}: d{top}/d{bottom} is {expected} on the page, not {number}")
    return found


def _is_rounded(number: float, shown: float) -> bool:
    """Whether a number with more digits is what another line shows with fewer."""
    decimals = len(repr(shown).partition(".")[2])
    return abs(number - shown) <= 0.5 * 10.0**-decimals + 1e-12


def sum_problems(chain: ChainLine) -> list[str]:
    """What is wrong with the arithmetic: a product that is not its term, terms that do not add up."""
    found = []
    minus = "-" if not chain.terms and chain.signs == (-1,) and not chain.is_plain else ""
    products = [value_of(minus + r" \cdot ".join(numbers)) for numbers in chain.numbers]
    for term, product in zip(chain.terms or (chain.result,), products, strict=True):
        if not product.may_equal(value_of(term)):
            found.append(f"{chain.symbol}: the product {product.value} is not {term}")
    first, *others = zip(chain.signs, chain.terms or (chain.result,), strict=True)
    start = f"-{first[1]}" if chain.terms and first[0] < 0 else first[1]
    total = value_of(start + "".join(f" {'-' if sign < 0 else '+'} {term}" for sign, term in others))
    if not total.may_equal(value_of(chain.result)):
        found.append(f"{chain.symbol}: the terms add up to {total.value}, not {chain.result}")
    return found


def parameter_of(chain_symbol: str, convention: Convention) -> Parameter:
    """The weight or bias that a line's derivative is about."""
    cost, by = _fraction(_plain(chain_symbol)[0])
    assert cost == convention.cost
    entry = _entry(by, convention)
    if entry.letter == "b":
        assert len(entry.places) <= 1
        return Parameter("b", entry.layer, entry.places or (1,))
    assert entry.letter == "w"
    return Parameter("W", entry.layer, _to_and_from(entry, convention))


def entry_value(matrix: Printed, places: tuple[int, ...]) -> float:
    """A printed entry: by row and column, by place in a vector, or the only one."""
    if len(places) == 2:
        return float(matrix.value[places[0] - 1, places[1] - 1])
    assert min(matrix.shape) == 1, "one index into a matrix"
    assert len(places) == 1 or matrix.is_number, "no index into a vector"
    return float(matrix.value.ravel()[places[0] - 1 if places else 0])


def _plain(latex: str) -> tuple[str, int]:
    """A derivative, and -1 where it is written with the other sign."""
    found = TURNED.fullmatch(latex)
    return (found[1] or found[2], -1) if found else (latex, 1)


def _fraction(latex: str) -> tuple[str, str]:
    found = FRACTION.fullmatch(latex)
    assert found, f"no derivative: {latex}"
    return found[1], found[2]


def _ends_at(chain_symbol: str, last: str, shape: NetworkShape, convention: Convention) -> bool:
    """Whether a path that ends with a derivative by `last` leads to the line's parameter: to a weight itself, or to the
    z of a bias, by which its derivative is 1."""
    about = parameter_of(chain_symbol, convention)
    if about.letter == "W":
        return _fraction(_plain(chain_symbol)[0])[1] == last
    z = _entry(last, convention)
    return (z.letter, z.layer, _unit_and_sample(z, shape, convention)[:1]) == ("z", about.layer, about.places)


def _entry(text: str, convention: Convention) -> Entry:
    if convention.is_scalar:
        letter, _, number = text.rstrip("}").partition("_{")
        return Entry(letter.lower(), int(number or 0), ())
    found = ENTRY.fullmatch(text)
    assert found, f"no entry: {text}"
    shown = found[4] or ""
    places = tuple(int(place) for place in (shown.split(",") if "," in shown else shown))
    layer = int(found[3] or 0) - (convention.offset if found[1] in "az" and found[3] else 0)
    return Entry(found[1], layer, places)


def _factor_value(top: str, bottom: str, read: ReadLine, shape: NetworkShape, convention: Convention) -> float:
    """The printed value of one local derivative."""
    is_own = shape.batch_delta == "sample"
    if is_own and top == convention.cost:
        assert OWN_COST.fullmatch(bottom.removeprefix(convention.cost)), bottom
        return 1 / shape.samples_per_step
    below = _entry(bottom, convention)
    cost = rf"{convention.cost}_{{{_unit_and_sample(below, shape, convention)[1]}}}" if is_own else convention.cost
    if top == cost:
        kind = f"dL_d{below.letter}"
        symbol = _whole(below, shape, convention)
        by = convention.marked(r"\delta", below.layer + convention.offset)
        cost = rf"{convention.cost}_{{s}}" if is_own else convention.cost
        name = by if kind == convention.delta else rf"\frac{{\partial {cost}}}{{\partial {symbol}}}"
        sign = convention.delta_sign if kind == convention.delta else 1
        return sign * entry_value(read.symbols[name], below.places)
    above = _entry(top, convention)
    if above.letter == "a":
        assert (below.letter, below.layer, below.places) == ("z", above.layer, above.places)
        function = FUNCTIONS[shape.activations[above.layer - 1]]
        return entry_value(read.symbols[rf"{function}'\left({_whole(below, shape, convention)}\right)"], above.places)
    assert above.letter == "z"
    unit, sample = _unit_and_sample(above, shape, convention)
    if below.letter == "w":
        assert below.layer == above.layer
        to, source = _to_and_from(below, convention)
        assert to == unit
        a = Entry("x" if above.layer == 1 and not convention.inputs_are_activation else "a", above.layer - 1, ())
        return entry_value(read.symbols[_whole(a, shape, convention)], _places(source, sample, a, shape, convention))
    source, same = _unit_and_sample(below, shape, convention)
    assert (below.letter, below.layer, same) == ("a", above.layer - 1, sample)
    weights = read.symbols[convention.marked("w" if convention.is_scalar else "W", above.layer)]
    return entry_value(weights, (source, unit) if convention.weights_from_to else (unit, source))


def _whole(entry: Entry, shape: NetworkShape, convention: Convention) -> str:
    """The symbol of the matrix that an entry of z, a or x is in."""
    if entry.letter == "x":
        return "X" if shape.samples_per_step > 1 else "x"
    letter = convention.activation if entry.letter == "a" else entry.letter
    return convention.marked(letter.upper() if shape.samples_per_step > 1 else letter, entry.layer + convention.offset)


def _unit_and_sample(entry: Entry, shape: NetworkShape, convention: Convention) -> tuple[int, int]:
    if shape.samples_per_step == 1:
        assert len(entry.places) == (shape.sizes[entry.layer] > 1)
        return (*entry.places, 1)[0], 1
    row, column = entry.places
    return (column, row) if convention.samples_in_rows else (row, column)


def _places(unit: int, sample: int, entry: Entry, shape: NetworkShape, convention: Convention) -> tuple[int, ...]:
    if shape.samples_per_step > 1:
        return (sample, unit) if convention.samples_in_rows else (unit, sample)
    return (unit,) if shape.sizes[entry.layer] > 1 else ()


def _to_and_from(weight: Entry, convention: Convention) -> tuple[int, int]:
    if convention.is_scalar:
        return 1, 1
    first, second = weight.places
    return (second, first) if convention.weights_from_to else (first, second)
