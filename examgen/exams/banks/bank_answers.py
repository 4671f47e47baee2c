"""What tasks may ask for beside numbers: rules that bank files and keys share, and the right option of a choice."""

from collections.abc import Sequence

from examgen.exams.exam import CHOICE

MAX_OPTIONS = 26
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def check_answers(
    kind: str, ask: Sequence[str], symbols: Sequence[str] | None, options: Sequence[str], answer: str
) -> None:
    """What a task asks for and what it offers belong to its kind.

    Args:
        kind: its `as`.
        ask: kinds of quantities.
        symbols: kinds of quantities that formulas may use.
        options: of a choice.
        answer: the right one, by its letter or its text.

    Raises:
        ValueError: they do not; the message says what is allowed.
    """
    if kind != "formula" and symbols is not None:
        raise ValueError(f'symbols belong to as = "formula"; this task is as = {toml_text(kind)}')
    if kind == CHOICE:
        _check_choice(ask, options, answer)
    elif options or answer:
        raise ValueError(f"options and answer belong to as = {toml_text(CHOICE)}; this task is as = {toml_text(kind)}")
    elif not ask:
        raise ValueError("ask is missing; name one or more quantities")
    elif kind == "shape" and "loss" in ask:
        raise ValueError("the loss is a single number; ask for shapes of matrices and vectors")


def answer_letter(options: Sequence[str], answer: str) -> str:
    """The letter of the right option, given by its letter or its text; empty where there is none."""
    texts = [plain_option(option) for option in options]
    plain = plain_option(answer)
    if plain in texts:
        return _LETTERS[texts.index(plain)]
    letters = _LETTERS[: len(options)]
    return plain if len(plain) == 1 and plain in letters else ""


def plain_option(text: str) -> str:
    """What two options are told apart by: neither capitals, nor spaces, nor the signs around formulas."""
    return " ".join(text.replace("$", "").casefold().split())


def toml_text(text: str) -> str:
    """A text as it stands in a bank file."""
    return f'"{text}"'


def _check_choice(ask: Sequence[str], options: Sequence[str], answer: str) -> None:
    if ask:
        raise ValueError("a choice asks for no quantities; leave ask out")
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise ValueError(f"a choice has {len(options)} options; give 2 to {MAX_OPTIONS}")
    plain = [plain_option(option) for option in options]
    if "" in plain or len(set(plain)) < len(plain):
        raise ValueError("each option needs a text of its own; capitals, spaces and $ do not tell two apart")
    letters = _LETTERS[: len(options)]
    # Else "b" could mean two of them.
    others = {text for letter, text in zip(letters, plain, strict=True) if text != letter}
    if mistaken := sorted(others & set(letters)):
        raise ValueError(f"the option {toml_text(mistaken[0])} is the letter of another one; write more of it")
    if not answer_letter(options, answer):
        raise ValueError(
            f"answer is {toml_text(answer)}; give the right option's letter, {letters[0]} to {letters[-1]}, or its text"
        )
