"""The sums of a key's files that stand in its exam.json: where they fit, nothing was changed since it was made."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from examgen.exams.folders.regular import opened

ANSWERS, VARIANTS, REFERENCES = "answers.csv", "variants.jsonl", "references"
SUMS = "sha256"
"""In exam.json, a table with the sums of both files and of what the references follow from in exam.json itself."""

COUNTS = "counts"
"""In exam.json, a table of how many papers and how many answers the key was made with."""

_ASKED = ("ask", "steps", "layers", "as", "symbols", "options", "shuffle", "answer")


def sums_of(document: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, str]:
    """The sums for an exam.json and the files beside it."""
    return {
        REFERENCES: sum_of_references(document),
        **{name: hashlib.sha256(files[name]).hexdigest() for name in (VARIANTS, ANSWERS)},
    }


def counts_of(files: Mapping[str, bytes]) -> dict[str, int]:
    """The counts for an exam.json and the files beside it; the header of answers.csv is no answer."""
    return {VARIANTS: files[VARIANTS].count(b"\n"), ANSWERS: files[ANSWERS].count(b"\n") - 1}


def sum_of_file(path: Path) -> str:
    """The sum of a file, empty where it cannot be read."""
    try:
        with opened(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def sum_of_references(document: Mapping[str, Any]) -> str:
    """Of what an instructor may not change: policy, texts, digits and marks are theirs."""
    questions = [
        {
            "id": question["id"],
            **({"shown": question["shown"]} if "shown" in question else {}),
            "shapes": question["shapes"],
            "tasks": [{name: task[name] for name in _ASKED if name in task} for task in question["tasks"]],
        }
        for question in document["questions"]
    ]
    about = [document["exam"], document["notation"], questions]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
