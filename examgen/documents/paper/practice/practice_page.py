"""The practice page of an exam: what `examgen make --practice` writes.

It is made of the same pages as papers, with the tables that its script marks by; whoever makes it has these from the
marker. The key is inside, and the page says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from examgen.core.formulas import number_grammar
from examgen.documents.math import localized
from examgen.documents.pages import PaperPage
from examgen.documents.paper.papers import Person, page_of
from examgen.documents.paper.practice.hints import hints_for
from examgen.documents.paper.practice.practice_script import as_json, practice_script
from examgen.documents.paper.practice.slotted_page import SlottedPaper
from examgen.documents.paper.render import render, web_text
from examgen.documents.paper.sheet_script import grammar, tables_of
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.web_templates import content_digest
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam, Variant
from examgen.exams.wording.sentences import AND, CHARACTER, OR, SENTENCES
from examgen.resources import shipped


def practice_html(
    exam: Exam, variants: Sequence[Variant], marking: Mapping[str, Any], style: PaperStyle = STANDARD
) -> bytes:
    """The page.

    Args:
        exam: to practise for.
        variants: of the same shapes; the page begins with the first.
        marking: the tables that its script marks by.
        style: of the page.
    """
    slotted = SlottedPaper.of(exam, variants)
    page = page_of(exam, Person("", "", variants[0].code), slotted.parts, style, with_solution=False)
    script = practice_script()
    css = (shipped("templates") / "practice" / "practice.css").read_text(encoding="utf-8")
    html = render(
        "practice.html.j2",
        page,
        style=Markup(css),
        script=Markup(script),
        digest=content_digest(script),
        places=_places(page, slotted.parts),
        hints=_hints(slotted.parts, style),
        count=len(variants),
        language=style.speech,
        tables=Markup("\0"),
    )
    html, numbers = slotted.filled(html, style)
    tables = as_json({**marking, **_words(style), "explained": dict(_explained(marking, style)), "shown": numbers})
    return localized(html, style.decimal_mark).replace("\0", tables).encode()


def _places(page: PaperPage, parts: Sequence[SolvedPaper]) -> dict[tuple[str, str], tuple[int, int]]:
    """By number of a question and name of a field, the places of both."""
    return {
        (question.number, field.name): (number, place)
        for number, (question, solved) in enumerate(zip(page.questions, parts, strict=True))
        for place, field in enumerate(solved.paper.fields)
    }


def _hints(parts: Sequence[SolvedPaper], style: PaperStyle) -> dict[tuple[int, int], tuple[str, ...]]:
    """By places of a question and a field, the hints for its quantity."""
    found = {}
    for number, solved in enumerate(parts):
        known = {name: hints_for(solved, solved.paper.graph[name], style) for name in solved.paper.entry_places}
        for place, field in enumerate(solved.paper.fields):
            if field.as_ == "number":
                found[number, place] = known[field.quantity]
    return found


def _words(style: PaperStyle) -> dict[str, Any]:
    """What the script says."""
    said = {name: style.phrase(text) for name, text in SENTENCES.items()}
    return {
        "words": {**style.words["practice"], **{name: style.words[name] for name in ("answer_label", "decimal_mark")}},
        "sentences": {**said, "and": style.phrase(AND), "or": style.phrase(OR), "character": style.phrase(CHARACTER)},
        "reasons": {
            reason: style.phrase(text)
            for reason, text in number_grammar.REASONS.items()
            if reason != number_grammar.DOUBTFUL
        },
        "grammar": {**grammar(), **tables_of(frozenset({"shape"}))},
    }


def _explained(marking: Mapping[str, Any], style: PaperStyle) -> Iterator[tuple[str, tuple[str, str]]]:
    """By misconception that the page may name what was done, and what should be, as HTML; where derivatives have the
    other sign, as it is then."""
    for name, is_turned in dict(marking["named"]).items():
        row = style.words["misconceptions"][name]
        turned = "_turned" if is_turned else ""
        did, should = (row.get(f"{key}{turned}", row[key]).format() for key in ("did", "should"))
        yield name, (str(web_text(did, name)), str(web_text(should, name)))
