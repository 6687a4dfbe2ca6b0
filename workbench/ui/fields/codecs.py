"""Values as a person writes them, for kinds that fit in one line of text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from workbench.layers.params import Axes, Integer, KerasObject, Kind, Number, ShapeOf

_BETWEEN_SIZES = re.compile(r"\s*[x×,;\s]\s*")
_BETWEEN_AXES = re.compile(r"\s*[,;\s]\s*")
_UNKNOWN_SIZES = frozenset({"?", "none", "null"})
SCALAR = "scalar"


def to_text(value: Any) -> str:
    """A value as the line that a person would write for it."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.12g}"
    return json.dumps(value, ensure_ascii=False)


def shape_text(value: Any) -> str:
    """`28x28x6`; a size that is not known is a question mark."""
    return "x".join("?" if size is None else str(size) for size in value) or SCALAR


def axes_text(value: Any) -> str:
    """`-1`, or `1, 2`."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _integer(text: str) -> int:
    return int(text.replace(",", "").replace(" ", ""))


def _size(text: str) -> int | None:
    return None if text.lower() in _UNKNOWN_SIZES else int(text)


def _shape(text: str) -> list[int | None]:
    text = text.strip("()[] ")
    return [] if text.lower() == SCALAR else [_size(size) for size in _BETWEEN_SIZES.split(text)]


def _axes(text: str) -> int | list[int]:
    axes = [int(axis) for axis in _BETWEEN_AXES.split(text.strip("()[] "))]
    return axes[0] if len(axes) == 1 else axes


def _object(text: str) -> Any:
    return json.loads(text) if text.lstrip().startswith("{") else text


_READERS: dict[type, Callable[[str], Any]] = {
    Integer: _integer,
    Number: float,
    ShapeOf: _shape,
    Axes: _axes,
    KerasObject: _object,
}
_WRITERS: dict[type, Callable[[Any], str]] = {ShapeOf: shape_text, Axes: axes_text}


def read(kind: Kind, text: str) -> Any:
    """The value that a line of text means; the text itself where it means none, for the kind to refuse."""
    text = text.strip()
    try:
        return _READERS.get(type(kind), json.loads)(text)
    except (ValueError, RecursionError):
        return text


def write(kind: Kind, value: Any) -> str:
    """The line of text that `read` turns back into the value, whatever the value is."""
    return _WRITERS.get(type(kind), to_text)(value) if kind.accepts(value) else to_text(value)
