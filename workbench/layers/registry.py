"""A set of node types by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workbench.layers.layer_type import Category, NodeType


@dataclass(frozen=True)
class Deferred:
    """A type that lists can show and that is made when somebody needs it: one of a plugin's."""

    announced: NodeType
    """Key, label, category and words; no rules."""
    make: Callable[[], NodeType | None]
    """None where it cannot be had; then it is as if there were no such type. Called more than once."""

    @property
    def key(self) -> str:
        """The type's key."""
        return self.announced.key


PLUGGED_IN = "plugin:"
"""What the types of plugins start with: `plugin:<plugin>/<type>`."""
WhyAbsent = Callable[[str], str]


def plugin_of(key: str) -> str:
    """Name of the plugin that a type belongs to; "" for the program's own types and those of a project."""
    return key.removeprefix(PLUGGED_IN).partition("/")[0] if key.startswith(PLUGGED_IN) else ""


def _unknown_origin(key: str) -> str:
    plugin = plugin_of(key)
    return f"It comes from the plugin {plugin}, which is not here." if plugin else "It may come from a newer version."


class Catalogue:
    """Layer types by key. One entry is all that the rest of the program needs to know of a layer."""

    def __init__(self, types: Iterable[NodeType | Deferred], absent: WhyAbsent = _unknown_origin) -> None:
        self._types = {layer_type.key: layer_type for layer_type in types}
        self._absent = absent

    def __iter__(self) -> Iterator[NodeType]:
        """Every type; of one that is deferred, what is announced of it."""
        return (entry.announced if isinstance(entry, Deferred) else entry for entry in self._types.values())

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def get(self, key: str) -> NodeType | None:
        """The layer type with this key, or None."""
        found = self._types.get(key)
        return found.make() if isinstance(found, Deferred) else found

    def __getitem__(self, key: str) -> NodeType:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def including(self, types: Iterable[NodeType | Deferred]) -> Catalogue:
        """This one with more types."""
        return Catalogue((*self._types.values(), *types), self._absent)

    def without(self, keys: Iterable[str]) -> Catalogue:
        """This one with some types fewer."""
        gone = set(keys)
        return Catalogue((entry for key, entry in self._types.items() if key not in gone), self._absent)

    def explaining(self, absent: WhyAbsent) -> Catalogue:
        """This one, with another answer to why a type is not there."""
        return Catalogue(self._types.values(), absent)

    def why_missing(self, key: str) -> str:
        """Why there is no type with this key and what to do, in a sentence or two."""
        return self._absent(key)

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
