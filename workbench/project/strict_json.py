"""JSON as the project file means it. Whatever is read here can be written again, and can be shown."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

MAX_DEPTH = 64
MAX_INTEGER = 2**63


class JsonError(ValueError):
    """Text that is not such JSON. `place` is a line and column where they are known."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place


def parse(text: str) -> Any:
    """The value of a JSON text. Raises JsonError.

    Stricter than Python's parser: no NaN or Infinity, no whole number beyond 64 bits, no key twice, no text that
    is not Unicode, no deeper than 64 levels.
    """
    try:
        value = json.loads(
            text,
            parse_constant=_not_finite,
            parse_float=_finite,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        rest = text[error.pos :].rstrip()
        cut = error.msg.startswith("Unterminated") or any(word.startswith(rest) for word in ("true", "false", "null"))
        what = "The file ends too early: it is empty or was cut off" if cut else f"Expected JSON. {error.msg}"
        raise JsonError(what, f"line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise JsonError(_TOO_DEEP) from None
    _check(value)
    return value


_TOO_DEEP = f"Expected JSON of at most {MAX_DEPTH} levels"


def _not_finite(number: str) -> NoReturn:
    raise JsonError(f"Expected finite numbers. Received: {number}")


def _finite(number: str) -> float:
    value = float(number)
    return value if isfinite(value) else _not_finite(number)


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) <= 20 else MAX_INTEGER
    if not -MAX_INTEGER <= value < MAX_INTEGER:
        raise JsonError(f"Expected whole numbers of at most 64 bits. Received: {digits[:20]}...")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        again = next(key for key in keys if keys.count(key) > 1)
        raise JsonError(f"Expected every key once in an object. Received: {again!r} again")
    return value


def _check(value: Any) -> None:
    """Depth, and that texts are Unicode: an escape such as \\ud800 alone is no character and cannot be written."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for item in level if isinstance(item, dict | list) for inner in _parts(item)]
        for item in level:
            if isinstance(item, str) and not item.isascii():
                _check_text(item)
        if not level:
            return
    raise JsonError(_TOO_DEEP)


def _parts(item: dict[str, Any] | list[Any]) -> list[Any]:
    return [*item.keys(), *item.values()] if isinstance(item, dict) else item


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise JsonError(f"Expected text in Unicode. Received: {text!a}") from None
