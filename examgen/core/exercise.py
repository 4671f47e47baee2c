"""The kinds of exercises: networks and matrix products.

Whatever its kind, an exercise is a frozen value that says its `graph` (all quantities of its solution, in the order in
which they are worked out), its `steps` (how often the same is done with other numbers) and whether it `is_rational`
(exact fractions go in and come out). A kind is a module here, and one more name below.
"""

from examgen.core.network import NetworkShape
from examgen.core.products import ProductsShape

Exercise = NetworkShape | ProductsShape
"""What fixes an exercise but for its numbers."""
