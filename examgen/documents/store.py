"""Keeps skeletons on disk between runs, so that the second paper of a shape needs no layout.

A file is named by a hash of everything that it depends on: the page, the templates and fonts, and the versions of the
libraries. It holds data only, and a checksum; one that is half written, changed or of another version is laid out anew.
"""

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from examgen.documents.mathbox import Formula, PlacedSlot
from examgen.documents.mathbox.formula import PlacedGlyphs, PlacedRule
from examgen.documents.stamping import Gap, OpenAlt, OpenForm, PaperSkeleton
from examgen.documents.typesetting import math_font
from examgen.errors import ExamgenError
from examgen.exams.files import write_files
from examgen.resources import shipped

FORMAT = "examgen skeleton 1"
LIBRARIES = ("examgen", "fonttools", "jinja2", "math-core", "pikepdf", "weasyprint")
MOST_FILES = 400
"""Beyond so many skeletons the oldest are thrown away."""

MOST_BYTES = 64 * 1024 * 1024


def load(page: str) -> PaperSkeleton | None:
    """The stored skeleton of a page, None where there is no sound one.

    Args:
        page: everything that the layout depends on but templates, fonts and libraries, as text.
    """
    try:
        packed = (_folder() / _name(page)).read_bytes()
        checksum, body = packed[:32], packed[32:]
        if hashlib.sha256(body).digest() != checksum:
            return None
        unpacker = zlib.decompressobj()
        data = json.loads(unpacker.decompress(body, MOST_BYTES))
        return _skeleton_from(data) if data["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError, IndexError, zlib.error):
        return None


def save(page: str, skeleton: PaperSkeleton) -> None:
    """Store a skeleton; where that is not possible, the next run lays it out again."""
    body = zlib.compress(json.dumps(_json_of(skeleton)).encode(), 1)
    try:
        write_files(_folder(), {_name(page): hashlib.sha256(body).digest() + body})
        _throw_away_oldest()
    except (ExamgenError, OSError):
        return


def _throw_away_oldest() -> None:
    files = sorted(_folder().glob("*.skeleton"), key=lambda path: path.stat().st_mtime)
    for path in files[:-MOST_FILES]:
        path.unlink(missing_ok=True)


def _folder() -> Path:
    return user_cache_path("examgen")


def _name(page: str) -> str:
    return hashlib.sha256(f"{FORMAT}\0{_surroundings()}\0{page}".encode()).hexdigest() + ".skeleton"


@cache
def _surroundings() -> str:
    """A hash of the templates, fonts, programs and libraries that pages are made with."""
    digest = hashlib.sha256()
    programs = Path(__file__).parent.rglob("*.py")
    for path in sorted(path for path in (*shipped("templates").rglob("*"), *programs) if path.is_file()):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    digest.update(" ".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    return digest.hexdigest()


def _json_of(skeleton: PaperSkeleton) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "prefix": b64encode(skeleton.prefix).decode(),
        "offsets": skeleton.offsets,
        "trailer": skeleton.trailer.decode("latin-1"),
        "forms": [
            {
                "number": form.number,
                "slots": form.slots,
                "is_centred": form.is_centred,
                "head": form.head.decode("latin-1"),
                "formula": _formula_json(form.formula),
            }
            for form in skeleton.forms
        ],
        "alts": [
            {"number": alt.number, "parts": [part.decode("latin-1") for part in alt.parts], "texts": alt.texts}
            for alt in skeleton.alts
        ],
        "gaps": [[gap.number, gap.before.decode("latin-1"), gap.after.decode("latin-1")] for gap in skeleton.gaps],
    }


def _skeleton_from(data: dict[str, Any]) -> PaperSkeleton:
    return PaperSkeleton(
        prefix=b64decode(data["prefix"]),
        offsets=tuple(data["offsets"]),
        forms=tuple(
            OpenForm(
                form["number"],
                _formula_from(form["formula"]),
                tuple(form["slots"]),
                form["is_centred"],
                form["head"].encode("latin-1"),
            )
            for form in data["forms"]
        ),
        alts=tuple(
            OpenAlt(alt["number"], tuple(part.encode("latin-1") for part in alt["parts"]), tuple(alt["texts"]))
            for alt in data["alts"]
        ),
        trailer=data["trailer"].encode("latin-1"),
        gaps=tuple(
            Gap(number, before.encode("latin-1"), after.encode("latin-1")) for number, before, after in data["gaps"]
        ),
    )


_NUMBERS = ("size", "width", "height", "depth", "overflow")
_LISTS = ("slots", "rules", "program", "groups", "columns", "ends")


def _formula_json(formula: Formula) -> dict[str, Any]:
    return {name: getattr(formula, name) for name in (*_NUMBERS, *_LISTS)}


def _formula_from(data: dict[str, Any]) -> Formula:
    steps = [step if isinstance(step, int) else _glyphs(step) for step in data["program"]]
    return Formula(
        font=math_font(),
        **{name: float(data[name]) for name in _NUMBERS},
        slots=tuple(PlacedSlot(*slot) for slot in data["slots"]),
        rules=tuple(PlacedRule(*rule) for rule in data["rules"]),
        program=tuple(steps),
        groups=_tuples(data["groups"]),
        columns=_tuples(data["columns"]),
        ends=_tuples(data["ends"]),
    )


def _glyphs(step: list[Any]) -> PlacedGlyphs:
    found = PlacedGlyphs(*step)
    return found._replace(words=_tuples(found.words))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value
