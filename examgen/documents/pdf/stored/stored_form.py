"""Skeletons as JSON and back, for `store`.

What is read is believed only where every part is there, has its type, and points at something: a file that was changed
must not become a broken page. Formulas are kept as they are filled, see `stored_formulas`, so that a page is there at
once.
"""

import json
import re
from base64 import b64decode, b64encode
from typing import Any

from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.pdf.pdf_parts import check_first_part
from examgen.documents.pdf.stamping import Gap, OpenAlt, OpenStream, PaperSkeleton
from examgen.documents.pdf.stored.stored_formulas import formulas_from, formulas_table
from examgen.documents.pdf.stored.stored_values import claim, places, row, typed

FORMAT = "examgen skeleton 4"

_SLOT = re.compile("[\U000f0000-\U000fffff]")


def skeleton_bytes(skeleton: PaperSkeleton) -> bytes:
    """A skeleton without missing characters, as JSON."""
    document = {
        "format": FORMAT,
        "prefix": b64encode(skeleton.prefix).decode(),
        "table": skeleton.table,
        "size": skeleton.size,
        "trailer": _json_bytes(skeleton.trailer),
        "forms": formulas_table(skeleton.forms),
        "streams": [
            {"number": one.number, "parts": list(map(_json_bytes, one.parts)), "forms": one.forms}
            for one in skeleton.streams
        ],
        "alts": [
            {"number": alt.number, "parts": list(map(_json_bytes, alt.parts)), "texts": alt.texts}
            for alt in skeleton.alts
        ],
        "gaps": [[gap.number, _json_bytes(gap.before), _json_bytes(gap.after)] for gap in skeleton.gaps],
    }
    return json.dumps(document).encode()


def skeleton_from(stored: bytes, texts: int, gaps: int) -> PaperSkeleton:
    """The skeleton that was stored.

    Args:
        stored: as `skeleton_bytes` gives it.
        texts: how many the page has.
        gaps: how many objects it leaves out.

    Raises: ValueError, TypeError, KeyError or RecursionError: it is none, or not of such a page.
    """
    data = json.loads(stored, parse_constant=_refused)
    claim(typed(data, dict)["format"] == FORMAT)
    forms = formulas_from(typed(data["forms"], dict), texts)
    skeleton = PaperSkeleton(
        prefix=b64decode(typed(data["prefix"], str), validate=True),
        table=typed(data["table"], int),
        size=typed(data["size"], int),
        forms=forms,
        streams=tuple([_stream_from(one, len(forms.templates)) for one in typed(data["streams"], list)]),
        alts=tuple([_alt_from(alt, texts) for alt in typed(data["alts"], list)]),
        trailer=_bytes_from(data["trailer"]),
        gaps=tuple([_gap_from(gap) for gap in typed(data["gaps"], list)]),
    )
    claim(len(skeleton.gaps) == gaps)
    _check_objects(skeleton)
    return skeleton


def _check_objects(skeleton: PaperSkeleton) -> None:
    """Every object is closed and where the table says, or open and free there; every formula stands somewhere."""
    free = [one.number for kind in (skeleton.streams, skeleton.alts, skeleton.gaps) for one in kind]
    claim(b"/Root " in skeleton.trailer)
    check_first_part(skeleton.prefix, skeleton.table, free, skeleton.size, skeleton.trailer)
    shown = {form for one in skeleton.streams for form in one.forms}
    claim(len(shown) == len(skeleton.forms.templates))


def _stream_from(data: Any, forms: int) -> OpenStream:
    parts, shown = _parts_from(typed(data, dict)), tuple(places(data["forms"], forms))
    claim(len(parts) == len(shown) + 1)
    return OpenStream(typed(data["number"], int), parts, shown)


def _alt_from(data: Any, texts: int) -> OpenAlt:
    parts, said = _parts_from(typed(data, dict)), tuple(row(data["texts"], [str] * len(data["texts"])))
    claim(len(parts) == len(said) + 1 > 1)
    claim(max(_SLOT.findall("".join(said)), default="") < chr(FIRST_SLOT + texts))
    return OpenAlt(typed(data["number"], int), parts, said)


def _parts_from(data: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple([_bytes_from(one) for one in typed(data["parts"], list)])


def _gap_from(data: Any) -> Gap:
    number, before, after = row(data, (int, str, str))
    return Gap(number, _bytes_from(before), _bytes_from(after))


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no number of a page")


def _json_bytes(data: bytes) -> str:
    return data.decode("latin-1")


def _bytes_from(text: Any) -> bytes:
    return str(typed(text, str)).encode("latin-1")
