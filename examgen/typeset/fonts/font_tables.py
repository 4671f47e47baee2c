"""Reads the tables of an OpenType math font into plain tuples and mappings; for `font` alone.

Glyphs are numbers and lengths are in design units throughout.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from struct import unpack_from
from typing import Any, NamedTuple

from fontTools.ttLib import TTFont

CORNERS = ("TopRightMathKern", "TopLeftMathKern", "BottomRightMathKern", "BottomLeftMathKern")


class Bounds(NamedTuple):
    """The box around an outline."""

    left: int
    bottom: int
    right: int
    top: int


class Part(NamedTuple):
    """A piece of a glyph that is put together; `repeats` marks a piece that may be left out or repeated."""

    glyph: int
    start: int
    end: int
    length: int
    repeats: bool


class Stretch(NamedTuple):
    """How a glyph grows: ready-made sizes as (glyph, length), smallest first, then pieces."""

    sizes: tuple[tuple[int, int], ...]
    parts: tuple[Part, ...]


class Kern(NamedTuple):
    """A corner of a glyph: `values[i]` is the kern at heights up to `heights[i]`; the last is for all above."""

    heights: tuple[int, ...]
    values: tuple[int, ...]

    def at(self, height: float) -> int:
        """Kern at a height above the glyph's baseline."""
        for limit, value in zip(self.heights, self.values, strict=False):
            if height < limit:
                return value
        return self.values[-1]


def read_bounds(font: TTFont) -> tuple[Bounds, ...]:
    """Bounds of all glyphs; zeros for glyphs without an outline."""
    # Read from the bytes: fontTools would unpack every outline.
    locations, outlines = font["loca"].locations, font.reader["glyf"]
    return tuple(
        Bounds(*unpack_from(">4h", outlines, start + 2)) if stop > start else Bounds(0, 0, 0, 0)
        for start, stop in pairwise(locations)
    )


def read_constants(math: Any) -> dict[str, int]:
    """The MATH constants by their OpenType names."""
    table = math.MathConstants
    found = {converter.name: getattr(table, converter.name) for converter in table.getConverters()}
    return {name: value if isinstance(value, int) else value.Value for name, value in found.items()}


def read_values(table: Any, coverage: str, values: str, ids: Mapping[str, int]) -> dict[int, int]:
    """One number per glyph: italic corrections and places of accents."""
    if table is None:
        return {}
    glyphs = getattr(table, coverage).glyphs
    return {ids[name]: value.Value for name, value in zip(glyphs, getattr(table, values), strict=True)}


def read_kerns(table: Any, ids: Mapping[str, int]) -> dict[int, tuple[Kern | None, ...]]:
    """Kerns by glyph, in the order of CORNERS."""
    if table is None:
        return {}
    records = zip(table.MathKernCoverage.glyphs, table.MathKernInfoRecords, strict=True)
    return {ids[name]: tuple(_kern(getattr(record, corner)) for corner in CORNERS) for name, record in records}


def read_stretches(coverage: Any, constructions: Any, ids: Mapping[str, int]) -> dict[int, Stretch]:
    """How glyphs grow in one direction."""
    if coverage is None:
        return {}
    return {
        ids[name]: Stretch(
            tuple((ids[record.VariantGlyph], record.AdvanceMeasurement) for record in way.MathGlyphVariantRecord),
            tuple(_parts(way.GlyphAssembly, ids)) if way.GlyphAssembly else (),
        )
        for name, way in zip(coverage.glyphs, constructions, strict=True)
    }


def read_alternates(font: TTFont, feature: str, ids: Mapping[str, int]) -> dict[int, tuple[int, ...]]:
    """What an OpenType feature offers in place of each glyph."""
    if "GSUB" not in font:
        return {}
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == feature
        for index in record.Feature.LookupListIndex
    }
    found: dict[int, tuple[int, ...]] = {}
    for subtable in (subtable for index in sorted(lookups) for subtable in table.LookupList.Lookup[index].SubTable):
        subtable = getattr(subtable, "ExtSubTable", subtable)
        found |= {
            ids[name]: tuple(ids[n] for n in names) for name, names in getattr(subtable, "alternates", {}).items()
        }
        found |= {ids[name]: (ids[other],) for name, other in getattr(subtable, "mapping", {}).items()}
    return found


def _kern(table: Any) -> Kern | None:
    if table is None:
        return None
    return Kern(tuple(v.Value for v in table.CorrectionHeight), tuple(v.Value for v in table.KernValue))


def _parts(assembly: Any, ids: Mapping[str, int]) -> Iterator[Part]:
    for part in assembly.PartRecords:
        yield Part(
            ids[part.glyph],
            part.StartConnectorLength,
            part.EndConnectorLength,
            part.FullAdvance,
            bool(part.PartFlags & 1),
        )
