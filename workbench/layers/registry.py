"""A set of node types by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workbench.layers.layer_type import Category, NodeType


class Catalogue:
    """Layer types by key. One entry is all that the rest of the program needs to know of a layer."""

    def __init__(self, types: Iterable[NodeType]) -> None:
        self._types = {layer_type.key: layer_type for layer_type in types}

    def __iter__(self) -> Iterator[NodeType]:
        return iter(self._types.values())

    def __contains__(self, key: object) -> bool:
        return key in self._types

    def get(self, key: str) -> NodeType | None:
        """The layer type with this key, or None."""
        return self._types.get(key)

    def __getitem__(self, key: str) -> NodeType:
        return self._types[key]

    def by_category(self) -> Mapping[Category, tuple[NodeType, ...]]:
        """Layer types grouped, categories in the palette's order."""
        groups = {category: tuple(entry for entry in self if entry.category is category) for category in Category}
        return {category: entries for category, entries in groups.items() if entries}

    def search(self, text: str) -> list[NodeType]:
        """Types that match every word of `text`, best first: label starts with it, has it, other words have it."""
        words = text.lower().split()
        ranked = [(max((_match(entry, word) for word in words), default=0), entry) for entry in self]
        found = [(score, entry) for score, entry in ranked if score < _NO_MATCH]
        return [entry for _, entry in sorted(found, key=lambda row: row[0])]  # equals stay in catalogue order


_NO_MATCH = 3


def _match(entry: NodeType, word: str) -> int:
    """How well a word fits: 0 best."""
    label = entry.label.lower()
    if label.startswith(word):
        return 0
    if word in label:
        return 1
    others = (entry.category.value, entry.stem, *entry.search_words)
    return 2 if any(word in other for other in others) else _NO_MATCH
