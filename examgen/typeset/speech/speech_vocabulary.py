"""What a language must have words for, to read formulas aloud; for the tables `speech_words_*` and for `read_aloud`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language; braces stand for what they are said of.

    A language with another order of words numbers its braces: "{1} parmi {0}". `of` ends the names of functions where
    their argument follows; `joined` replaces words that mean one thing together; `transpose_fenced` is said of more
    than one factor or term, and `range_equals` is the = below a sum.
    """

    signs: Mapping[str, str]
    names: Mapping[str, str]
    letters: Mapping[str, str]
    accents: Mapping[str, str]
    accents_below: Mapping[str, str]
    powers: Mapping[str, str]
    fractions: Mapping[tuple[str, str], str]
    primes: tuple[str, str, str]
    superscript: str
    subscript: str
    power: str
    entrywise: str
    product: str
    of: str
    gradient: str
    joined: Mapping[str, str]
    transpose: str
    transpose_fenced: str
    derivative: str
    derivative_operator: str
    partial_derivative: str
    partial_derivative_operator: str
    fraction: str
    simple_fraction: str
    binomial: str
    root: str
    nth_root: str
    absolute: str
    norm: str
    over_one: str
    over_range: str
    range_equals: str
    up_to: str
    above: str
    matrix: str
    rows: tuple[str, str]
    columns: tuple[str, str]
    row: str
    cases: str
    case: str
