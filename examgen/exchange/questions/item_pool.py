"""What a format of questions is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from examgen.exams.exam import Exam
from examgen.exchange.questions.items import Item


@dataclass(frozen=True, eq=False)
class Pool:
    """Items of one exam that a format can hold.

    Attributes:
        exam: whose items.
        items: paper by paper.
        is_scaled: whether small numbers are asked times a power of ten, where a format needs it.
        most_bytes: of a file, where a format writes several; None for one file.
    """

    exam: Exam
    items: Sequence[Item]
    is_scaled: bool = False
    most_bytes: int | None = None

    def papers(self) -> dict[str, list[Item]]:
        """The items of each paper, by its variant."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.variant, []).append(item)
        return found

    def questions(self) -> dict[str, dict[str, list[Item]]]:
        """The items of each question of each variant, by the question's id."""
        found: dict[str, dict[str, list[Item]]] = {}
        for item in self.items:
            found.setdefault(item.question_id, {}).setdefault(item.variant, []).append(item)
        return found
