"""Students at the matrix warm-ups; the counterpart of `Learner.train` for products."""

from collections.abc import Mapping

import numpy as np

from examgen.core.products import ProductsShape
from tests.classroom.figures import Array
from tests.classroom.learner import Learner
from tests.classroom.notebook import Notebook


def multiply(learner: Learner, shape: ProductsShape, givens: Mapping[str, Array], book: Notebook) -> None:
    """Work all products of a question out.

    Args:
        learner: whose beliefs count: about what is added, and about where an entry is written.
        shape: of the question.
        givens: (students, rows, columns) by given quantity.
        book: where results are written down.
    """
    for number, spec in enumerate(shape.products, 1):
        A, B = givens[f"A{number}"], givens[f"B{number}"]
        match spec.operation:
            case "hadamard_product":
                terms = (A * B)[..., None]
            case "shape_of_product":
                terms = np.stack([A[:, :, 0], B[:, :, 0]], axis=2)[..., None]
            case "matrix_product":
                terms = _products(A, B)
            case _:
                added = learner.offset(givens[f"C{number}"])
                terms = np.concatenate([_products(A, B), added[..., None]], axis=-1)
        book.note(
            ("product", number, None),
            terms.sum(axis=-1),
            shown=learner.shown,
            terms=terms.view,
        )


def _products(A: Array, B: Array) -> Array:
    """(students, rows, columns, inner): what is summed up in each entry of A B."""
    return np.asarray(np.einsum("sik,skj->sijk", A, B))
