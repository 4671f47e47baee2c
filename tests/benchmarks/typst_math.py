r"""LaTeX formulas of papers in Typst's notation; `papers_rate.py` calls this to give Typst the same formulas to set.

Only what occurs on papers is understood. Symbols become characters, `\frac`, accents and matrices Typst's functions,
and letters are set apart, because Typst reads several together as a name.
"""

import re
from collections.abc import Iterator

TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\S")
SYMBOLS = {
    r"\,": "thin",
    r"\quad": "quad",
    r"\qquad": "wide",
    r"\cdot": "·",
    r"\odot": "⊙",
    r"\partial": "∂",
    r"\sum": "∑",
    r"\top": "⊤",
    r"\le": "≤",
    r"\delta": "δ",
    r"\eta": "η",
    r"\alpha": "α",
    r"\sigma": "σ",
    r"\ln": "ln",
    r"\max": "max",
    r"\tanh": "tanh",
    r"\left": "",
    r"\right": "",
    # In the argument of a function these would end it.
    ",": r"\,",
    ";": r"\;",
    "/": r"\/",
}
WRAPPERS = {r"\hat": "hat", r"\tilde": "tilde", r"\mathbf": "bold", r"\boldsymbol": "bold"}
TEXT = re.compile(r"\\(text|operatorname)\{([^{}]*)\}")


def typst_math(latex: str) -> str:
    """A formula without its dollar signs.

    Raises: ValueError for a command that does not occur on papers.
    """
    texts: list[str] = []

    def keep(match: re.Match[str]) -> str:
        quoted = typst_text(match[2])
        texts.append(f"op({quoted})" if match[1] == "operatorname" else quoted)
        return rf"\kept{{{len(texts) - 1}}}"

    tokens = iter(TOKEN.findall(TEXT.sub(keep, latex)))
    return _group(tokens, "", texts)


def typst_text(text: str) -> str:
    """A string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _group(tokens: Iterator[str], end: str, texts: list[str]) -> str:
    """Everything up to the closing token."""
    parts: list[str] = []
    for token in tokens:
        if token == end:
            break
        if token in "^_" or token == "'":
            script = token if token == "'" else f"{token}({_argument(tokens, texts)})"
            parts.append(parts.pop() + script)
        else:
            parts.append(_piece(token, tokens, texts))
    return " ".join(part for part in parts if part)


def _piece(token: str, tokens: Iterator[str], texts: list[str]) -> str:
    if token == "{":
        return _group(tokens, "}", texts)
    if token == r"\kept":
        return texts[int(_argument(tokens, texts))]
    if token == r"\frac":
        return f"frac({_argument(tokens, texts)}, {_argument(tokens, texts)})"
    if token in WRAPPERS:
        return f"{WRAPPERS[token]}({_argument(tokens, texts)})"
    if token == r"\begin":
        return _matrix(tokens, texts)
    if token in SYMBOLS:
        return SYMBOLS[token]
    if token.startswith("\\"):
        raise ValueError(f"{token} is no command of papers; add it to typst_math.py")
    return token


def _argument(tokens: Iterator[str], texts: list[str]) -> str:
    return _piece(next(tokens), tokens, texts)


def _matrix(tokens: Iterator[str], texts: list[str]) -> str:
    """Numbers in rows, up to the end of the environment."""
    _argument(tokens, texts)
    rows = [[""]]
    for token in tokens:
        if token == r"\end":
            _argument(tokens, texts)
            break
        if token == r"\\":
            rows.append([""])
        elif token == "&":
            rows[-1].append("")
        else:
            rows[-1][-1] += _piece(token, tokens, texts)
    return f"mat({'; '.join(', '.join(row) for row in rows)})"
