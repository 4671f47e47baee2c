"""What can be wrong with a formula or with the texts that are put into it; raised by every module of this package."""


class UnknownMath(ValueError):  # noqa: N818 - it says what is wrong
    """The MathML has an element, an attribute or a value that this package does not know."""


class MissingGlyph(ValueError):  # noqa: N818
    """The font has no glyph for a character of the formula, or a slot's character has no slot."""


class SlotTooNarrow(ValueError):  # noqa: N818
    """A text is wider than the slot that it is meant for."""
