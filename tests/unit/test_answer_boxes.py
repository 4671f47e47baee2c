"""Boxes of a task in lines: matrices keep their shape, nothing is lost, and no box is left alone where that can be."""

import pytest
from markupsafe import Markup

from examgen.documents.pages import AnswerBox, Cell, Task
from examgen.documents.paper import answer_boxes
from examgen.documents.paper.answer_boxes import BETWEEN_BLOCKS, ROOM, TaskLayout, laid_out

LONG = "Compute the weighted inputs and activations of every layer, the loss, and what the last layer makes of them. "


def box(letter: str, rows: int, columns: int = 1) -> AnswerBox:
    """The boxes of a matrix, a vector or a number."""
    cells = [
        [Cell(f"{letter}{row}_{column}", f"{letter}{row}", "") for column in range(columns)] for row in range(rows)
    ]
    return AnswerBox(letter, tuple(map(tuple, cells)))


def layout_of(*boxes: AnswerBox, text: str = LONG, characters: int = 7) -> TaskLayout:
    """Where the boxes stand if every symbol is 20 points wide."""
    task = Task("a", text, "4 decimals", "1", boxes, characters=characters)
    return laid_out(task, lambda symbol: (Markup(symbol), 20.0))


def fields(layout: TaskLayout) -> list[str]:
    """All fields, line by line."""
    return [cell.field for line in layout.lines for block in line for row in block.rows for cell in row if cell]


def widths(layout: TaskLayout) -> list[float]:
    """Of each line."""
    return [sum(block.width for block in line) + BETWEEN_BLOCKS * (len(line) - 1) for line in layout.lines]


@pytest.mark.parametrize("units", [1, 2, 3, 4, 6, 8, 11, 64])
@pytest.mark.parametrize("characters", [4, 7, 12])
def test_all_boxes_stand_in_their_order_within_the_text(units: int, characters: int) -> None:
    """No box is lost or runs off the page, whatever the network."""
    asked = (box("z", units), box("a", units), box("L", 1), box("W", units, units), box("b", units))
    layout = layout_of(*asked, characters=characters)
    assert fields(layout) == [cell.field for one in asked for row in one.cells for cell in row if cell]
    assert max(widths(layout)) <= ROOM + 0.01
    assert all(block.box_width > 6 * characters for line in layout.lines for block in line)


def test_a_matrix_keeps_its_shape_and_says_so() -> None:
    """An equals sign stands only before boxes that have the shape of what is asked."""
    layout = layout_of(box("W", 3, 2), box("z", 5), box("L", 1))
    blocks = {block.rows[0][0].field[0]: block for line in layout.lines for block in line if block.rows[0][0]}
    assert [len(row) for row in blocks["W"].rows] == [2, 2, 2]
    assert (blocks["W"].lead, blocks["W"].relation) == ("W", "=")
    assert blocks["L"].relation == "="
    assert not blocks["L"].is_labelled
    for block in blocks.values():
        is_shaped = len(block.rows) > 1 or sum(map(len, block.rows)) == 1
        assert bool(block.lead) == is_shaped
        assert block.is_labelled or bool(block.lead)


@pytest.mark.parametrize("count", range(2, 16))
def test_no_single_box_is_left_on_a_line(count: int) -> None:
    """One more number than fits takes another along."""
    layout = layout_of(*(box(f"z{place}", 1) for place in range(count)))
    assert min(len(line) for line in layout.lines) > 1


def test_narrower_boxes_only_where_they_save_a_line() -> None:
    """Boxes are as wide as there is room."""
    few, many = layout_of(box("z", 4)), layout_of(box("z", 4), box("a", 4))
    assert few.lines[0][0].box_width > many.lines[0][0].box_width
    assert len(many.lines) == 1


def test_few_boxes_stand_beside_a_short_text() -> None:
    """The text keeps room to be read; a long one, or wide boxes, stand above one another."""
    assert layout_of(box("P", 1), text="Compute $P_1 = A_1 B_1$.").text_width >= answer_boxes.LEAST_TEXT
    assert layout_of(box("P", 1), text=20 * LONG).text_width == 0
    assert layout_of(box("P", 2, 4), text="Compute.").text_width == 0
