"""Pictures of free graphs: nothing in them collides, every quantity is there, and what they say in words is right."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from examgen.documents.pages import CircuitNode, CircuitPicture
from examgen.documents.paper.pictures.circuit_drawing import circuit_drawing
from examgen.documents.paper.pictures.circuit_markup import SIZES, circuit_markup, drawings
from examgen.documents.paper.pictures.grid_drawing import grid_drawing
from examgen.documents.paper.pictures.layering import layered
from examgen.documents.paper.pictures.lettering import HEIGHT, WIDTH, Letters
from examgen.documents.paper.pictures.unrolled_drawing import unrolled_drawing
from examgen.documents.paper.render import web_text
from examgen.documents.style import PaperStyle
from examgen.typeset.speech.speech_words import LANGUAGES
from tests.small_circuits import (
    CONVOLUTION,
    SUM_TIMES,
    UNROLLED,
    Circuit,
    collisions,
    outside,
    pages_of,
    picture_on,
    random_circuit,
    random_recurrence,
)

LETTERS = Letters(None)


def test_nothing_written_in_random_circuits_collides() -> None:
    """In 200 circuits of any form no two formulas overlap, and none leaves the frame."""
    rng = random.Random(14)
    for number in range(200):
        drawing = circuit_drawing(random_circuit(rng), LETTERS, SIZES[number % len(SIZES)], 0)
        assert list(collisions(drawing)) == []
        assert outside(drawing) == []


def test_nothing_written_in_random_recurrences_collides() -> None:
    """The same of 60 recurrences with inputs below and shared weights above."""
    rng = random.Random(15)
    for number in range(60):
        drawing = unrolled_drawing(*random_recurrence(rng), LETTERS, SIZES[number % len(SIZES)], 0)
        assert list(collisions(drawing)) == []
        assert outside(drawing) == []


def test_wires_go_from_left_to_right_one_column_at_a_time() -> None:
    """Each node stands right of all that it reads, and a wire that passes columns does so once for all its readers."""
    rng = random.Random(16)
    for _ in range(50):
        nodes = random_circuit(rng)
        for is_late in (False, True):
            layering = layered(nodes, is_late=is_late)
            columns = {item: number for number, column in enumerate(layering.columns) for item in column}
            assert all(columns[link.end] == columns[link.start] + 1 for link in layering.links)
            ends = [(link.end.node, link.port) for link in layering.links if not link.end.is_passing]
            assert sorted(ends) == [
                (place, port) for place, one in enumerate(nodes) for port, _ in enumerate(one.inputs)
            ]
            assert len(columns) == sum(map(len, layering.columns))


def test_parallel_chains_do_not_cross() -> None:
    """Three chains that are told mixed up are drawn side by side."""
    given = [CircuitNode(name, (), "none") for name in "abc"]
    first = [CircuitNode("+", (place,)) for place in (2, 0, 1)]
    second = [CircuitNode("+", (place,)) for place in (4, 3, 5)]
    assert layered((*given, *first, *second), is_late=False).crossings == 0


@pytest.mark.parametrize("circuit", [SUM_TIMES, UNROLLED])
def test_every_quantity_is_there_and_values_only_in_the_key(circuit: Circuit, tmp_path: Path) -> None:
    """All names stand in the question's picture; the key's has a value for each, and the derivatives that there are."""
    question, key = map(picture_on, pages_of(circuit, tmp_path))
    names = [*circuit[0], *circuit[1]]
    for picture in (question, key):
        assert [node.quantity for node in picture.forms[-1]] == names
        assert {node.quantity for node in picture.forms[0]} - {""} == set(names)
    assert all("=" not in text for node in question.forms[0] for text in node.above)
    assert not any(node.below for form in question.forms for node in form)
    assert all(node.above for node in key.forms[-1])
    derivatives = {name.partition("_d")[2] for name in circuit[3] if "_d" in name}
    assert {node.quantity for node in key.forms[-1] if node.below} >= derivatives


def test_numbers_of_a_key_are_those_of_the_student(tmp_path: Path) -> None:
    """CS231n's example: -2, 5 and -4 give 3 and -12; back go 3, -4 and -4."""
    _, key = pages_of(SUM_TIMES, tmp_path)
    shown = {node.quantity: (node.above[0], node.below[:1]) for node in picture_on(key).forms[0]}
    assert shown == {
        "x": ("-2", ("-4.000",)),
        "y": ("5", ("-4.000",)),
        "z": ("-4", ("3.000",)),
        "q": ("q = 3.000", ("-4.000",)),
        "f": ("f = -12.000", ()),
    }


def test_operations_are_circles_with_the_numbers_that_they_take(tmp_path: Path) -> None:
    """1/(1 + exp(-x)) is a chain of signs; a sum of three terms is one circle."""
    circuit: Circuit = (
        {"x": "[]", "y": "[]"},
        {"a": "1/(1 + exp(-x))", "s": "a + x + y^2", "m": "max(s, 2*a)"},
        {"x": "1", "y": "2"},
        ("m",),
        "m",
    )
    question, _ = pages_of(circuit, tmp_path)
    nodes = picture_on(question).forms[0]
    signs = [node.sign.replace(" ", "").replace("{", "").replace("}", "") for node in nodes]
    assert signs == ["x", "y", "-", r"\exp", "1+", "1/", r"(\cdot)^2", "+", r"2\times", r"\max"]
    assert len(nodes[signs.index("+")].inputs) == 3


def test_large_circuits_are_boxes_and_huge_ones_are_not_drawn(tmp_path: Path) -> None:
    """Above 14 operations there is a box for each quantity; above 24 boxes there is no picture."""
    define = {f"q{n}": f"q{n - 1} * x + {n}*y" if n else "x + y" for n in range(6)}
    circuit: Circuit = ({"x": "[]", "y": "[]"}, define | {"f": "q5^2 * q4"}, {"x": "1", "y": "1"}, ("f",), "f")
    question, _ = pages_of(circuit, tmp_path)
    outlines = {node.outline for node in picture_on(question).forms[0]}
    assert outlines == {"box", "none"}
    define = {f"q{n}": f"q{n - 1} + {n}*x" if n else "x + y" for n in range(25)}
    huge: Circuit = ({"x": "[]", "y": "[]"}, define, {"x": "1", "y": "1"}, ("q24",), "q24")
    question, _ = pages_of(huge, tmp_path)
    assert question.questions[0].picture is None


def test_recurrences_are_found_by_their_form(tmp_path: Path) -> None:
    """Steps with shared weights stand in a row; a chain whose weights differ is no recurrence."""
    question, _ = pages_of(UNROLLED, tmp_path)
    line = picture_on(question).line
    assert line is not None
    nodes = picture_on(question).forms[0]
    assert [[nodes[place].quantity for place in step] for step in line.steps] == [["h1"], ["h2"], ["h3"]]
    assert [nodes[place].quantity for place in line.behind] == ["L"]
    chain: Circuit = (
        {"v": "[]", "w": "[]", "x": "[]"},
        {"a1": "tanh(v*x)", "a2": "tanh(w*a1)"},
        {"v": "1", "w": "1", "x": "1"},
        ("a2",),
        "a2",
    )
    question, _ = pages_of(chain, tmp_path)
    assert picture_on(question).line is None


def test_windows_are_grids_with_the_first_place_shaded(tmp_path: Path) -> None:
    """The image has numbers and a ring of zeros, the filter lies over its corner, and the result is empty at first."""
    question, key = map(picture_on, pages_of(CONVOLUTION, tmp_path))
    [(image, kernel, result)] = question.grids
    assert (image.size, image.ring, image.shaded) == ((3, 4), 1, (-1, -1, 2, 2))
    assert (kernel.size, result.size, result.shaded) == ((2, 2), (4, 5), (0, 0, 1, 1))
    assert (image.cells[0], result.cells) == (("1", "2", "3", "4"), ())
    assert key.grids[0][2].cells[0][0] == "-1.000"
    drawing = grid_drawing(key.grids[0], LETTERS, HEIGHT)
    assert list(collisions(drawing)) == []
    assert outside(drawing) == []


@pytest.mark.parametrize("circuit", [SUM_TIMES, UNROLLED, CONVOLUTION])
def test_pictures_fit_a_third_of_a_page(circuit: Circuit, tmp_path: Path) -> None:
    """What is drawn is as wide as the text at most, and has a caption only where there are values at wires."""
    for page in pages_of(circuit, tmp_path):
        drawing = next(one for one, _ in drawings(picture_on(page), LETTERS) if one.fits)
        assert drawing.width <= WIDTH
        assert drawing.height <= HEIGHT


def test_alternative_text_says_what_follows_from_what(tmp_path: Path) -> None:
    """In words, with symbols as they are spoken, in every language."""
    question, _ = pages_of(SUM_TIMES, tmp_path)
    expected = "Computational graph from left to right. Given: x, y, z; q follows from x, y; f follows from q, z."
    assert picture_on(question).description == expected
    told = set()
    for language in sorted(LANGUAGES):
        page, key = pages_of(UNROLLED, tmp_path, PaperStyle(language))
        told.add(picture_on(page).description)
        assert "3" in picture_on(page).description
        assert len(picture_on(key).captions) == 2
    assert len(told) == len(LANGUAGES)


def test_caption_tells_of_derivatives_where_some_are_shown(tmp_path: Path) -> None:
    """What the shade means is said under a picture that has one, and not where only values stand at the wires."""
    _, key = pages_of(SUM_TIMES, tmp_path)
    assert "shaded" in circuit_markup(picture_on(key), LETTERS, web_text)
    without: Circuit = (*SUM_TIMES[:3], ("q", "f"), "f")
    question, key = pages_of(without, tmp_path)
    drawn = circuit_markup(picture_on(key), LETTERS, web_text)
    assert "value" in drawn
    assert "shaded" not in drawn
    assert "told" not in circuit_markup(picture_on(question), LETTERS, web_text)


def test_a_picture_without_room_is_left_out() -> None:
    """A circuit that is wider than the page at every size gives nothing, and not a drawing that is cut off."""
    nodes = [CircuitNode("x", (), "none")]
    nodes += [CircuitNode(r"\text{a long name in a box}", (place,), "box") for place in range(12)]
    assert circuit_markup(CircuitPicture((tuple(nodes),), "told"), LETTERS, web_text) == ""


def test_picture_as_text(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    """The drawing of a key, a line for each element."""
    _, key = pages_of(SUM_TIMES, tmp_path)
    picture = picture_on(key)
    drawn = circuit_markup(picture, LETTERS, web_text)
    golden("circuits/sum-times.html", str(drawn).replace("><", ">\n<") + "\n")
