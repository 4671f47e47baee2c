"""Short formulas of sentences as HTML without MathML, which the library that sets the printed report cannot set."""

from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

from examgen.documents.math import tree
from examgen.exams.wording.texts import FORMULA

_SPACED = {"=", "+", "-", "\u2212", "<", ">", "\u2264", "\u2265", "\u2192", "\u22c5", "\u00b7"}


def with_formulas(text: str) -> Markup:
    """A text, with what stands between dollar signs as a formula in one line.

    Raises: BankError: a formula is not LaTeX.
    """
    parts, end = [], 0
    for found in FORMULA.finditer(text):
        parts += [escape(text[end : found.start()]), _formula(found[1]) if found[1] is not None else escape("$")]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _formula(latex: str) -> Markup:
    return Markup('<span class="inline">{}</span>').format(_shown(tree(latex, "a sentence")).strip())


def _shown(element: Element) -> Markup:
    tag, inner = element.tag.rpartition("}")[2], [_shown(one) for one in element]
    text = (element.text or "").strip()
    if tag == "mi":
        return Markup("<i>{}</i>").format(text) if len(text) == 1 else Markup("\u2009{}\u2009").format(text)
    if tag == "mo":
        return Markup(" {} " if text in _SPACED else "{}").format(text)
    if tag == "mfrac":
        return Markup("{}/{}").format(*map(_in_brackets, inner, element))
    if tag in {"msup", "mover"}:
        return Markup("{}<sup>{}</sup>").format(*inner)
    if tag in {"msub", "munder"}:
        return Markup("{}<sub>{}</sub>").format(*inner)
    if tag in {"msubsup", "munderover"}:
        return Markup("{}<sub>{}</sub><sup>{}</sup>").format(*inner)
    if tag in {"msqrt", "mroot"}:
        return Markup("\u221a({})").format(inner[0] if tag == "mroot" else Markup("").join(inner))
    if tag == "annotation":
        return Markup("")
    return Markup("").join([escape(text), *inner])


def _in_brackets(shown: Markup, element: Element) -> Markup:
    """A part of a fraction; of several signs, in brackets."""
    is_one = element.tag.rpartition("}")[2] in {"mi", "mn", "msub", "msup"} or len(element) == 1
    return shown if is_one else Markup("({})").format(shown)
