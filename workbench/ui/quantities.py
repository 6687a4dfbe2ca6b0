"""Numbers for people: thousands separators, magnitudes, binary sizes, plurals."""

from __future__ import annotations

_MAGNITUDES = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_BYTES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
UNKNOWN = "?"


def exact(count: int | None) -> str:
    """`61,706`."""
    return UNKNOWN if count is None else f"{count:,}"


def short(count: int | None) -> str:
    """`416.5 k`: at most one decimal, a prefix from a thousand on."""
    if count is None:
        return UNKNOWN
    for size, prefix in _MAGNITUDES:
        if count >= size:
            return f"{count / size:,.1f} {prefix}"
    return str(count)


def compact(count: int) -> str:
    """As `short`, but whole below ten thousand, and without a space."""
    return str(count) if count < 10_000 else short(count).replace(" ", "")


def size(count: int | None) -> str:
    """`1.2 MiB`."""
    if count is None:
        return UNKNOWN
    for unit, name in _BYTES:
        if count >= unit:
            return f"{count / unit:,.1f} {name}"
    return f"{count} B"


def counted(count: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def share(part: float) -> str:
    """`12.3 %`, and `< 0.1 %` for what is not nothing."""
    return "< 0.1 %" if 0 < part < 0.0005 else f"{part * 100:.1f} %"
