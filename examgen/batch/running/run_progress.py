"""How a long run tells how far it has come."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number of things done and of all, such as papers."""
