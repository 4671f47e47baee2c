"""What the diagram of a network shows; `papers` calls it, and `diagram` draws it."""

from functools import lru_cache

from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.turned import plain_of
from examgen.documents.pages import LayerPicture, NetworkPicture
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.naming.notation import Notation
from examgen.exams.naming.symbol_names import Naming


def network_picture(solved: SolvedPaper, style: PaperStyle, _with_solution: bool) -> NetworkPicture:
    """The diagram of a question's network, the same in its key."""
    shape = plain_of(solved.paper.shape)
    assert isinstance(shape, NetworkShape)
    return _of_shape(shape, solved.paper.naming.notation, style)


@lru_cache(maxsize=512)
def _of_shape(shape: NetworkShape, notation: Notation, style: PaperStyle) -> NetworkPicture:
    """The network's diagram; units are named as for a single sample."""
    text = style.words["worked"]
    single = NetworkShape(shape.sizes, shape.activations, shape.loss, 1, 1, updates=False, bias=shape.bias)
    naming = Naming(notation, single, network_graph(single))
    titles = [style.phrase(ACTIVATIONS[name].title) for name in shape.activations]
    single_input = shape.sizes[0] == 1
    layers = [LayerPicture(_units(naming, "x", shape.sizes[0]), text["input" if single_input else "inputs"])]
    for layer, (size, title) in enumerate(zip(shape.sizes[1:], titles, strict=True), start=1):
        layers.append(LayerPicture(_units(naming, f"a{layer}", size), title, has_bias=shape.has_bias(layer)))
    named = [text["picture_input" if single_input else "picture_inputs"].format(count=shape.sizes[0])]
    for size, title in zip(shape.sizes[1:], titles, strict=True):
        named.append(text["picture_unit" if size == 1 else "picture_layer"].format(count=size, title=title))
    return NetworkPicture(tuple(layers), text["picture"].format(layers=", ".join(named)))


def _units(naming: Naming, name: str, size: int) -> tuple[str, ...]:
    return tuple(naming.entry(name, (0, unit)).latex for unit in range(size))
