"""The names of all misconceptions, as results.csv has them, for the tests; `golden/misconceptions` pins them."""

from examgen.core.misconceptions.table import MISCONCEPTIONS

NAMES = tuple(MISCONCEPTIONS)
