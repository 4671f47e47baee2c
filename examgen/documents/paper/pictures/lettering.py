"""Formulas in drawings: how much room one takes, and its place over the drawing.

They are no text of the SVG: its letters would be set one by one, and numbers that differ from student to student are
slots, which formulas of the page have. A paper sets them with its typesetter, a web page as MathML.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.documents.math import to_mathml
from examgen.documents.numbers import MINUS
from examgen.documents.typesetting import Typesetter

PIXEL = 4 / 3
"""Pixels of CSS in a point."""

WIDTH = 634.0
"""Most that a drawing is wide, in pixels: the text is 170 mm wide."""

BROWSER = 0.88
"""Of its size, what a formula has on a web page: browsers have other fonts, which may be wider."""

HEIGHT = 372.0
"""Most that it is high: a third of a page."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Measures and sets formulas.

    Attributes:
        page: of a paper that is laid out; None for a web page.
        where: named in errors.
        decimal_mark: of numbers that are text of a drawing.
    """

    page: Typesetter | None
    where: str = ""
    decimal_mark: DecimalMark = "."
    _measuring: Typesetter = field(default_factory=lambda: Typesetter({}))

    def extent(self, latex: str, size: float) -> tuple[float, float]:
        """Width and height in pixels, at a size in points."""
        if not latex:
            return 0.0, 0.0
        width, height, depth = (self.page or self._measuring).extent(latex, self.where, size)
        return width * PIXEL, (height + depth) * PIXEL

    def written(self, number: str) -> str:
        """A number as text of a drawing."""
        return number.replace(".", self.decimal_mark).replace("-", MINUS)

    def shown(self, label: "Label") -> Markup:
        """A label at its place."""
        if self.page is not None:
            formula = self.page.inline(label.latex, self.where, size=label.size, is_centred=True)
        else:
            formula = Markup(to_mathml(label.latex, self.where))
        style = f"left:{label.x:.2f}px;top:{label.y:.2f}px;width:{label.width:.2f}px"
        size = "" if self.page is not None else f";font-size:{BROWSER * label.size:.1f}pt;height:{label.height:.2f}px"
        return Markup('<span class="label" style="{}{}">{}</span>').format(style, size, formula)


@dataclass(frozen=True, slots=True)
class Label:
    """A formula in a drawing: its upper left corner, its room in pixels, and its size in points.

    Attributes:
        is_tinted: whether it stands on a tint, as derivatives do.
    """

    latex: str
    x: float
    y: float
    width: float
    height: float
    size: float
    is_tinted: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn in a frame of this size, in pixels, and the formulas over it."""

    width: float
    height: float
    parts: tuple[str, ...]
    labels: tuple[Label, ...]

    @property
    def fits(self) -> bool:
        """Whether a page has room for it."""
        return self.width <= WIDTH and self.height <= HEIGHT


def below_another(drawings: Sequence[Drawing], gap: float) -> Drawing:
    """Several drawings below one another, each in the middle."""
    width, top = max(one.width for one in drawings), 0.0
    parts: list[str] = []
    labels: list[Label] = []
    for one in drawings:
        left = (width - one.width) / 2
        parts += [f'<g transform="translate({left:.2f} {top:.2f})">', *one.parts, "</g>"]
        labels += _moved(one.labels, left, top)
        top += one.height + gap
    return Drawing(width, top - gap, tuple(parts), tuple(labels))


def _moved(labels: Iterable[Label], left: float, top: float) -> list[Label]:
    return [
        Label(one.latex, one.x + left, one.y + top, one.width, one.height, one.size, one.is_tinted) for one in labels
    ]
