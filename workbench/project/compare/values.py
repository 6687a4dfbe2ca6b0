"""How two trees of plain data differ, value by value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal


class Missing(Enum):
    """That there is no value; None is one."""

    MISSING = "—"

    def __str__(self) -> str:
        return self.value


MISSING = Missing.MISSING


@dataclass(frozen=True)
class ValueChange:
    """One value that differs; `place` is its path, joined by dots. Either value may be MISSING, never both."""

    place: str
    before: Any
    after: Any

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Which side has a value."""
        if self.before is MISSING:
            return "added"
        return "removed" if self.after is MISSING else "changed"


def compare_values(before: Mapping[str, Any], after: Mapping[str, Any], place: str = "") -> tuple[ValueChange, ...]:
    """Every value that differs, in the order of the names. Mappings are looked into, lists are one value.

    6, 6.0 and True are three values, as in a project's file.
    """
    return tuple(_changes(before, after, place))


def same(before: Any, after: Any) -> bool:
    """Whether two plain values would be written alike."""
    return before is after or _written(before) == _written(after)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], place: str) -> Iterator[ValueChange]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, MISSING), after.get(name, MISSING)
        inner = f"{place}.{name}" if place else name
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _changes(old, new, inner)
        elif not same(old, new):
            yield ValueChange(inner, old, new)


def _written(value: Any) -> str:
    return "" if value is MISSING else json.dumps(value, sort_keys=True, default=dict)
