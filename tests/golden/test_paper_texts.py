"""What can be copied from the PDF of every shipped exam and of its key.

Refreshed by `pytest --update-goldens`; the difference is to be read as a student reads a paper.
"""

import re
import textwrap
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.laws import some_of
from tests.small_banks import shipped_names
from tests.stamped_pages import alternative_texts, page_texts

SEED = 7
READ_ALOUD = ("matrix-warmups", "relu-integers", "scalar-chain")
"""Exams whose keys are read aloud too; those of others are long."""


@pytest.mark.parametrize("name", some_of(shipped_names(), 13))
def test_paper_and_key_as_text(name: str, golden: Callable[[str, str], None]) -> None:
    """Pages and their formulas, read aloud, are as they were; the files open without repair. What is on them is read in
    `test_worked_goldens` for all exams."""
    loaded = load_exam(name, SEED)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    lines = []
    for kind, pdf in (
        ("Paper", questions_pdf(loaded.exam, variant)),
        ("Key", key_pdf(loaded.exam, variant)),
    ):
        with pikepdf.open(BytesIO(pdf), attempt_recovery=False) as document:
            assert document.check_pdf_syntax() == []
        for number, text in enumerate(page_texts(pdf), start=1):
            lines += [f"# {kind}, page {number}", *_wrapped(text), ""]
        if kind == "Key" and name not in READ_ALOUD:
            continue
        lines += [f"# {kind}, figures", *(line for text in alternative_texts(pdf) for line in _wrapped(text)), ""]
    text = "\n".join(lines)
    assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]|@@", text)
    golden(f"papers/{name}.txt", text)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 110, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
