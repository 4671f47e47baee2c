"""Reads a QTI 1.2 package as Canvas does: quizzes by the manifest, and of numerical questions a number and a margin.

By its converters: of an `or` with a `varequal` and bounds it takes the number, and as margin the upper bound less the
number (gems/plugins/qti_exporter/lib/qti/numeric_interaction.rb).
"""

import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree

_QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
_PACKAGE = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
_CANVAS = "{http://canvas.instructure.com/xsd/cccv1p0}"


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        ident, title, kind: of the item.
        points: that it is worth.
        text, feedback: as HTML.
        value, margin: of a number.
        options, right: texts of a choice, and places of the right ones.
    """

    ident: str
    title: str
    kind: str
    points: float
    text: str
    feedback: str
    value: Decimal | None = None
    margin: Decimal | None = None
    options: tuple[str, ...] = ()
    right: tuple[int, ...] = ()


@dataclass(frozen=True)
class Quiz:
    """One quiz with its title and points, as its metadata say."""

    title: str
    points: float
    questions: tuple[Question, ...]


def read_package(content: bytes) -> list[Quiz]:
    """The quizzes of a package; every file that the manifest names is there, and no other."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = ElementTree.fromstring(files.pop("imsmanifest.xml"))
    resources = {node.attrib["identifier"]: node for node in manifest.iter(f"{_PACKAGE}resource")}
    named = [node.attrib["href"] for node in manifest.iter(f"{_PACKAGE}file")]
    assert sorted(named) == sorted(files)
    found = []
    for resource in resources.values():
        if resource.attrib["type"] != "imsqti_xmlv1p2":
            continue
        [file] = resource.findall(f"{_PACKAGE}file")
        [dependency] = resource.findall(f"{_PACKAGE}dependency")
        meta = resources[dependency.attrib["identifierref"]]
        found.append(_quiz(files[file.attrib["href"]], files[meta.attrib["href"]]))
    return found


def _quiz(content: bytes, meta: bytes) -> Quiz:
    root, told = ElementTree.fromstring(content), ElementTree.fromstring(meta)
    [assessment] = root.findall(f"{_QTI}assessment")
    title = told.findtext(f"{_CANVAS}title")
    assert title == assessment.attrib["title"]
    points = float(told.findtext(f"{_CANVAS}points_possible") or "nan")
    return Quiz(title, points, tuple(map(_question, assessment.iter(f"{_QTI}item"))))


def _question(item: ElementTree.Element) -> Question:
    fields = {
        node.findtext(f"{_QTI}fieldlabel"): node.findtext(f"{_QTI}fieldentry") or ""
        for node in item.iter(f"{_QTI}qtimetadatafield")
    }
    text = item.findtext(f"{_QTI}presentation/{_QTI}material/{_QTI}mattext") or ""
    feedback = item.findtext(f"{_QTI}itemfeedback/{_QTI}flow_mat/{_QTI}material/{_QTI}mattext") or ""
    kind, points = fields["question_type"], float(fields.get("points_possible", "0"))
    plain = Question(item.attrib["ident"], item.attrib["title"], kind, points, text, feedback)
    scored = [node for node in item.iter(f"{_QTI}respcondition") if node.find(f"{_QTI}setvar") is not None]
    if kind == "text_only_question":
        assert not scored
        return plain
    [condition] = [node.find(f"{_QTI}conditionvar") for node in scored]
    assert condition is not None
    if kind == "numerical_question":
        exact, low, high = (
            Decimal(condition.findtext(f"{_QTI}or/{path}") or "nan")
            for path in (f"{_QTI}varequal", f"{_QTI}and/{_QTI}vargte", f"{_QTI}and/{_QTI}varlte")
        )
        assert exact - low == high - exact
        return Question(*_parts(plain), exact, high - exact)
    labels = list(item.iter(f"{_QTI}response_label"))
    options = tuple(label.findtext(f"{_QTI}material/{_QTI}mattext") or "" for label in labels)
    places = {label.attrib["ident"]: place for place, label in enumerate(labels)}
    wrong = {node.text for node in condition.iterfind(f".//{_QTI}not/{_QTI}varequal")}
    chosen = (node.text or "" for node in condition.iter(f"{_QTI}varequal") if node.text not in wrong)
    return Question(*_parts(plain), options=options, right=tuple(sorted(places[ident] for ident in chosen)))


def _parts(plain: Question) -> tuple[str, str, str, float, str, str]:
    return plain.ident, plain.title, plain.kind, plain.points, plain.text, plain.feedback
