"""Reads the formulas around a solution back, and tells which are not true; for the tests of papers.

These are definitions of functions and of the loss, rules of optimizers, derivatives of the appendix, given numbers, and
answers that are formulas.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from itertools import product

import numpy as np

from examgen.core.network import NetworkShape
from examgen.documents.pages import Given, Line, QuestionPart, TypedAnswer
from tests.latex_values import Meanings, value_of, value_with
from tests.oracles import Array, Numbers, by_autograd, random_givens
from tests.printed_numbers import Floats, LatexValueError, Printed, exactly
from tests.printed_pages import CONVENTIONS, LABEL, RATE, Convention, Reading, bound, expected_symbols, old_name

FORMULA = re.compile(r"\$(.*?)\$")
RELATION = re.compile(r"(?:^| )(?:=|\\approx|\\leftarrow) ")
OF_Z = re.compile(r"[^ ]*\(z\) = ")
LAYER = r"\frac{\partial z}{\partial "
RATES = {"row": r"\alpha", "scalar": r"\alpha"}
CONSTANTS = {"momentum": r"\mu", "beta1": r"\beta_{1}", "beta2": r"\beta_{2}", "epsilon": r"\varepsilon"}
SHORT = {
    "binary_cross_entropy": (
        r"-y \ln \sigma\left(z\right) - (1 - y) \ln\left(1 - \sigma\left(z\right)\right)",
        r"\sigma",
    ),
    "perceptron": (r"\left(a - y\right) z", r"\operatorname{step}"),
}
"""By loss, what it is of z where its derivative is a - y, and the function that a is then."""
NUMBERS_OF_Z = (-2.3, -0.4, 0.7, 1.9)


@dataclass(frozen=True, eq=False)
class ReadFacts:
    """A question about a network as its page has it.

    Attributes:
        values: of all quantities, by automatic differentiation.
    """

    part: QuestionPart
    shape: NetworkShape
    notation: str
    convention: Convention
    givens: Numbers
    values: Numbers

    def problems(self) -> Iterator[Reading]:
        """Every formula that is read, with what is wrong with it."""
        for given in self.part.givens:
            yield given.latex, list(self._of_given(given))
        told = [formula for paragraph in self.part.text for formula in FORMULA.findall(paragraph)]
        rules = [formula for formula in told if r"\leftarrow" in formula or self._is_of_rules(formula)]
        for formula in rules:
            yield formula, [] if formula != rules[0] else list(self._of_rules(rules))
        for paragraph in self.part.text:
            if RATE.search(paragraph):
                yield from (
                    (formula, list(self._of_given(Given("", (formula,))))) for formula in FORMULA.findall(paragraph)
                )
        for formula in (*told, *self.part.appendix):
            if OF_Z.match(formula):
                yield formula, _of_z(formula)
            elif formula.startswith(LAYER):
                yield formula, _of_layer(formula)
            elif formula.startswith(rf"\frac{{\partial {self.convention.cost}}}{{\partial z}} = "):
                yield formula, _of_loss(formula, self.shape.loss, self.convention.cost)
            elif formula.startswith(f"{self.convention.cost} = "):
                yield formula, holds_elsewhere(self.shape, self.notation, 1, *formula.split(" = ", 1))
        for answer in (answer for task in self.part.tasks for answer in task.answers if answer.latex):
            # Only the formula stands there; of what it is, the boxes of the task say.
            yield answer.latex, _checked(f"{answer.symbol} = {answer.latex}", [Meanings(self._entries)])

    def _is_of_rules(self, formula: str) -> bool:
        return self.shape.optimizer is not None and bool(re.match(r"(?:\\hat\{)?[mvg]\}? = ", formula))

    def _of_given(self, given: Given) -> Iterator[str]:
        """Each symbol has the numbers that were drawn, in their places."""
        label = LABEL.fullmatch(given.label)
        drawn = self.given(int(label[1]) if label else 1)
        for equation in given.latex.split(r",\quad "):
            *names, number = equation.split(" = ")
            for name in names:
                expected = drawn.get(name)
                if expected is None:
                    yield f"{name} is not given"
                else:
                    printed = value_of(number)
                    fits = printed.shape == expected.shape and _within(printed, expected)
                    yield from [] if fits else [f"{name} is {expected.tolist()}, not {number}"]

    def given(self, step: int) -> dict[str, Floats]:
        """By symbol, what the page prints of a step's sample and of the parameters at the start."""
        convention, shape = self.convention, self.shape
        of_step = slice((step - 1) * shape.samples_per_step, step * shape.samples_per_step)
        count = len(self.givens["x"])
        rows = {
            name: self.givens[name][np.arange(of_step.start, of_step.stop) % count]
            for name in "xy"
            if name in self.givens
        }
        shown = {name: one if convention.samples_in_rows else one.T for name, one in rows.items()}
        letter = str.upper if shape.samples_per_step > 1 else str
        found = {letter(name): one for name, one in shown.items()}
        found[convention.marked(letter(convention.activation), convention.offset)] = shown["x"]
        for layer in range(1, len(shape.sizes)):
            found |= self._parameters(layer)
        names = CONSTANTS | {"learning_rate": RATES.get(self.notation, r"\eta")}
        found |= {
            symbol: np.reshape(self.givens[name], (1, 1)) for name, symbol in names.items() if name in self.givens
        }
        # Intermediates may be given, rounded.
        return found | {name: one for name, one in self.derived(1).items() if name not in found}

    def _parameters(self, layer: int) -> dict[str, Floats]:
        convention = self.convention
        W, b = (self.givens.get(f"{letter}{layer}") for letter in "Wb")
        assert W is not None
        W = W.T if convention.weights_from_to else W
        if convention.samples_in_rows and b is not None:
            return {convention.marked(r"\tilde{W}", layer): np.vstack([W, b.reshape(1, -1)])}
        found = {convention.marked("w" if convention.is_scalar else "W", layer): W}
        return found | ({} if b is None else {convention.marked("b", layer): b.reshape(-1, 1)})

    def derived(self, step: int) -> dict[str, Floats]:
        """By symbol, all that is worked out in a step."""
        return self._derived[step - 1]

    @cached_property
    def _derived(self) -> list[dict[str, Floats]]:
        steps = range(1, self.shape.steps + 1)
        return [expected_symbols(self.shape, self.notation, self.values, step) for step in steps]

    def exact(self, step: int) -> Mapping[str, Printed]:
        """What all symbols stand for in a step, without rounding."""
        carried = {}
        if step > 1:
            carried = {old: one for name, one in self.derived(step - 1).items() if (old := old_name(name)) != name}
        return bound(self.convention, {**self.given(step), **carried, **self.derived(step)})

    @cached_property
    def _entries(self) -> dict[str, Printed]:
        """Single entries by their symbols, too."""
        found = dict(self.exact(1))
        for name, value in self.exact(1).items():
            small = name.replace(r"\tilde{W}", "w").replace("W", "w")
            for place in np.ndindex(*value.shape):
                numbers = "".join(str(one + 1) for one in place)
                if "W" in name:
                    found[_indexed(small, numbers)] = exactly(value.value[place])
                elif 1 in value.shape and value.value.size > 1:
                    found[_indexed(name, str(max(place) + 1))] = exactly(value.value[place])
        return found

    def _of_rules(self, rules: Sequence[str]) -> Iterator[str]:
        """The rules of the optimizer, carried out as they stand there, lead to the weights of each step."""
        pairs = [re.split(r" = | \\leftarrow ", rule) for rule in rules]
        start = {name: exactly(float(number)) for *names, number in pairs if number == "0" for name in names}
        for name in (one for one in self.givens if one[0] in "Wb" and one[1:].isdigit()):
            for place in np.ndindex(*self.givens[name].shape):
                state = {**self._rates, **start, "w": exactly(self.givens[name][place])}
                for step in range(1, self.shape.steps + 1):
                    at = "" if step == 1 else f"@{step}"
                    slope = exactly(self.values[f"dL_d{name}{at}"][place])
                    state |= {rf"\frac{{\partial {self.convention.cost}}}{{\partial w}}": slope, "t": exactly(step)}
                    for symbol, formula in (pair for pair in pairs if pair[-1] != "0"):
                        state[symbol] = exactly(value_of(formula, state).value)
                    expected = self.values[f"{name}_new{at}"][place]
                    if not np.isclose(state["w"].value.item(), expected, rtol=1e-10, atol=1e-12):
                        yield f"{rules} lead to {state['w'].value} in step {step}, not to {expected}"

    @property
    def _rates(self) -> dict[str, Printed]:
        """Given numbers as sentences spell them, without braces."""
        names = [*CONSTANTS.values(), RATES.get(self.notation, r"\eta")]
        given = self.given(1)
        return {re.sub(r"\{(\d)\}", r"\1", name): exactly(given[name]) for name in names if name in given}


def _same(z: Printed) -> Printed:
    return z


@cache
def holds_elsewhere(shape: NetworkShape, notation: str, step: int, symbol: str, formula: str) -> list[str]:
    """What is wrong with the formula of a symbol, at other numbers than a student's and without rounding."""
    exact = _elsewhere(shape, notation, step)
    value = value_of(formula, exact, int(CONVENTIONS[notation].samples_in_rows))
    is_right = _are_equal(value, exact[symbol])
    return [] if is_right else [f"{formula} is {value.value} where {symbol} is {exact[symbol].value}"]


@cache
def _elsewhere(shape: NetworkShape, notation: str, step: int) -> Mapping[str, Printed]:
    givens, values = _other_numbers(shape)
    return ReadFacts(_NO_PAGE, shape, notation, CONVENTIONS[notation], givens, values).exact(step)


@cache
def _other_numbers(shape: NetworkShape) -> tuple[Numbers, Numbers]:
    """Given ones and all that follows, whatever the notation."""
    named = random_givens(np.random.default_rng(4), shape)
    named |= {name: np.array(0.7 + place / 10) for place, name in enumerate(CONSTANTS)}
    givens = {given.name: named[given.name] for given in shape.graph.givens}
    rate = {"learning_rate": named["learning_rate"]}
    values = by_autograd(shape, {name: value[None] for name, value in (givens | rate).items()})
    return givens, {name: value[0] for name, value in values.items()}


_NO_PAGE = QuestionPart("", "", (), None, (), ())


def relations_on(page: object) -> Iterator[str]:
    """Every formula anywhere in a part of a page that says what something is; answers stand beside what they are of."""
    if isinstance(page, str):
        formulas = FORMULA.findall(page) if "$" in page else [page]
        yield from (formula for formula in formulas if RELATION.search(formula))
    elif isinstance(page, TypedAnswer):
        yield from [page.latex] if page.latex else []
    elif isinstance(page, Given):
        # Its equations are read together.
        yield from relations_on(page.latex)
    elif isinstance(page, Line):
        # A further term of a sum is a part of what is said, too.
        yield from (*page.relations[1:], *relations_on(page.text))
    elif isinstance(page, tuple):
        for one in page:
            yield from relations_on(one)
    elif is_dataclass(page):
        for part in fields(page):
            yield from relations_on(getattr(page, part.name))


@cache
def _of_z(formula: str) -> list[str]:
    """A function of z, or its derivative, at several numbers."""
    return _checked(formula, (Meanings({"z": exactly(z)}, functions={"f": _same}) for z in NUMBERS_OF_Z))


@cache
def _of_layer(formula: str) -> list[str]:
    """Derivatives of a weighted sum."""
    return [text for one in formula.split(r",\quad ") for text in _checked(one, [_LAYER])]


@cache
def _of_loss(formula: str, loss: str, cost: str) -> list[str]:
    """The derivative of a loss by z, at several of them."""
    of_z, function = SHORT[loss]
    found = []
    for z, y in product(NUMBERS_OF_Z, (0.0, 0.3, 1.0)):
        symbols = {"z": exactly(z), "a": value_of(rf"{function}\left({z}\right)"), "y": exactly(y)}
        found += _checked(formula, [Meanings(symbols, definitions={cost: of_z})])
    return found


_LAYER = Meanings(
    {name: exactly(value) for name, value in (("w", 0.7), ("a", -1.3), ("b", 0.4))}, definitions={"z": "w a + b"}
)


def _within(printed: Printed, expected: Array) -> bool:
    return bool(np.all((printed.low <= expected + 1e-12) & (expected <= printed.high + 1e-12)))


def _indexed(name: str, numbers: str) -> str:
    """A symbol with its index, which stands at the lower part of a derivative."""
    return f"{name[:-1]}_{{{numbers}}}}}" if name.endswith("}}") and "partial" in name else f"{name}_{{{numbers}}}"


def _checked(formula: str, numbers: Sequence[Meanings] | Iterator[Meanings]) -> list[str]:
    """What is wrong with a chain of equations, of which all sides are the same."""
    try:
        for meanings in numbers:
            first, *others = (value_with(side, meanings) for side in formula.split(" = "))
            if not others or not all(_are_equal(first, other) for other in others):
                return [f"{formula} is not true: {[one.value.tolist() for one in (first, *others)]}"]
    except LatexValueError as error:
        return [f"{formula}: {error}"]
    return []


def _are_equal(a: Printed, b: Printed) -> bool:
    return a.shape == b.shape and bool(np.allclose(a.value, b.value, rtol=1e-8, atol=1e-8))


def of_products(part: QuestionPart, givens: Mapping[str, Array], results: Mapping[str, Printed]) -> Iterator[Reading]:
    """The same of warm-ups: their given matrices, and the products that tasks name."""
    symbols = dict(results)
    for given in part.givens:
        found = []
        for equation in given.latex.split(r",\quad "):
            name, number = equation.split(" = ")
            drawn = givens[re.sub(r"_\{?(\d+)\}?", r"\1", name)]
            symbols[name] = value_of(number)
            found += [] if _within(symbols[name], exactly(drawn).value) else [f"{name} is not {number}"]
        yield given.latex, found
    known = Meanings({re.sub(r"_\{(\d+)\}", r"_\1", name): value for name, value in symbols.items()})
    for formula in (formula for task in part.tasks for formula in FORMULA.findall(task.text) if " = " in formula):
        yield formula, _checked(formula, [known])
