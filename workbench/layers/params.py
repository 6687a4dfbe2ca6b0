"""Parameter kinds: each says which JSON values are allowed. The inspector draws an editor for each kind.

A kind is a small value with `expected`, in words for messages, and `accepts(value)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, Protocol, runtime_checkable


@runtime_checkable
class Kind(Protocol):
    """What a parameter may hold."""

    @property
    def expected(self) -> str:
        """The allowed values in words, to follow "Expected"."""
        ...

    def accepts(self, value: Any) -> bool:
        """True when the JSON value is allowed. Never raises."""
        ...


MAX_SIZE: Final = 2**31 - 1
"""Largest size of one axis. Larger numbers are mistakes, and products of a few must stay printable as floats."""
MAX_AXES: Final = 8


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # a whole number beyond what a float can hold
        return False


def _within(value: float, minimum: float | None, maximum: float | None) -> bool:
    return (minimum is None or value >= minimum) and (maximum is None or value <= maximum)


def _range_words(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" from {minimum:,} to {maximum:,}"
    if minimum is not None:
        return f" of {minimum:,} or more"
    return f" of at most {maximum:,}" if maximum is not None else ""


@dataclass(frozen=True)
class Integer:
    """A whole number."""

    minimum: int | None = None
    maximum: int | None = None

    @property
    def expected(self) -> str:
        return "a whole number" + _range_words(self.minimum, self.maximum)

    def accepts(self, value: Any) -> bool:
        return _is_int(value) and _within(value, self.minimum, self.maximum)


@dataclass(frozen=True)
class Number:
    """A finite real number."""

    minimum: float | None = None
    maximum: float | None = None

    @property
    def expected(self) -> str:
        return "a number" + _range_words(self.minimum, self.maximum)

    def accepts(self, value: Any) -> bool:
        if not _is_int(value) and not isinstance(value, float):
            return False
        return _is_finite(value) and _within(value, self.minimum, self.maximum)


@dataclass(frozen=True)
class Boolean:
    """True or false."""

    expected: str = "true or false"

    def accepts(self, value: Any) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]

    @property
    def expected(self) -> str:
        return "one of " + ", ".join(self.values)

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.values


@dataclass(frozen=True)
class Sizes:
    """A size for each spatial axis: one whole number for all, or a list of `rank`."""

    rank: int
    minimum: int = 1

    @property
    def expected(self) -> str:
        return f"a whole number{_range_words(self.minimum, MAX_SIZE)}, or a list of {self.rank} such numbers"

    def accepts(self, value: Any) -> bool:
        values = value if isinstance(value, list | tuple) else [value] * self.rank
        return len(values) == self.rank and all(map(self._accepts_one, values))

    def _accepts_one(self, size: Any) -> bool:
        return _is_int(size) and self.minimum <= size <= MAX_SIZE


@dataclass(frozen=True)
class ShapeOf:
    """A tensor shape without the batch axis; null stands for a size that is not known."""

    expected: str = (
        f"a list of at most {MAX_AXES} sizes, each a whole number{_range_words(1, MAX_SIZE)} or null (not known)"
    )

    def accepts(self, value: Any) -> bool:
        return (
            isinstance(value, list | tuple)
            and len(value) <= MAX_AXES
            and all(size is None or (_is_int(size) and 1 <= size <= MAX_SIZE) for size in value)
        )


@dataclass(frozen=True)
class Axes:
    """One axis, or (with `several`) a list of different axes."""

    several: bool = True

    @property
    def expected(self) -> str:
        return "an axis number or a list of them" if self.several else "an axis number"

    def accepts(self, value: Any) -> bool:
        if self.several and isinstance(value, list | tuple):
            return bool(value) and all(map(_is_int, value)) and len(set(value)) == len(value)
        return _is_int(value)


@dataclass(frozen=True)
class KerasObject:
    """An initialiser, regulariser, constraint or the like: a name Keras knows, or its serialised configuration."""

    family: str
    names: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        known = f" ({', '.join(self.names)})" if self.names else ""
        return f"the name of {self.family}{known} or its configuration with class_name and config"

    def accepts(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self.names if self.names else bool(value)
        return (
            isinstance(value, Mapping)
            and isinstance(value.get("class_name"), str)
            and isinstance(value.get("config", {}), Mapping)
        )


@dataclass(frozen=True)
class Optional:
    """None, or what another kind accepts."""

    kind: Kind
    none_means: str = "none"

    @property
    def expected(self) -> str:
        return f"{self.kind.expected}, or null ({self.none_means})"

    def accepts(self, value: Any) -> bool:
        return value is None or self.kind.accepts(value)


@dataclass(frozen=True)
class Text:
    """A line of text, of a given form where there is a pattern."""

    form: str = "text"
    pattern: str = r"(?s).+"

    @property
    def expected(self) -> str:
        return self.form

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True)
class ListOf:
    """A list of values of one kind: exactly `length`, or any number from 1 on."""

    kind: Kind
    length: int | None = None

    @property
    def expected(self) -> str:
        return f"a list of {'values' if self.length is None else self.length}, each {self.kind.expected}"

    def accepts(self, value: Any) -> bool:
        return (
            isinstance(value, list | tuple)
            and (bool(value) if self.length is None else len(value) == self.length)
            and all(map(self.kind.accepts, value))
        )


@dataclass(frozen=True)
class Either:
    """What one of several kinds accepts."""

    kinds: tuple[Kind, ...]

    @property
    def expected(self) -> str:
        return ", or ".join(kind.expected for kind in self.kinds)

    def accepts(self, value: Any) -> bool:
        return any(kind.accepts(value) for kind in self.kinds)


@dataclass(frozen=True)
class Numbers:
    """Numbers by name, each of them optional."""

    names: tuple[str, ...]
    kind: Kind = Number()

    @property
    def expected(self) -> str:
        return f"a mapping with any of {', '.join(self.names)}, each {self.kind.expected}"

    def accepts(self, value: Any) -> bool:
        return isinstance(value, Mapping) and all(
            name in self.names and self.kind.accepts(number) for name, number in value.items()
        )


@dataclass(frozen=True)
class Odd:
    """A size with a middle."""

    expected: str = "an odd whole number of 1 or more"

    def accepts(self, value: Any) -> bool:
        return _is_int(value) and 1 <= value <= MAX_SIZE and value % 2 == 1


@dataclass(frozen=True)
class Span:
    """From one number to another."""

    expected: str = "a list of two different numbers"

    def accepts(self, value: Any) -> bool:
        return ListOf(Number(), 2).accepts(value) and value[0] != value[1]


@dataclass(frozen=True)
class Permutation:
    """An order of axes: every number from 1 on, once."""

    expected: str = "a list with each of the numbers 1, 2, 3 ... once"

    def accepts(self, value: Any) -> bool:
        return (
            isinstance(value, list | tuple)
            and 0 < len(value) <= MAX_AXES
            and all(map(_is_int, value))
            and sorted(value) == list(range(1, len(value) + 1))
        )


@dataclass(frozen=True)
class TargetShape:
    """A shape to bring a tensor into; one size may be -1: whatever is left."""

    expected: str = f"a list of at most {MAX_AXES} sizes of 1 or more; one may be -1 (what is left) or null"

    def accepts(self, value: Any) -> bool:
        return (
            isinstance(value, list | tuple)
            and len(value) <= MAX_AXES
            and all(size is None or (_is_int(size) and (size == -1 or 1 <= size <= MAX_SIZE)) for size in value)
            and list(value).count(-1) + list(value).count(None) <= 1
        )


class _Required:
    """The default of a parameter that has none."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


@dataclass(frozen=True)
class Param:
    """One constructor argument of a layer: name and default are Keras's."""

    name: str
    kind: Kind
    default: Any = REQUIRED
    doc: str = ""
    advanced: bool = False
    suggested: Any = field(default=None, compare=False)
    """What a node freshly dropped on the canvas gets where Keras demands a value."""

    @property
    def required(self) -> bool:
        """True when Keras has no default for it."""
        return self.default is REQUIRED

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value, as "Expected ... Received ...", or None."""
        if self.kind.accepts(value):
            return None
        return f"Expected {self.kind.expected}. Received: {self.name}={value!r}"


def sizes(value: int | list[int] | tuple[int, ...], rank: int) -> tuple[int, ...]:
    """One size an axis, from a number or a list."""
    return tuple(value) if isinstance(value, list | tuple) else (value,) * rank
