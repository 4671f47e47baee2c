"""Reads what stands in the boxes of a paper, by the places of the words that pdftotext finds; for tests."""

import re
import subprocess
from collections.abc import Sequence
from html import unescape
from pathlib import Path

from tests.pdf_structure import PdfReading

_PAGE = re.compile(r'<page width="[^"]*" height="([^"]*)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([^"]*)" yMin="([^"]*)" xMax="([^"]*)" yMax="([^"]*)">(.*?)</word>', re.DOTALL)
HIDDEN = frozenset({"exam", "key", "variant", "student"})

Word = tuple[int, float, float, str]
"""Page, middle from the lower left corner in points, and text."""


def form_names(rows: Sequence[dict[str, str]]) -> list[str]:
    """The fields of a paper's form, from the rows of its key."""
    has_several = len({row["question"] for row in rows}) > 1
    return [f"{row['question']}_{row['field']}" if has_several else row["field"] for row in rows]


def texts_in_boxes(reading: PdfReading) -> tuple[dict[str, str], dict[str, str]]:
    """By the name of its field, what is seen in each box, without spaces, and the value that the field has."""
    words: dict[int, list[Word]] = {}
    for word in words_of(reading.path):
        words.setdefault(word[0], []).append(word)
    seen, values = {}, {}
    pages: dict[object, int] = {page.objgen: number for number, page in enumerate(reading.pdf.pages, start=1)}
    for field in reading.pdf.Root.AcroForm.Fields:
        name = str(field.T)
        if name in HIDDEN:
            continue
        left, first, right, second = map(float, field.Rect)
        here = [
            text
            for _, x, y, text in words.get(pages[field.P.objgen], [])
            if left < x < right and min(first, second) < y < max(first, second)
        ]
        seen[name], values[name] = "".join(here).replace(" ", ""), str(field.V)
    return seen, values


def words_of(path: Path) -> list[Word]:
    """All words of a PDF file."""
    command = ["pdftotext", "-bbox", str(path), "-"]
    found = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout
    words = []
    for number, (height, content) in enumerate(_PAGE.findall(found), start=1):
        for left, top, right, bottom, text in _WORD.findall(content):
            middle = float(height) - (float(top) + float(bottom)) / 2
            words.append((number, (float(left) + float(right)) / 2, middle, unescape(text)))
    return words
