"""Makes the structure tree of a laid out document small; `skeleton` calls it.

WeasyPrint tags every line of letters as an element of its own. One that says nothing but that it is there, a span
without attributes, is not kept: its content belongs to the element around it, and is read in the same place.
"""

from collections.abc import Iterator

import pikepdf

_PLAIN = frozenset({"/Type", "/S", "/P", "/Pg", "/K"})


def tighten(pdf: pikepdf.Pdf) -> None:
    """Put the content of plain spans into the elements around them, and references to fields into theirs."""
    root = pdf.Root.StructTreeRoot
    numbers = root.ParentTree.Nums
    owners = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
    for element in list(_elements(root)):
        kids = element.K
        if not isinstance(kids, pikepdf.Array) or "/Pg" not in element:
            continue
        page, own = element.Pg, owners[int(element.Pg.StructParents)]
        found: list[object] = []
        for kid in kids:
            marks = _marks_of_plain_span(kid, page)
            for mark in marks:
                own[mark] = element
            found += marks or [_direct(kid)]
        element.K = pikepdf.Array(found)


def _elements(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """All elements below one, with kids."""
    kids = element.get("/K", pikepdf.Array([]))
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid and "/K" in kid:
            yield kid
            yield from _elements(kid)


def _marks_of_plain_span(kid: object, page: pikepdf.Object) -> list[int]:
    """The marked content of a span on this page that has nothing else; none where it is none."""
    if (
        not isinstance(kid, pikepdf.Dictionary)
        or kid.get("/S") != pikepdf.Name.Span
        or not _PLAIN.issuperset(kid.keys())
    ):
        return []
    kids = kid.get("/K", pikepdf.Array([]))
    marks = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    is_here = "/Pg" in kid and kid.Pg.objgen == page.objgen
    if not is_here or not all(isinstance(mark, int) for mark in marks):
        return []
    return [int(mark) for mark in marks]


def _direct(kid: object) -> object:
    """A reference to a field as a value; other kids as they are."""
    if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == pikepdf.Name.OBJR:
        return pikepdf.Dictionary(dict(kid.items()))
    return kid
