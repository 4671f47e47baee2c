"""What the signs of an `<mo>` are to TeX: relations, binary operators, delimiters, …; for the spaces and line breaks.

The MathML names spaces in attributes where they differ from those that the kind of sign has by itself.
"""

from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from unicodedata import category

THIN, MEDIUM, THICK = 3 / 18, 4 / 18, 5 / 18
APPLY = "\u2061"
NOTHING = "\u2063"  # in place of a delimiter: \left.
OPENING, CLOSING, BARS = "([{⟨⌈⌊⟦⟪", ")]}⟩⌉⌋⟧⟫", "|‖"
LARGE, INTEGRALS = "∑∏∐⋀⋁⋂⋃⨀⨁⨂⨄⨆", "∫∬∭∮"


class Kind(Enum):
    """TeX's classes of atoms."""

    ORD = "ord"
    OP = "op"
    BIN = "bin"
    REL = "rel"
    OPEN = "open"
    CLOSE = "close"
    PUNCT = "punct"
    INNER = "inner"


SPACES = MappingProxyType(
    {
        Kind.ORD: (0.0, 0.0),
        Kind.OP: (THIN, THIN),
        Kind.BIN: (MEDIUM, MEDIUM),
        Kind.REL: (THICK, THICK),
        Kind.OPEN: (0.0, 0.0),
        Kind.CLOSE: (0.0, 0.0),
        Kind.PUNCT: (0.0, THIN),
        Kind.INNER: (THIN, THIN),
    }
)
_LISTED = (
    ("=<>:∈∉∋∣∤∥⟂∝∼≔≕≜≝≟", Kind.REL),
    ("+−±∓×÷⋅∗⋆∘∙•⊕⊖⊗⊘⊙⊚⊛⊞⊟⊠⊡∩∪⊎⊓⊔∧∨∖⋄△▽◁▷†‡≀", Kind.BIN),
    (",;", Kind.PUNCT),
    (".·", Kind.INNER),  # dots that stand for something left out
    (LARGE + INTEGRALS + APPLY, Kind.OP),
    (OPENING, Kind.OPEN),
    (CLOSING, Kind.CLOSE),
    ("∀∃∄∂∇∞∅¬⊤⊥∠√⏞⏟⏜⏝‖⋯⋮⋱…", Kind.ORD),
)


@lru_cache(maxsize=1024)
def kind(sign: str) -> Kind:
    """The kind of a sign; what is not listed is a relation if Unicode calls it a symbol of mathematics or an arrow."""
    for signs, found in _LISTED:
        if len(sign) == 1 and sign in signs:
            return found
    is_symbol = len(sign) == 1 and (category(sign) == "Sm" or "\u2190" <= sign <= "\u21ff")
    return Kind.REL if is_symbol and sign != "|" else Kind.ORD


@lru_cache(maxsize=1024)
def stretches(sign: str) -> bool:
    """Delimiters grow with what stands beside them unless the MathML forbids it."""
    return len(sign) == 1 and sign in OPENING + CLOSING + BARS
