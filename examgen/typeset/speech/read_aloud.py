"""Reads MathML aloud in words: the alternative text of a formula for those who do not see it.

The words are in `speech_words`, one table per language. Slots come out as their characters, so that the caller can put
numbers in their place, each in the words of `spoken_number`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from examgen.typeset.faults import UnknownMath
from examgen.typeset.fonts.alphabets import plain
from examgen.typeset.layout.context import content, tag
from examgen.typeset.layout.elements import parsed
from examgen.typeset.layout.tokens import sign_of
from examgen.typeset.speech.speech_shapes import (
    differential,
    is_compound,
    is_indexed,
    is_large,
    is_partial,
    is_product,
    is_simple,
    is_wide,
    primes,
    text_of,
    without_fence,
)
from examgen.typeset.speech.speech_vocabulary import Words
from examgen.typeset.speech.speech_words import LANGUAGES

SELECTORS = {0xFE00: None, 0xFE01: None}
TRANSPOSES = frozenset({"⊤", "T", "⊺", "ᵀ"})
ENTRYWISE = "∘"  # before the exponent of a matrix whose entries are raised
BARS = frozenset({"|", "‖", "∣", "∥"})
SILENT = frozenset({"\u2061", "\u2062", "\u2063", "\u2064", ""})
MINUSES = ("−", "-")
TIDY = ((" ,", ","), (" ;", ";"), ("( ", "("), (" )", ")"), ("[ ", "["), (" ]", "]"))
# Of several marks that end parts of a formula the first is enough.
ENDS = re.compile(r"[,;](?:\s*,)+")


def spoken(mathml: str | Element, language: str = "en") -> str:
    """The formula in words, such as "z superscript (1) equals W times x".

    Raises: UnknownMath for an element or a language without words.
    """
    words = LANGUAGES.get(language)
    if words is None:
        raise UnknownMath(f'there are no words for the language "{language}"; use {", ".join(sorted(LANGUAGES))}')
    text = " ".join(_Reader(words).row(list(parsed(mathml))).split())
    for written, read in (*words.joined.items(), *TIDY):
        text = text.replace(written, read)
    return ENDS.sub(lambda found: found[0].strip()[0], text).rstrip(",; ")


def spoken_number(text: str, language: str = "en") -> str:
    """A number as it is read: "−0.5" is "minus 0.5", "1/3" is "1 over 3"."""
    stripped, signs = text.strip(), LANGUAGES[language].signs
    if "/" in stripped:
        stripped = stripped.replace("/", f" {signs['/']} ")
    return f"{signs['−']} {stripped[1:]}" if stripped.startswith(MINUSES) else stripped


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads elements in the words of one language."""

    words: Words

    def read(self, element: Element) -> str:
        """One element in words.

        Raises: UnknownMath.
        """
        readers = {
            "mrow": self._group,
            "mstyle": self._group,
            "mpadded": self._group,
            "mi": self._token,
            "mn": self._token,
            "mo": self._sign,
            "mtext": self._token,
            "mspace": lambda _: "",
            "mphantom": lambda _: "",
            "msup": self._superscript,
            "msub": self._subscript,
            "msubsup": self._both,
            "mover": self._over,
            "munder": self._under,
            "munderover": self._under_over,
            "mfrac": self._fraction,
            "msqrt": lambda one: self.words.root.format(self.row(list(one))),
            "mroot": lambda one: self.words.nth_root.format(self.read(one[1]), self.read(one[0])),
            "mtable": self._table,
        }
        name = tag(element)
        if name not in readers:
            raise UnknownMath(f"<{name}> cannot be read aloud; use {', '.join(sorted(readers))}")
        return readers[name](element)

    def row(self, elements: Sequence[Element]) -> str:
        """Elements side by side; a product has no sign, so it gets a word."""
        inside = [element for element in elements if tag(element) not in ("mspace", "mphantom") or is_wide(element)]
        fenced = self._fenced(inside)
        if fenced is not None:
            return fenced
        parts: list[str] = []
        for index, element in enumerate(inside):
            if index and is_product(inside[index - 1], element):
                parts.append(self.words.product)
            parts.append(self.read(element))
        return " ".join(part for part in parts if part)

    def _fenced(self, inside: Sequence[Element]) -> str | None:
        """A matrix in brackets, cases, or something between bars."""
        if len(inside) == 3 and tag(inside[0]) == tag(inside[2]) == "mo" and tag(inside[1]) == "mtable":
            return self._cases(inside[1]) if sign_of(inside[0]) == "{" else self._table(inside[1])
        ends = [sign_of(one) if tag(one) == "mo" else "" for one in (inside[0], inside[-1])] if len(inside) > 2 else []
        if ends and ends[0] == ends[1] and ends[0] in BARS:
            wording = self.words.absolute if ends[0] in "|∣" else self.words.norm
            return wording.format(self.row(inside[1:-1]))
        return None

    def _group(self, element: Element) -> str:
        return self.row(list(element))

    def _token(self, element: Element) -> str:
        text = content(element).translate(SELECTORS)
        if tag(element) == "mtext":
            return text
        plain_text = "".join(plain(character) for character in text)
        named = self.words.names.get(plain_text) or self.words.letters.get(plain_text)
        if named:
            return named
        if plain_text.startswith(MINUSES):
            return f"{self.words.signs['−']} {plain_text[1:]}"
        return plain_text

    def _sign(self, element: Element) -> str:
        text = sign_of(element)
        return "" if text in SILENT else self.words.signs.get(text, text)

    def _superscript(self, element: Element) -> str:
        return self._raised(self.read(element[0]), element[0], element[1])

    def _subscript(self, element: Element) -> str:
        return self._lowered(self.read(element[0]), element[0], element[1])

    def _both(self, element: Element) -> str:
        base, below, above = element
        if is_large(base):
            return self._ranged(self.read(base), below, above)
        if primes(above):
            return self._lowered(self._raised(self.read(base), base, above), base, below)
        return self._raised(self._lowered(self.read(base), base, below), base, above)

    def _raised(self, base: str, element: Element, script: Element) -> str:
        text = text_of(script)
        count = primes(script)
        if count:
            return f"{base} {self.words.primes[count - 1]}"
        if text in TRANSPOSES:
            wording = self.words.transpose_fenced if is_compound(element) else self.words.transpose
            return wording.format(without_fence(base, element))
        if is_large(element):
            return self.words.up_to.format(base, self.read(script))
        if is_indexed(script):
            return f"{base} {self.words.superscript} {self.read(script)}"
        inside = list(script)
        if inside and tag(inside[0]) == "mo" and sign_of(inside[0]) == ENTRYWISE:
            text = "".join(map(text_of, inside[1:]))
            return self._power(f"{base} {self.words.entrywise}", text, " ".join(map(self.read, inside[1:])))
        return self._power(base, text, self.read(script))

    def _power(self, base: str, text: str, read: str) -> str:
        return f"{base} {self.words.powers[text]}" if text in self.words.powers else self.words.power.format(base, read)

    def _lowered(self, base: str, element: Element, script: Element) -> str:
        if is_large(element):
            return self.words.over_one.format(base, self.read(script))
        if text_of(element) == "∇":
            return self.words.gradient.format(self.read(script))
        return f"{base} {self.words.subscript} {self._index(script)}"

    def _index(self, script: Element) -> str:
        """A subscript. A number of two digits is two indices, and so are two letters: w 1 2, w i j."""
        inside = list(script)
        if len(inside) > 1 and all(tag(part) in {"mi", "mn"} for part in inside):
            return " ".join(" ".join(text_of(part)) if tag(part) == "mn" else self.read(part) for part in inside)
        first = script if tag(script) == "mn" else inside[0] if inside else script
        text = text_of(first)
        if tag(first) != "mn" or not (text.isascii() and text.isdigit()):
            return self.read(script)
        return " ".join([*text, self.row(inside[1:]) if inside else ""])

    def _over(self, element: Element) -> str:
        base, mark = element
        sign = sign_of(mark) if tag(mark) == "mo" else ""
        if sign in self.words.accents:
            return self.words.accents[sign].format(self.read(base))
        if sign in ("⏞", "⏟"):
            return self.read(base)
        return (
            self._raised(self.read(base), base, mark)
            if is_large(base)
            else self.words.above.format(self.read(base), self.read(mark))
        )

    def _under(self, element: Element) -> str:
        base, mark = element
        sign = sign_of(mark) if tag(mark) == "mo" else ""
        if sign in ("⏟", "⏞"):
            return self.read(base)
        if sign in self.words.accents_below:
            return self.words.accents_below[sign].format(self.read(base))
        return self.words.over_one.format(self._large(base), self.read(mark))

    def _under_over(self, element: Element) -> str:
        base, below, above = element
        return self._ranged(self._large(base), below, above)

    def _ranged(self, base: str, below: Element, above: Element) -> str:
        start = self.read(below).replace(self.words.signs["="], self.words.range_equals)
        return self.words.over_range.format(base, start, self.read(above))

    def _large(self, base: Element) -> str:
        """An operator that its limits stand behind: the maximum, without "of"."""
        return self.read(base).removesuffix(self.words.of)

    def _fraction(self, element: Element) -> str:
        above, below = element
        top, bottom = differential(above), differential(below)
        if top is not None and bottom is not None and bottom:
            return self._derivative(top, bottom, partial=is_partial(above))
        texts = (text_of(above), text_of(below))
        if texts in self.words.fractions:
            return self.words.fractions[texts]
        if element.get("linethickness") == "0":
            return self.words.binomial.format(self.read(above), self.read(below))
        if is_simple(above) and is_simple(below):
            return self.words.simple_fraction.format(self.read(above), self.read(below))
        return self.words.fraction.format(self.read(above), self.read(below))

    def _derivative(self, top: Sequence[Element], bottom: Sequence[Element], *, partial: bool) -> str:
        words = self.words
        if top:
            template = words.partial_derivative if partial else words.derivative
            return template.format(self.row(top), self.row(bottom))
        return (words.partial_derivative_operator if partial else words.derivative_operator).format(self.row(bottom))

    def _table(self, element: Element) -> str:
        rows = [[self.row(list(cell)) for cell in line] for line in element]
        if element.get("displaystyle") == "true":
            return "; ".join(" ".join(row) for row in rows)
        columns = max((len(row) for row in rows), default=0)
        heading = self.words.matrix.format(_count(len(rows), self.words.rows), _count(columns, self.words.columns))
        lines = [self.words.row.format(index, ", ".join(row)) for index, row in enumerate(rows, 1)]
        return f"{'; '.join([heading, *lines])};"

    def _cases(self, element: Element) -> str:
        rows = [[self.row(list(cell)) for cell in line] for line in element]
        lines = [self.words.case.format(*row) if len(row) == 2 else " ".join(row) for row in rows]
        return f"{self.words.cases.format(len(rows))}; {'; '.join(lines)};"


def _count(number: int, forms: tuple[str, str]) -> str:
    return f"{number} {forms[0] if number == 1 else forms[1]}"
