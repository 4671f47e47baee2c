"""What PrairieLearn does with a question folder, as its documentation has it: the phases of a variant, the elements of
question.html, and what server.py may change in each phase.

Stricter than the real one where that finds mistakes: nothing but JSON gets from a phase to the next, and every element
and attribute must be known.
"""

import contextlib
import copy
import html
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

Data = dict[str, Any]

_MAY_CHANGE = {
    "generate": {"params", "correct_answers"},
    "grade": {
        *("params", "correct_answers", "submitted_answers", "format_errors", "partial_scores", "score", "feedback"),
    },
}
_SHARED = {"answers-name", "weight", "allow-blank"}
_ATTRIBUTES = {
    "pl-question-panel": set[str](),
    "pl-submission-panel": set[str](),
    "pl-answer-panel": set[str](),
    "pl-number-input": {
        *_SHARED,
        *("correct-answer", "label", "suffix", "display", "comparison", "rtol", "atol", "digits", "allow-complex"),
        *("show-help-text", "size", "show-correct-answer", "show-placeholder", "allow-fractions", "blank-value"),
        *("custom-format", "placeholder", "show-score"),
    },
    "pl-string-input": {
        *_SHARED,
        *("correct-answer", "label", "suffix", "display", "remove-leading-trailing", "remove-spaces", "placeholder"),
        *("ignore-case", "size", "show-help-text", "show-score"),
    },
    "pl-multiple-choice": {*_SHARED, "number-answers", "fixed-order", "inline", "hide-letter-keys", "order", "display"},
    "pl-checkbox": {*_SHARED, "number-answers", "fixed-order", "inline", "hide-letter-keys", "partial-credit"},
    "pl-answer": {"score", "correct", "feedback"},
}
_INFO = {
    *("comment", "uuid", "type", "title", "topic", "tags", "clientFiles", "clientTemplates", "template"),
    *("gradingMethod", "singleVariant", "showCorrectAnswer", "partialCredit", "options", "externalGradingOptions"),
    *("dependencies", "workspaceOptions", "sharingSets", "sharePublicly", "shareSourcePublicly"),
}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass
class Element:
    """An element of PrairieLearn with its attributes, and the options of a choice."""

    tag: str
    attributes: Mapping[str, str]
    options: list["Element"] = field(default_factory=list)
    text: str = ""

    @property
    def name(self) -> str:
        """Of its answer."""
        return self.attributes["answers-name"]


class Elements(HTMLParser):
    """The elements of rendered HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not tag.startswith("pl-"):
            if self.open:
                self.open[-1].text += self.get_starttag_text() or ""
            return
        attributes = {name: value or "" for name, value in attrs}
        assert set(attributes) <= _ATTRIBUTES[tag], (tag, attributes)
        element = Element(tag, attributes)
        if tag == "pl-answer":
            self.open[-1].options.append(element)
        else:
            self.found.append(element)
        self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag.startswith("pl-"):
            assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].text += data


def check_info(folder: Path) -> dict[str, Any]:
    """info.json by the rules of PrairieLearn's schema."""
    info: dict[str, Any] = json.loads((folder / "info.json").read_text(encoding="utf-8"))
    assert set(info) <= _INFO
    assert _UUID.fullmatch(info["uuid"])
    assert info["type"] == "v3"
    assert all(isinstance(info[name], str) and info[name] for name in ("title", "topic"))
    assert all(isinstance(tag, str) for tag in info["tags"])
    return info


class Variant:
    """One variant of a question: `generate` and `prepare` are done, and `submit` parses and grades."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        course = folder.parents[1]
        options = {"question_path": str(folder), "server_files_course_path": str(course / "serverFilesCourse")}
        self.data: Data = {"params": {}, "correct_answers": {}, "variant_seed": seed, "options": options}
        self._call("generate", self.data)
        text = (folder / "question.html").read_text(encoding="utf-8")
        self.page = rendered(text, self.data)
        self.elements = [one for one in Elements(self.page).found if not one.tag.endswith("-panel")]
        names = [element.name for element in self.elements]
        assert len(set(names)) == len(names)
        assert not set(names) & set(self.data["params"])
        for element in self.elements:
            int(element.attributes.get("weight", "1"))
            if element.tag in ("pl-multiple-choice", "pl-checkbox"):
                assert element.name not in self.data["correct_answers"]
                self.data["correct_answers"][element.name] = _right_keys(element)

    def submit(self, typed: Mapping[str, str | list[str]]) -> Data:
        """What comes of a submission; letters of options are their keys."""
        data = copy.deepcopy(self.data) | {
            "raw_submitted_answers": {element.name: typed.get(element.name, "") for element in self.elements},
            "submitted_answers": {},
            "format_errors": {},
            "partial_scores": {},
            "score": 0.0,
            "feedback": {},
            "gradable": True,
        }
        for element in self.elements:
            _parse(element, data)
        if data["format_errors"]:
            return data
        for element in self.elements:
            _grade(element, data)
        self.by_elements = {name: part["score"] for name, part in data["partial_scores"].items()}
        self._call("grade", data)
        for part in data["partial_scores"].values():
            assert 0 <= part["score"] <= 1
            assert isinstance(part.get("weight", 1), int)
        assert 0 <= data["score"] <= 1
        self.shown = rendered((self.folder / "question.html").read_text(encoding="utf-8"), data)
        return data

    def _call(self, phase: str, data: Data) -> None:
        """As the server does it: in a process of its own there, whose module has no file name."""
        code = compile((self.folder / "server.py").read_text(encoding="utf-8"), "server.py", "exec")
        module: dict[str, Any] = {}
        given = json.loads(json.dumps(data, allow_nan=False))
        with _inside(self.folder):
            exec(code, module)
            module[phase](given)
        made = json.loads(json.dumps(given, allow_nan=False))
        for name, before in data.items():
            assert name in _MAY_CHANGE[phase] or made[name] == before, name
        assert set(made) == set(data)
        data.update(made)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)


def _right_keys(element: Element) -> Any:
    texts = [option.text.strip() for option in element.options]
    assert len(set(texts)) == len(texts)
    assert element.attributes["fixed-order"] == "true"
    keys = [
        chr(ord("a") + place)
        for place, option in enumerate(element.options)
        if option.attributes.get("correct") == "true"
    ]
    assert keys
    if element.tag == "pl-checkbox":
        return [{"key": key} for key in keys]
    [key] = keys
    return {"key": key}


def _parse(element: Element, data: Data) -> None:
    raw = data["raw_submitted_answers"][element.name]
    submitted = data["submitted_answers"]
    if element.tag == "pl-number-input":
        text = raw.strip()
        if not text and element.attributes.get("allow-blank") == "true":
            text = element.attributes.get("blank-value", "0")
        try:
            whole, _, part = text.partition("/")
            submitted[element.name] = float(whole) / float(part or 1)
        except (ValueError, ZeroDivisionError):
            data["format_errors"][element.name] = "invalid"
            submitted[element.name] = None
    elif element.tag == "pl-multiple-choice":
        submitted[element.name] = raw or None
    elif element.tag == "pl-checkbox":
        submitted[element.name] = list(raw)
    else:
        submitted[element.name] = raw.strip()


def _grade(element: Element, data: Data) -> None:
    right, mine = data["correct_answers"].get(element.name), data["submitted_answers"][element.name]
    if right is None:
        return
    weight = int(element.attributes.get("weight", "1"))
    if element.tag == "pl-number-input":
        near = float(element.attributes["atol"]) + float(element.attributes["rtol"]) * abs(right)
        score = float(abs(mine - right) <= near)
    elif element.tag == "pl-checkbox":
        score = float(sorted(mine) == [one["key"] for one in right])
    elif element.tag == "pl-multiple-choice":
        score = float(mine == right["key"])
    else:
        score = float(mine == right)
    data["partial_scores"][element.name] = {"score": score, "weight": weight}


def rendered(template: str, data: Mapping[str, Any]) -> str:
    """Mustache: names with dots, escaped or not, and sections."""
    section = re.compile(r"\{\{#([\w.]+)\}\}(.*?)\{\{/\1\}\}", re.DOTALL)

    def value(name: str, context: Sequence[Any]) -> Any:
        first, *rest = name.split(".")
        found = next((one[first] for one in reversed(context) if isinstance(one, Mapping) and first in one), None)
        for part in rest:
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def fill(text: str, context: Sequence[Any]) -> str:
        def repeat(match: re.Match[str]) -> str:
            found = value(match[1], context)
            each = found if isinstance(found, list) else [found] if found else []
            return "".join(fill(match[2], [*context, one]) for one in each)

        def put(match: re.Match[str]) -> str:
            found = value(match[1] or match[2], context)
            shown = "" if found is None else str(found)
            return shown if match[1] else html.escape(shown)

        pieces = []
        at = 0
        for match in section.finditer(text):
            pieces += [_NAMES.sub(put, text[at : match.start()]), repeat(match)]
            at = match.end()
        return "".join([*pieces, _NAMES.sub(put, text[at:])])

    return fill(template, [data])


_NAMES = re.compile(r"\{\{\{([\w.]+)\}\}\}|\{\{([\w.]+)\}\}")
