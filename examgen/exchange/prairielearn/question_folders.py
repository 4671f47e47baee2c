"""A folder for each question of an exam, as PrairieLearn takes it: info.json, question.html, server.py, and the bank.

Called by `formats`. What happens while a student answers is in `running`.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from examgen.errors import ExamgenError
from examgen.exams.banks.bank_files import find_bank, load_bank
from examgen.exams.banks.bank_models import Family
from examgen.exams.banks.building import LoadedExam
from examgen.exams.exam import Question
from examgen.exams.folders.files import folder_name
from examgen.exams.keys.key_folder import Key
from examgen.exams.wording.words import phrase
from examgen.exchange.export_options import ExportOptions
from examgen.exchange.made import Made
from examgen.exchange.prairielearn.question_files import QUESTION_HTML, README, SERVER_PY
from examgen.exchange.prairielearn.running import BANK, SETTINGS
from examgen.version import __version__


def question_folders(loaded: LoadedExam, key: Key, options: ExportOptions) -> Made:
    """The folders, with a README beside them.

    Args:
        loaded: the exam and where its numbers come from.
        key: of its papers.
        options: how the exam was found.
    """
    exam, language = loaded.exam, key.making.language
    title = phrase(language, exam.title)
    path = find_bank(options.exam or exam.name, own=options.banks)
    shared = dict(_bank_files(path, options.banks))
    files: dict[str, bytes] = {}
    lines = []
    for question in exam.questions:
        name = folder_name(f"{exam.name}-{question.id}")
        own = {
            "info.json": _json(_info(exam.id, exam.name, title, question, language)),
            "question.html": QUESTION_HTML.encode(),
            "server.py": SERVER_PY.encode(),
            SETTINGS: _json(_settings(loaded, key, question)),
            **shared,
        }
        files |= {f"questions/{name}/{path}": content for path, content in own.items()}
        lines.append(f"- `{name}`: {phrase(language, question.title) or question.id}")
    readme = README.format(title=title, questions="\n".join(lines), version=__version__)
    files["README.md"] = readme.encode()
    told = f"examgen {__version__} must be on the server, where each student gets numbers of their own: see README.md"
    return Made(files, (told,))


def _info(exam: str, name: str, title: str, question: Question, language: str) -> dict[str, Any]:
    own = phrase(language, question.title) if question.title else question.id
    digest = sha256(f"{exam} {question.id}".encode()).digest()
    return {
        # The same each time, so that what is exported again is no other question.
        "uuid": str(uuid.UUID(bytes=digest[:16], version=4)),
        "title": own,
        "topic": title,
        "tags": ["examgen", name],
        "type": "v3",
    }


def _settings(loaded: LoadedExam, key: Key, question: Question) -> dict[str, Any]:
    """What `running` needs to draw as the papers were drawn, but with the exam's public name for a secret."""
    making = key.making
    return {
        "examgen": __version__,
        "bank": f"{loaded.exam.name}.toml",
        "question": question.id,
        "seed": making.seed if isinstance(making.seed, int) else 0,
        "notation": loaded.exam.notation.name,
        "fairness": making.fairness,
        "language": making.language,
    }


def _bank_files(path: Path, banks: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """The exam's file, and those of its families, so that they find one another."""
    bank = load_bank(path)
    yield f"{BANK}/{path.stem}.toml", path.read_bytes()
    if isinstance(bank, Family):
        return
    for part in bank.questions:
        place = PurePosixPath(part.family if part.family.endswith(".toml") else f"{part.family}.toml")
        if place.is_absolute() or ".." in place.parts:
            raise ExamgenError(
                f"{path}: names the family {part.family!r}, which lies elsewhere; put it beside the exam"
            )
        yield f"{BANK}/{place}", find_bank(part.family, path.parent, banks).read_bytes()


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
