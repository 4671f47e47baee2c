"""A symbol in the three spellings that papers, tables and field ids have."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """One name in its three spellings: LaTeX, Unicode for sheets and tables, ASCII for field ids."""

    latex: str
    unicode: str
    ascii: str
