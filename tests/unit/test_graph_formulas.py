"""How the definitions of a free graph are written in its solution, and in its picture."""

from pathlib import Path

import pytest

from examgen.documents.style import PaperStyle
from tests.small_circuits import pages_of, picture_on


@pytest.mark.parametrize(
    ("names", "expected"),
    [(("wi", "x"), r"\text{wi} \cdot x"), (("w", "xin"), r"w \cdot \text{xin}"), (("w", "x"), "w x")],
)
def test_names_of_several_letters_are_told_apart_in_products(
    names: tuple[str, str], expected: str, tmp_path: Path
) -> None:
    """wi x would be read as one name, or as three."""
    given, fixed = dict.fromkeys(names, "[]"), dict.fromkeys(names, "2")
    _, key = pages_of((given, {"f": " * ".join(names)}, fixed, ("f",), ""), tmp_path)
    [line] = [line for section in key.questions[0].sections for line in section.lines]
    assert line.relations[1] == f"= {expected}"


@pytest.mark.parametrize(
    ("language", "expected"), [("de", "Kreuzentropie"), ("fr", "entropie croisée"), ("hi", "cross-entropy")]
)
def test_a_loss_has_its_name_in_the_language(language: str, expected: str, tmp_path: Path) -> None:
    """In the circle of a circuit; in English where the font of formulas has no letters of the language."""
    given, fixed = {"p": "[2]", "y": "[2]"}, {"p": "[0.5, 0.5]", "y": "[0, 1]"}
    graph = (given, {"L": "cross_entropy(p, y)"}, fixed, ("L",), "L")
    questions, _ = pages_of(graph, tmp_path, PaperStyle(language=language))
    [circle] = [node for node in picture_on(questions).forms[0] if node.inputs]
    assert circle.sign == rf"{{\text{{{expected}}}}}"


def test_factors_of_a_loss_are_told_apart_in_numbers(tmp_path: Path) -> None:
    """(-1)1.5 would be read as one number."""
    graph = ({"s": "[]", "y": "[]"}, {"h": "hinge(s, y)"}, {"s": "1.5", "y": "-1"}, ("h",), "")
    _, key = pages_of(graph, tmp_path)
    [line] = [line for section in key.questions[0].sections for line in section.lines]
    assert line.relations[1:3] == (
        r"= \max\left(0, 1 - y s\right)",
        r"= \max\left(0, 1 - \left(-1\right) \cdot 1.5\right)",
    )
