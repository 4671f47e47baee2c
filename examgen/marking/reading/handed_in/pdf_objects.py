"""Objects of a PDF that somebody handed in, looked at without trust.

Called by `filled_pdf` and `pdf_pages`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf.generic import PdfObject


def entry(node: "PdfObject | None", key: str) -> "PdfObject | None":
    """A dictionary's entry with its reference followed; None where there is none."""
    from pypdf.generic import DictionaryObject, NullObject

    if not isinstance(node, DictionaryObject) or key not in node:
        return None
    found: PdfObject | None = node.raw_get(key).get_object()
    return None if isinstance(found, NullObject) else found


def array(value: "PdfObject | None") -> "list[PdfObject]":
    """The items of an array; none where it is something else."""
    from pypdf.generic import ArrayObject

    return list(value) if isinstance(value, ArrayObject) else []


def keys(node: "PdfObject | None") -> list[str]:
    """The keys of a dictionary; none where it is something else."""
    from pypdf.generic import DictionaryObject

    return [str(key) for key in node] if isinstance(node, DictionaryObject) else []


def place(node: "PdfObject") -> tuple[int, int] | None:
    """Number and generation of a reference."""
    from pypdf.generic import IndirectObject

    return (node.idnum, node.generation) if isinstance(node, IndirectObject) else None
