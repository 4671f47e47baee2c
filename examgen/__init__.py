"""examgen: exams about backpropagation by hand, made from a seed and marked fairly.

    >>> import examgen
    >>> made = examgen.make("question2", seed=7)            # doctest: +SKIP
    >>> graded = examgen.grade("output/question2-7/answers.csv")  # doctest: +SKIP

The same as on the command line: `make`, `make_class` (examgen batch), `make_secret` (examgen secret), `rehearse`,
`grade`, `explain`, `check`, `samples`, `new`, `schema`, `preview`, `previews` (examgen preview --watch) and
`list_banks` (examgen list), `export`. Everything else is internal.
"""

from examgen.api.authoring_calls import list_banks, new, preview, previews, schema
from examgen.api.exchange_calls import export
from examgen.api.making_calls import check, make, make_class, make_secret, rehearse, samples
from examgen.api.marking_calls import explain, grade
from examgen.version import __version__

__all__ = [
    "__version__",
    "check",
    "explain",
    "export",
    "grade",
    "list_banks",
    "make",
    "make_class",
    "make_secret",
    "new",
    "preview",
    "previews",
    "rehearse",
    "samples",
    "schema",
]
