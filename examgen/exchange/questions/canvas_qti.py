"""QTI 1.2 as Canvas imports it: a quiz for each paper, a text for each task, and a question for each of its boxes.

Canvas asks for one number at a time. Of an `or` of the number and an `and` of bounds it makes a number with a margin.
Every answer that it knows is worth all marks, so wrong ones cannot be told.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, log10

import numpy as np
from markupsafe import Markup

from examgen.documents.paper.render import web_math
from examgen.documents.paper.task_parts import digits_text
from examgen.errors import some
from examgen.exams.digits import NOISE, Digits
from examgen.exams.fields import Field
from examgen.exams.folders.zip_writing import zip_pieces
from examgen.exchange.made import Made
from examgen.exchange.questions.item_markup import lettered_option, prompt, solution, tagged, with_mark
from examgen.exchange.questions.item_pool import Pool
from examgen.exchange.questions.items import Entry, Item
from examgen.exchange.questions.xml_text import ident, xml
from examgen.marking.reading.platforms.tags import Tag

MOST_DECIMALS, SMALLEST = 4, 1e-4
"""Classic Quizzes rounds what students type to so many decimals: smaller numbers become 0."""

MOST_NAMED = 5
"""So many boxes with small numbers are named in a notice."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
_META = "associatedcontent/imscc_xmlv1p1/learning-application-resource"


def canvas_files(pool: Pool) -> Made:
    """One package with all quizzes, and what to know of it."""
    papers = pool.papers()
    members: list[tuple[str, str]] = []
    idents: list[str] = []
    for variant, items in papers.items():
        idents.append(name := ident(pool.exam.id, variant))
        members.append((f"{name}/{name}.xml", _quiz(name, items, is_scaled=pool.is_scaled)))
        members.append((f"{name}/assessment_meta.xml", _meta(name, items)))
    members.append(("imsmanifest.xml", _manifest(pool, idents)))
    content = b"".join(zip_pieces((name, text.encode()) for name, text in members))
    return Made({"": content}, tuple(_notices(pool, len(papers))))


def scale_of(entry: Entry) -> int:
    """The power of ten by which a number is to be multiplied so that Canvas loses nothing of it; 0 for none."""
    if abs(entry.value) < NOISE:
        return 0
    decimals = int(entry.field.digits.decimals_for(np.array(entry.value)))
    small = ceil(log10(SMALLEST) - log10(abs(entry.value)))
    return max(0, decimals - MOST_DECIMALS, small)


def _notices(pool: Pool, papers: int) -> Iterator[str]:
    small = [
        f"{item.part} {entry.field.name}" for item in pool.items for entry in item.entries.values() if scale_of(entry)
    ]
    if small:
        have = "1 number has" if len(small) == 1 else f"{len(small)} numbers have"
        how = "asked times a power of ten" if pool.is_scaled else "ask them times a power of ten with --scaled"
        yield (
            f"{have} more than {MOST_DECIMALS} decimals or {'is' if len(small) == 1 else 'are'} below {SMALLEST:g}, "
            f"which Classic Quizzes rounds to 0: {some(list(dict.fromkeys(small)), MOST_NAMED)}; {how}"
        )
    if papers > 1:
        yield f"there are {papers} quizzes, one for each variant: assign each to its students"
    yield (
        "to mark the answers here, with follow-through and causes: in the quiz, Quiz Statistics, Student Analysis, and "
        "hand the CSV to examgen grade with --key"
    )


def _quiz(own: str, items: Sequence[Item], *, is_scaled: bool) -> str:
    parts = []
    for item in items:
        parts.append(_choice(item) if item.task.kind == "choice" else _text(item))
        for place, entry in enumerate(item.entries.values(), start=1):
            is_last = place == len(item.entries)
            parts.append(_number(item, entry, scale_of(entry) if is_scaled else 0, has_solution=is_last))
    return (
        f'{_HEAD}<questestinterop xmlns="{_QTI}"><assessment ident="{own}" title="{xml(items[0].paper_title)}">'
        "<qtimetadata><qtimetadatafield><fieldlabel>cc_maxattempts</fieldlabel><fieldentry>1</fieldentry>"
        f'</qtimetadatafield></qtimetadata><section ident="root_section">{"".join(parts)}</section></assessment>'
        "</questestinterop>\n"
    )


def _text(item: Item) -> str:
    """What the questions behind it are about."""
    metadata = "<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>text_only_question</fieldentry>"
    return (
        f'<item ident="{ident(item.name)}" title="{xml(item.part)}"><itemmetadata><qtimetadata>{metadata}'
        f"</qtimetadatafield></qtimetadata></itemmetadata><presentation>{_material(prompt(item))}</presentation></item>"
    )


def _number(item: Item, entry: Entry, power: int, *, has_solution: bool) -> str:
    """A question for one box; times a power of ten."""
    naming = f"10^{{{power}}} \\cdot " if power else ""
    symbol = with_mark(item, web_math(f"{naming}{entry.latex} =", item.part))
    text = tagged(_tag(item, entry.field, power))
    text += Markup("<p>({}) {} …{}</p>").format(item.task.letter, symbol, _digits(item, entry, power))
    value, band = (Decimal(repr(number)).scaleb(power) for number in (entry.value, entry.tolerance))
    condition = (
        f'<or><varequal respident="response1">{value:f}</varequal><and>'
        f'<vargte respident="response1">{value - band:f}</vargte>'
        f'<varlte respident="response1">{value + band:f}</varlte></and></or>'
    )
    asked = (
        '<response_str ident="response1" rcardinality="Single"><render_fib fibtype="Decimal">'
        '<response_label ident="answer1"/></render_fib></response_str>'
    )
    name = f"{item.part} {entry.field.name}"
    told = solution(item) if has_solution else Markup("")
    return _item(item, name, "numerical_question", entry.field.exact_marks, text, asked, condition, told)


def _tag(item: Item, field: Field, power: int = 0) -> Tag:
    """By which the answers are told in Canvas's student analysis."""
    return Tag(item.exam.id, item.question_id, item.variant, field.name, power)


def _digits(item: Item, entry: Entry, power: int) -> Markup:
    """To how many digits a number is asked, where it is not as the task says."""
    digits = entry.field.digits
    if not power or digits.decimals is None:
        return Markup("")
    asked = Digits(decimals=max(0, digits.decimals - power))
    return Markup(" ({})").format(digits_text(asked, item.style.words["worked"]))


def _choice(item: Item) -> str:
    several = item.task.takes_several
    labels = "".join(
        f'<response_label ident="{place + 1}"><material><mattext texttype="text/html">'
        f"{xml(lettered_option(item, place))}</mattext></material></response_label>"
        for place in range(len(item.task.options))
    )
    asked = (
        f'<response_lid ident="response1" rcardinality="{"Multiple" if several else "Single"}"><render_choice>'
        f"{labels}</render_choice></response_lid>"
    )
    chosen = [f'<varequal respident="response1">{place + 1}</varequal>' for place in range(len(item.task.options))]
    if several:
        each = (text if place in item.right else f"<not>{text}</not>" for place, text in enumerate(chosen))
        condition = f"<and>{''.join(each)}</and>"
    else:
        condition = chosen[item.right[0]]
    kind = "multiple_answers_question" if several else "multiple_choice_question"
    text = tagged(_tag(item, item.fields[0])) + prompt(item)
    return _item(item, item.part, kind, item.marks, text, asked, condition, solution(item))


def _item(
    item: Item, name: str, kind: str, marks: Fraction, text: Markup, asked: str, condition: str, told: Markup
) -> str:
    fields = {"question_type": kind, "points_possible": f"{float(marks):.6g}"}
    metadata = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in fields.items()
    )
    general = (
        '<respcondition continue="Yes"><conditionvar><other/></conditionvar>'
        '<displayfeedback feedbacktype="Response" linkrefid="general_fb"/></respcondition>'
    )
    feedback = f'<itemfeedback ident="general_fb"><flow_mat>{_material(told)}</flow_mat></itemfeedback>'
    return (
        f'<item ident="{ident(item.name, name)}" title="{xml(name)}"><itemmetadata><qtimetadata>{metadata}'
        f"</qtimetadata></itemmetadata><presentation>{_material(text)}{asked}</presentation><resprocessing><outcomes>"
        '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f'{general if told else ""}<respcondition continue="No"><conditionvar>{condition}</conditionvar>'
        '<setvar action="Set" varname="SCORE">100</setvar></respcondition></resprocessing>'
        f"{feedback if told else ''}</item>"
    )


def _material(text: Markup) -> str:
    return f'<material><mattext texttype="text/html">{xml(Markup("<div>{}</div>").format(text))}</mattext></material>'


def _meta(own: str, items: Sequence[Item]) -> str:
    marks = float(sum((item.marks for item in items), Fraction(0)))
    return (
        f'{_HEAD}<quiz identifier="{own}" xmlns="{_CANVAS}"><title>{xml(items[0].paper_title)}</title>'
        f"<description></description><shuffle_answers>false</shuffle_answers><quiz_type>assignment</quiz_type>"
        f"<points_possible>{marks:.6g}</points_possible><allowed_attempts>1</allowed_attempts>"
        "<available>false</available></quiz>\n"
    )


def _manifest(pool: Pool, idents: Sequence[str]) -> str:
    resources = "".join(
        f'<resource identifier="{name}" type="imsqti_xmlv1p2"><file href="{name}/{name}.xml"/>'
        f'<dependency identifierref="{name}_meta"/></resource>'
        f'<resource identifier="{name}_meta" type="{_META}" href="{name}/assessment_meta.xml">'
        f'<file href="{name}/assessment_meta.xml"/></resource>'
        for name in idents
    )
    return (
        f'{_HEAD}<manifest identifier="{ident(pool.exam.id, "manifest")}" xmlns="{_PACKAGE}"><metadata>'
        "<schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata><organizations/>"
        f"<resources>{resources}</resources></manifest>\n"
    )
