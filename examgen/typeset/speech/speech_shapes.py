"""What parts of a formula are, as far as reading it aloud depends on it: factors, indices, primes; for `read_aloud`."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from examgen.typeset.fonts.alphabets import plain
from examgen.typeset.layout.context import length, tag
from examgen.typeset.layout.operators import APPLY, Kind, kind
from examgen.typeset.layout.tokens import sign_of

DERIVATIVES = frozenset({"∂", "d"})
PREFIXES = frozenset({"∂", "∇", "Δ"})  # these belong to what follows
WIDE = 0.9  # em; a product has no such space in it


def text_of(element: Element) -> str:
    """The plain characters of an element that is one token, in or out of rows; "" for anything else."""
    while tag(element) in ("mrow", "mpadded", "mstyle"):
        inside = [child for child in element if tag(child) != "mspace"]
        if len(inside) != 1:
            return ""
        element = inside[0]
    text = (element.text or "").strip()
    return "".join(plain(character) for character in text) if tag(element) in ("mi", "mn", "mo", "mtext") else ""


def primes(element: Element) -> int:
    """How many primes an element is."""
    text = text_of(element)
    return {"′": 1, "'": 1, "″": 2, "‴": 3}.get(text, 0)


def is_indexed(script: Element) -> bool:
    """A number in parentheses above is a layer or step, not a power."""
    inside = list(script)
    return tag(script) == "mrow" and len(inside) >= 3 and text_of(inside[0]) == "(" and text_of(inside[-1]) == ")"


def is_large(element: Element) -> bool:
    text = text_of(element)
    return len(text) == 1 and tag(element) == "mo" and kind(text) is Kind.OP


def is_simple(element: Element) -> bool:
    return text_of(element) != "" or (tag(element) in ("msub", "mover") and text_of(element[0]) != "")


def differential(element: Element) -> list[Element] | None:
    """What stands behind the ∂ or d of a derivative, None if there is none."""
    if tag(element) not in ("mrow", "mstyle"):
        return [] if text_of(element) == "∂" else None
    inside = list(element)
    return inside[1:] if inside and text_of(inside[0]) in DERIVATIVES else None


def is_partial(element: Element) -> bool:
    """Whether what stands above in a derivative has a ∂, not a d."""
    return text_of(next(iter(element), element)) == "∂"


def is_product(before: Element, after: Element) -> bool:
    """Whether two elements side by side are multiplied."""
    return _ends_factor(before) and _begins_factor(after)


def _ends_factor(element: Element) -> bool:
    name = tag(element)
    if name == "mo":
        return kind(sign_of(element)) is Kind.CLOSE
    if name == "mspace" or text_of(element) in PREFIXES:
        return False
    if name in ("msub", "msup", "msubsup"):
        return _ends_factor(element[0])
    if name in ("munder", "munderover"):
        return False
    if name == "mrow" and any(text_of(child) == APPLY for child in element):
        return not _is_open(element)
    return name != "mtext" and not _is_name(element)


def _begins_factor(element: Element) -> bool:
    name = tag(element)
    if name in ("mo", "mspace"):
        return False
    if name in ("msub", "msup", "msubsup"):
        return _begins_factor(element[0]) or tag(element[0]) == "mrow"
    if name == "mrow":
        inside = [child for child in element if tag(child) not in ("mspace",)]
        # f (x): parentheses after a letter are most often its argument.
        return not (inside and tag(inside[0]) == "mo" and sign_of(inside[0]) in "([{|⌊⌈" and not _holds_table(inside))
    return name != "mtext" and text_of(element) != "%"


def _holds_table(inside: Sequence[Element]) -> bool:
    return any(tag(child) == "mtable" for child in inside)


def is_wide(element: Element) -> bool:
    """Whether an element is a space that parts what is beside it."""
    return tag(element) == "mspace" and length(element.get("width", "0")) > WIDE


def _is_open(element: Element) -> bool:
    """A function that has taken only the `(` of its argument with it."""
    last = list(element)[-1] if len(element) else element
    return tag(last) == "mo" and kind(sign_of(last)) is Kind.OPEN


def _is_name(element: Element) -> bool:
    """The name of a function, in letters: ln, max, ReLU."""
    text = text_of(element)
    return len(text) > 1 and text.isalpha()


def is_compound(element: Element) -> bool:
    """Whether an element is more than one factor or term in parentheses."""
    return _is_fenced(element) and len(element) > 3


def without_fence(base: str, element: Element) -> str:
    """The words of an element, without the parentheses around all of it."""
    return base.removeprefix("(").removesuffix(")").strip() if _is_fenced(element) else base


def _is_fenced(element: Element) -> bool:
    inside = list(element)
    return tag(element) == "mrow" and len(inside) > 2 and text_of(inside[0]) == "(" and text_of(inside[-1]) == ")"
