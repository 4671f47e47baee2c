"""Reads QTI 2.1 and 3.0 strictly, and scores responses by an item's own response processing.

The elements, their order and their attributes are those of the schema of QTI 2.1, as far as exports use it: whatever
else stands in a file is refused. 3.0 is read as the same elements with its own spelling.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

Node = ElementTree.Element

MATHML = "{http://www.w3.org/1998/Math/MathML}"
NAMESPACES = {
    "2.1": ("{http://www.imsglobal.org/xsd/imsqti_v2p1}", "{http://www.imsglobal.org/xsd/imscp_v1p1}"),
    "3.0": (
        "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}",
        "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}",
    ),
}
TYPES = {
    "2.1": ("imsqti_item_xmlv2p1", "imsqti_test_xmlv2p1", "QTIv2.1 Package"),
    "3.0": ("imsqti_item_xmlv3p0", "imsqti_test_xmlv3p0", "QTI Package"),
}

_INLINE = "(b|br|math|textEntryInteraction)*"
_FLOW = "(b|br|math|p|h4|table|textEntryInteraction)*"
_CONDITION = "(equal|match)"
_VALUE = "(variable|correct|baseValue)"

ELEMENTS: Mapping[str, tuple[str, str, str, bool]] = {
    "assessmentItem": (
        "identifier title adaptive timeDependent",
        "",
        "responseDeclaration*outcomeDeclaration*itemBody?responseProcessing?modalFeedback*",
        False,
    ),
    "responseDeclaration": ("identifier cardinality baseType", "", "correctResponse?", False),
    "correctResponse": ("", "", "value+", False),
    "outcomeDeclaration": ("identifier cardinality baseType", "", "defaultValue?", False),
    "defaultValue": ("", "", "value+", False),
    "value": ("", "", "", True),
    "itemBody": ("", "", "(p|h4|table|math|choiceInteraction)*", False),
    "p": ("", "", _INLINE, True),
    "b": ("", "", _INLINE, True),
    "h4": ("", "", _INLINE, True),
    "br": ("", "", "", False),
    "table": ("", "", "tbody+", False),
    "tbody": ("", "", "tr+", False),
    "tr": ("", "", "td+", False),
    "td": ("", "", _FLOW, True),
    "textEntryInteraction": ("responseIdentifier", "expectedLength", "", False),
    "choiceInteraction": ("responseIdentifier shuffle maxChoices", "", "simpleChoice+", False),
    "simpleChoice": ("identifier", "", _FLOW, True),
    "responseProcessing": ("", "", "(responseCondition|setOutcomeValue)*", False),
    "responseCondition": ("", "", "responseIf responseElseIf*responseElse?", False),
    "responseIf": ("", "", f"{_CONDITION} setOutcomeValue*", False),
    "responseElseIf": ("", "", f"{_CONDITION} setOutcomeValue*", False),
    "responseElse": ("", "", "setOutcomeValue*", False),
    "setOutcomeValue": ("identifier", "", "(sum|multiple|baseValue)", False),
    "equal": ("toleranceMode", "tolerance includeLowerBound includeUpperBound", f"{_VALUE} {_VALUE}", False),
    "match": ("", "", f"{_VALUE} {_VALUE}", False),
    "sum": ("", "", f"({_VALUE}|testVariables)+", False),
    "multiple": ("", "", f"{_VALUE}*", False),
    "variable": ("identifier", "", "", False),
    "correct": ("identifier", "", "", False),
    "baseValue": ("baseType", "", "", True),
    "modalFeedback": ("outcomeIdentifier identifier showHide", "", _FLOW, True),
    "assessmentTest": ("identifier title", "", "outcomeDeclaration*testPart+outcomeProcessing?", False),
    "testPart": ("identifier navigationMode submissionMode", "", "assessmentSection+", False),
    "assessmentSection": ("identifier title visible", "", "assessmentItemRef*", False),
    "assessmentItemRef": ("identifier href", "", "", False),
    "outcomeProcessing": ("", "", "setOutcomeValue*", False),
    "testVariables": ("variableIdentifier", "", "", False),
}
"""By element its required and optional attributes, its children in order as an expression, and whether it has text."""

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")


@dataclass(frozen=True)
class Scored:
    """What response processing made of responses."""

    score: float
    feedback: tuple[str, ...]


@dataclass(frozen=True)
class ReadItem:
    """One item.

    Attributes:
        identifier, title: of the item.
        most: the marks that it declares.
        correct: right values by response, in the order of the body.
        tolerances: by response, of its first condition.
        feedback: texts by identifier.
        body: all text of it.
        score: scores responses.
    """

    identifier: str
    title: str
    most: float
    correct: Mapping[str, tuple[str, ...]]
    tolerances: Mapping[str, float]
    feedback: Mapping[str, str]
    body: str
    score: Callable[[Mapping[str, str | tuple[str, ...]]], Scored]


@dataclass(frozen=True)
class ReadTest:
    """One test: its title, and its items in order."""

    title: str
    items: tuple[ReadItem, ...]


def read_package(content: bytes, version: str) -> list[ReadTest]:
    """The tests of a package; every file that the manifest names is there, and no other."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    own, package = NAMESPACES[version]
    item_type, test_type, schema = TYPES[version]
    manifest = ElementTree.fromstring(files.pop("imsmanifest.xml"))
    assert [node.tag for node in manifest] == [
        f"{package}{part}" for part in ("metadata", "organizations", "resources")
    ]
    assert manifest.findtext(f"{package}metadata/{package}schema") == schema
    resources = manifest.findall(f"{package}resources/{package}resource")
    names = [node.attrib["identifier"] for node in resources]
    assert len(set(names)) == len(names)
    assert sorted(node.attrib["href"] for node in resources) == sorted(files)
    for node in resources:
        assert [one.attrib["href"] for one in node.findall(f"{package}file")] == [node.attrib["href"]]
        assert {one.attrib["identifierref"] for one in node.findall(f"{package}dependency")} <= set(names)
    roots = {name: _spelled(ElementTree.fromstring(text), own, version) for name, text in files.items()}
    for root in roots.values():
        check(root)
    kinds = {node.attrib["href"]: node.attrib["type"] for node in resources}
    items = {name: _item(root) for name, root in roots.items() if kinds[name] == item_type}
    return [_test(root, items) for name, root in roots.items() if kinds[name] == test_type]


def check(node: Node) -> None:
    """That an element and all in it is as the schema says."""
    if node.tag == "math":
        assert all(part.tag.startswith(MATHML) for part in node.iter() if part is not node), "formulas are MathML"
        return
    assert node.tag in ELEMENTS, node.tag
    required, optional, children, has_text = ELEMENTS[node.tag]
    assert set(required.split()) <= node.attrib.keys() <= {*required.split(), *optional.split()}, (
        node.tag,
        node.attrib,
    )
    found = "".join(f"<{part.tag}>" for part in node)
    pattern = re.sub(r"[A-Za-z]\w*", lambda name: f"(?:<{name[0]}>)", children).replace(" ", "")
    assert re.fullmatch(pattern, found), (node.tag, found)
    texts = [node.text, *(part.tail for part in node)]
    assert has_text or not any(text and text.strip() for text in texts), (node.tag, texts)
    for name in ("identifier", "responseIdentifier", "outcomeIdentifier"):
        assert name not in node.attrib or IDENTIFIER.fullmatch(node.attrib[name]), node.attrib
    for part in node:
        check(part)


def _spelled(node: Node, own: str, version: str) -> Node:
    """The element with names as in 2.1 and without its namespace; formulas keep theirs."""
    if node.tag == f"{MATHML}math":
        found = Node("math")
        found.extend(node)
        found.text, found.tail = node.text, node.tail
        return found
    assert node.tag.startswith(own), node.tag
    tag, attributes = node.tag.removeprefix(own), dict(node.attrib)
    if version == "3.0":
        is_html = tag in {"p", "b", "h4", "br", "table", "tbody", "tr", "td"}
        assert is_html or tag.startswith("qti-"), tag
        tag = _camel(tag.removeprefix("qti-"))
        assert all(name == name.lower() for name in attributes)
        attributes = {_camel(name): value for name, value in attributes.items()}
    found = Node(tag, attributes)
    found.text, found.tail = node.text, node.tail
    for part in node:
        inner = _spelled(part, own, version)
        if inner.tag == "contentBody":
            assert version == "3.0"
            assert tag == "modalFeedback"
            found.extend(inner)
            found.text = inner.text
        else:
            found.append(inner)
    return found


def _camel(name: str) -> str:
    first, *others = name.split("-")
    return first + "".join(part.title() for part in others)


def _item(root: Node) -> ReadItem:
    declared = {node.attrib["identifier"]: node for node in root.findall("responseDeclaration")}
    outcomes = {node.attrib["identifier"]: node for node in root.findall("outcomeDeclaration")}
    feedback = {node.attrib["identifier"]: _text(node) for node in root.findall("modalFeedback")}
    body = root.find("itemBody")
    processing = root.find("responseProcessing")
    assert body is not None
    assert processing is not None
    asked = [node.attrib["responseIdentifier"] for node in body.iter() if node.tag.endswith("Interaction")]
    assert sorted(asked) == sorted(declared)
    for node in processing.iter():
        if node.tag in {"setOutcomeValue", "variable", "correct"}:
            assert node.attrib["identifier"] in {**declared, **outcomes}
        if node.tag == "baseValue" and node.attrib["baseType"] == "identifier":
            assert node.text in feedback
    correct = {name: tuple(node.text or "" for node in declared[name].iter("value")) for name in asked}
    firsts = {
        node.findall("variable")[0].attrib["identifier"]: node
        for node in reversed(list(processing.iter("equal")))
        if node.find("correct") is not None
    }
    bands = {name: [float(part) for part in node.attrib["tolerance"].split()] for name, node in firsts.items()}
    assert all(low == high for low, high in bands.values())
    return ReadItem(
        root.attrib["identifier"],
        root.attrib["title"],
        float(outcomes["MAXSCORE"].findtext("defaultValue/value") or "nan"),
        correct,
        {name: band[0] for name, band in bands.items()},
        feedback,
        _text(body),
        lambda responses: _scored(processing, correct, responses),
    )


def _scored(
    processing: Node, correct: Mapping[str, tuple[str, ...]], responses: Mapping[str, str | tuple[str, ...]]
) -> Scored:
    values: dict[str, object] = {**responses, "SCORE": 0.0, "FEEDBACK": ()}

    def value(node: Node) -> object:
        match node.tag:
            case "variable":
                return values.get(node.attrib["identifier"])
            case "correct":
                found = correct[node.attrib["identifier"]]
                return found[0] if len(found) == 1 else found
            case "baseValue":
                return node.text
            case "sum":
                return sum(float(str(value(part))) for part in node)
            case _:
                parts = (value(part) for part in node)
                return tuple(one for part in parts for one in (part if isinstance(part, tuple) else (part,)))

    def holds(node: Node) -> bool:
        first, second = (value(part) for part in node)
        if first is None or second is None:
            return False
        if node.tag == "match":
            return _as_set(first) == _as_set(second)
        assert node.attrib["toleranceMode"] == "absolute"
        low, high = (float(part) for part in node.attrib["tolerance"].split())
        return float(str(first)) - low <= float(str(second)) <= float(str(first)) + high

    def set_all(nodes: list[Node]) -> None:
        for node in nodes:
            found = value(node[0])
            is_score = node.attrib["identifier"] == "SCORE"
            values[node.attrib["identifier"]] = float(str(found)) if is_score else found

    for rule in processing:
        if rule.tag == "setOutcomeValue":
            set_all([rule])
            continue
        for case in rule:
            if case.tag == "responseElse" or holds(case[0]):
                set_all(case.findall("setOutcomeValue"))
                break
    score, feedback = values["SCORE"], values["FEEDBACK"]
    assert isinstance(score, float)
    assert isinstance(feedback, tuple)
    return Scored(score, feedback)


def _as_set(value: object) -> frozenset[object]:
    return frozenset(value if isinstance(value, tuple) else (value,))


def _test(root: Node, items: Mapping[str, ReadItem]) -> ReadTest:
    refs = list(root.iter("assessmentItemRef"))
    found = [items[ref.attrib["href"]] for ref in refs]
    assert [ref.attrib["identifier"] for ref in refs] == [item.identifier for item in found]
    assert [node.attrib["variableIdentifier"] for node in root.iter("testVariables")] == ["SCORE"]
    return ReadTest(root.attrib["title"], tuple(found))


def _text(node: Node) -> str:
    return "".join(node.itertext())
