"""Node names as Python identifiers."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

_IMPORTED = ("keras", "layers", "float")


def identifiers(names: Iterable[str], taken: Iterable[str] = _IMPORTED) -> dict[str, str]:
    """A Python name of its own for each node name."""
    found: dict[str, str] = {}
    taken = set(taken)
    for name in names:
        wanted = re.sub(r"\W", "_", name, flags=re.ASCII).lower() or "layer"
        if wanted[0].isdigit() or keyword.iskeyword(wanted) or keyword.issoftkeyword(wanted):
            wanted = f"layer_{wanted}"
        free, number = wanted, 1
        while free in taken:
            number += 1
            free = f"{wanted}_{number}"
        taken.add(free)
        found[name] = free
    return found
