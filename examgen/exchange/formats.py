"""The formats of other platforms: one row each, and one module that writes it.

The command line lists them, so nothing here imports what writes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from examgen.errors import ExamgenError, did_you_mean

if TYPE_CHECKING:
    from examgen.exams.banks.building import LoadedExam
    from examgen.exams.keys.key_folder import Key
    from examgen.exchange.export_options import ExportOptions
    from examgen.exchange.grades.marked_class import MarkedClass
    from examgen.exchange.made import Made
    from examgen.exchange.questions.item_pool import Pool
    from examgen.exchange.questions.items import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    Attributes:
        name: on the command line.
        title: what it is.
        cannot: what the platform cannot express, for help and after each export.
        file: the only file that it writes; empty where it writes a folder.
        has_parts: whether it can write several such files.
        of_questions: writes questions; None where it writes marks.
        holds: whether it can hold an item.
        of_exam: writes what draws its own variants, from the exam and the key of its papers.
        of_marks: writes marks.
        counted: what it writes so many of.
    """

    name: str
    title: str
    cannot: str
    file: str = ""
    has_parts: bool = False
    of_questions: "Callable[[Pool], Made] | None" = None
    holds: "Callable[[Item], bool]" = lambda _: True
    of_exam: "Callable[[LoadedExam, Key, ExportOptions], Made] | None" = None
    of_marks: "Callable[[MarkedClass], Made] | None" = None
    counted: str = "task"


def _moodle(pool: "Pool") -> "Made":
    from examgen.exchange.questions.moodle_xml import moodle_files

    return moodle_files(pool)


def _moodle_holds(item: "Item") -> bool:
    from examgen.exchange.questions.moodle_xml import holds

    return holds(item)


def _canvas(pool: "Pool") -> "Made":
    from examgen.exchange.questions.canvas_qti import canvas_files

    return canvas_files(pool)


def _qti21(pool: "Pool") -> "Made":
    from examgen.exchange.questions.qti_package import qti_files

    return qti_files(pool, "qti21")


def _qti30(pool: "Pool") -> "Made":
    from examgen.exchange.questions.qti_package import qti_files

    return qti_files(pool, "qti30")


def _r_exams(pool: "Pool") -> "Made":
    from examgen.exchange.questions.r_exams import r_files

    return r_files(pool)


def _prairielearn(loaded: "LoadedExam", key: "Key", options: "ExportOptions") -> "Made":
    from examgen.exchange.prairielearn.question_folders import question_folders

    return question_folders(loaded, key, options)


def _has_boxes_or_options(item: "Item") -> bool:
    return bool(item.entries or item.right)


def _gradescope(marked: "MarkedClass") -> "Made":
    from examgen.exchange.grades.gradescope import gradescope_files

    return gradescope_files(marked)


def _canvas_grades(marked: "MarkedClass") -> "Made":
    from examgen.exchange.grades.gradebooks import canvas_gradebook

    return canvas_gradebook(marked)


def _moodle_grades(marked: "MarkedClass") -> "Made":
    from examgen.exchange.grades.gradebooks import moodle_gradebook

    return moodle_gradebook(marked)


_ROWS = (
    Format(
        name="moodle",
        title="questions for Moodle's question bank, as Moodle XML",
        cannot="follow-through, half marks for too few digits, formulas, shapes, all or nothing for several options",
        file="moodle.xml",
        has_parts=True,
        of_questions=_moodle,
        holds=_moodle_holds,
    ),
    Format(
        name="canvas",
        title="quizzes for Canvas, as a QTI 1.2 package",
        cannot="follow-through, half marks, matrices (each box is a question), feedback on mistakes, formulas, shapes, "
        "all or nothing for several options",
        file="canvas.zip",
        of_questions=_canvas,
        holds=_has_boxes_or_options,
    ),
    Format(
        name="qti21",
        title="items and tests as a QTI 2.1 package, for OpenOlat, TAO, ILIAS and others",
        cannot="follow-through, half marks for too few digits, formulas, shapes",
        file="qti21.zip",
        of_questions=_qti21,
        holds=_has_boxes_or_options,
    ),
    Format(
        name="qti30",
        title="the same as a QTI 3.0 package",
        cannot="follow-through, half marks for too few digits, formulas, shapes",
        file="qti30.zip",
        of_questions=_qti30,
        holds=_has_boxes_or_options,
    ),
    Format(
        name="r-exams",
        title="exercises for the R package exams, as R Markdown that draws from a table of variants",
        cannot="variants beyond its table, follow-through, half marks for too few digits, feedback on mistakes, "
        "formulas, shapes",
        of_questions=_r_exams,
        holds=_has_boxes_or_options,
    ),
    Format(
        name="prairielearn",
        title="question folders for PrairieLearn, which draw and mark with examgen itself",
        cannot="pictures of networks and circuits",
        of_exam=_prairielearn,
        counted="question",
    ),
    Format(
        name="gradescope",
        title="marks for Gradescope, results.json for each student",
        cannot="pages of feedback, letter grades",
        of_marks=_gradescope,
        counted="student",
    ),
    Format(
        name="canvas-grades",
        title="marks for Canvas's gradebook, as CSV",
        cannot="marks of single entries, comments, letter grades",
        file="canvas-grades.csv",
        of_marks=_canvas_grades,
        counted="student",
    ),
    Format(
        name="moodle-grades",
        title="marks for Moodle's gradebook, as CSV",
        cannot="marks of single entries, comments, the maximum of the marks",
        file="moodle-grades.csv",
        of_marks=_moodle_grades,
        counted="student",
    ),
)

FORMATS: Mapping[str, Format] = MappingProxyType({row.name: row for row in _ROWS})
"""All formats by name."""


def format_named(name: str) -> Format:
    """The format of a name.

    Raises: ExamgenError: there is none.
    """
    if name not in FORMATS:
        raise ExamgenError(f"format {name!r} is unknown; allowed: {', '.join(FORMATS)}.{did_you_mean(name, FORMATS)}")
    return FORMATS[name]
