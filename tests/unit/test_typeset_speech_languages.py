"""Formulas read aloud in other languages than English: goldens to be read, and what every table of words must have."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from string import Formatter

import pytest

from examgen.typeset import spoken, spoken_number
from examgen.typeset.speech.speech_words import LANGUAGES
from tests.typeset_samples import mathml

TYPICAL = (
    r"z^{(1)} = \left(W^{(1)}\right)^{\top} x + b^{(1)}",
    r"\begin{bmatrix} 1 & -2 & 12 \\ 0 & 2 & 3 \end{bmatrix}",
    r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}",
    r"\frac{\partial L}{\partial w_{12}^{(1)}} = \frac{\partial L}{\partial a} \cdot 2",
    r"\frac{\mathrm{d}\sigma}{\mathrm{d}z} = \sigma'(z)",
    r"\frac{\partial}{\partial w} L",
    r"L = \frac{1}{2} \sum_{k} \left(a_{k} - \hat{y}_{k}\right)^2",
    r"\sum_{i=1}^{n} x_i^2 + \int_0^1 y",
    r"\tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
    r"\operatorname{ELU}(z) = \begin{cases} z & z > 0 \\ e^{z} - 1 & z \le 0 \end{cases}",
    r"-\left(y \ln a + (1 - y) \ln(1 - a)\right)",
    r"\left(A B\right)^{\top} = B^{\top} A^{\top}",
    r"w := w - \eta \nabla_w L",
    r"\delta^{(2)} = \delta^{(3)} \odot \sigma'\left(z^{(2)}\right)",
    r"\sqrt{x^2+1} + \sqrt[3]{\frac{a}{b}}",
    r"\left|a - y\right| \neq \left\|x\right\|",
    r"\max_i x_i \approx \lim_{n \to \infty} x_n",
    r"\tilde{W} \vec{x} \in \mathbb{R}, \Delta \theta \propto \mathbf{x}^3",
)
OTHERS = sorted(set(LANGUAGES) - {"en"})
# Words of any English reading, whatever the formula.
ENGLISH_WORDS = """
    the of with and is if to over from times equals not at most least than greater less row rows column columns
    matrix superscript subscript power squared cubed transpose derivative respect fraction numerator denominator
    square root order absolute value norm sum product half one third quarter cases infinity capital hat bar vector
    partial gradient natural logarithm hyperbolic tangent maximum limit choose elementwise set approximately real
    numbers
"""
# Words of English that the language has too.
OWN: Mapping[str, frozenset[str]] = {
    "de": frozenset({"matrix", "maximum", "gradient", "norm"}),
    "fr": frozenset({"gradient", "maximum", "fraction", "absolute"}),
    "es": frozenset({"vector", "natural"}),
}


@pytest.mark.parametrize("language", OTHERS)
def test_typical_formulas_read_as_before(language: str, golden: Callable[[str, str], None]) -> None:
    """The formulas that papers have, each followed by its reading."""
    golden(
        f"typeset/speech_{language}.txt",
        "\n\n".join(f"{latex}\n{spoken_of(latex, language)}" for latex in TYPICAL) + "\n",
    )


def test_the_languages_of_papers_have_words() -> None:
    """English, German, French, Spanish and Hindi."""
    assert set(LANGUAGES) == {"en", "de", "fr", "es", "hi"}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_key(language: str) -> None:
    """A sign that English has words for has words in each language, except where words join."""
    words, english = LANGUAGES[language], LANGUAGES["en"]
    for field in fields(words):
        table, expected = getattr(words, field.name), getattr(english, field.name)
        if isinstance(expected, Mapping) and field.name != "joined":
            assert set(table) == set(expected), field.name


@pytest.mark.parametrize("language", OTHERS)
def test_words_have_the_blanks_of_english(language: str) -> None:
    """Nothing that is said of a formula gets lost: each wording takes as many parts as the English one."""
    english = dict(wordings("en"))
    for name, wording in wordings(language):
        if not name.startswith("joined"):
            assert blanks(wording) == blanks(english[name]), name
            assert wording or name == "of"


@pytest.mark.parametrize("language", OTHERS)
def test_functions_end_in_the_word_that_limits_replace(language: str) -> None:
    """As "maximum of" becomes "maximum over i of", names of functions end in the word that stands for "of"."""
    words = LANGUAGES[language]
    assert all(name.endswith(words.of) for key, name in words.names.items() if key != "lim")
    assert words.over_one.removesuffix(",").endswith(words.of)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("latex", TYPICAL)
def test_readings_have_no_english_and_no_markup(latex: str, language: str) -> None:
    """No English word is left over, and nothing of LaTeX."""
    reading = spoken_of(latex, language)
    found = set(re.findall(r"\w+", reading.lower())) & set(ENGLISH_WORDS.split())
    assert not found - OWN.get(language, frozenset()), reading
    assert not set(reading) & set(r"\{}^_&$<>"), reading


@pytest.mark.parametrize("latex", TYPICAL)
def test_hindi_readings_are_in_its_script(latex: str) -> None:
    """Only letters of the formula and names of functions without words are Latin."""
    assert all(len(word) == 1 or word == "ELU" for word in re.findall(r"[A-Za-z]+", spoken_of(latex, "hi")))


@pytest.mark.parametrize(
    ("language", "filled"),
    [
        ("de", "z ist gleich minus 0,5 mal x"),
        ("fr", "z est égal à moins 0,5 fois x"),
        ("es", "z es igual a menos 0,5 por x"),
        ("hi", "z बराबर ऋण 0,5 गुणा x"),
    ],
)
def test_slots_stay_to_be_filled(language: str, filled: str) -> None:
    """A slot is read as its character; a number goes in its place with its decimal mark as given."""
    reading = spoken_of("z = \ue000 x", language)
    assert reading.replace("\ue000", spoken_number("−0,5", language)) == filled


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "minus 261 durch 200"),
        ("fr", "moins 261 sur 200"),
        ("es", "menos 261 entre 200"),
        ("hi", "ऋण 261 बटा 200"),
    ],
)
def test_fractions_are_read_with_a_word(language: str, words: str) -> None:
    """A slash is said as the language says it."""
    assert spoken_number("−261/200", language) == words


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{bmatrix} \ue000 & \ue001 \\ \ue002 & \ue003 \end{bmatrix}",
        r"\frac{\partial \ue000}{\partial \ue001}",
        r"\left(\ue000 \ue001\right)^{\top}",
        r"\frac{\ue000 + 1}{\ue001}",
        r"\sum_{k=\ue000}^{\ue001} \sqrt[\ue002]{\ue003}",
        r"\begin{cases} \ue000 & \ue001 > 0 \\ \ue002 & \ue003 \le 0 \end{cases}",
    ],
)
def test_each_slot_is_read_once(latex: str, language: str) -> None:
    """No order of words loses or doubles a part of a formula."""
    formula = re.sub(r"\\u(e\d+)", lambda found: chr(int(found[1], 16)), latex)
    slots = [character for character in formula if "\ue000" <= character <= "\ue0ff"]
    reading = spoken_of(formula, language)
    assert sorted(character for character in reading if "\ue000" <= character <= "\ue0ff") == slots


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("latex", [r"\tilde{x} y", r"\frac{\partial L}{\partial w} y", r"\hat{x} y", r"x^{\top} y"])
def test_joined_words_leave_products_alone(latex: str, language: str) -> None:
    """What is left out behind the sign of a derivative stays in products, also where words end alike."""
    assert re.search(rf"\b{LANGUAGES[language].product} y$", spoken_of(latex, language))


def spoken_of(latex: str, language: str) -> str:
    """A formula written in LaTeX, read aloud."""
    return spoken(mathml(latex), language)


def wordings(language: str) -> Iterator[tuple[str, str]]:
    """All wordings of a language, each with where it stands."""
    for field in fields(LANGUAGES[language]):
        value = getattr(LANGUAGES[language], field.name)
        if isinstance(value, str):
            yield field.name, value
        else:
            items = value.items() if isinstance(value, Mapping) else enumerate(value)
            yield from ((f"{field.name} {key}", wording) for key, wording in items)


def blanks(wording: str) -> int:
    """How many different parts of a formula a wording takes."""
    names = [name for _, name, _, _ in Formatter().parse(wording) if name is not None]
    return len(names if "" in names else set(names))
