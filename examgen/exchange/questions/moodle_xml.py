"""Moodle XML, as its question bank imports it.

A task with one box is a numerical question, with more boxes a cloze question, and a choice a multichoice question.
Variants of a task are questions of one category, from which a quiz picks at random.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm

from markupsafe import Markup

from examgen.exchange.made import Made
from examgen.exchange.questions.cloze import number, numerical, outside
from examgen.exchange.questions.item_markup import boxes, described, explanation, option, prompt, solution
from examgen.exchange.questions.item_pool import Pool
from examgen.exchange.questions.items import Entry, Item
from examgen.exchange.questions.xml_text import cdata, xml

FRACTIONS = {1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667", 7: "14.28571", 8: "12.5", 9: "11.11111"}
"""What each of so many right options is worth: Moodle takes these and no others."""

_FILE = "moodle.xml"


def moodle_files(pool: Pool) -> Made:
    """The one file, and what to know of it."""
    by_part: dict[str, list[Item]] = {}
    for item in pool.items:
        by_part.setdefault(item.part, []).append(item)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    for items in by_part.values():
        parts.append(_category(items[0]))
        parts += (_question(item) for item in items)
    parts.append("</quiz>\n")
    return Made({_FILE: "".join(parts).encode()}, tuple(_notices(by_part)))


def _notices(by_part: Mapping[str, Sequence[Item]]) -> Iterator[str]:
    scaled = [(part, scale_of(items[0])) for part, items in by_part.items()]
    if told := [f"{part} by {factor}" for part, factor in scaled if factor != 1]:
        yield (
            f"Moodle's weights of boxes are whole numbers, so the marks of {', '.join(told)} are multiplied; set the "
            "marks of these questions in the quiz"
        )
    if len(next(iter(by_part.values()))) > 1:
        yield (
            "each task has a category with all its variants: add a random question from each category to the quiz; "
            "which variant is picked is drawn for each task by itself"
        )


def scale_of(item: Item) -> int:
    """By what the marks of a task are multiplied, so that each box has a whole number of them."""
    if len(item.entries) < 2:
        return 1
    return lcm(*(entry.field.exact_marks.denominator for entry in item.entries.values()))


def _category(item: Item) -> str:
    """The category of all variants of a task, below that of its question and that of the exam."""
    title = item.style.phrase(item.exam.title)
    names = (
        f"{title} ({item.exam.id})",
        described(item.style, item.question.number, item.question.title),
        item.part,
    )
    # A slash begins a category within another one; two are one in a name.
    path = "/".join(("$course$", "top", *(name.replace("/", "//") for name in names)))
    return f'<question type="category"><category><text>{xml(path)}</text></category></question>\n'


def _question(item: Item) -> str:
    if item.task.kind == "choice":
        return _multichoice(item)
    return _numerical(item) if len(item.entries) == 1 else _cloze(item)


def _cloze(item: Item) -> str:
    factor = scale_of(item)

    def box(entry: Entry) -> Markup:
        # Moodle divides by the sum of the weights, which must not be 0.
        weight = int(entry.field.exact_marks * factor) if item.marks else 1
        wrong = [(one.value, entry.tolerance, explanation(item, one.names)) for one in entry.mistaken]
        return Markup(numerical(weight, (entry.value, entry.tolerance), wrong))

    return _wrapped("cloze", item, outside(prompt(item)) + boxes(item, box, outside), "")


def _numerical(item: Item) -> str:
    (entry,) = item.entries.values()
    text = prompt(item) + boxes(item, lambda _: Markup("…"))
    answers = [_answer("100", xml(number(entry.value)), "", entry.tolerance)]
    for one in entry.mistaken:
        answers.append(_answer("0", xml(number(one.value)), explanation(item, one.names), entry.tolerance))
    units = "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>3</showunits>"
    return _wrapped("numerical", item, text, _grade(item) + "".join(answers) + units + "<unitsleft>0</unitsleft>")


def _multichoice(item: Item) -> str:
    several = item.task.takes_several
    # Who marks a wrong option gets nothing for the right ones.
    right, wrong = FRACTIONS[len(item.right)], "-100" if several else "0"
    answers = [
        _answer(right if place in item.right else wrong, cdata(option(item, place)), "", None, "html")
        for place in range(len(item.task.options))
    ]
    how = (
        f"<single>{'false' if several else 'true'}</single><shuffleanswers>false</shuffleanswers>"
        "<answernumbering>abc</answernumbering>"
    )
    return _wrapped("multichoice", item, prompt(item), _grade(item) + how + "".join(answers))


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


def _wrapped(kind: str, item: Item, text: str, inner: str) -> str:
    tags = (item.exam.id, item.part, item.variant)
    return (
        f'<question type="{kind}"><name><text>{xml(item.name)}</text></name>'
        f'<questiontext format="html"><text>{cdata(text)}</text></questiontext>'
        f'<generalfeedback format="html"><text>{cdata(solution(item))}</text></generalfeedback>'
        f"<penalty>0.0000000</penalty><hidden>0</hidden>{inner}"
        f"<tags>{''.join(f'<tag><text>{xml(tag)}</text></tag>' for tag in tags)}</tags></question>\n"
    )
