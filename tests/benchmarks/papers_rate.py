"""How many students' papers and keys are made each second, beside Typst, and pdflatex where it is installed.

The class has 200 students with the exercise of a 3-4-4-2 network; a package is the question paper and the key, two
PDFs. The others get the same texts, formulas, numbers, diagram, boxes and fonts as sources that are written before the
clock starts, while examgen's time includes solving and formatting; that the files hold the same numbers is checked.
Typst's compiler stays warm, and no source is compiled twice, which its cache would answer. All work on one core, in
turn, so that a busy moment hits everybody. Without Typst only examgen's rate is printed.

python tests/benchmarks/papers_rate.py
"""

import os

# One thread each, before NumPy and Typst start theirs.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")

import io
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from examgen.documents.paper.papers import key_page, question_page
from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.resources import shipped
from tests.benchmarks.typst_math import typst_math, typst_text

EXAM = "sigmoid-chain"
STUDENTS = 200
CHECKED = 3
TEX_STUDENTS = 5
RUNS = 5
HERE = Path(__file__).parent
NUMBER = re.compile(r"[−-]?\d+\.\d+")

Package = tuple[bytes, bytes]
Maker = Callable[[int], Package]

FIRST = f"""
from time import perf_counter
from examgen.documents.paper import printing
from examgen.documents.pdf.stored import store
from examgen.exams.banks.building import Student, draw_variants, load_exam
import weasyprint, pikepdf, fontTools.ttLib
store.load, store.save = lambda *_: None, lambda *_: None
loaded = load_exam({EXAM!r}, 7)
(variant,) = draw_variants(loaded, [Student("s1", "A Name")])
start = perf_counter()
printing.questions_pdf(loaded.exam, variant)
middle = perf_counter()
printing.key_pdf(loaded.exam, variant)
print(middle - start, perf_counter() - middle)
"""
"""A process that makes the first paper and key of a shape, as on a machine that has kept none, and says how long."""

COMPILE = "import sys, typst; [typst.compile(a, output=a + '.pdf', font_paths=sys.argv[1:3]) for a in sys.argv[3:]]"


@dataclass(frozen=True, slots=True)
class Classroom:
    """The exam, its variants, and the same papers as sources for Typst: (question paper, key) of each student."""

    loaded: LoadedExam
    variants: Sequence[Variant]
    sources: Sequence[Package]


def main() -> None:
    """Print all rates, then the times of a first paper and of whole processes."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    loaded = load_exam(EXAM, 7)
    variants = draw_variants(loaded, [Student(f"s{place:04d}", f"Student {place}") for place in range(STUDENTS)])
    classroom = Classroom(loaded, variants, [sources(loaded, variant, "paper.typ.j2") for variant in variants])
    makers: dict[str, Maker] = {"examgen": lambda place: examgen_package(classroom, place)}
    try:
        makers["typst"] = typst_maker(classroom, tagged=True)
        makers["typst, untagged"] = typst_maker(classroom, tagged=False)
    except ImportError:
        print("Typst is not installed, so there is nothing to compare with (make bench installs it)")
    if "typst" in makers:
        print_sameness(makers["examgen"], makers["typst"])
    print_rates(makers)
    print_pdflatex(classroom)
    print_first()
    print_processes(classroom, has_typst="typst" in makers)


def sources(loaded: LoadedExam, variant: Variant, template: str) -> Package:
    """A student's question paper and key in another program's language."""
    environment = Environment(
        loader=FileSystemLoader(HERE), trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "text": typst_text,
        "inline": _inline,
        "display": lambda latex: f"$display({typst_math(latex)})$",
        "mixed": lambda text: _mixed(text, _inline, lambda plain: f"#{typst_text(plain)};"),
        "tex": lambda text: _mixed(text, lambda latex: f"${latex}$", _tex),
    }
    found = environment.get_template(template)
    pages = (question_page(loaded.exam, variant), key_page(loaded.exam, variant))
    paper, key = (found.render(page=page, is_key=is_key).encode() for is_key, page in enumerate(pages))
    return paper, key


def examgen_package(classroom: Classroom, place: int) -> Package:
    """Both PDFs of one student by examgen."""
    exam, variant = classroom.loaded.exam, classroom.variants[place]
    return questions_pdf(exam, variant), key_pdf(exam, variant)


def typst_maker(classroom: Classroom, *, tagged: bool) -> Maker:
    """What makes both PDFs of one student by Typst.

    Raises: ImportError if Typst is missing.
    """
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(font_folders()))
    # Typed alike whether or not Typst, which has types of its own, is installed.
    compiler: Any = typst.Compiler(font_paths=fonts)

    def make(place: int) -> Package:
        paper, key = (compiler.compile(source, format="pdf", pdf_tags=tagged) for source in classroom.sources[place])
        return paper, key

    return make


def font_folders() -> tuple[str, str]:
    """Where STIX Two Text and STIX Two Math are."""
    folder = shipped("templates") / "fonts"
    return str(folder), str(folder / "formulas")


def print_sameness(*makers: Maker) -> None:
    """Print whether the files of some students hold the same numbers with decimals, and on how many pages."""
    try:
        from pypdf import PdfReader
    except ImportError:
        print("pypdf is not installed, so the numbers in the files are not compared")
        return
    for document, name in enumerate(("question paper", "key")):
        found, pages = [], []
        for maker in makers:
            readers = [PdfReader(io.BytesIO(maker(place)[document])) for place in range(CHECKED)]
            text = "\n".join(page.extract_text() for reader in readers for page in reader.pages)
            found.append(Counter(match.replace("-", "−") for match in NUMBER.findall(text)))
            pages.append(len(readers[0].pages))
        ours, theirs = found
        apart = (ours - theirs).total() + (theirs - ours).total()
        print(f"{name}: {ours.total() // CHECKED} numbers, {apart} that differ; pages: {pages[0]} and {pages[1]}")


def print_rates(makers: dict[str, Maker]) -> None:
    """Print packages a second and ratios; the first students warm everybody up."""
    places = range(CHECKED, STUDENTS)
    for maker in makers.values():
        maker(CHECKED)
    times: dict[str, list[float]] = {name: [] for name in makers}
    for place in places[1:]:
        # Typst's two ways share a cache of what is laid out: each student is for one of them.
        others = [name for name in makers if name != "examgen"]
        for name in ("examgen", *others[place % 2 : place % 2 + 1]):
            times[name].append(seconds(lambda name=name, place=place: makers[name](place)))  # type: ignore[misc]
    rates = {name: len(each) / sum(each) for name, each in times.items()}
    for name, each in times.items():
        print(f"{name}: {rates[name]:.1f} packages a second ({len(each)} students; median {median(each) * 1e3:.2f} ms)")
    for name in rates.keys() - {"examgen"}:
        print(f"ratio to {name}: {rates['examgen'] / rates[name]:.1f}")


def print_pdflatex(classroom: Classroom) -> None:
    """Print the rate of pdflatex, a process for each document, where it is installed."""
    program = shutil.which("pdflatex")
    if program is None:
        print("pdflatex is not installed")
        return
    with TemporaryDirectory() as folder:
        files: list[Path] = []
        for variant in classroom.variants[:TEX_STUDENTS]:
            for source in sources(classroom.loaded, variant, "paper.tex.j2"):
                files.append(Path(folder) / f"{len(files)}.tex")
                files[-1].write_bytes(source)
        command = [program, "-interaction=batchmode", f"-output-directory={folder}"]
        times = [seconds(lambda file=file: run([*command, str(file)])) for file in files]  # type: ignore[misc]
    print(f"pdflatex: {TEX_STUDENTS / sum(times):.2f} packages a second ({TEX_STUDENTS} students, one run each)")


def print_first() -> None:
    """Print how long the first paper and the first key of a shape take, imports not counted."""
    rounds = [[float(time) for time in run([sys.executable, "-c", FIRST]).split()] for _ in range(RUNS)]
    paper, key = (median(column) for column in zip(*rounds, strict=True))
    print(f"first paper of a shape: {paper:.2f} s, its key {key:.2f} s more (median of {RUNS} processes)")


def print_processes(classroom: Classroom, *, has_typst: bool) -> None:
    """Print how long `examgen make` takes as a process, and one that has Typst compile both files of one student."""
    with TemporaryDirectory() as folder:
        make = [sys.executable, "-m", "examgen", "make", EXAM, "--seed", "7", "--out", folder]
        commands = {"examgen make, a process": make}
        if has_typst:
            files = [Path(folder) / "paper.typ", Path(folder) / "key.typ"]
            for file, source in zip(files, classroom.sources[0], strict=True):
                file.write_bytes(source)
            # The wheel has no command line.
            start = [sys.executable, "-c", COMPILE, *font_folders()]
            commands["python -c that imports typst and compiles, a process"] = [*start, *map(str, files)]
        rounds = [[seconds(lambda c=c: run(c)) for c in commands.values()] for _ in range(RUNS)]  # type: ignore[misc]
    for name, column in zip(commands, zip(*rounds, strict=True), strict=True):
        print(f"{name}: {median(column) * 1e3:.0f} ms (median of {RUNS})")


def run(command: Sequence[str]) -> str:
    """What a program prints.

    Raises: CalledProcessError if it fails.
    """
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def _inline(latex: str) -> str:
    return f"${typst_math(latex)}$"


def _mixed(text: str, formula: Callable[[str], str], plain: Callable[[str], str]) -> str:
    """Text in which `$...$` encloses LaTeX."""
    pieces = enumerate(text.split("$"))
    return "".join(formula(piece) if place % 2 else plain(piece) for place, piece in pieces if piece)


def _tex(text: str) -> str:
    return re.sub(r"([#%&_{}])", r"\\\1", text)


if __name__ == "__main__":
    main()
