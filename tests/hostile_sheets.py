"""Spreadsheets that are made to use up memory or time, or to be read otherwise by whoever looks at them first."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.packed_sheets import ods_content, ods_rows, write_ods, write_xlsx, write_zip, xlsx_sheet

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPED = 'office:value-type="float" office:value="1"'
_FULL = f"<table:table-cell {_TYPED}><text:p>1</text:p></table:table-cell>"
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "999999999"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

Parts = Mapping[str, bytes | str]


def far_cell(place: str, row: int | str) -> str:
    """The part of an xlsx file that holds the cells, with one cell far away."""
    return _ending(f'<row r="{row}"><c r="{place}{row}"><v>1</v></c></row>')


def _ending(rows: str) -> str:
    return xlsx_sheet([["student", "z1"], ["s", 1.0]]).replace("</sheetData>", f"{rows}</sheetData>")


def _rows(rows: int, columns: int, cell: str = "<c><v>1</v></c>") -> str:
    return f"<row>{cell * columns}</row>" * rows


def _linked(target: str, sheet: str, kind: str = "worksheet") -> Parts:
    """The parts of a workbook whose only sheet is a part of another name."""
    links = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return {
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}">{links}</Relationships>',
        f"xl/{target}": sheet,
    }


def _shared(length: int, cells: int) -> Parts:
    """One long text that many cells refer to."""
    return {
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>{"ab" * (length // 2)}</t></si></sst>',
        "xl/worksheets/sheet1.xml": _ending(_rows(cells // 100, 100, '<c t="s"><v>0</v></c>')),
    }


def _many_sheets(count: int, sheet: str) -> Parts:
    """A workbook that names one part as very many sheets."""
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, count + 1))
    workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    return {"xl/workbook.xml": workbook, "xl/worksheets/sheet1.xml": sheet}


def _repeated(rows: str, columns: str = "") -> str:
    across = f"<table:table-cell {columns}/>" if columns else ""
    return f"<table:table-row {rows}>{across}{_FULL}</table:table-row>"


def _ods_part(content: str) -> Parts:
    return {"content.xml": content}


XLSX: Mapping[str, Callable[[], Parts]] = MappingProxyType(
    {
        "last cell": lambda: {"xl/worksheets/sheet1.xml": far_cell("XFD", 1_048_576)},
        "last row": lambda: {"xl/worksheets/sheet1.xml": far_cell("B", 100_000_000)},
        "last number": lambda: {"xl/worksheets/sheet1.xml": far_cell("B", 4_294_967_295)},
        "beyond all numbers": lambda: {"xl/worksheets/sheet1.xml": far_cell("ZZZZZZZZZZZZZ", "9" * 30)},
        "below all numbers": lambda: {"xl/worksheets/sheet1.xml": far_cell("", "-1")},
        "spelled otherwise": lambda: {
            "xl/worksheets/sheet1.xml": far_cell("XFD", 1_048_576).replace('r="XFD1048576"', "r = '&#120;fd1048576'")
        },
        "prefixes": lambda: {
            "xl/worksheets/sheet1.xml": far_cell("XFD", 1_048_576)
            .replace("<", "<x:")
            .replace("<x:/", "</x:")
            .replace("xmlns=", "xmlns:x=")
        },
        "part of another name": lambda: _linked("worksheets/foo.xml", far_cell("XFD", 1_048_576)),
        "part of no ending": lambda: _linked("worksheets/foo.bin", far_cell("XFD", 1_048_576)),
        "part outside": lambda: _linked("../../../../etc/passwd", far_cell("XFD", 1_048_576)),
        "chart": lambda: _linked("chartsheets/sheet1.xml", far_cell("XFD", 1_048_576), "chartsheet"),
        "without references": lambda: {"xl/worksheets/sheet1.xml": _ending(_rows(1, 9_000) + _rows(9_000, 1))},
        "dimension": lambda: {
            "xl/worksheets/sheet1.xml": _ending("").replace(
                "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
            )
        },
        "merged cells": lambda: {
            "xl/worksheets/sheet1.xml": _ending("").replace(
                "</sheetData>",
                "</sheetData><mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 50_000 + "</mergeCells>",
            )
        },
        "array formula": lambda: {
            "xl/worksheets/sheet1.xml": _ending(
                '<row r="9"><c r="A9"><f t="array" ref="A9:XFD1048576">1</f><v>1</v></c></row>'
            )
        },
        "shared formulas": lambda: {
            "xl/worksheets/sheet1.xml": _ending(
                '<row r="9"><c r="A9"><f t="shared" si="0" ref="A9:A999999">'
                + "A1+" * 20_000
                + "1</f><v>1</v></c></row>"
                + "".join(
                    f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/><v>1</v></c></row>' for n in range(10, 3_000)
                )
            )
        },
        "one text many times": lambda: _shared(1_000_000, 50_000),
        "a text that is not there": lambda: {
            "xl/worksheets/sheet1.xml": _ending('<row r="9"><c r="A9" t="s"><v>4000000000</v></c></row>')
        },
        "texts that are announced": lambda: {
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" count="4000000000" uniqueCount="4000000000"/>'
        },
        "deep": lambda: {"xl/worksheets/sheet1.xml": _ending("<row>" * 200_000 + "</row>" * 200_000)},
        "huge text": lambda: {"xl/worksheets/sheet1.xml": _ending("").replace(">s<", f">{'abcdefgh' * 2_000_000}<")},
        "many columns": lambda: {"xl/worksheets/sheet1.xml": _ending(_rows(1, 400_000))},
        "many attributes": lambda: {
            "xl/worksheets/sheet1.xml": _ending("<row " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>")
        },
        "one part as many sheets": lambda: _many_sheets(100, _ending(_rows(1_000, 300)).replace("student", "nobody")),
        "very many sheets": lambda: _many_sheets(200_000, _ending("").replace("student", "nobody")),
        "styles": lambda: {
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs>'
            + "<xf numFmtId='14'/>" * 500_000
            + "</cellXfs></styleSheet>"
        },
        "entities": lambda: {"xl/worksheets/sheet1.xml": _LAUGHS + far_cell("B", "&b;")},
        "entities in UTF-16": lambda: {
            "xl/worksheets/sheet1.xml": ('<?xml version="1.0" encoding="UTF-16"?>' + _LAUGHS + _ending("")).encode(
                "utf-16"
            )
        },
        "UTF-16": lambda: {"xl/worksheets/sheet1.xml": far_cell("XFD", 1_048_576).encode("utf-16")},
        "UTF-7": lambda: {
            "xl/worksheets/sheet1.xml": b'<?xml version="1.0" encoding="UTF-7"?>' + _ending("").encode("utf-7")
        },
        "entities in the workbook": lambda: {
            "xl/workbook.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook><sheets/></workbook>'
        },
        "tables": lambda: {
            "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="t" '
            f'Type="{_OFFICE}/table" Target="../tables/table1.xml"/></Relationships>',
            "xl/tables/table1.xml": f'<table xmlns="{_MAIN}" id="1" name="T" displayName="T" ref="A1:XFD1048576"/>',
        },
        "pivot": lambda: {
            "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{_MAIN}"><cacheSource/>'
            f"<cacheFields>{'<cacheField/>' * 100_000}</cacheFields></pivotCacheDefinition>"
        },
    }
)
"""By kind, the parts of an xlsx file that make it hostile."""

ODS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "rows": lambda: _repeated('table:number-rows-repeated="1000000000"'),
        "columns": lambda: _repeated("", 'table:number-columns-repeated="1000000000"'),
        "rows between": lambda: (
            '<table:table-row table:number-rows-repeated="1000000000"><table:table-cell/>'
            + f"</table:table-row>{_repeated('')}"
        ),
        "a sign": lambda: _repeated('table:number-rows-repeated="+100000000"'),
        "an entity": lambda: _repeated('table:number-rows-repeated="&#49;00000000"'),
        "another namespace": lambda: _repeated(
            'xmlns:o="urn:o" o:number-rows-repeated="1" table:number-rows-repeated="100000000"'
        ),
        "a prefix": lambda: (
            _repeated('table:number-rows-repeated="100000000"').replace("table:", "t:")
            + '<!-- <t xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"> -->'
        ),
        "a sign in an attribute": lambda: _repeated('table:style-name=">" table:number-rows-repeated="100000000"'),
        "the last number": lambda: _repeated('table:number-rows-repeated="4294967295"'),
        "beyond all numbers": lambda: _repeated(f'table:number-rows-repeated="{"9" * 30}"'),
        "other digits": lambda: _repeated('table:number-rows-repeated="١٠٠٠٠٠٠٠٠٠"'),
        "both": lambda: _repeated('table:number-rows-repeated="30000"', 'table:number-columns-repeated="30000"'),
        "repeated text": lambda: (
            _repeated('table:number-rows-repeated="100000"')
            .replace("float", "string")
            .replace("<text:p>1", f"<text:p>{'abcdefgh' * 10_000}")
        ),
        "spaces": lambda: (
            _repeated("")
            .replace("<text:p>", '<text:p><text:s text:c="1000000000"/>')
            .replace(_TYPED, 'office:value-type="string"')
        ),
        "the most spaces": lambda: (
            _repeated("")
            .replace("<text:p>", '<text:p><text:s text:c="18446744073709551615"/>')
            .replace(_TYPED, 'office:value-type="string"')
        ),
        "covered cells": lambda: _repeated("").replace(
            "</table:table-row>",
            f'<table:covered-table-cell table:number-columns-repeated="1000000000"/>{_FULL}</table:table-row>',
        ),
        "deep": lambda: "<table:table-row>" * 200_000 + "</table:table-row>" * 200_000,
        "nested tables": lambda: (
            f"<table:table-row><table:table-cell {_TYPED}>{'<table:table>' * 50_000}"
            + f"{'</table:table>' * 50_000}</table:table-cell></table:table-row>"
        ),
    }
)
"""By kind, the rows of an ods file that make it hostile."""


def write_hostile(folder: Path, packing: int = zipfile.ZIP_DEFLATED) -> dict[str, Path]:
    """All of them, by their kinds; stored, none of their parts is suspiciously much smaller than what is in it."""
    head = ods_rows([["student", "z1"], ["s", 1.0]])
    found = {}
    for number, (kind, parts) in enumerate(XLSX.items()):
        found[f"xlsx, {kind}"] = write_xlsx(folder / f"x{number}.xlsx", [], parts=parts(), packing=packing)
    for number, (kind, rows) in enumerate(ODS.items()):
        content = {"content.xml": ods_content({"S": head + rows()})}
        found[f"ods, {kind}"] = write_ods(folder / f"o{number}.ods", [], parts=content, packing=packing)
    laughs = _LAUGHS + ods_content({"S": head + _repeated('table:number-rows-repeated="&b;"')})
    found["ods, entities"] = write_ods(folder / "entities.ods", [], parts={"content.xml": laughs})
    found["ods, encrypted"] = write_ods(folder / "encrypted.ods", [], parts={"content.xml": bytes(range(256)) * 40})
    found["no parts"] = write_zip(folder / "none.xlsx", {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>"})
    return found
