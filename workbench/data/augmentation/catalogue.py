"""Every operation by key. A new one is one more entry in its family; panel, file, checks and feed come from that."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.data.augmentation.colour import COLOUR
from workbench.data.augmentation.erasing import ERASING
from workbench.data.augmentation.geometry import GEOMETRY
from workbench.data.augmentation.mixing import MIXING
from workbench.data.augmentation.operation import Operation
from workbench.data.augmentation.policy import POLICY
from workbench.data.augmentation.quality import QUALITY

_ALL = (*GEOMETRY, *COLOUR, *QUALITY, *ERASING, *MIXING, *POLICY)
OPERATIONS: Mapping[str, Operation] = MappingProxyType({operation.key: operation for operation in _ALL})


def search(text: str) -> list[Operation]:
    """Operations that match every word, those whose label begins with it first; all where there is no word."""
    words = text.lower().split()
    ranked = [(max((_rank(operation, word) for word in words), default=0), operation) for operation in _ALL]
    return [operation for rank, operation in sorted(ranked, key=lambda row: row[0]) if rank < _NO_MATCH]


_NO_MATCH = 3


def _rank(operation: Operation, word: str) -> int:
    label = operation.label.lower()
    if label.startswith(word):
        return 0
    if word in label:
        return 1
    others = (operation.family.value.lower(), operation.key, *operation.search_words)
    return 2 if any(word in other for other in others) else _NO_MATCH
