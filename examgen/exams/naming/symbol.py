"""A symbol in the three spellings that papers, tables and field ids have."""

from dataclasses import dataclass

SUPERSCRIPTS = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
"""Raised and lowered characters, for `str.translate`."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One name in its three spellings: LaTeX, Unicode for sheets and tables, ASCII for field ids."""

    latex: str
    unicode: str
    ascii: str
