"""A page whose numbers are places, and what stands there in each of several variants; called by `practice_page`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from examgen.documents.numbers import FIRST_SLOT, MAX_SLOTS, PageSlots, Slots, whole_digits_of
from examgen.documents.paper.printing import printed_numbers
from examgen.documents.pdf.slot_values import SlotValues
from examgen.documents.style import PaperStyle
from examgen.documents.worked.shown_options import marks_of
from examgen.documents.worked.solved_numbers import solve_for_print
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers

_SLOT = re.compile(f"<mi>([{chr(FIRST_SLOT)}-{chr(FIRST_SLOT + MAX_SLOTS)}])</mi>")


@dataclass(frozen=True, eq=False)
class SlottedPaper:
    """The questions of variants that have the same shapes.

    Attributes:
        parts: the questions, with places in the place of numbers.
        slots: of their page.
        solved: the questions of each variant.
    """

    parts: tuple[SolvedPaper, ...]
    slots: PageSlots
    solved: tuple[tuple[SolvedPaper, ...], ...]

    @staticmethod
    def of(exam: Exam, variants: Sequence[Variant]) -> "SlottedPaper":
        """With the decimals that the most exact of the variants needs."""
        solved = tuple(tuple(solve_for_print(*part) for part in papers(exam, variant)) for variant in variants)
        slots = PageSlots(texts=0)
        parts = []
        for place, of_variants in enumerate(zip(*solved, strict=True)):
            paper = of_variants[0].paper
            decimals = {name: max(one.decimals[name] for one in of_variants) for name in of_variants[0].decimals}
            digits = max(whole_digits_of(one.values) for one in of_variants)
            parts.append(SolvedPaper(paper, marks_of(paper), decimals, Slots(place, slots), digits))
        return SlottedPaper(tuple(parts), slots, solved)

    def filled(self, html: str, style: PaperStyle) -> tuple[str, list[list[str]]]:
        """The page with the numbers of the first variant, each with its place among the distinct ones, and by variant
        these."""
        shown = {slot: place for place, slot in enumerate(dict.fromkeys(_SLOT.findall(html)))}
        kept = PageSlots(0, [self.slots.numbers[ord(slot) - FIRST_SLOT] for slot in shown])
        values = SlotValues.of(kept, [one.paper.graph for one in self.parts])
        texts = [printed_numbers(values, [one.values for one in solved], style)[0] for solved in self.solved]

        def number(match: re.Match[str]) -> str:
            place = values.places[shown[match[1]]]
            return f'<mn data-n="{place}">{escape(texts[0][place])}</mn>'

        return _SLOT.sub(number, html), texts
