"""What is handed out holds nothing of the key: no answer, no seed, in the text, the metadata or the code of a page."""

import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pypdf
import pytest
from typer.testing import CliRunner

from examgen.cli import app
from tests.marking_sheets import Row, read_rows
from tests.stamped_pages import copied_texts

SEED = 918273645


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One paper of the exam that asks for most."""
    out = tmp_path_factory.mktemp("paper") / "exam"
    done = CliRunner().invoke(app, ["make", "question2", "--seed", str(SEED), "--student", "ada", "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def handed_out(folder: Path) -> dict[str, str]:
    """All text of the handed-out files by where it stands."""
    pdf = folder / "questions.pdf"
    reader = pypdf.PdfReader(pdf)
    texts = {
        "page text": "\n".join(copied_texts(pdf)),
        "metadata": repr(reader.metadata) + repr(reader.xmp_metadata),
        "streams of the PDF": _streams(pdf.read_bytes()),
        "answers.csv": (folder / "answers.csv").read_text(encoding="utf-8"),
        "answers.html": (folder / "answers.html").read_text(encoding="utf-8"),
    }
    if pdftotext := shutil.which("pdftotext"):
        texts["pdftotext"] = subprocess.run([pdftotext, pdf, "-"], capture_output=True, text=True, check=True).stdout
    return {name: text.replace("\u2212", "-") for name, text in texts.items()}


def _streams(pdf: bytes) -> str:
    """Everything that a PDF holds, unpacked."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n", pdf):
        try:
            parts.append(zlib.decompressobj().decompress(pdf[found.end() :]))
        except zlib.error:
            continue
    return b"\n".join(parts).decode("latin-1")


def answers(folder: Path) -> set[str]:
    """Every answer as somebody may have written it, but for those that are too short to be told from other numbers."""
    rows: list[Row] = read_rows(folder / "key" / "answers.csv")
    texts = {f"{abs(float(row['answer'])):.{places}f}" for row in rows for places in (3, 4, 6)}
    texts |= {row["answer"].lstrip("-") for row in rows}
    return {text for text in texts if len(text.replace(".", "").strip("0")) >= 3}


def test_no_answer_is_handed_out(folder: Path, handed_out: dict[str, str]) -> None:
    """None of the key's numbers stands anywhere, at 3 decimals, 4, 6 or in full; the givens have 2 at most."""
    secret = answers(folder)
    assert len(secret) > 250
    found = {name: sorted(text for text in secret if text in shown) for name, shown in handed_out.items()}
    # The numbers of a PDF's drawing are no text of the page; only full-length answers would tell something there.
    drawing = found.pop("streams of the PDF")
    assert [text for text in drawing if len(text) > 6] == []
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_page_does_show_its_givens(folder: Path, handed_out: dict[str, str]) -> None:
    """The search above would find a number: the weights of the paper are found the same way."""
    weights = re.findall(r"0\.\d\d\b", (folder / "key" / "variants.jsonl").read_text(encoding="utf-8"))
    assert len(weights) > 10
    for name in ("page text", "pdftotext"):
        if name in handed_out:
            assert [text for text in weights if text not in handed_out[name]] == []


def test_no_seed_is_handed_out(handed_out: dict[str, str]) -> None:
    """Whoever knew the seed could make the key."""
    spellings = [str(SEED), f"{SEED:x}", f"{SEED:X}", f"{SEED:,}"]
    assert [(name, text) for name, shown in handed_out.items() for text in spellings if text in shown] == []


def test_the_answer_column_is_empty(folder: Path) -> None:
    """And the sheet has the columns of a sheet, not of a key."""
    rows = read_rows(folder / "answers.csv")
    assert list(rows[0]) == ["exam", "variant", "student", "question", "field", "symbol", "answer"]
    assert {row["answer"] for row in rows} == {""}


def test_the_pdf_carries_no_files_and_runs_nothing(folder: Path) -> None:
    """No attachment, no script, no link to a place on this machine."""
    reader = pypdf.PdfReader(folder / "questions.pdf")
    assert dict(reader.attachments) == {}
    raw = _streams((folder / "questions.pdf").read_bytes())
    assert not re.search(r"/JavaScript|/JS\b|/Launch|/EmbeddedFile|file://|/home/|/tmp/|/root/", raw)


def test_the_page_calls_nobody(handed_out: dict[str, str]) -> None:
    """answers.html loads nothing from anywhere and names no folder of this machine."""
    page = handed_out["answers.html"]
    namespaces = {"http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
    assert set(re.findall(r"(?:https?|file)://[^\s\"'<>)]+", page)) <= namespaces
    assert not re.search(r"/home/|/tmp/|/root/", page)
