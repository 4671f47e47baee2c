"""Moodle XML, as its question bank imports it.

A question is a cloze question with all its tasks, so that they go on from one another; one with a single box is a
numerical question, and a single choice a multichoice question. Variants of a question are questions of one category,
from which a quiz picks at random. Each text begins with a tag, by which the answers are told when they come back.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm

from markupsafe import Markup

from examgen.exams.fields import Field
from examgen.exchange.made import Made
from examgen.exchange.questions.cloze import choice, number, numerical, outside
from examgen.exchange.questions.file_parts import in_parts
from examgen.exchange.questions.item_markup import (
    asked,
    boxes,
    described,
    explanation,
    lettered_option,
    setting,
    solution,
    tagged,
)
from examgen.exchange.questions.item_pool import Pool
from examgen.exchange.questions.items import Entry, Item
from examgen.exchange.questions.xml_text import cdata, xml
from examgen.marking.reading.platforms.tags import Tag

FRACTIONS = {1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667", 7: "14.28571", 8: "12.5", 9: "11.11111"}
"""What each of so many right options is worth: Moodle takes these and no others."""

_BEGIN, _END = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n', "</quiz>\n"


def moodle_files(pool: Pool) -> Made:
    """The file, or its parts, and what to know of it."""
    questions = pool.questions()
    sections = (
        (_category(next(iter(variants.values()))[0]), [_question(items) for items in variants.values()])
        for variants in questions.values()
    )
    files, told = in_parts(_BEGIN, sections, _END, pool.most_bytes)
    return Made(files, (*_notices(questions), *told))


def _notices(questions: Mapping[str, Mapping[str, Sequence[Item]]]) -> Iterator[str]:
    scaled = [(name, scale_of(next(iter(variants.values())))) for name, variants in questions.items()]
    if told := [f"{name} by {factor}" for name, factor in scaled if factor != 1]:
        yield (
            f"Moodle's weights of boxes are whole numbers, so the marks of {', '.join(told)} are multiplied; set the "
            "marks of these questions in the quiz"
        )
    if any(len(variants) > 1 for variants in questions.values()):
        yield (
            "each question has a category with all its variants: add a random question from each category to the quiz; "
            "which variant is picked is drawn for each question by itself"
        )
    yield (
        "to mark the answers here, with follow-through and causes: in the quiz, Results, Responses, tick the question "
        "text, download the table, and hand it to examgen grade with --key"
    )


def scale_of(items: Sequence[Item]) -> int:
    """By what the marks of a question are multiplied, so that each box has a whole number of them."""
    if not _is_cloze(items):
        return 1
    return lcm(*(field.exact_marks.denominator for item in items for field in _fields(item)))


def _fields(item: Item) -> list[Field]:
    """Those of a task that are asked: its boxes, or its choice."""
    return [entry.field for entry in item.entries.values()] or list(item.fields)


def _is_cloze(items: Sequence[Item]) -> bool:
    return len(items) > 1 or len(items[0].entries) > 1


def _category(item: Item) -> str:
    """The category of all variants of a question, below that of the exam."""
    title = item.style.phrase(item.exam.title)
    names = (f"{title} ({item.exam.id})", described(item.style, item.question.number, item.question.title))
    # A slash begins a category within another one; two are one in a name.
    path = "/".join(("$course$", "top", *(name.replace("/", "//") for name in names)))
    return f'<question type="category"><category><text>{xml(path)}</text></category></question>\n'


def _question(items: Sequence[Item]) -> str:
    if _is_cloze(items):
        return _cloze(items)
    return _numerical(items[0]) if items[0].entries else _multichoice(items[0])


def _cloze(items: Sequence[Item]) -> str:
    factor = scale_of(items)
    has_marks = any(item.marks for item in items)

    def weight(field: Field) -> int:
        # Moodle divides by the sum of the weights, which must not be 0.
        return int(field.exact_marks * factor) if has_marks else 1

    def task(item: Item) -> Markup:
        def box(entry: Entry) -> Markup:
            wrong = [(one.value, entry.tolerance, explanation(item, one.names)) for one in entry.mistaken]
            return Markup(numerical(weight(entry.field), (entry.value, entry.tolerance), wrong))

        if item.entries:
            return outside(asked(item)) + boxes(item, box, outside)
        (field,) = item.fields
        options = [(percent, lettered_option(item, place)) for place, percent in enumerate(_percents(item))]
        chosen = choice(weight(field), options, is_single=not item.task.takes_several)
        return outside(asked(item)) + Markup("<p>{}</p>").format(Markup(chosen))

    text = outside(setting(items[0])) + Markup("").join(map(task, items))
    return _wrapped("cloze", items, text, "")


def _numerical(item: Item) -> str:
    (entry,) = item.entries.values()
    text = setting(item) + asked(item) + boxes(item, lambda _: Markup("…"))
    answers = [_answer("100", xml(number(entry.value)), "", entry.tolerance)]
    for one in entry.mistaken:
        answers.append(_answer("0", xml(number(one.value)), explanation(item, one.names), entry.tolerance))
    units = "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>3</showunits>"
    return _wrapped("numerical", [item], text, _grade(item) + "".join(answers) + units + "<unitsleft>0</unitsleft>")


def _multichoice(item: Item) -> str:
    answers = [
        _answer(percent, cdata(lettered_option(item, place)), "", None, "html")
        for place, percent in enumerate(_percents(item))
    ]
    how = (
        f"<single>{'false' if item.task.takes_several else 'true'}</single><shuffleanswers>false</shuffleanswers>"
        "<answernumbering>none</answernumbering>"
    )
    return _wrapped("multichoice", [item], setting(item) + asked(item), _grade(item) + how + "".join(answers))


def _percents(item: Item) -> list[str]:
    """What each option is worth; who marks a wrong one of several gets nothing for the right ones."""
    right, wrong = FRACTIONS[len(item.right)], "-100" if item.task.takes_several else "0"
    return [right if place in item.right else wrong for place in range(len(item.task.options))]


def holds(item: Item) -> bool:
    """Whether Moodle can ask an item."""
    return bool(item.entries) or len(item.right) in FRACTIONS


def _grade(item: Item) -> str:
    return f"<defaultgrade>{_decimal(item.marks)}</defaultgrade>"


def _decimal(marks: Fraction) -> str:
    return f"{float(marks):.7f}"


def _answer(fraction: str, text: str, feedback: str, tolerance: float | None, form: str = "moodle_auto_format") -> str:
    band = "" if tolerance is None else f"<tolerance>{number(tolerance)}</tolerance>"
    return (
        f'<answer fraction="{fraction}" format="{form}"><text>{text}</text>'
        f'<feedback format="html"><text>{cdata(feedback) if feedback else ""}</text></feedback>{band}</answer>'
    )


def _wrapped(kind: str, items: Sequence[Item], text: Markup, inner: str) -> str:
    first = items[0]
    name = Tag(first.exam.id, first.question_id, first.variant)
    # No brace of a tag can be taken for a box: a file's name may have some.
    top = outside(tagged(name)) if kind == "cloze" else tagged(name)
    tags = (first.exam.id, first.question_id, first.variant)
    return (
        f'<question type="{kind}"><name><text>{xml(first.whole_name)}</text></name>'
        f'<questiontext format="html"><text>{cdata(top + text)}</text></questiontext>'
        f'<generalfeedback format="html"><text>{cdata(solution(*items))}</text></generalfeedback>'
        f"<penalty>0.0000000</penalty><hidden>0</hidden>{inner}"
        f"<tags>{''.join(f'<tag><text>{xml(tag)}</text></tag>' for tag in tags)}</tags></question>\n"
    )
