"""Checks the PDFs of every shipped exam in every notation that fits and every language, on all cores; prints findings.

Question paper and key of each are held against qpdf and the PDF/UA structure that the tests hold some of them against.

python tests/benchmarks/papers_sweep.py
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import examgen
from examgen.resources import shipped
from tests.endtoend.test_papers_pdf import unexpected
from tests.pdf_structure import file_findings, read_pdf, ua_findings
from tests.small_banks import fitting_notations, shipped_names

SEED = 7

Case = tuple[str, str, str]
"""Exam, notation and language."""


def main() -> None:
    """Go through all cases; ends with 1 if there are findings."""
    languages = sorted(path.stem for path in (shipped("templates") / "texts").glob("*.toml"))
    cases = [
        (exam, notation, language)
        for exam in shipped_names()
        for notation in fitting_notations(exam)
        for language in languages
    ]
    start, documents, found = perf_counter(), 0, 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for count, findings in pool.map(findings_of, cases):
            documents += count
            found += len(findings)
            for finding in findings:
                print(finding)
    print(
        f"{documents} PDFs of {len(cases)} exams, notations and languages: {found} findings "
        f"({perf_counter() - start:.0f} s)"
    )
    sys.exit(found > 0)


def findings_of(case: Case) -> tuple[int, list[str]]:
    """How many PDFs a case has, and what is wrong with them."""
    exam, notation, language = case
    found = []
    with TemporaryDirectory() as folder:
        made = examgen.make(exam, seed=SEED, notation=notation, language=language, out=Path(folder))
        files = sorted(made.folder.rglob("*.pdf"))
        for file in files:
            name = f"{exam} {notation} {language} {file.relative_to(made.folder)}"
            problems = [*unexpected(ua_findings(read_pdf(file))), *file_findings(file)]
            found += [f"{name}: {problem}" for problem in problems]
    return len(files), found


if __name__ == "__main__":
    main()
