"""Reads Moodle XML as Moodle does: its import of questions, and its notation for boxes by Moodle's own expressions.

The expressions are those of question/type/multianswer/questiontype.php, and the order of decoding is its, too.
"""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

_FRACTION = r"=|%(-?[0-9]+(?:[.,][0-9]*)?)%"
_ANSWER = r".+?(?<!\\)(?<!&)(?<!&amp;)(?=[~#}]|$)"
_FEEDBACK = r".*?(?<!\\)(?=[~}]|$)"
_ALTERNATIVE = rf"({_FRACTION})?({_ANSWER})(#({_FEEDBACK}))?"
_TYPE = (
    "(NUMERICAL|NM)|(MULTICHOICE|MC)|(MULTICHOICE_V|MCV)|(MULTICHOICE_H|MCH)|(SHORTANSWER|SA|MW)|"
    "(SHORTANSWER_C|SAC|MWC)|(MULTICHOICE_S|MCS)|(MULTICHOICE_VS|MCVS)|(MULTICHOICE_HS|MCHS)|"
    "(MULTIRESPONSE|MR)|(MULTIRESPONSE_H|MRH)|(MULTIRESPONSE_S|MRS)|(MULTIRESPONSE_HS|MRHS)"
)
_BOX = re.compile(rf"\{{([0-9]*):({_TYPE}):((?:{_ALTERNATIVE})(~(?:{_ALTERNATIVE}))*)\}}", re.DOTALL)
_ONE = re.compile(rf"~?{_ALTERNATIVE}", re.DOTALL)
_NUMBER = r"-?(?:(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?)"
_NUMERICAL = re.compile(rf"^({_NUMBER})(?::({_NUMBER}))?$")
_ENTITY = re.compile(r"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True)
class Answer:
    """One answer of a box: its share of the marks, its text, its tolerance where it is a number, and its feedback."""

    fraction: float
    text: str
    tolerance: float | None
    feedback: str


@dataclass(frozen=True)
class Box:
    """One box: its weight, its kind, and its answers in order."""

    weight: float
    kind: str
    answers: tuple[Answer, ...]

    @property
    def right(self) -> Answer:
        """The first answer with full marks."""
        return next(answer for answer in self.answers if answer.fraction == 1)

    def graded(self, value: float) -> Answer | None:
        """The first answer within whose tolerance a number is."""
        for answer in self.answers:
            if answer.tolerance is not None and abs(value - float(answer.text)) <= answer.tolerance:
                return answer
        return None


@dataclass(frozen=True)
class Question:
    """One imported question; the text of a cloze has `{#1}` where its first box is."""

    kind: str
    name: str
    category: str
    text: str
    feedback: str
    tags: tuple[str, ...]
    boxes: tuple[Box, ...]
    mark: float
    is_single: bool = True


def read_quiz(content: bytes) -> list[Question]:
    """The questions of a file, each in the category before it."""
    found: list[Question] = []
    category = ""
    for node in ElementTree.fromstring(content):
        assert node.tag == "question"
        if node.attrib["type"] == "category":
            category = _text(node, "category/text")
            continue
        found.append(_question(node, category))
    return found


def read_boxes(text: str) -> tuple[str, tuple[Box, ...]]:
    """A text with places for its boxes, and the boxes."""
    boxes: list[Box] = []
    while match := _BOX.search(text):
        boxes.append(Box(float(match[1] or 1), match[2], tuple(_answers(match))))
        text = text.replace(match[0], f"{{#{len(boxes)}}}", 1)
    return text, tuple(boxes)


def _answers(match: re.Match[str]) -> list[Answer]:
    rest, found = match[16], []  # ANSWER_REGEX_ALTERNATIVES
    while one := _ONE.match(rest):
        fraction = 1.0 if one[1] == "=" else float((one[2] or "0").replace(",", ".")) / 100
        feedback = _decoded(one[5] or "").replace("\\}", "}").replace("\\#", "#")
        number = _NUMERICAL.match(one[3]) if match[3] else None
        if number:
            found.append(Answer(fraction, number[1], float(number[2] or 0), feedback))
        else:
            found.append(Answer(fraction, _decoded(one[3]).replace("\\}", "}").replace("\\#", "#"), None, feedback))
        rest = rest[one.end() :]
    return found


def _decoded(text: str) -> str:
    """`html_entity_decode` of what may stand there."""

    def character(match: re.Match[str]) -> str:
        if match[3]:
            return _NAMED[match[3]]
        return chr(int(match[1]) if match[1] else int(match[2], 16))

    return _ENTITY.sub(character, text)


def _question(node: ElementTree.Element, category: str) -> Question:
    kind, text = node.attrib["type"], _text(node, "questiontext/text")
    boxes: tuple[Box, ...]
    if kind == "cloze":
        text, boxes = read_boxes(text)
        mark = sum(box.weight for box in boxes)
    else:
        mark = float(_text(node, "defaultgrade"))
        boxes = (Box(mark, kind, tuple(map(_answer, node.findall("answer")))),)
    tags = tuple(one.text or "" for one in node.findall("tags/tag/text"))
    feedback = _text(node, "generalfeedback/text")
    is_single = node.findtext("single", "true") == "true"
    return Question(kind, _text(node, "name/text"), category, text, feedback, tags, boxes, mark, is_single)


def _answer(node: ElementTree.Element) -> Answer:
    tolerance = node.findtext("tolerance")
    return Answer(
        float(node.attrib["fraction"]) / 100,
        _text(node, "text"),
        None if tolerance is None else float(tolerance),
        (node.findtext("feedback/text") or "").strip(),
    )


def _text(node: ElementTree.Element, path: str) -> str:
    found = node.findtext(path)
    assert found is not None, path
    return found.strip()
