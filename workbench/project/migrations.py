"""Steps that bring an older project file to the current version. Each takes the JSON of one version to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Migration] = {
    1: lambda document: {**document, "blocks": {}},  # version 2 brought the user's own blocks
    2: lambda document: {**document, "augmentation": {"steps": []}},
}
"""By the version that a step starts from. Version 1 is the first."""


def migrate(document: dict[str, Any], target: int, steps: Mapping[int, Migration] = MIGRATIONS) -> dict[str, Any]:
    """The document at version `target`. Raises LookupError when there is no step from some version on."""
    while document["version"] < target:
        version = document["version"]
        if version not in steps:
            raise LookupError(f"no migration from version {version}")
        document = {**steps[version](document), "version": version + 1}
    return document
