"""A content package of QTI 2.1 or 3.0: an item for each task, and a test for each paper.

An item has a text entry for each box, inside the table of its matrix. Its response processing adds up the marks of the
right ones, and shows the explanation of the misconceptions whose numbers it meets.
"""

from collections.abc import Sequence

from markupsafe import Markup

from examgen.exams.folders.zip_writing import zip_pieces
from examgen.exchange.made import Made
from examgen.exchange.questions.item_markup import boxes, explanation, option, prompt, solution
from examgen.exchange.questions.item_pool import Pool
from examgen.exchange.questions.items import Entry, Item
from examgen.exchange.questions.qti_dialects import DIALECTS, Dialect, markup_of
from examgen.exchange.questions.xml_text import ident, shown, xml

SCORE, MOST, FEEDBACK, SOLUTION = "SCORE", "MAXSCORE", "FEEDBACK", "solution"


def qti_files(pool: Pool, name: str) -> Made:
    """The package of a format of `DIALECTS`."""
    dialect = DIALECTS[name]
    papers = pool.papers()
    members = [(_place(item), _item(dialect, item)) for item in pool.items]
    members += [(f"{_test_of(items)}.xml", _test(dialect, items)) for items in papers.values()]
    members.append(("imsmanifest.xml", _manifest(dialect, pool, papers)))
    content = b"".join(zip_pieces((path, text.encode()) for path, text in members))
    told = (f"there are {len(papers)} tests, one for each variant: assign each to its students",)
    return Made({"": content}, told if len(papers) > 1 else ())


def _item(dialect: Dialect, item: Item) -> str:
    body, declared, processing = (_choice if item.task.kind == "choice" else _numbers)(dialect, item)
    outcomes = (
        _outcome(dialect, SCORE, "0"),
        _outcome(dialect, MOST, _marks(item)),
        dialect.tag("outcomeDeclaration", identifier=FEEDBACK, cardinality="multiple", baseType="identifier"),
    )
    return dialect.root(
        "assessmentItem",
        "".join((*declared, *outcomes, dialect.tag("itemBody", body), processing, *_feedback(dialect, item))),
        identifier=ident(item.name),
        title=item.name,
        adaptive="false",
        timeDependent="false",
    )


def _numbers(dialect: Dialect, item: Item) -> tuple[str, list[str], str]:
    """Body, declarations of the responses, and response processing of a task with boxes."""
    ids = {name: f"RESPONSE{place}" for place, name in enumerate(item.entries, start=1)}

    def entry_box(entry: Entry) -> Markup:
        length = str(item.task.characters + 3)
        return Markup(
            dialect.tag("textEntryInteraction", responseIdentifier=ids[entry.field.name], expectedLength=length)
        )

    declared = [_response(dialect, ids[name], "float", [repr(entry.value)]) for name, entry in item.entries.items()]
    conditions = (_condition(dialect, item, entry, ids[name]) for name, entry in item.entries.items())
    text = markup_of(shown(prompt(item) + boxes(item, entry_box)))
    return text, declared, dialect.tag("responseProcessing", _show(dialect, SOLUTION) + "".join(conditions))


def _condition(dialect: Dialect, item: Item, entry: Entry, response: str) -> str:
    """Marks for a right number, or the explanation of a wrong one."""
    marks = dialect.tag("baseValue", repr(float(entry.field.exact_marks)), baseType="float")
    added = dialect.tag("sum", dialect.tag("variable", identifier=SCORE) + marks)
    right = _near(dialect, dialect.tag("correct", identifier=response), response, entry.tolerance)
    cases = dialect.tag("responseIf", right + dialect.tag("setOutcomeValue", added, identifier=SCORE))
    told = _told(item)
    for wrong in entry.mistaken:
        value = dialect.tag("baseValue", repr(wrong.value), baseType="float")
        near = _near(dialect, value, response, entry.tolerance)
        cases += dialect.tag("responseElseIf", near + _show(dialect, told[wrong.names]))
    return dialect.tag("responseCondition", cases)


def _near(dialect: Dialect, value: str, response: str, tolerance: float) -> str:
    """Whether a response is within the tolerance of a value."""
    band = f"{tolerance!r} {tolerance!r}"
    return dialect.tag(
        "equal", value + dialect.tag("variable", identifier=response), toleranceMode="absolute", tolerance=band
    )


def _show(dialect: Dialect, feedback: str) -> str:
    """That a feedback is to be shown, beside those that are shown already."""
    added = dialect.tag("variable", identifier=FEEDBACK) + dialect.tag("baseValue", feedback, baseType="identifier")
    return dialect.tag("setOutcomeValue", dialect.tag("multiple", added), identifier=FEEDBACK)


def _choice(dialect: Dialect, item: Item) -> tuple[str, list[str], str]:
    """The same of a choice."""
    several = item.task.takes_several
    options = "".join(
        dialect.tag("simpleChoice", markup_of(shown(option(item, place))), identifier=_option(place))
        for place in range(len(item.task.options))
    )
    asked = dialect.tag(
        "choiceInteraction",
        options,
        responseIdentifier="RESPONSE1",
        shuffle="false",
        maxChoices="0" if several else "1",
    )
    right = [_option(place) for place in item.right]
    declared = _response(dialect, "RESPONSE1", "identifier", right, "multiple" if several else "single")
    same = dialect.tag(
        "match", dialect.tag("variable", identifier="RESPONSE1") + dialect.tag("correct", identifier="RESPONSE1")
    )
    scored = dialect.tag("setOutcomeValue", dialect.tag("baseValue", _marks(item), baseType="float"), identifier=SCORE)
    condition = dialect.tag("responseCondition", dialect.tag("responseIf", same + scored))
    processing = dialect.tag("responseProcessing", _show(dialect, SOLUTION) + condition)
    return markup_of(shown(prompt(item))) + asked, [declared], processing


def _option(place: int) -> str:
    return f"option{place + 1}"


def _marks(item: Item) -> str:
    return repr(float(item.marks))


def _response(dialect: Dialect, name: str, kind: str, values: Sequence[str], cardinality: str = "single") -> str:
    correct = dialect.tag("correctResponse", "".join(dialect.tag("value", value) for value in values))
    return dialect.tag("responseDeclaration", correct, identifier=name, cardinality=cardinality, baseType=kind)


def _outcome(dialect: Dialect, name: str, value: str) -> str:
    default = dialect.tag("defaultValue", dialect.tag("value", value))
    return dialect.tag("outcomeDeclaration", default, identifier=name, cardinality="single", baseType="float")


def _told(item: Item) -> dict[tuple[str, ...], str]:
    """The feedback of each group of misconceptions, each once for all boxes."""
    groups = dict.fromkeys(wrong.names for entry in item.entries.values() for wrong in entry.mistaken)
    return {names: f"mistake{place}" for place, names in enumerate(groups, start=1)}


def _feedback(dialect: Dialect, item: Item) -> list[str]:
    texts = {SOLUTION: solution(item)}
    texts |= {name: Markup("<p>{}</p>").format(explanation(item, names)) for names, name in _told(item).items()}
    found = []
    for name, text in texts.items():
        content = markup_of(shown(text))
        found.append(
            dialect.tag(
                "modalFeedback",
                dialect.tag("contentBody", content) if dialect.has_bodies else content,
                outcomeIdentifier=FEEDBACK,
                identifier=name,
                showHide="show",
            )
        )
    return found


def _test(dialect: Dialect, items: Sequence[Item]) -> str:
    """All items of one paper, and the sum of their marks."""
    refs = "".join(dialect.tag("assessmentItemRef", identifier=ident(item.name), href=_place(item)) for item in items)
    title = items[0].paper_title
    section = dialect.tag("assessmentSection", refs, identifier="all", title=title, visible="true")
    part = dialect.tag(
        "testPart", section, identifier="part", navigationMode="nonlinear", submissionMode="simultaneous"
    )
    total = dialect.tag("sum", dialect.tag("testVariables", variableIdentifier=SCORE))
    outcome = dialect.tag("outcomeProcessing", dialect.tag("setOutcomeValue", total, identifier=SCORE))
    return dialect.root(
        "assessmentTest",
        _outcome(dialect, SCORE, "0") + part + outcome,
        identifier=_test_of(items),
        title=title,
    )


def _place(item: Item) -> str:
    return f"items/{ident(item.name)}.xml"


def _test_of(items: Sequence[Item]) -> str:
    return ident(items[0].exam.id, items[0].variant)


def _manifest(dialect: Dialect, pool: Pool, papers: dict[str, list[Item]]) -> str:
    resources = [
        f'<resource identifier="{ident(item.name)}" type="{dialect.item_type}" href="{_place(item)}">'
        f'<file href="{_place(item)}"/></resource>'
        for item in pool.items
    ]
    for items in papers.values():
        name = _test_of(items)
        parts = "".join(f'<dependency identifierref="{ident(item.name)}"/>' for item in items)
        resources.append(
            f'<resource identifier="{name}" type="{dialect.test_type}" href="{name}.xml"><file href="{name}.xml"/>'
            f"{parts}</resource>"
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="{dialect.package}" '
        f'identifier="{ident(pool.exam.id, "manifest")}"><metadata><schema>{xml(dialect.schema)}</schema>'
        f"<schemaversion>{dialect.schema_version}</schemaversion></metadata><organizations/>"
        f"<resources>{''.join(resources)}</resources></manifest>\n"
    )
