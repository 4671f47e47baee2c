"""Spreadsheets and zip files as programs write them, made by hand for the tests of reading."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import escape

Cell = str | float

_TYPES = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ODS = "urn:oasis:names:tc:opendocument:xmlns"


def write_zip(path: Path, members: Mapping[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip file of these members."""
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_xlsx(
    path: Path,
    rows: Sequence[Sequence[Cell]],
    sheet: str | None = None,
    *,
    more: Mapping[str, Sequence[Sequence[Cell]]] = MappingProxyType({}),
    parts: Mapping[str, bytes | str] = MappingProxyType({}),
    packing: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """An xlsx file: texts as inline texts, numbers as numbers, nothing for empty texts.

    Args:
        rows: of the first sheet, S.
        sheet: the part with its cells instead of the rows.
        more: rows of further sheets by their names.
        parts: further parts of the file, or others in the place of its own.
    """
    names = ["S", *more]
    numbered = list(enumerate(names, start=1))
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in numbered)
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    cells = [sheet if sheet is not None else xlsx_sheet(rows), *map(xlsx_sheet, more.values())]
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_TYPES}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_TYPES}/relationships">{links}</Relationships>',
        **{f"xl/worksheets/sheet{n}.xml": part for n, part in enumerate(cells, start=1)},
    }
    return write_zip(path, members | dict(parts), packing)


def xlsx_sheet(rows: Sequence[Sequence[Cell]]) -> str:
    """The part of an xlsx file that holds the cells."""
    body = "".join(
        f'<row r="{number}">'
        + "".join(_xlsx_cell(f"{_letters(place)}{number}", cell) for place, cell in enumerate(row) if cell != "")
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def write_ods(
    path: Path,
    rows: Sequence[Sequence[Cell]],
    content: str | None = None,
    *,
    more: Mapping[str, Sequence[Sequence[Cell]]] = MappingProxyType({}),
    parts: Mapping[str, bytes | str] = MappingProxyType({}),
    packing: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """An ods file, filled up with empty cells and rows as LibreOffice does; arguments as for `write_xlsx`."""
    bodies = {"S": content if content is not None else ods_rows(rows)}
    bodies |= {name: ods_rows(others) for name, others in more.items()}
    return write_zip(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": ods_content(bodies),
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODS}:manifest:1.0"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            f"</manifest:manifest>",
            **parts,
        },
        packing,
    )


def ods_rows(rows: Sequence[Sequence[Cell]]) -> str:
    """Rows as they stand in the part of an ods file that holds the cells."""
    return "".join(map(_ods_row, rows))


def ods_content(bodies: Mapping[str, str]) -> str:
    """The part of an ods file that holds the cells: the rows of each sheet by its name."""
    tail = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated='
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{body}{tail}"16384"/></table:table-row></table:table>'
        for name, body in bodies.items()
    )
    return (
        f'<office:document-content xmlns:office="{_ODS}:office:1.0" xmlns:table="{_ODS}:table:1.0" '
        f'xmlns:text="{_ODS}:text:1.0"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>'
        f"</office:document-content>"
    )


def _xlsx_cell(place: str, cell: Cell) -> str:
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _ods_row(row: Sequence[Cell]) -> str:
    cells = "".join(map(_ods_cell, row))
    return f'<table:table-row>{cells}<table:table-cell table:number-columns-repeated="16370"/></table:table-row>'


def _ods_cell(cell: Cell) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{cell!r}"><text:p>{cell:.2f}</text:p>'
        f"</table:table-cell>"
    )
