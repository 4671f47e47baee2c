"""Room for the texts of printed feedback, and how large they are; `feedback_layout` has slots of these sizes."""

from collections.abc import Mapping

from examgen.documents.lengths import margins
from examgen.documents.typesetting import SIZE, widest_text

TEXT_SIZE, ROW_SIZE, SMALL_SIZE = 10.5, 9.0, 7.5
TOTAL_WIDTH, GRADE_WIDTH, SENTENCE_WIDTH = 150.0, 110.0, 476.0
"""Room in points at `TEXT_SIZE`, as in feedback_print.css."""

ANSWER_WIDTH, OWN_WIDTH, REFERENCE_WIDTH, MARKS_WIDTH, RESULT_WIDTH = 54.0, 46.0, 46.0, 36.0, 211.0
"""Room in the columns of a table in points at `ROW_SIZE`, as in feedback_print.css."""

SMALL_WIDTHS = (46.0, 38.0, 38.0, 32.0, 17.0)
"""The same of small rows at `SMALL_SIZE`; of the result there is the sign alone."""

FORMULA_WIDTH, LINE_WIDTH = 300.0, 340.0
"""Room for a typed formula and for a line of its result."""

HEAD = ((TOTAL_WIDTH, TEXT_SIZE), (GRADE_WIDTH, TEXT_SIZE), (SENTENCE_WIDTH, TEXT_SIZE), (SENTENCE_WIDTH, TEXT_SIZE))
ROW = tuple((width, ROW_SIZE) for width in (ANSWER_WIDTH, OWN_WIDTH, REFERENCE_WIDTH, MARKS_WIDTH, RESULT_WIDTH))
SMALL_ROW = tuple((width, SMALL_SIZE) for width in SMALL_WIDTHS)
WIDE_ROW = tuple(
    (width, ROW_SIZE) for width in (FORMULA_WIDTH, OWN_WIDTH, FORMULA_WIDTH, MARKS_WIDTH, LINE_WIDTH, LINE_WIDTH)
)

BOTTOM_MARGIN: Mapping[str, float] = margins("feedback_print.css")
"""By size of paper, in points."""


def digits_in(width: float, size: float) -> int:
    """So many digits fit into a slot, all in points."""
    return len(widest_text(width * SIZE / size))
