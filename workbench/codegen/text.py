"""What comes from a file as Python text: data, never code.

Titles, names and keys of foreign models can hold anything. Each of them enters a script through one of these functions.
"""

from __future__ import annotations

import keyword
import math
from typing import Any


def literal(value: Any) -> str:
    """A JSON scalar as a Python literal. Raises TypeError for anything else, whose `repr` might be code."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    raise TypeError(f"Expected text, a number, true, false or null. Received: {type(value).__name__}")


def argument(name: str, written: str) -> str:
    """`name=value` of a call; a name that is no identifier is passed as a key of a dictionary."""
    if name.isidentifier() and not keyword.iskeyword(name):
        return f"{name}={written}"
    return f"**{{{name!r}: {written}}}"


def in_docstring(text: str) -> str:
    """The text as it stands between three quotation marks, on one line: marks and special characters are escaped."""
    return "".join(_in_quotes(character) for character in " ".join(text.split()))


def _in_quotes(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else repr(character)[1:-1]
