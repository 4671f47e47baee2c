"""How the definitions of a free graph are written in its solution."""

from pathlib import Path

import pytest

from tests.small_circuits import pages_of


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
