"""How two whole projects differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from workbench.graph import Graph
from workbench.project.blocks import Block
from workbench.project.catalogue import project_catalogue
from workbench.project.compare.graphs import GraphDiff, compare_graphs
from workbench.project.compare.values import ValueChange, compare_values
from workbench.project.document import Project
from workbench.project.settings import AugmentationStep


@dataclass(frozen=True)
class ProjectDiff:
    """`settings` by place (`training.learning_rate`), `graphs` and the user's blocks only where they differ."""

    settings: tuple[ValueChange, ...] = ()
    graphs: tuple[GraphDiff, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.settings or self.graphs)


def compare_projects(before: Project, after: Project) -> ProjectDiff:
    """What differs between two projects. A graph or block that only one of them has is compared with an empty one."""
    catalogue = project_catalogue({**before.blocks, **after.blocks}.values())
    old, new = _drawn(before), _drawn(after)
    graphs = (
        compare_graphs(old.get(name) or Graph(name), new.get(name) or Graph(name), catalogue)
        for name in sorted({*old, *new})
    )
    return ProjectDiff(compare_values(_settings(before), _settings(after)), tuple(diff for diff in graphs if diff))


def _drawn(project: Project) -> dict[str, Graph]:
    return {**project.graphs, **{key: block.graph for key, block in project.blocks.items()}}


def _settings(project: Project) -> dict[str, Any]:
    return {
        "dataset": msgspec.to_builtins(project.dataset),
        "augmentation": _steps(project.augmentation.steps),
        "training": msgspec.to_builtins(project.training),
        "adversarial": msgspec.to_builtins(project.adversarial),
        "blocks": {key: _block(block) for key, block in project.blocks.items()},
    }


def _block(block: Block) -> Mapping[str, Any]:
    settings: Mapping[str, Any] = msgspec.to_builtins(block.settings)
    return settings


def _steps(steps: Iterable[AugmentationStep]) -> dict[str, Any]:
    """Steps by their operation, a second one of it with a number, and the order in which they come."""
    seen: Counter[str] = Counter()
    named: dict[str, Any] = {}
    for step in steps:
        seen[step.operation] += 1
        number = seen[step.operation]
        name = step.operation if number == 1 else f"{step.operation} {number}"
        facts: dict[str, Any] = msgspec.to_builtins(step)
        named[name] = {key: value for key, value in facts.items() if key != "operation"}
    return {**named, "order": list(named)} if named else {}
