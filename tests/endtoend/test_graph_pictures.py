"""Pictures of free graphs on papers, keys and feedback as commands write them."""

from pathlib import Path

import pytest

from examgen.documents.paper.papers import key_page
from examgen.documents.paper.printing import key_pdf
from examgen.exams.banks.building import Student, draw_variants
from tests.command_line import run
from tests.pdf_structure import file_findings, read_pdf, ua_findings
from tests.small_circuits import CONVOLUTION, SUM_TIMES, UNROLLED, Circuit, bank_of, loaded_circuit
from tests.stamped_pages import alternative_texts, page_texts, pdf_of


@pytest.mark.parametrize(
    ("circuit", "told"),
    [
        (SUM_TIMES, "q follows from x, y; f follows from q, z."),
        (UNROLLED, "Recurrence drawn step by step in 3 time steps"),
        (CONVOLUTION, "Z follows from X, K."),
    ],
    ids=["circuit", "recurrence", "windows"],
)
def test_picture_is_on_the_paper_and_in_the_key(circuit: Circuit, told: str, tmp_path: Path) -> None:
    """Both files have the drawing with its alternative text, and are as accessible as all others."""
    bank, out = tmp_path / "graph.toml", tmp_path / "out"
    bank.write_text(bank_of(circuit), encoding="utf-8")
    run("make", bank, "--seed", "1234567890123", "--out", out)
    for path in (out / "questions.pdf", out / "key" / "answers.pdf"):
        assert any(told in text for text in alternative_texts(path.read_bytes()))
        assert ua_findings(read_pdf(path)) == []
        assert file_findings(path) == []


def test_numbers_in_a_picture_are_stamped(tmp_path: Path) -> None:
    """A key whose numbers were put into slots reads, by eye and by ear, as one whose numbers were typed in."""
    loaded = loaded_circuit(SUM_TIMES, tmp_path)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    stamped = key_pdf(loaded.exam, variant)
    typed = pdf_of(key_page(loaded.exam, variant), with_solution=True)
    assert page_texts(stamped) == page_texts(typed)
    person = {"Ada", "s1", variant.code}
    assert [text for text in alternative_texts(stamped) if text not in person] == alternative_texts(typed)
