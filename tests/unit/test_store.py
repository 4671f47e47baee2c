"""Layouts that are kept between runs: whatever became of a file, the paper is as if there had been none."""

import hashlib
import json
import os
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from examgen.cli import app
from examgen.documents.paper import printing
from examgen.documents.pdf.stamping import PaperSkeleton, stamp
from examgen.documents.pdf.stored import store
from examgen.documents.pdf.stored.stored_form import skeleton_bytes, skeleton_from
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.laws import tried

Damage = Callable[[dict[str, Any]], object]


def changed_array(inside: Any, key: str | int, value: float) -> None:
    """Put another number into the first place of an array."""
    packed = bytearray(b64decode(inside[key]))
    struct.pack_into("<d" if isinstance(value, float) else "<i", packed, 0, value)
    inside[key] = b64encode(packed).decode()


DAMAGES: dict[str, Damage] = {
    "no parts": lambda page: page.clear(),
    "another format": lambda page: page.update(format="examgen skeleton 1"),
    "no prefix": lambda page: page.pop("prefix"),
    "a prefix that is no PDF": lambda page: page.update(prefix="SGVsbG8="),
    "a prefix that is no base64": lambda page: page.update(prefix="%%%"),
    "a prefix that is cut": lambda page: page.update(prefix=page["prefix"][:4000]),
    "a prefix of another page": lambda page: page.update(prefix=page["prefix"][:40] + page["prefix"][80:]),
    "a table out of range": lambda page: page.update(table=10**6),
    "a table that is huge": lambda page: page.update(table=10**400),
    "a table that is off by one": lambda page: page.update(table=page["table"] + 1),
    "a table that is no number": lambda page: page.update(table=None),
    "another size": lambda page: page.update(size=page["size"] - 1),
    "an open object that is closed": lambda page: page["streams"][0].update(number=1),
    "an open object that is not there": lambda page: page["streams"][0].update(number=page["size"]),
    "no trailer": lambda page: page.update(trailer=""),
    "a trailer of other letters": lambda page: page.update(trailer="/Root ∂"),
    "a trailer of another page": lambda page: page.update(trailer="/Root 3 0 R"),
    "one stream twice": lambda page: page["streams"].append(page["streams"][0]),
    "no streams": lambda page: page.update(streams=[]),
    "streams that are no list": lambda page: page.update(streams={"0": 1}),
    "a stream that is no table": lambda page: page["streams"].__setitem__(0, 3),
    "a stream of a form that is not there": lambda page: page["streams"][0]["forms"].__setitem__(0, 10**5),
    "a stream of fewer forms": lambda page: page["streams"][0]["forms"].pop(),
    "forms that are none": lambda page: page.update(forms=[]),
    "no forms": lambda page: page.update(forms={}),
    "a text that is not there": lambda page: page["forms"]["shown"][0].__setitem__(0, 10**5),
    "a text before the first": lambda page: page["forms"]["shown"][0].__setitem__(0, -1),
    "a letter size that is not there": lambda page: page["forms"]["shown"][0].__setitem__(1, 7),
    "fewer texts": lambda page: page["forms"]["shown"].pop(),
    "widths that are no numbers": lambda page: page["forms"].update(widths=[12.0]),
    "a width that is NaN": lambda page: changed_array(page["forms"], "widths", float("nan")),
    "a width that is infinite": lambda page: changed_array(page["forms"], "full", float("inf")),
    "a unit that is not positive": lambda page: changed_array(page["forms"], "units", 0.0),
    "half a number": lambda page: page["forms"].update(full=page["forms"]["full"][:4]),
    "fewer widths": lambda page: page["forms"].update(widths=""),
    "a group that is not there": lambda page: changed_array(page["forms"]["moves"], 1, 10**6),
    "a group before that is not there": lambda page: changed_array(page["forms"]["moves"], 2, -2),
    "a formula that is not there": lambda page: changed_array(page["forms"]["moves"], 3, 10**6),
    "fewer moves": lambda page: page["forms"]["moves"].__setitem__(0, ""),
    "a unit that is not there": lambda page: changed_array(page["forms"]["groups"], 1, 10**6),
    "sums that begin nowhere": lambda page: changed_array(page["forms"]["groups"], 0, 1),
    "no groups": lambda page: page["forms"].update(groups=["", "", ""]),
    "no ends": lambda page: page["forms"].update(ends=["", "", ""]),
    "an end of a group that is not there": lambda page: changed_array(page["forms"]["ends"], 2, 10**6),
    "a column of itself": lambda page: page["forms"].update(
        columns=[["AAAAAAAAAAA=", ["AAAAAA==", "fwAAAA==", "AAAAAAAAAAA="], "AAAAAA=="]]
    ),
    "a template without its gaps": lambda page: page["forms"]["templates"].__setitem__(0, "BT ET"),
    "a template with another gap": lambda page: page["forms"]["templates"].__setitem__(0, "%d"),
    "operators of another kind": lambda page: page["forms"]["templates"].__setitem__(
        -1, page["forms"]["templates"][-1] + " /Js Do"
    ),
    "a gap of nothing": lambda page: page["forms"]["picks"][0].__setitem__(0, 10**5),
    "a number in the place of glyphs": lambda page: page["forms"]["picks"][0].reverse(),
    "picks that are none": lambda page: page["forms"].update(picks=[]),
    "an alternative text that is none": lambda page: page["alts"][0].update(texts=[1]),
    "an alternative text of a slot that is not there": lambda page: page["alts"][0]["texts"].__setitem__(
        0, "\U000ffff0"
    ),
    "half a surrogate pair": lambda page: page["alts"][0]["texts"].__setitem__(0, "\ud800"),
    "more around alternative texts": lambda page: page["alts"][0]["parts"].append(""),
    "a gap that nobody fills": lambda page: page.update(gaps=[[1, "", ""]]),
    "gaps that are none": lambda page: page.update(gaps=[1, 2]),
}


@pytest.fixture(autouse=True)
def laid_out_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is laid out again in a test has the same layout, as others test, and takes no time."""
    monkeypatch.setattr(printing, "_laid_out", cache_by_text(printing._laid_out))


def cache_by_text(made: Callable[..., PaperSkeleton]) -> Callable[..., PaperSkeleton]:
    """What a function gives, kept by the text of its arguments."""
    known: dict[str, PaperSkeleton] = {}

    def found(*arguments: object) -> PaperSkeleton:
        text = repr(arguments)
        if text not in known:
            known[text] = made(*arguments)
        return known[text]

    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where layouts are kept during a test."""
    monkeypatch.setattr(store, "_folder", lambda: tmp_path / "kept")
    yield tmp_path / "kept"
    printing._skeleton.cache_clear()


def paper() -> bytes:
    """A small paper, by what is on the disk and not by what is in memory."""
    printing._skeleton.cache_clear()
    loaded = load_exam("scalar-chain", 7)
    return printing.questions_pdf(loaded.exam, draw_variants(loaded, [Student("s1", "Ada")])[0])


@pytest.fixture(scope="module")
def kept() -> tuple[bytes, PaperSkeleton]:
    """A layout as it is stored."""
    with pytest.MonkeyPatch.context() as patch:
        found: list[PaperSkeleton] = []
        patch.setattr(store, "load", lambda *_: None)
        patch.setattr(store, "save", lambda _, skeleton: found.append(skeleton))
        paper()
    printing._skeleton.cache_clear()
    return skeleton_bytes(found[0]), found[0]


def texts_of(skeleton: PaperSkeleton) -> int:
    """How many texts a page has."""
    return 1 + max(place for place, _ in skeleton.forms.shown)


def test_what_is_stored_is_found_again(kept: tuple[bytes, PaperSkeleton]) -> None:
    """Stamping what was read gives the same bytes."""
    stored, skeleton = kept
    count = texts_of(skeleton)
    read = skeleton_from(stored, count, 0)
    texts = ["Ada", "s1", "ABC", *["1"] * (count - 3)]
    assert stamp(read, texts, texts) == stamp(skeleton, texts, texts)
    assert skeleton_bytes(read) == stored


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_page_that_points_at_nothing_is_none(kept: tuple[bytes, PaperSkeleton], damage: Damage) -> None:
    """Every part has its type and its place, or the whole is not believed."""
    stored, skeleton = kept
    page = json.loads(stored)
    damage(page)
    with pytest.raises((ValueError, KeyError, TypeError)):
        skeleton_from(json.dumps(page).encode(), texts_of(skeleton), 0)


@pytest.mark.parametrize("stored", [b"", b"[]", b"7", b"null", b"[" * 100_000, b'{"format": ' * 9000, b"\xff", b"NaN"])
def test_what_is_no_table_is_no_page(stored: bytes) -> None:
    """Other JSON, nesting without end, and no JSON at all."""
    with pytest.raises((ValueError, TypeError, KeyError, RecursionError)):
        skeleton_from(stored, 3, 0)


JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.just([]), st.just({}))


@tried(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_page_is_sound_or_none(kept: tuple[bytes, PaperSkeleton], data: st.DataObject) -> None:
    """Anything anywhere in it: what is still believed can be stamped, into a file that needs no repair."""
    stored, skeleton = kept
    page = json.loads(stored)
    inside: Any = page
    while True:
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(inside[key], dict | list) or not inside[key] or data.draw(st.integers(0, 5)) == 0:
            break
        inside = inside[key]
    inside[key] = data.draw(JUNK)
    count = texts_of(skeleton)
    try:
        read = skeleton_from(json.dumps(page).encode(), count, 0)
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    texts = ["Ada", "s1", "ABC", *["1"] * (count - 3)]
    try:
        pdf = stamp(read, texts, texts)
    except ValueError:  # a slot of another width may be too narrow, which the caller lays out anew
        return
    with pikepdf.open(BytesIO(pdf), attempt_recovery=False) as document:
        assert document.pages


def changed(packed: bytes, damage: Damage) -> bytes:
    """A file with a checksum that fits what is in it."""
    page = json.loads(zlib.decompress(packed[32:]))
    damage(page)
    body = zlib.compress(json.dumps(page).encode())
    return hashlib.sha256(body).digest() + body


def test_a_changed_file_is_laid_out_anew(folder: Path) -> None:
    """Whatever fits what: the paper has the same bytes, and the file is as it was."""
    fresh = paper()
    (file,) = folder.iterdir()
    packed = file.read_bytes()
    for bad in (
        changed(packed, DAMAGES["a table out of range"]),
        changed(packed, lambda page: changed_array(page["forms"], "full", 1.0)),
        changed(packed, lambda _: None),
        packed[:-1],
        packed[:20],
        packed[32:],
        b"",
        os.urandom(1000),
    ):
        file.write_bytes(bad)
        assert paper() == fresh
        assert file.read_bytes() == packed


def test_a_file_of_another_page_is_not_taken(folder: Path) -> None:
    """A page under the name of another one has a checksum that is right for the other alone."""
    fresh = paper()
    (file,) = folder.iterdir()
    loaded = load_exam("relu-integers", 7)
    printing.questions_pdf(loaded.exam, draw_variants(loaded, [Student("s1", "Ada")])[0])
    (other,) = {*folder.iterdir()} - {file}
    file.write_bytes(other.read_bytes())
    assert paper() == fresh


def test_a_page_with_a_checksum_of_ours_is_looked_at_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the checksum is right, a page that points at nothing is laid out anew."""
    fresh = paper()
    (file,) = folder.iterdir()
    monkeypatch.setattr(store, "_checksum", lambda _, body: hashlib.sha256(body).digest())
    for damage in ("a table out of range", "a prefix that is no PDF", "a width that is NaN", "no parts", "no forms"):
        file.write_bytes(changed(file.read_bytes(), DAMAGES[damage]))
        assert paper() == fresh, damage


def test_a_folder_that_cannot_be_used_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in its place, a folder in a file's place, no room, and no home at all."""
    usual = tmp_path / "usual"
    monkeypatch.setattr(store, "_folder", lambda: usual)
    fresh = paper()
    (file,) = usual.iterdir()
    file.unlink()
    file.mkdir()
    assert paper() == fresh
    (tmp_path / "file").write_bytes(b"I am no folder")
    monkeypatch.chdir(tmp_path)
    for place in (tmp_path / "file", Path("/proc/examgen"), Path("/dev/full/examgen"), Path("~/.cache/examgen")):
        monkeypatch.setattr(store, "_folder", lambda place=place: place)
        assert paper() == fresh
    assert not (tmp_path / "~").exists()


def test_make_gives_the_same_paper_whatever_is_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the command line: no traceback, and files as from an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def made() -> dict[str, bytes]:
        printing._skeleton.cache_clear()
        arguments = ["make", "scalar-chain", "--seed", "7", "--student", "s1", "--out", str(tmp_path / "out")]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        return {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}

    fresh = made()
    files = sorted((tmp_path / "cache").rglob("*.skeleton"))
    assert len(files) == 2
    for damage in ("a table out of range", "no prefix", "a width that is infinite"):
        for file in files:
            file.write_bytes(changed(file.read_bytes(), DAMAGES[damage]))
        assert made() == fresh
    printing._skeleton.cache_clear()
