"""An exam on its way to another process or machine, and back there: as the documents of its key, which all can read."""

import json
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from examgen.documents.style import PaperStyle
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_documents import OWN_LOOKS, exam_document, variant_document
from examgen.exams.keys.key_reading import exam_from, variant_from


@dataclass(frozen=True)
class TravellingExam:
    """An exam without its cover; `text` is its exam.json, without what tells one run from another."""

    text: str

    def __getstate__(self) -> dict[str, str]:
        """The documents alone travel: an exam that is unpacked holds what cannot."""
        return {"text": self.text}

    @classmethod
    def of(cls, exam: Exam) -> "TravellingExam":
        """Packed for the way."""
        return cls(json.dumps(exam_document(exam, "")))

    @cached_property
    def exam(self) -> Exam:
        """Unpacked, once for all papers."""
        return exam_from(json.loads(self.text))

    def packed(self, variant: Variant) -> str:
        """A student's numbers, for the same way."""
        return json.dumps(variant_document(self.exam, variant))

    def unpacked(self, line: str) -> Variant:
        """A student's numbers, of a packed line."""
        return variant_from(json.loads(line), self.exam)


@lru_cache(maxsize=64)
def style_of(style: PaperStyle, language: str, paper: str) -> PaperStyle:
    """The style of one paper of a class; `language` and `paper` are its own, empty where they are those of the class.

    Raises: ExamgenError: there is no such language or size.
    """
    own: dict[str, Any] = {name: value for name, value in zip(OWN_LOOKS, (language, paper), strict=True) if value}
    return replace(style, **own)
