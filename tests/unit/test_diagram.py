"""The drawing of a network: what it shows, and that nothing in it collides."""

import re
from itertools import pairwise
from unicodedata import normalize
from xml.etree import ElementTree

import pytest

from examgen.documents.pages import LayerPicture, NetworkPicture
from examgen.documents.paper.diagram import network_svg
from examgen.documents.typesetting import math_font

SVG = "{http://www.w3.org/2000/svg}"
PAGE = 170 / 25.4 * 96  # px between the margins of the paper


def network(*sizes: int, has_bias: bool = True) -> NetworkPicture:
    """A network with symbols of every kind that papers have."""
    layers = [LayerPicture(tuple(f"x_{{{unit}}}" for unit in range(1, sizes[0] + 1)), "inputs")]
    for number, size in enumerate(sizes[1:], start=1):
        symbol = r"\hat{y}" if number == len(sizes) - 1 else f"a^{{({number})}}"
        units = tuple(f"{symbol}_{{{unit}}}" for unit in range(1, size + 1))
        layers.append(LayerPicture(units, "leaky ReLU", has_bias=has_bias))
    return NetworkPicture(tuple(layers), "A network")


def drawing(picture: NetworkPicture) -> ElementTree.Element:
    svg = ElementTree.fromstring(str(network_svg(picture))).find(f"{SVG}svg")
    assert svg is not None
    return svg


def texts(picture: NetworkPicture) -> list[str]:
    return [element.text or "" for element in drawing(picture).iter(f"{SVG}text")]


def discs(picture: NetworkPicture) -> list[tuple[float, float, float]]:
    """Left end, height and radius of every circle."""
    paths = " ".join(element.get("d", "") for element in drawing(picture).iter(f"{SVG}path"))
    found = re.findall(r"M(-?[\d.]+) (-?[\d.]+)a([\d.]+) ", paths)
    return [(float(x), float(y), float(radius)) for x, y, radius in found]


@pytest.mark.parametrize("sizes", [(3, 2, 2, 1), (1, 1), (8,) * 6, (2, 8, 1)])
def test_every_unit_and_every_connection_is_drawn(sizes: tuple[int, ...]) -> None:
    """A circle per unit and per bias unit, a line with its head from each of a layer to each of the next."""
    picture = network(*sizes)
    biases = len(sizes) - 1
    connections = sum(a * b + b for a, b in pairwise(sizes))
    paths = "".join(element.get("d", "") for element in drawing(picture).iter(f"{SVG}path"))
    assert len(discs(picture)) == sum(sizes) + biases
    assert len(re.findall(r"M[^MLaz]+L[^MLaz]+(?=M|$)", paths)) == connections
    assert len(re.findall(r"M[^MLaz]+L[^MLaz]+L[^MLaz]+z", paths)) == connections


def test_connections_of_two_layers_are_one_path() -> None:
    """A drawing of 320 lines stays small."""
    count = len(list(drawing(network(*(8,) * 6, has_bias=False)).iter(f"{SVG}path")))
    assert count == 5 + 5 + 6  # lines and heads between the layers, circles of each


def test_bias_units_are_shown_where_there_are_biases() -> None:
    """A +1 for each layer with biases, and none in a network without."""
    assert texts(network(3, 2, 1)).count("+1") == 2
    assert "+1" not in texts(network(3, 2, 1, has_bias=False))


@pytest.mark.parametrize("sizes", [(3, 2, 2, 1), (8,) * 6, (1, 8, 1), (8,) * 9])
def test_drawing_fits_the_page_and_circles_are_apart(sizes: tuple[int, ...]) -> None:
    """It is no wider than the text, all is inside its frame, and no two circles touch."""
    svg = drawing(network(*sizes))
    left, top, width, height = map(float, svg.get("viewBox", "").split())
    assert float(svg.get("width", "")) <= PAGE
    circles = [(x + radius, y, radius) for x, y, radius in discs(network(*sizes))]
    for x, y, radius in circles:
        assert left <= x - radius
        assert x + radius <= left + width
        assert top <= y - radius
        assert y + radius <= top + height
    for index, (x, y, radius) in enumerate(circles):
        for other_x, other_y, other_radius in circles[:index]:
            assert (x - other_x) ** 2 + (y - other_y) ** 2 > (radius + other_radius) ** 2


def test_symbols_are_letters_with_scripts_in_place() -> None:
    """The base, the superscript above it and the subscript below it are separate texts; an accent is on its letter."""
    svg = drawing(network(1, 1, 1))
    placed = {element.text: float(element.get("y", "")) for element in svg.iter(f"{SVG}text")}
    assert normalize("NFC", "y\u0302") in placed
    assert placed["(1)"] < placed["a"] < [float(e.get("y", "")) for e in svg.iter(f"{SVG}text") if e.text == "1"][1]


@pytest.mark.parametrize("letter", ["a", "A", "W", "x", "z"])
def test_scripts_stand_behind_their_letter(letter: str) -> None:
    """Not in it: capitals are wider than small letters."""
    svg = drawing(NetworkPicture((LayerPicture(("x",), "in"), LayerPicture((f"{letter}_{{2}}",), "out")), "a network"))
    base, script = [one for one in svg.iter(f"{SVG}text") if one.text in {letter, "2"}][-2:]
    font = math_font()
    width = font.advances[font.glyph(letter)] / font.units_per_em * float(base.get("font-size", ""))
    assert float(script.get("x", "")) >= float(base.get("x", "")) + width - 0.5


def test_alternative_text_and_captions_are_text() -> None:
    """Markup in them is escaped, and the description is the drawing's title."""
    picture = NetworkPicture((LayerPicture(("x",), "<b>in</b>"), LayerPicture(("y",), "out & in")), "1 < 2 & <i>3</i>")
    svg = drawing(picture)
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == "1 < 2 & <i>3</i>"
    captions = {span.text for span in ElementTree.fromstring(str(network_svg(picture))).iter("span")}
    assert {"<b>in</b>", "out & in"} <= captions


def test_same_network_gives_the_same_drawing() -> None:
    """Byte for byte, so that papers are."""
    assert network_svg(network(3, 4, 4, 2)) == network_svg(network(3, 4, 4, 2))
