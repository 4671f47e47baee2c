"""How the definitions of a free graph are written in its solution, and in its picture."""

from pathlib import Path

import pytest

from examgen.documents.paper.papers import question_page
from examgen.documents.style import PaperStyle
from examgen.errors import BankError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.small_circuits import bank_of, pages_of, picture_on


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


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", r"X \star K"),
        (", stride=2", r"X \star_{\mathrm{s} = 2} K"),
        (", padding=1", r"X \star_{\mathrm{p} = 1} K"),
        (", stride=2, padding=1", r"X \star_{\mathrm{s} = 2,\, \mathrm{p} = 1} K"),
    ],
)
def test_a_window_says_how_it_moves(settings: str, expected: str, tmp_path: Path) -> None:
    """Without a word it moves by one place, and nothing is put around the image."""
    given, fixed = {"X": "[2, 3]", "K": "[2, 2]"}, {"X": "[[1, 2, 0], [3, 1, 1]]", "K": "[[1, -1], [2, 0]]"}
    _, key = pages_of((given, {"Z": f"conv2d(X, K{settings})"}, fixed, ("Z",), ""), tmp_path)
    [line] = [line for section in key.questions[0].sections for line in section.lines]
    assert line.relations[1] == f"= {expected}"


@pytest.mark.parametrize(("size", "expected"), [(2, r"A^{\circ 2}"), (3, "A^{2}")])
def test_entries_of_a_square_matrix_are_raised_by_a_sign_of_their_own(size: int, expected: str, tmp_path: Path) -> None:
    """A squared is A times A there; of other matrices there is no such product."""
    rows = [[1, 2, 3][:size], [4, 5, 6][:size]]
    _, key = pages_of(({"A": f"[2, {size}]"}, {"P": "A ** 2"}, {"A": str(rows)}, ("P",), ""), tmp_path)
    [line] = [line for section in key.questions[0].sections for line in section.lines]
    assert line.relations[1] == f"= {expected}"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("size=2", r"{2 \times 2}"),
        ("size=2, stride=2", r"{2 \times 2}"),
        ("size=2, stride=1", r"{2 \times 2,\, \mathrm{s} = 1}"),
    ],
)
def test_pooling_says_how_its_windows_move(settings: str, expected: str, tmp_path: Path) -> None:
    """Unless they lie beside one another."""
    graph = ({"X": "[2, 4]"}, {"P": f"avg_pool(X, {settings})"}, {"X": "[[1, 2, 0, 4], [3, 1, 1, 2]]"}, ("P",), "")
    _, key = pages_of(graph, tmp_path)
    [line] = [line for section in key.questions[0].sections for line in section.lines]
    assert line.relations[1] == rf"= \operatorname{{avgpool}}_{expected}\left(X\right)"


def test_gradients_of_a_window_that_moves_on_are_stretched(tmp_path: Path) -> None:
    """As many places lie between them as the window passed over; with padding the filter meets the padded image."""
    fixed = {"X": "[[1, 2, 0, 1], [3, 1, 1, 2], [0, 2, 1, 1]]", "K": "[[1, -1], [2, 0]]"}
    graph = (
        {"X": "[3, 4]", "K": "[2, 2]"},
        {"Z": "conv2d(X, K, stride=2, padding=1)", "s": "sum(Z * Z)"},
        fixed,
        ("ds_dK", "ds_dX"),
        "s",
    )
    _, key = pages_of(graph, tmp_path)
    told = [line.relations[1] for section in key.questions[0].sections for line in section.lines]
    gradient = r"\left(\frac{\partial s}{\partial Z}\right)_{\uparrow 2}"
    assert rf"= X \star_{{\mathrm{{p}} = 1}} {gradient}" in told
    assert rf"= {gradient} \ast_{{\mathrm{{p}} = 1}} K" in told


def test_a_symbol_that_cannot_be_set_is_told_with_its_key(tmp_path: Path) -> None:
    """Many formulas hold it."""
    path = tmp_path / "graph.toml"
    circuit = ({"x": "[]"}, {"f": "x ** 2"}, {"x": "2"}, ("f",), "")
    path.write_text(bank_of(circuit, r'symbols = { x = "\\chi_{1" }'), encoding="utf-8")
    loaded = load_exam(str(path), 1)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    with pytest.raises(BankError, match=r"\Agraph\.symbols\.x: \$\\chi_\{1\$ cannot be set at character 8"):
        question_page(loaded.exam, variant)
