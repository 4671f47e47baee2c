"""Exams on their way to other processes: the documents of a key are all that they need."""

import pickle
from pathlib import Path

import pytest

from examgen.batch.paper_orders import ClassPrinter, PaperOrder
from examgen.documents.style import STANDARD
from examgen.exams.banks.bank_files import shipped_banks
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.folders.stores import FolderStore
from examgen.exams.keys.key_documents import exam_document, variant_document
from tests.laws import some_of


@pytest.mark.parametrize("bank", some_of([path.stem for path in shipped_banks()], 11))
def test_every_exam_travels(tmp_path: Path, bank: str) -> None:
    """It arrives as it was, with a student's numbers, also from a process that has used it already."""
    loaded = load_exam(bank, 7)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    printer = ClassPrinter.of(loaded.exam, STANDARD, FolderStore(tmp_path), has_pages=False)
    order = PaperOrder(printer.exam.packed(variant))
    record = printer(order)
    there: ClassPrinter = pickle.loads(pickle.dumps(printer))
    assert there == printer
    assert exam_document(there.exam.exam, "") == exam_document(loaded.exam, "")
    assert variant_document(loaded.exam, there.exam.unpacked(order.line)) == variant_document(loaded.exam, variant)
    assert there(order) == record
