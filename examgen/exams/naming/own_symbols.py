"""Symbols of quantities that a bank names itself, and of derivatives by them; no notation changes these.

Called by `symbol_names` for what has a LaTeX symbol of its own.
"""

import re
import unicodedata

from examgen.core.graph import ComputationGraph, Quantity
from examgen.exams.naming.notation import AnyIndex
from examgen.exams.naming.symbol import SUBSCRIPTS, SUPERSCRIPTS, Symbol

_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_ACCENT = re.compile(rf"\\({'|'.join(_ACCENTS)})\{{(\w)\}}|\\({'|'.join(_ACCENTS)})\s+(\w)")
_UPRIGHT = re.compile(r"\\(?:text|mathrm|operatorname|mathbf)\{([^{}]*)\}")
_MARKED = re.compile(r"([_^])(?:\{([^{}]*)\}|(\w))")
_GREEK = re.compile(r"\\([A-Za-z]+)")


def own_symbol(graph: ComputationGraph, quantity: Quantity, index: AnyIndex | None) -> Symbol:
    """The symbol of a quantity, or of its entry at a 0-based place (or letters for any place)."""
    derivative = quantity.derivative
    if derivative is None or derivative.of not in graph:
        return _symbol(quantity, index)
    of, by = _symbol(graph[derivative.of], None), _symbol(graph[derivative.by], index)
    return Symbol(
        rf"\frac{{\partial {of.latex}}}{{\partial {by.latex}}}",
        f"∂{of.unicode}/∂{by.unicode}",
        f"d{of.ascii}_d{by.ascii}",
    )


def _symbol(quantity: Quantity, index: AnyIndex | None) -> Symbol:
    text = _unicode(quantity)
    if not index:
        return Symbol(quantity.latex, text, quantity.name)
    places = [str(place) if isinstance(place, str) else str(place + 1) for place in index]
    shown = ("," if any(len(place) > 1 for place in places) else "").join(places)
    # A second index needs brackets around the first.
    is_indexed = "_" in quantity.latex or "'" in quantity.latex
    latex = rf"\left({quantity.latex}\right)" if is_indexed else quantity.latex
    text = f"({text})" if is_indexed else text
    return Symbol(f"{latex}_{{{shown}}}", f"{text}{shown.translate(SUBSCRIPTS)}", "_".join([quantity.name, *places]))


def _unicode(quantity: Quantity) -> str:
    """The text of a symbol: accents, Greek letters, raised and lowered digits; its name where that is not enough."""
    found = _ACCENT.sub(lambda one: f"{one[2] or one[4]}{_ACCENTS[one[1] or one[3]]}", quantity.latex)
    found = _UPRIGHT.sub(r"\1", found)
    found = _GREEK.sub(_greek, found)
    found = _MARKED.sub(_marked, found).replace("'", "′").replace(" ", "")
    if any(char in found for char in "\\{}^"):
        return quantity.name
    return unicodedata.normalize("NFC", found)


def _greek(found: re.Match[str]) -> str:
    name = found[1]
    for case in ("CAPITAL", "SMALL") if name[0].isupper() else ("SMALL",):
        try:
            return unicodedata.lookup(f"GREEK {case} LETTER {'LAMDA' if name.lower() == 'lambda' else name.upper()}")
        except KeyError:
            continue
    return found[0]


def _marked(found: re.Match[str]) -> str:
    inner = found[2] if found[2] is not None else found[3]
    if found[1] == "_":
        lowered = inner.translate(SUBSCRIPTS)
        return lowered if not re.search(r"[A-Za-z]", inner) else f"_{inner}"
    raised = inner.translate(SUPERSCRIPTS)
    return raised if raised != inner else f"^{inner}"
