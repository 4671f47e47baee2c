r"""LaTeX formulas as MathML: browsers show it, and the layout of the PDF pages reads it.

`typesetting`, the web sheet and the network diagram call this. One tree has several readers, so every LaTeX command is
understood in one place: the library `math-core`. Of the two that were measured, it is right on all formulas of our
papers, at 7 microseconds each, and refuses what it does not know. `latex2mathml` takes 350 microseconds, copies unknown
commands and markup inside `\text` into its output unescaped, and does not see that a minus is a sign.
"""

import re
from functools import cache, lru_cache
from xml.etree import ElementTree

import math_core

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.errors import BankError
from examgen.exams.wording.texts import MOST_CHARACTERS, MOST_LEVELS, levels_of, shortened

# The library sets digits in \boldsymbol as plain ones, and those in \mathbf bold.
BOLD_DIGITS = re.compile(r"\\(?:boldsymbol|bm)\s*\{\s*(\d+)\s*\}")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
POSITION = re.compile(r"^(\d+): (.*)$", re.DOTALL)
_DECIMALS = re.compile(r"(<mn>\d+)\.(\d+</mn>)")
_SIGNED = re.compile(r'(?:(?<=<mtd>)<mo>|<mo lspace="0" rspace="0">)−</mo>(<mn>[^<]*</mn>)')
_TABLE = '<mtable displaystyle="false" scriptlevel="0">'
_STIFF = r'<mo stretchy="false">\{}</mo>'
_NUMBER_OF_LAYER = re.compile(rf"<mrow>{_STIFF.format('(')}(<m[ni]>\w+</m[ni]>){_STIFF.format(')')}</mrow>")


def to_mathml(latex: str, where: str = "", *, display: bool = False) -> str:
    """One `<math>` element; errors as in `tree`."""
    return _mathml(latex, where, display)


def localized(mathml: str, decimal_mark: DecimalMark) -> str:
    """MathML, alone or in a page, whose numbers have the decimal mark of a language."""
    return mathml if decimal_mark == "." else _DECIMALS.sub(rf"\1{decimal_mark}\2", mathml)


def number_mathml(text: str, decimal_mark: DecimalMark) -> str:
    """The elements of a number, such as "-0.5" or "-1/3", within a formula of `for_screens`."""
    return for_screens(to_mathml(text), decimal_mark).removeprefix("<math>").removesuffix("</math>")


def for_screens(mathml: str, decimal_mark: DecimalMark) -> str:
    """MathML, alone or in a page, in which a number has the same elements wherever it stands.

    A number has its sign in a row of their own; the library tells by spaces that a minus is a sign, and not at all in
    the later cells of a row. And brackets around a single number, which have nothing to grow with, are written
    in short: every symbol of a network has some. Tables have the style of their own without being told.
    """
    found = _NUMBER_OF_LAYER.sub(r"<mrow><mo>(</mo>\1<mo>)</mo></mrow>", mathml.replace(_TABLE, "<mtable>"))
    return localized(_SIGNED.sub(r"<mrow><mo>−</mo>\1</mrow>", found), decimal_mark)


def tree(latex: str, where: str = "") -> ElementTree.Element:
    """The MathML of a formula as an element tree; its root is `math`.

    Raises: BankError naming `where`, the command that is not understood, and its place.
    """
    return ElementTree.fromstring(_mathml(latex, where, False))


@lru_cache(maxsize=4096)
def _mathml(latex: str, where: str, display: bool) -> str:
    if reason := _problem(latex):
        raise BankError(complaint(latex, where, reason))
    try:
        found = _converter().convert_with_local_state(BOLD_DIGITS.sub(r"\\mathbf{\1}", latex), displaystyle=display)
    except math_core.LatexError as error:
        raise BankError(complaint(latex, where, str(error))) from None
    # The named entity is one of HTML only; the character serves XML too.
    return found.replace("&ApplyFunction;", "\u2061")


def _problem(latex: str) -> str:
    """What the library must not see, as its stack or XML cannot hold it; our own formulas may have any length."""
    if found := UNSEEN.search(latex):
        return f"the character U+{ord(found[0]):04X} cannot be shown."
    if len(latex) > MOST_CHARACTERS and (levels := levels_of(latex)) > MOST_LEVELS:
        return f"it has {levels} levels of braces and brackets inside one another, not at most {MOST_LEVELS}."
    return ""


@cache
def _converter() -> math_core.LatexToMathML:
    return math_core.LatexToMathML(fancy_error=False)


def complaint(latex: str, where: str, reason: str) -> str:
    """What an instructor is told of a formula that cannot be set."""
    found = POSITION.match(reason)
    place, what = (f" at character {int(found[1]) + 1}", found[2]) if found else ("", reason)
    shown = f"{where or 'formula'}: ${shortened(latex)}$"
    return f"{shown} cannot be set{place}: {what} Use the commands of LaTeX's math mode."
