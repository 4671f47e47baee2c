"""Small banks of free graphs, and circuits and recurrences of any form, for the tests of their pictures."""

import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from examgen.documents.pages import CircuitNode, CircuitPicture, PaperPage, TimeLine
from examgen.documents.paper.papers import key_page, question_page
from examgen.documents.paper.pictures.lettering import Drawing, Label
from examgen.documents.style import STANDARD, PaperStyle
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam

SUM_TIMES = (
    {"x": "[]", "y": "[]", "z": "[]"},
    {"q": "x + y", "f": "q * z"},
    {"x": "-2", "y": "5", "z": "-4"},
    ("q", "f", "df_dq", "df_dz", "df_dx", "df_dy"),
    "f",
)
UNROLLED = (
    dict.fromkeys(("w", "u", "h0", "x1", "x2", "x3", "y"), "[]"),
    {**{f"h{n}": f"tanh(w*h{n - 1} + u*x{n})" for n in (1, 2, 3)}, "L": "(h3 - y)^2"},
    {"w": "0.5", "u": "-0.3", "h0": "0", "x1": "1", "x2": "2", "x3": "-1", "y": "1"},
    ("h1", "h2", "h3", "L", "dL_dw", "dL_dh2"),
    "L",
)
CONVOLUTION = (
    {"X": "[3, 4]", "K": "[2, 2]"},
    {"Z": "conv2d(X, K, padding=1)"},
    {"X": "[[1, 2, 3, 4], [5, 6, 7, 8], [9, 0, 1, 2]]", "K": "[[1, 0], [0, -1]]"},
    ("Z",),
    "",
)
Circuit = tuple[dict[str, str], dict[str, str], dict[str, str], tuple[str, ...], str]


def bank_of(circuit: Circuit, symbols: str = "") -> str:
    """The text of a bank with fixed numbers."""
    given, define, fixed, ask, output = circuit
    lines = ["format = 1", 'title = "A graph"', "[graph]"]
    lines.append(f"given = {{ {', '.join(f'{name} = {shape}' for name, shape in given.items())} }}")
    lines += [f'output = "{output}"'] if output else []
    lines += [symbols] if symbols else []
    lines += ["[graph.define]", *(f'{name} = "{text}"' for name, text in define.items())]
    lines += ["[fixed]", *(f"{name} = {value}" for name, value in fixed.items())]
    lines += ["[digits]", "decimals = 3", "[[tasks]]", 'text = "Go."']
    return "\n".join([*lines, f"ask = [{', '.join(f'{chr(34)}{name}{chr(34)}' for name in ask)}]", ""])


def loaded_circuit(circuit: Circuit, folder: Path) -> LoadedExam:
    """The exam of a bank that is written there."""
    path = folder / "graph.toml"
    path.write_text(bank_of(circuit), encoding="utf-8")
    return load_exam(str(path), 1)


def pages_of(circuit: Circuit, folder: Path, style: PaperStyle = STANDARD) -> tuple[PaperPage, PaperPage]:
    """Question and key."""
    loaded = loaded_circuit(circuit, folder)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    return question_page(loaded.exam, variant, style), key_page(loaded.exam, variant, style)


def picture_on(page: PaperPage) -> CircuitPicture:
    """The picture of the only question."""
    picture = page.questions[0].picture
    assert isinstance(picture, CircuitPicture)
    return picture


def random_circuit(rng: random.Random) -> tuple[CircuitNode, ...]:
    """Givens and operations with writing of any length, each operation behind what it reads."""
    nodes = [CircuitNode(f"x_{{{n}}}", (), "none", *_writing(rng)) for n in range(rng.randint(1, 6))]
    outline = rng.choice(["circle", "box"])
    for _ in range(rng.randint(1, 12)):
        recent = range(max(0, len(nodes) - rng.randint(1, 12)), len(nodes))
        inputs = tuple(rng.choice(recent) for _ in range(rng.choice([1, 1, 2, 2, 2, 3, 5])))
        sign = rng.choice(["+", r"\times", r"\exp", r"\text{softmax}", r"(\cdot)^{2}", r"\hat{v}_{12}"])
        nodes.append(CircuitNode(sign, inputs, outline, *_writing(rng), is_ordered=rng.random() < 0.5))
    return tuple(nodes)


def random_recurrence(rng: random.Random) -> tuple[tuple[CircuitNode, ...], TimeLine]:
    """Steps of one to three boxes with shared weights, inputs of their own, and boxes behind."""
    nodes = [CircuitNode("h_{0}", (), "none", *_writing(rng))]
    nodes += [CircuitNode(f"w_{{{n}}}", (), "none", *_writing(rng)) for n in range(rng.randint(1, 3))]
    shared, before, steps = tuple(range(1, len(nodes))), 0, []
    period, inputs = rng.randint(1, 3), rng.randint(0, 3)
    for step in range(rng.randint(2, 5)):
        boxes = []
        for place in range(period):
            own = tuple(range(len(nodes), len(nodes) + (inputs if place == 0 else 0)))
            nodes += [CircuitNode(f"x_{{{step}}}", (), "none", *_writing(rng)) for _ in own]
            read = (before, *(shared if place == 0 else ()), *own)
            nodes.append(CircuitNode(f"h_{{{step}{place}}}", read, "box", *_writing(rng)))
            before = len(nodes) - 1
            boxes.append(before)
        steps.append(tuple(boxes))
    nodes.append(CircuitNode("L", (before,), "box", *_writing(rng)))
    return tuple(nodes), TimeLine(tuple(steps), (len(nodes) - 1,))


def _writing(rng: random.Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    texts = ("", "3", "-0.1234", r"\hat{q}_{1} = -12.3456", r"\begin{bmatrix} 1.25 \\ -0.5 \\ 3 \end{bmatrix}")
    above, below = rng.choice(texts), rng.choice(texts)
    return ((above,) if above else ()), ((below,) if below else ())


def collisions(drawing: Drawing) -> Iterator[tuple[Label, Label]]:
    """Pairs of labels that overlap."""
    for one, other in combinations(drawing.labels, 2):
        across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
        down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
        if across > 0.01 and down > 0.01:
            yield one, other


def outside(drawing: Drawing) -> list[Label]:
    """Labels that leave the frame."""
    return [
        one
        for one in drawing.labels
        if min(one.x, one.y) < 0 or one.x + one.width > drawing.width or one.y + one.height > drawing.height
    ]
