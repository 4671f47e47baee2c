"""The sentences of results.csv about single entries, besides the reasons why an answer cannot be read.

They are English here; other languages have them as phrases of `templates/texts`, and `Wording` says them. Marking
writes them, and feedback recognizes those that it says at greater length. Reasons are with the grammars in the core.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.core.formulas.typed_characters import named
from examgen.exams.wording.words import ENGLISH, decimal_mark, phrase, shipped_languages

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "blank": "Nothing was written.",
        "imprecise": "Right to the digits that are written, but one digit more was asked for.",
        "follow_through": "It follows from earlier answers of yours, one of which is not correct.",
        "follows_wrong": "It follows from earlier answers, one of which is not correct.",
        "follows_ignored": "It follows from an earlier answer that is 0 or far too large, which carries no credit "
        "forward.",
        "too_few_decimals": "Right to the digits that are written, but {count} decimals were asked for.",
        "too_few_figures": "Right to the digits that are written, but {count} significant figures were asked for.",
        "too_few_to_take": "Right to the digits that are written, but at least {count} significant figures are needed.",
        "looks": "It looks as if {mistakes}.",
        "follows_cause": "It follows from a step that is not written down, in which it looks as if {mistakes}.",
        "sign": "It looks as if a sign was lost.",
        "whole": "A whole number is asked for here; nothing is rounded.",
        "no_work": "It follows from earlier answers; {share} % of its marks are paid, for it cannot be told from a "
        "value that needs no calculation, and such entries pay half of the others' marks.",
        "not_started": "It follows from earlier answers; {share} % of its marks are paid, for too few of the entries "
        "that start from the paper's numbers are right, follow or can be explained.",
        "made_up": "It follows from earlier answers; {share} % of its marks are paid, for none of those that it is "
        "computed from is right or explained, and such entries pay half of the others' marks.",
        "zero": "It is right; {share} % of its marks are paid, for a 0 shows no work where little else does.",
        "other_paper": "It is wrong here and equals the right answer of another paper, as others of your answers do; "
        "such answers do not count as following from earlier ones.",
        "by_hand": "Marks set by the instructor: {reason}",
        "shape_swapped": "The rows come first, then the columns; here they are swapped.",
        "shape_two": "A shape has two numbers, rows and columns; a column of n numbers has the shape (n, 1).",
        "not_allowed": "This task does not allow {names} in the formula.",
        "circular": "The formula uses {names}, which is what the formula is for.",
        "circular_from": "The formula uses {names}, which follows from what the formula is for.",
        "undefined": "It is not defined for all numbers: it divides by 0, or has a root or logarithm of a negative "
        "number.",
        "fails_positive": "It is right for some numbers only: it fails where {symbol} is positive.",
        "fails_negative": "It is right for some numbers only: it fails where {symbol} is negative.",
        "partly": "It is right for some numbers only.",
        "partly_always": "It is right for some numbers only: it always gives {value}, not {reference}.",
        "partly_where": "It is right for some numbers only: where {numbers}, it gives {value}, not {reference}.",
        "always": "It always gives {value}, not {reference}.",
        "where": "Where {numbers}, it gives {value}, not {reference}.",
    }
)
"""By name; `words.recognized` finds them again in any language."""

HELD_BACK = frozenset(SENTENCES[name] for name in ("no_work", "made_up", "zero", "not_started"))
"""Said beside an entry of whose marks only a part is paid."""

OR, AND, LIST = "{one}, or {other}", "{one}, and {other}", "{first} and {last}"
"""Mistakes that fit equally well, mistakes made at once, and names."""

CHARACTER = "{sentence} (It has {character}.)"
"""Behind the reason why a text cannot be read, where one character is at fault."""

NEAR = '{sentence} Did you mean "{near}"?'
"""Behind the reason why a name in a formula is unknown."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences in one of the shipped languages."""

    language: str = ENGLISH

    @staticmethod
    def of(language: str) -> "Wording":
        """The wording of an exam: English where its language came with a theme, which a key does not hold."""
        return Wording(language if language in shipped_languages() else ENGLISH)

    def say(self, sentence: str, /, **details: object) -> str:
        """A sentence that is written in English, or one of `SENTENCES`, with its details put in."""
        text = phrase(self.language, sentence)
        return text.format(**details) if details else text

    def tell(self, name: str, **details: object) -> str:
        """A sentence of `SENTENCES` by its name."""
        return self.say(SENTENCES[name], **details)

    def with_character(self, reason: str, character: str) -> str:
        """The reason why a text cannot be read, and the character at fault, if there is one.

        The names of characters are English, so other languages have the code point alone.
        """
        said = self.say(reason)
        if not character:
            return said
        shown = named(character) if self.language == ENGLISH else f"U+{ord(character):04X}"
        return self.say(CHARACTER, sentence=said, character=shown)

    def listed(self, names: Iterable[str]) -> str:
        """Names behind one another, as in "a, b and c"."""
        *first, last = names
        return self.say(LIST, first=", ".join(first), last=last) if first else last

    def joined(self, joint: str, mistakes: Iterable[str]) -> str:
        """Mistakes, said in the language, with `OR` or `AND` between them."""
        text, *others = mistakes
        for other in others:
            text = self.say(joint, one=text, other=other)
        return text

    @property
    def decimal_mark(self) -> DecimalMark:
        """What stands between the whole and the decimal digits."""
        return decimal_mark(self.language)


IN_ENGLISH = Wording()
