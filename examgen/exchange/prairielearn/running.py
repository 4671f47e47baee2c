"""What server.py of an exported question does: draws the numbers of a variant, and marks what a student has answered.

The numbers are kept in the variant's parameters, and everything follows from them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import lcm
from pathlib import Path
from typing import Any, Self

from markupsafe import Markup

from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.folders.regular import text_of
from examgen.exams.keys.key_documents import variant_document
from examgen.exams.keys.key_reading import variant_from
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.typed_references import typed_reference
from examgen.exams.task import CHOICE
from examgen.exchange.questions.cloze import number
from examgen.exchange.questions.item_markup import asked, boxes, option, setting, solution
from examgen.exchange.questions.items import Entry, Item, items_of
from examgen.marking.aside import mark_aside
from examgen.tables.text_columns import Texts

BANK, SETTINGS, OURS = "bank", "examgen.json", "examgen"

Data = dict[str, Any]
"""What PrairieLearn calls `data`."""


@dataclass(frozen=True, eq=False)
class Question:
    """One question of an exam.

    Attributes:
        loaded: the exam with this question alone, and where its numbers come from.
        style: of its texts.
    """

    loaded: LoadedExam
    style: PaperStyle

    @classmethod
    def in_folder(cls, folder: str) -> Self:
        """The question of a folder as it was exported."""
        here = Path(folder)
        settings = json.loads(text_of(here / SETTINGS))
        bank = here / BANK
        whole = load_exam(
            str(bank / settings["bank"]), settings["seed"], settings["notation"], settings["fairness"], (bank,)
        )
        [question] = [one for one in whole.exam.questions if one.id == settings["question"]]
        exam = replace(whole.exam, questions=(question,))
        loaded = replace(whole, exam=exam, sources={question.id: whole.sources[question.id]})
        return cls(loaded, PaperStyle(settings["language"]))

    @property
    def exam(self) -> Exam:
        """The exam with this question alone."""
        return self.loaded.exam

    def generate(self, data: Data) -> None:
        """Draw the numbers that belong to a seed, and write texts, boxes and right answers into `data`."""
        # An id that no class list has: a variant must be nobody's paper.
        [variant] = draw_variants(self.loaded, [Student(f"\tPrairieLearn {data['variant_seed']}")])
        variant = replace(variant, student="")
        items = items_of(self.exam, [variant], [self.style])
        [(paper, _)] = papers(self.exam, variant)
        weights = _weights(paper)
        data["params"][OURS] = {
            "variant": json.loads(json.dumps(variant_document(self.exam, variant))),
            "setting": setting(items[0]),
            "tasks": [{"asked": asked(item), "boxes": _boxes(item, weights)} for item in items],
            "solution": solution(*items),
        }
        for item in items:
            for entry in item.entries.values():
                data["correct_answers"][entry.field.name] = entry.value
        for field in paper.fields:
            if field.as_ not in ("number", CHOICE):
                data["correct_answers"][field.name] = typed_reference(paper, field)

    def paper(self, data: Data) -> Variant:
        """The numbers that were drawn."""
        return variant_from(data["params"][OURS]["variant"], self.exam)

    def grade(self, data: Data) -> None:
        """Mark what was answered, with what follows from it and what is behind it."""
        variant = self.paper(data)
        [(paper, _)] = papers(self.exam, variant)
        typed = {field.name: _typed(data, field) for field in paper.fields}
        making = self.style.making(0, self.loaded.draws)
        marked = mark_aside(self.exam, [variant], lambda row: typed[row["field"]], making)
        columns: dict[str, list[Any]] = {
            name: column.list() if isinstance(column, Texts) else column.tolist()
            for name, column in marked.result_columns.items()
        }
        weights = _weights(paper)
        for place, name in enumerate(columns["field"]):
            most = columns["max_marks"][place]
            part: Data = {"score": columns["marks"][place] / most if most else 0.0, "weight": weights[name]}
            if told := columns["comment"][place]:
                part["feedback"] = told
            data["partial_scores"][name] = part
        [marks], [most] = marked.gradebook_columns["marks"], marked.gradebook_columns["max_marks"]
        data["score"] = min(1.0, marks / most) if most else 0.0
        data["feedback"][OURS] = f"{marks:.15g} / {most:.15g}"


def _weights(paper: PaperShape) -> Mapping[str, int]:
    """By field, its share of the marks as a whole number."""
    parts = lcm(*(field.exact_marks.denominator for field in paper.fields))
    return {field.name: int(field.exact_marks * parts) for field in paper.fields}


def _boxes(item: Item, weights: Mapping[str, int]) -> str:
    """The elements in which a task is answered."""
    if item.task.kind == CHOICE:
        return _choice(item, weights[item.fields[0].name])
    return boxes(
        item,
        lambda entry: _number(entry, weights[entry.field.name]),
        typed=lambda name: _text(name, weights[name], item.task.characters),
    )


def _number(entry: Entry, weight: int) -> Markup:
    return Markup(
        '<pl-number-input answers-name="{}" weight="{}" comparison="relabs" rtol="0" atol="{}" allow-blank="true" '
        'show-help-text="false" show-placeholder="false" size="10" display="inline"></pl-number-input>'
    ).format(entry.field.name, weight, number(entry.tolerance))


def _text(name: str, weight: int, characters: int) -> Markup:
    return Markup(
        '<pl-string-input answers-name="{}" weight="{}" allow-blank="true" show-help-text="false" size="{}" '
        'display="inline"></pl-string-input>'
    ).format(name, weight, characters + 3)


def _choice(item: Item, weight: int) -> Markup:
    element = "pl-checkbox" if item.task.takes_several else "pl-multiple-choice"
    options = Markup("").join(
        Markup('<pl-answer correct="{}">{}</pl-answer>').format(
            "true" if place in item.right else "false", option(item, place)
        )
        for place in range(len(item.task.options))
    )
    return Markup('<{0} answers-name="{1}" weight="{2}" fixed-order="true" allow-blank="true">{3}</{0}>').format(
        Markup(element), item.fields[0].name, weight, options
    )


def _typed(data: Data, field: Field) -> str:
    """What was answered, as it would be typed into answers.csv."""
    if field.as_ == CHOICE:
        chosen = data["submitted_answers"].get(field.name) or ""
        return ", ".join(chosen) if isinstance(chosen, list) else str(chosen)
    return str(data["raw_submitted_answers"].get(field.name) or "")
