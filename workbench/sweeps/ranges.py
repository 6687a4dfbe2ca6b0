"""The values that a sweep tries in one place: listed ones, or drawn from a range."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.sweeps.errors import SweepError

_RANGE = re.compile(r"(?:(?P<scale>log|linear):)?(?P<low>[^:,\s]+):(?P<high>[^:,\s]+)")
_DIGITS = 4
"""Significant digits of what is drawn: more could not be told apart, and would be long to read."""


@dataclass(frozen=True)
class Choices:
    """Every one of these in a grid; one of them, drawn, in a random sweep."""

    values: tuple[Any, ...]

    def draw(self, chance: random.Random, whole: bool) -> Any:
        """One of the values; `whole` is of no use to it."""
        return self.values[chance.randrange(len(self.values))]

    def __str__(self) -> str:
        return ",".join(value if isinstance(value, str) else json.dumps(value) for value in self.values)


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included, each as likely as the others, or each order of magnitude."""

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"

    def draw(self, chance: random.Random, whole: bool) -> float:
        """A number of the range; a whole one where the place takes no other."""
        if whole and self.scale == "linear":
            return chance.randint(math.ceil(self.low), math.floor(self.high))
        if self.scale == "log":
            drawn = math.exp(chance.uniform(math.log(self.low), math.log(self.high)))
        else:
            drawn = chance.uniform(self.low, self.high)
        drawn = min(max(float(f"{drawn:.{_DIGITS}g}"), self.low), self.high)
        return min(max(round(drawn), math.ceil(self.low)), math.floor(self.high)) if whole else drawn

    def __str__(self) -> str:
        scale = "log:" if self.scale == "log" else ""
        return f"{scale}{self.low:g}:{self.high:g}"


Values = Choices | Range


def parse_values(key: str, written: Any) -> Values:
    """Values as they are written: `16,32,64`, `log:1e-4:1e-1`, `0:0.5`; in a file also a list or a table
    `{from = 1e-4, to = 1e-1, scale = "log"}`. Raises SweepError."""
    if isinstance(written, str):
        found = _RANGE.fullmatch(written.strip())
        if found is not None:
            return _range(key, found["low"], found["high"], found["scale"] or "linear")
        written = [_value(part) for part in _parts(written)]
    if isinstance(written, Mapping):
        return _table(key, written)
    if not isinstance(written, list):
        written = [written]
    if not written:
        raise SweepError(f"{key}: expected values as 16,32 or a range as log:1e-4:1e-1. Received: nothing")
    kept = list({json.dumps(value, sort_keys=True): value for value in written}.values())
    return Choices(tuple(kept))


def _table(key: str, written: Mapping[str, Any]) -> Range:
    unknown = set(written) - {"from", "to", "scale"}
    if unknown or not {"from", "to"} <= set(written):
        raise SweepError(f"{key}: expected a table of from, to and scale. Received: {', '.join(written) or 'nothing'}")
    return _range(key, written["from"], written["to"], written.get("scale", "linear"))


def _range(key: str, low: Any, high: Any, scale: Any) -> Range:
    try:
        start, end = float(low), float(high)
    except (TypeError, ValueError):
        start = end = math.nan
    if not (math.isfinite(start) and math.isfinite(end)):
        raise SweepError(f"{key}: expected two numbers as in log:1e-4:1e-1. Received: {low}:{high}")
    if start >= end:
        raise SweepError(f"{key}: expected a range from a smaller to a larger number. Received: {low}:{high}")
    if scale not in ("linear", "log"):
        raise SweepError(f"{key}: expected a scale of linear or log. Received: {scale!r}")
    if scale == "log" and start <= 0:
        raise SweepError(f"{key}: expected a range above 0 for a logarithmic scale. Received: {low}:{high}")
    return Range(start, end, scale)


def _parts(text: str) -> list[str]:
    """Parts between commas that are not within brackets: `[3,3],[5,5]` are two."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        number = float(text)  # 1e-2 is JSON, .5 and 1. are not
    except ValueError:
        return text
    return number if math.isfinite(number) else text
