"""The program that reads spreadsheets, in a process of its own with limits on memory and time.

Started by `spreadsheet_reader` as a script, and never run by what marks: whatever a file makes the parser do, only
this process ends. It imports the standard library and the parser alone, so that it starts at once. What a request
and its replies are, is told in `spreadsheet_reader`.
"""

import gc
import importlib
import io
import json
import mmap
import sys
import xml.parsers.expat
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

MAX_MEMORY = 320 * 1024 * 1024  # of this process; who asks holds the rest of what a spreadsheet may take
MAX_UNPACKED = 64 * 1024 * 1024  # of the parts that are read; the parser takes several times their bytes
MAX_SHEETS = 100
MAX_CELLS = 1_200_000  # that are sent, and where the memory cannot be limited, of the rectangle around them
MAX_CHARACTERS = 20_000_000  # of all cells that are sent
HEAD = 20
"""Rows that are not blank in which the header is looked for."""

_PARTS = (".xml", ".rels")
_MIMETYPE = "mimetype"
_BLOCK = 100_000  # characters of rows that are sent at once
_CHUNK = 1024 * 1024
_ROW = 3  # cells that take as much room as a row that holds them

Row = tuple[int, list[str]]


class RefusedError(Exception):
    """The file is not read; the message goes on behind its name."""


def main() -> None:
    """Read the spreadsheets that come in until there are no more."""
    # Beside this script lies what it needs; the package around it would be long in coming.
    sys.path[:] = [sys.argv[1], *sys.path, str(Path(__file__).parent)]
    gc.disable()  # nothing here refers to itself, and there are very many cells to look through
    is_limited = limit_memory()
    import python_calamine  # noqa: F401  # before the first file, whose time it would take

    given, sent = sys.stdin.buffer, sys.stdout.buffer
    tell(sent, {"ready": is_limited})
    while line := given.readline():
        request = json.loads(line)
        limit_seconds(request["seconds"])
        reply = reply_to(given.read(request["bytes"]), request["longest"], given, sent, is_limited=is_limited)
        tell(sent, {**reply, "memory": memory()})


def reply_to(data: bytes, longest: int, given: BinaryIO, sent: BinaryIO, *, is_limited: bool) -> dict[str, Any]:
    """Read one file; how that ended."""
    try:
        read(data, longest, given, sent, is_limited=is_limited)
    except RefusedError as refusal:
        return {"fault": str(refusal)}
    except MemoryError:
        return {"fault": "too large"}
    except (KeyboardInterrupt, SystemExit, BrokenPipeError):
        raise
    except BaseException as error:  # a panic of the parser is no Exception
        return {"fault": "unreadable", "told": " ".join(str(error).split())[:200] or type(error).__name__}
    return {"fault": ""}


def limit_memory() -> bool:
    """Limit the memory of this process; whether that holds, as not every system keeps to it."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        set_limit(resource.RLIMIT_AS, MAX_MEMORY)
        mmap.mmap(-1, MAX_MEMORY).close()
    except (MemoryError, OSError):
        return True
    except (ImportError, ValueError):
        return False
    return False


def limit_seconds(seconds: float) -> None:
    """Limit the processor time from now on: where nobody is left to stop this process, it stops itself."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    set_limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 2)


def set_limit(kind: int, value: int) -> None:
    """Set a limit, or leave a narrower one."""
    import resource

    most = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if most == resource.RLIM_INFINITY else min(value, most), most))


def memory() -> int:
    """The memory that this process has now, in bytes; 0 where that is not known."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * mmap.PAGESIZE


def tell(sent: BinaryIO, reply: dict[str, Any]) -> None:
    """Send one reply, a line of JSON."""
    sent.write(json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")
    sent.flush()


def read(data: bytes, longest: int, given: BinaryIO, sent: BinaryIO, *, is_limited: bool) -> None:
    """Tell the head of one sheet after another, and the rows of those that are asked for."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_filelike(checked(data, is_measured=not is_limited)) as book:
        left = [MAX_CELLS, MAX_CHARACTERS]
        kinds = [str(one.typ).rpartition(".")[2] for one in book.sheets_metadata]
        sheets = [name for name, kind in zip(book.sheet_names, kinds, strict=True) if kind == "WorkSheet"]
        for name in sheets[:MAX_SHEETS]:
            sheet = book.get_sheet_by_name(name)
            rows = rows_of(sheet, longest, left)
            head = list(islice(rows, HEAD))
            tell(sent, {"sheet": name[:200], "width": sheet.width, "rows": head})
            wish = given.readline()
            if wish == b"rows\n":
                for block in blocks(rows):
                    tell(sent, {"rows": block})
                tell(sent, {"end": True})
            elif wish != b"next\n":
                return


def rows_of(sheet: Any, longest: int, left: list[int]) -> Iterator[Row]:
    """The rows of a sheet that are not blank, with their numbers, cells cut behind the longest that is allowed."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [cell if type(cell) is str else text_of(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        text = "".join(cells)
        if not text.strip():
            continue
        if len(text) > longest:
            cells = [cell[: longest + 1] for cell in cells]
        left[0] -= len(cells) + _ROW
        left[1] -= sum(map(len, cells)) if len(text) > longest else len(text)
        if min(left) < 0:
            raise RefusedError("too large")
        yield number, cells


def blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows, some of them at once."""
    block: list[Row] = []
    size = 0
    for row in rows:
        block.append(row)
        size += 20 + sum(map(len, row[1])) + 3 * len(row[1])
        if size > _BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block


def text_of(cell: object) -> str:
    """A cell as it would stand in a CSV file; numbers in their shortest form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)


def checked(data: bytes, *, is_measured: bool) -> io.BytesIO:
    """The parts that hold cells as a plain zip file, each of them XML without declarations of entities.

    The parser gets what was checked, byte for byte, and no other part.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = {info.filename: info for info in archive.infolist() if is_part(info.filename)}
        if sum(info.file_size for info in infos.values()) > MAX_UNPACKED:
            raise RefusedError("too large")
        stream = io.BytesIO()
        extent = extent_of_cells() if is_measured else None
        with zipfile.ZipFile(stream, "w") as plain:
            for name, info in infos.items():
                with archive.open(info) as part, plain.open(zipfile.ZipInfo(name), "w") as copy:
                    check_part(part, copy, extent, is_xml=name != _MIMETYPE)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # zipfile's own errors, zlib's, and whatever a broken file leads to
        raise RefusedError("damaged") from error
    stream.seek(0)
    return stream


def is_part(name: str) -> bool:
    """Whether the parser needs a member of the file: texts of the workbook, and not its pictures."""
    return name.lower().endswith(_PARTS) or name == _MIMETYPE


def extent_of_cells() -> Any:
    """Measures the cells of a file, where nothing else limits them."""
    module = importlib.import_module(f"{__package__}.spreadsheet_extent" if __package__ else "spreadsheet_extent")
    return module.Extent(MAX_CELLS, MAX_MEMORY)


def check_part(part: Any, copy: Any, extent: Any, *, is_xml: bool) -> None:
    """Copy a part, and see that it is XML without declarations."""
    parser = xml.parsers.expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_declaration
    if extent is not None:
        extent.watch(parser)
    while chunk := part.read(_CHUNK):
        if is_xml:
            parser.Parse(chunk, False)
        copy.write(chunk)
    if is_xml:
        parser.Parse(b"", True)


def refuse_declaration(*_declared: object) -> None:
    """No program writes a document type into a spreadsheet; entities are declared there."""
    raise RefusedError("declares entities")


if __name__ == "__main__":
    main()
