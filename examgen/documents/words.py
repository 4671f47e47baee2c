"""The fixed words of papers, one TOML file per language under templates/texts: another language is one more file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from examgen.errors import ExamgenError, did_you_mean
from examgen.resources import shipped


@cache
def words(language: str) -> Mapping[str, Any]:
    """All words of a language by key; those of worked solutions under `worked`.

    Raises:
        ExamgenError: there is no such language; the message lists those that there are.
    """
    known = {path.stem: path for path in sorted((shipped("templates") / "texts").glob("*.toml"))}
    if language not in known:
        raise ExamgenError(
            f"language {language!r} is unknown; allowed: {', '.join(known)}.{did_you_mean(language, known)}"
        )
    return tomllib.loads(known[language].read_text(encoding="utf-8"))
