"""Builds the fonts in this folder from STIX Two and Noto; run by hand when those have a new version.

    python templates/fonts/build.py STIXTwoMath-Regular.ttf FOLDER_OF_STIX_TWO_TEXT_SUBSETS FOLDER_OF_NOTO_SERIF_SUBSETS

*STIX Two Text* is merged from its published subsets, one static file per style, because a family that is spread over
several files gives wrong glyphs. *Noto Serif Devanagari* is one published subset without the Vedic signs, with all its
features, which make conjuncts and vowel signs. *Examgen Fields* is STIX Two Text with what is typed into answer boxes:
the font of a form's fields is embedded whole. *Examgen Math* is STIX Two Math, arranged so that a formula is nearly
plain text:

- a plain letter has the italic glyph of mathematics, so that `z` is set in italics and copied as `z`;
- the spaces have the widths of TeX's spaces, of a digit, a point, and the difference to a minus sign (SPACES);
- the OpenType features `upri`, `bold`, … choose other alphabets, `disp` the operators of displayed formulas;
- the features d001, d002, … choose delimiters of 1 + n/4 em, so that a tall bracket is one glyph, copied as `[`;
- the characters of CELLS draw an answer box whose label is the text that follows;
- the features r001, r002, … choose brackets for n rows of a matrix that hang down from the first row.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import decomposition, normalize
from unicodedata import name as name_of

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.merge import Merger
from fontTools.misc.transform import Transform
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

AXIS = 259
DELIMITER_STEPS = 76
MATRIX_ROWS = 16
ROW_HEIGHT = 1250
BRACKET_WIDTH = 315  # a sum of spaces, which stand below the brackets in the other rows
SPACES = {
    " ": 278,  # thick, around relations
    "\u00a0": 222,  # medium, around binary operators
    "\u202f": 167,  # thin, without a break after it
    "\u200a": 45,  # hair; with the next two, every difference between digits and minus signs is a sum of spaces
    "\u2001": 1000,  # quad
    "\u2002": 500,
    "\u2007": 495,  # a digit
    "\u2008": 245,  # a decimal point
    "\u2006": 5,  # to place answer boxes
    "\u2005": 225,  # a minus sign less a digit
}
SMALL = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵏʲˡ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜⱼᵢᵣᵤᵥ"
SCRIPT, RAISED, LOWERED = 0.7, 360, 210  # like <sup> and <sub> in paper.css
CELLS = {"\u25a1": 9882, "\u25ab": 7765}  # answer boxes of two widths, for text of 8.5 px
CELL_TOP, CELL_BOTTOM = 1000, -3000
ACCENTS = "\u0302\u0303\u0304\u0307\u0308\u030c\u20d7"
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
GREEK = "αβγδεζηθικλμνξοπρςστυφχψωϵϑϰϕϱϖ"
UPPER_GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
SIGNS = (
    "0123456789.,:;!?'\"()[]{}|/\\+-=<>*%&@#_~^°±×÷·•…‖†‡"
    "′″‴∂∇∑∏∫√∞∈∉⊂⊆∪∩∀∃∅ℓ−∓∗∘⋅⊙⊗⊕⊤⊥∝∼≈≃≅≡≠≤≥≪≫→←↔⇒⇐⇔↦↑↓⟨⟩⌈⌉⌊⌋⋯⋮⋱⊘∥∧∨¬"
    "ˆ˜¯˙⃗ℝℕℤℂ⏟⏞"
)
STRETCHED = ("parenleft", "parenright", "braceleft", "braceright", "uni221A")
DRAWN = ("bracketleft", "bracketright", "bar", "uni2016")
FEATURES = {"upri": "up", "bold": "bold", "bdit": "bolditalic", "call": "cal", "bbrd": "bb"}
TEXT_STYLES = {"400-normal": "Regular", "400-italic": "Italic", "700-normal": "Bold"}
DEVANAGARI_STYLES = {"400-normal": "Regular", "700-normal": "Bold"}
# With what its words are written with besides: joiners, the circle of a lone vowel sign, the rupee, the spaces.
DEVANAGARI = {*range(0x0900, 0x0980), 0x200C, 0x200D, 0x25CC, 0x20B9, 0x20, 0xA0}
# ASCII, and signs that people write into numbers: no-break spaces, minus, times, dot, per mille, dashes, quotes.
FIELDS = {*range(0x20, 0x7F), 0xA0, 0x202F, 0x2212, 0xD7, 0xB7, 0x2030, 0x2013, 0x2014, 0x2019, 0xB1, 0x221E}
SUBSETS = ("latin", "latin-ext", "greek", "cyrillic", "cyrillic-ext", "vietnamese")


def main(math_source: Path, text_folder: Path, devanagari_folder: Path, target: Path) -> None:
    """Write the fonts and their style sheet into `target`."""
    for style, name in TEXT_STYLES.items():
        text_font(text_folder, style, name).save(target / f"STIXTwoText-{name}.ttf")
    field_font(target / "STIXTwoText-Regular.ttf").save(target / "ExamgenFields-Regular.ttf")
    for style, name in DEVANAGARI_STYLES.items():
        devanagari_font(devanagari_folder, style, name).save(target / f"NotoSerifDevanagari-{name}.ttf")
    math_font(math_source).save(target / "ExamgenMath-Regular.ttf")
    (target / "fonts.css").write_text(style_sheet(), encoding="utf-8")


def style_sheet() -> str:
    """The rules that name the fonts, and a class for each feature of the mathematical one.

    The names are our own: an installed font of the same family would be mixed with the shipped one.
    """
    faces = [
        ("Examgen Text", "STIXTwoText-Regular", ""),
        ("Examgen Text", "STIXTwoText-Italic", "font-style: italic; "),
        ("Examgen Text", "STIXTwoText-Bold", "font-weight: bold; "),
        ("Examgen Fields", "ExamgenFields-Regular", ""),
        ("Examgen Devanagari", "NotoSerifDevanagari-Regular", ""),
        ("Examgen Devanagari", "NotoSerifDevanagari-Bold", "font-weight: bold; "),
        ("Examgen Math", "ExamgenMath-Regular", ""),
    ]
    tags = [
        *FEATURES,
        "disp",
        *(f"d{step:03d}" for step in range(1, DELIMITER_STEPS + 1)),
        *(f"r{row:03d}" for row in range(1, MATRIX_ROWS + 1)),
    ]
    return "".join(
        [
            "/* Written by build.py. */\n",
            *(
                f'@font-face {{ font-family: "{family}"; {style}src: url("{file}.ttf"); }}\n'
                for family, file, style in faces
            ),
            *(f'.{tag} {{ font-feature-settings: "{tag}"; }}\n' for tag in tags),
        ]
    )


def text_font(folder: Path, style: str, name: str) -> TTFont:
    """Merge the published subsets of one style of STIX Two Text; each is first freed of what an earlier one has."""
    seen: set[int] = set()
    with TemporaryDirectory() as scratch:
        parts = []
        for subset in SUBSETS:
            font = TTFont(folder / f"stix-two-text-{subset}-{style}.woff2", recalcTimestamp=False)
            font.flavor = None
            wanted = set(font.getBestCmap()) - seen
            seen |= wanted
            shrink(font, wanted, ["*"])
            for table in ("STAT", "DSIG"):
                if table in font:
                    del font[table]
            parts.append(Path(scratch) / f"{subset}.ttf")
            font.save(parts[-1])
        merged = Merger().merge([str(part) for part in parts])
    rename(merged, "STIX Two Text", name)
    return finished(merged)


def field_font(text_file: Path) -> TTFont:
    """The letters that numbers may be typed with, from the merged text font."""
    font = TTFont(text_file, recalcTimestamp=False)
    shrink(font, FIELDS, [])
    rename(font, "Examgen Fields", "Regular")
    return finished(font)


def devanagari_font(folder: Path, style: str, name: str) -> TTFont:
    """The letters of Hindi, Marathi and Nepali from one published subset of Noto Serif Devanagari."""
    font = TTFont(folder / f"noto-serif-devanagari-devanagari-{style}.woff2", recalcTimestamp=False)
    font.flavor = None
    shrink(font, DEVANAGARI, ["*"])
    del font["STAT"]
    rename(font, "Noto Serif Devanagari", name)
    return finished(font)


def math_font(source: Path) -> TTFont:
    """Rearrange STIX Two Math as the module's docstring says."""
    font = TTFont(source, recalcTimestamp=False)
    cmap = font.getBestCmap()
    alphabets = {suffix: dict(alphabet(cmap, suffix)) for suffix in ("italic", *FEATURES.values())}
    characters = {ord(sign): cmap[ord(sign)] for sign in SIGNS + UPPER_GREEK + ACCENTS if ord(sign) in cmap}
    characters |= {ord(letter): glyph for letter, glyph in alphabets["italic"].items()}
    characters |= add_spaces(font)
    characters |= dict(add_small(font, characters))
    characters |= dict(add_cells(font))
    accents = dict(add_accented(font, cmap, alphabets["italic"]))
    characters |= dict(composed(accents, characters))
    delimiters = dict(add_delimiters(font))
    del font["GSUB"], font["GPOS"], font["GDEF"], font["DSIG"]
    features = "\n".join(
        [
            accent_feature(accents),
            *(alphabet_feature(tag, alphabets["italic"], alphabets[name], cmap) for tag, name in FEATURES.items()),
            "feature disp { sub uni2211 by uni2211.s1; sub uni220F by uni220F.s1; } disp;",
            *(delimiter_feature(f"d{step:03d}", glyphs) for step, glyphs in delimiters.items()),
            *(delimiter_feature(f"r{rows:03d}", dict(add_hanging(font, rows))) for rows in range(1, MATRIX_ROWS + 1)),
        ]
    )
    for table in font["cmap"].tables:
        table.cmap = dict(characters)
    font["cmap"].tables = [table for table in font["cmap"].tables if table.format == 4 and table.platformID == 3]
    addOpenTypeFeaturesFromString(font, "languagesystem DFLT dflt;\nlanguagesystem latn dflt;\n" + features)
    shrink(font, set(characters), ["*"])
    del font["MATH"]
    rename(font, "Examgen Math", "Regular")
    return finished(font)


def alphabet(cmap: dict[int, str], name: str) -> Iterator[tuple[str, str]]:
    """The letters of one mathematical alphabet with their glyphs; characters that decompose to a plain letter."""
    words = {
        "italic": r"MATHEMATICAL ITALIC (SMALL|CAPITAL|EPSILON|THETA|KAPPA|PHI|RHO|PI|PARTIAL)|PLANCK CONSTANT$",
        "bold": r"MATHEMATICAL BOLD (SMALL|CAPITAL|DIGIT|PARTIAL|NABLA)",
        "bolditalic": r"MATHEMATICAL BOLD ITALIC (SMALL|CAPITAL|PARTIAL)",
        "cal": r"MATHEMATICAL SCRIPT CAPITAL|SCRIPT CAPITAL",
        "bb": r"MATHEMATICAL DOUBLE-STRUCK (CAPITAL|DIGIT)|DOUBLE-STRUCK CAPITAL",
    }
    if name == "up":
        yield from ((letter, cmap[ord(letter)]) for letter in LATIN + GREEK + "∂" if ord(letter) in cmap)
        return
    for code, glyph in cmap.items():
        if code > 0x2100 and re.match(words[name], name_of(chr(code), "")):
            plain = normalize("NFKC", chr(code))
            if len(plain) == 1 and not (name == "italic" and plain in UPPER_GREEK):
                yield plain, glyph


def add_spaces(font: TTFont) -> dict[int, str]:
    """Give every space of SPACES an empty glyph of its width."""
    empty = TTGlyphPen(None).glyph()
    found = {}
    for space, width in SPACES.items():
        glyph = "space" if space == " " else f"space.{ord(space):04x}"
        add_glyph(font, glyph, empty, width)
        found[ord(space)] = glyph
    return found


def add_small(font: TTFont, characters: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Superscript and subscript characters, from the glyphs of the font: most scripts need no box of their own."""
    for sign in SMALL:
        plain = normalize("NFKC", sign)
        base = characters[ord(plain)]
        raised = decomposition(sign).startswith("<super>")
        pen = TTGlyphPen(font.getGlyphSet())
        pen.addComponent(base, (SCRIPT, 0, 0, SCRIPT, 0, RAISED if raised else -LOWERED))
        name = f"small.{ord(sign):04x}"
        add_glyph(font, name, pen.glyph(), round(SCRIPT * font["hmtx"][base][0]))
        yield ord(sign), name


def add_cells(font: TTFont) -> Iterator[tuple[int, str]]:
    """Outlines of answer boxes that take no room: the text after them stands at their top."""
    for sign, width in CELLS.items():
        pen = TTGlyphPen(None)
        stroke = 96
        for left, bottom, right, top in (
            (0, CELL_BOTTOM - stroke, stroke, CELL_TOP),
            (width, CELL_BOTTOM - stroke, width + stroke, CELL_TOP),
            (0, CELL_BOTTOM - stroke, width + stroke, CELL_BOTTOM),
            (0, CELL_TOP - stroke, width + stroke, CELL_TOP),
        ):
            box(pen, left, bottom, right, top)
        add_glyph(font, f"cell.{ord(sign):04x}", pen.glyph(), 300)
        yield ord(sign), f"cell.{ord(sign):04x}"


def composed(accents: dict[tuple[str, str], str], characters: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Accented letters that are one character too, such as U+0177, for text that is set letter by letter."""
    plain = {glyph: chr(code) for code, glyph in characters.items()}
    for (base, mark), glyph in accents.items():
        whole = normalize("NFC", plain[base] + plain[mark])
        if len(whole) == 1:
            yield ord(whole), glyph


def add_accented(font: TTFont, cmap: dict[int, str], letters: dict[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    """Letters with an accent over their place for accents: the glyphs of both, and the new one."""
    table = font["MATH"].table.MathGlyphInfo.MathTopAccentAttachment
    place = dict(zip(table.TopAccentCoverage.glyphs, (v.Value for v in table.TopAccentAttachment), strict=True))
    for base in letters.values():
        for accent in ACCENTS:
            mark = cmap[ord(accent)]
            pen = TTGlyphPen(font.getGlyphSet())
            top = font["glyf"][base].yMax
            rise = max(0, top - 473)  # accents are drawn for the height of an x
            pen.addComponent(base, (1, 0, 0, 1, 0, 0))
            pen.addComponent(mark, (1, 0, 0, 1, place.get(base, 0) - place.get(mark, 0), rise))
            name = f"{base}_{mark}"
            add_glyph(font, name, pen.glyph(), font["hmtx"][base][0])
            yield (base, mark), name


def add_delimiters(font: TTFont) -> Iterator[tuple[int, dict[str, str]]]:
    """For each step the plain glyphs and the delimiters of 1 + step/4 em that take their place."""
    for step in range(1, DELIMITER_STEPS + 1):
        height = 1000 + 250 * step
        glyphs = {}
        for plain in (*STRETCHED, *DRAWN):
            name = f"{plain}.d{step:03d}"
            if plain in DRAWN:
                width, draw = drawn(plain, height, AXIS)
                pen = TTGlyphPen(None)
                draw(pen)
                add_glyph(font, name, pen.glyph(), width)
            else:
                stretch(font, plain, name, height)
            glyphs[plain] = name
        yield step, glyphs


def add_hanging(font: TTFont, rows: int) -> Iterator[tuple[str, str]]:
    """Brackets around `rows` rows of a matrix, for the text of the first row: (plain glyph, new one)."""
    for plain in ("bracketleft", "bracketright"):
        name = f"{plain}.r{rows:03d}"
        width, draw = drawn(plain, rows * ROW_HEIGHT, AXIS - ROW_HEIGHT * (rows - 1) / 2)
        pen = TTGlyphPen(None)
        draw(pen)
        add_glyph(font, name, pen.glyph(), width)
        yield plain, name


def stretch(font: TTFont, plain: str, name: str, height: int) -> None:
    """Add `plain` with the given height, made from the tallest variant that is not taller."""
    glyf = font["glyf"]
    names = [plain, *(f"{plain}.s{n}" for n in range(1, 13 if plain != "uni221A" else 4))]
    variants = [name for name in names if glyf[name].yMax - glyf[name].yMin <= height] or [plain]
    best = max(variants, key=lambda name: glyf[name].yMax)
    bottom, top = glyf[best].yMin, glyf[best].yMax
    scale = height / (top - bottom)
    pen = TTGlyphPen(None)
    recording = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[best].draw(recording)
    recording.replay(TransformPen(pen, Transform(1, 0, 0, scale, 0, AXIS - scale * (bottom + top) / 2)))
    add_glyph(font, name, pen.glyph(), font["hmtx"][best][0])


def drawn(plain: str, height: int, centre: float) -> tuple[int, Callable[[Any], None]]:
    """Width and outline of a bracket or bar: thin strokes like TeX's, of the same weight at every height."""
    bottom, top, stroke = centre - height / 2, centre + height / 2, 46
    if plain in ("bar", "uni2016"):
        lefts = [110] if plain == "bar" else [90, 240]
        return 266 + 110 * (len(lefts) - 1), lambda pen: [box(pen, x, bottom, x + stroke, top) for x in lefts] and None
    reach = 190
    width = BRACKET_WIDTH
    edge, hook = (100, 100) if plain == "bracketleft" else (width - 100 - stroke, width - 100 - reach)

    def draw(pen: Any) -> None:
        box(pen, edge, bottom, edge + stroke, top)
        box(pen, hook, bottom, hook + reach, bottom + stroke)
        box(pen, hook, top - stroke, hook + reach, top)

    return width, draw


def box(pen: Any, left: float, bottom: float, right: float, top: float) -> None:
    """Draw a filled rectangle."""
    pen.moveTo((left, bottom))
    for corner in ((left, top), (right, top), (right, bottom)):
        pen.lineTo(corner)
    pen.closePath()


def accent_feature(accents: dict[tuple[str, str], str]) -> str:
    """Letter and combining accent become one glyph."""
    lines = [f"sub {base} {mark} by {name};" for (base, mark), name in accents.items()]
    return "feature ccmp { " + "\n".join(lines) + " } ccmp;"


def alphabet_feature(tag: str, italic: dict[str, str], other: dict[str, str], cmap: dict[int, str]) -> str:
    """Plain letters and digits get the glyphs of another alphabet."""
    pairs = {italic.get(plain, cmap.get(ord(plain))): glyph for plain, glyph in other.items()}
    lines = [f"sub {old} by {new};" for old, new in pairs.items() if old and old != new]
    return f"feature {tag} {{ " + "\n".join(lines) + f" }} {tag};"


def delimiter_feature(tag: str, glyphs: dict[str, str]) -> str:
    """Plain delimiters get those of one height."""
    lines = [f"sub {plain} by {tall};" for plain, tall in glyphs.items()]
    return f"feature {tag} {{ " + " ".join(lines) + f" }} {tag};"


def add_glyph(font: TTFont, name: str, glyph: Any, width: int) -> None:
    """Add or replace a glyph; its left side bearing follows from its outline."""
    if name not in font.getGlyphOrder():
        font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphs[name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"].metrics[name] = (width, getattr(glyph, "xMin", 0) or 0)
    font["glyf"].glyphOrder = font.getGlyphOrder()


def shrink(font: TTFont, codes: set[int], features: list[str]) -> None:
    """Keep what the characters `codes` need, without hinting, which a page at print resolution does not use."""
    options = Options(layout_features=features, hinting=False, notdef_outline=True, name_IDs=["*"], glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the font its own name, keeping copyright and licence."""
    names = {
        1: family,
        2: style,
        3: f"{family} {style}",
        4: f"{family} {style}".removesuffix(" Regular"),
        6: f"{family}-{style}".replace(" ", ""),
    }
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in (0, 13, 14) and record.platformID == 3]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    table.setName("This Font Software is licensed under the SIL Open Font License, Version 1.1.", 13, 3, 1, 0x409)
    table.setName("https://scripts.sil.org/OFL", 14, 3, 1, 0x409)


def finished(font: TTFont) -> TTFont:
    """A date that does not depend on when this ran."""
    font["head"].created = font["head"].modified = 3_700_000_000
    font.recalcTimestamp = False
    return font


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(__file__).parent)
