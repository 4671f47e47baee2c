"""Slots of a page that show the same number share one; `printing` and printed feedback call this."""

from collections.abc import Sequence
from dataclasses import replace

from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.typesetting import Image


def sharing(images: Sequence[Image], texts: Sequence[int]) -> list[Image]:
    """The images with another numbering of the page's slots: where they show the same, they share one.

    Args:
        images: with slots each of which has a text of its own.
        texts: by slot, the number of its text from now on.
    """
    table = {FIRST_SLOT + slot: FIRST_SLOT + text for slot, text in enumerate(texts)}
    return [
        replace(image, slots=tuple(texts[slot] for slot in image.slots), spoken=image.spoken.translate(table))
        if image.slots
        else image
        for image in images
    ]
