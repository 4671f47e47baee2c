"""How papers look, as one value: their language, the size of the paper, an instructor's theme, and how
much their keys say.

The command line's choices become it in `batch`; all builders of pages hand it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.documents.themes import Theme, read_theme
from examgen.errors import ExamgenError, did_you_mean
from examgen.exams.bubbles.page_codes import FORMAT
from examgen.exams.draws.streams import Secret, Seed
from examgen.exams.keys.key_documents import NO_BUBBLES, KeyDetail, Making
from examgen.exams.wording import words as shipped_words
from examgen.typeset.speech.speech_words import LANGUAGES

PAPERS = ("a4", "letter")
"""Sizes of paper; each is a named page in paper.css."""


@dataclass(frozen=True, slots=True)
class PaperStyle:
    """How papers look.

    Attributes:
        language: one of the shipped ones, or of the theme.
        paper: one of `PAPERS`.
        theme: an instructor's own rules, words and templates.
        key_detail: of the worked solution.
        working_space: whether ruled space is left under each task.
        scan: whether pages with bubbles for a scanner stand behind the questions.
    """

    language: str = "en"
    paper: str = PAPERS[0]
    theme: Theme | None = None
    key_detail: KeyDetail = "full"
    working_space: bool = False
    scan: bool = False

    def __post_init__(self) -> None:
        """Raises ExamgenError if the language, the size of paper or the detail of the key is unknown."""
        if self.paper not in PAPERS:
            raise ExamgenError(
                f"paper {self.paper!r} is unknown; allowed: {', '.join(PAPERS)}.{did_you_mean(self.paper, PAPERS)}"
            )
        details = get_args(KeyDetail)
        if self.key_detail not in details:
            raise ExamgenError(
                f"key detail {self.key_detail!r} is unknown; allowed: {', '.join(details)}."
                f"{did_you_mean(self.key_detail, details)}"
            )
        shipped_words.words(self.language, self.theme)

    @classmethod
    def of(
        cls,
        language: str,
        paper: str,
        theme: Path | None,
        key_detail: str = "full",
        *,
        working_space: bool = False,
        scan: bool = False,
    ) -> "PaperStyle":
        """The style of a command's choices.

        Args:
            theme: folder of the theme, None for the shipped looks.
            working_space, scan: as the style has them.

        Raises: ExamgenError if the language, the size of paper or the detail is unknown, or the theme cannot be used.
        """
        # What a user types is only checked by the style itself.
        found = None if theme is None else read_theme(theme)
        return cls(language, paper, found, cast("KeyDetail", key_detail), working_space, scan)

    def making(self, seed: Seed, draws: int, fairness: float | None = None) -> Making:
        """How papers of this style are made from a seed or secret by a version of the draws, for their key.

        Args:
            seed: or secret.
            draws: the version.
            fairness: share of the typical work by which a paper may be more or less, if it may not be any work.
        """
        told, secret = (None, seed.fingerprint) if isinstance(seed, Secret) else (seed, "")
        how = (self.language, self.paper, self.decimal_mark, self.key_detail)
        return Making(told, *how, draws, secret, fairness, scan=FORMAT if self.scan else NO_BUBBLES)

    @property
    def words(self) -> Mapping[str, Any]:
        """All words of papers by key."""
        return shipped_words.words(self.language, self.theme)

    @property
    def speech(self) -> str:
        """The language in which formulas are read aloud: English where there are no words for another."""
        return self.language if self.language in LANGUAGES else "en"

    @property
    def decimal_mark(self) -> DecimalMark:
        """What stands between the whole and the decimal digits: "." or ","."""
        return shipped_words.decimal_mark(self.language, self.theme)

    def day(self, day: date) -> str:
        """A date as the language writes it in numbers."""
        form: str = self.words["date_form"]
        return form.format(day=f"{day.day:02}", month=f"{day.month:02}", year=f"{day.year:04}")

    def phrase(self, text: str) -> str:
        """A text of a bank, or the name of an activation function or loss, in the language."""
        return shipped_words.phrase(self.language, text, self.theme)

    def marks_text(self, count: str) -> str:
        """A number of marks, such as "1 mark" or "0,5 point"; `count` is written with a decimal point."""
        return shipped_words.marks_text(self.language, count, self.theme)


STANDARD = PaperStyle()
"""English on A4, as shipped."""
