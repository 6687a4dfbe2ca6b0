"""What a sweep can vary in a project: dataset and training settings, and parameters of drawn nodes.

Keys are names of settings (`learning_rate`, `validation_share`; where both sections have one, `training.NAME`; of a
GAN `adversarial.NAME`),
`node.NAME.PARAMETER`, with `node.GRAPH/NAME.PARAMETER` where several graphs have a node of that name, and
`template.PARAMETER` in a sweep that begins with a template (which `plan` builds anew for each trial).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args, get_origin, get_type_hints

import msgspec

from workbench.graph import Node
from workbench.graph.edits import set_params
from workbench.layers import Param
from workbench.layers.params import Choice, Integer
from workbench.project import (
    Edit,
    InGraph,
    Project,
    SetAdversarial,
    SetDataset,
    SettingsError,
    SetTraining,
    assign,
    is_adversarial,
    project_catalogue,
)
from workbench.sweeps.errors import SweepError
from workbench.text import did_you_mean

NODE = "node."
_SECTIONS = ("training", "dataset", "adversarial")
_EDITS: Mapping[str, Callable[[Any], Edit]] = {
    "training": SetTraining,
    "dataset": SetDataset,
    "adversarial": SetAdversarial,
}


class SweepPlace(Protocol):
    """One value of a project. `label` is for people, `whole` says that it takes whole numbers only,
    `choices` are the words that it takes, () where it takes others."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def whole(self) -> bool: ...

    @property
    def choices(self) -> tuple[str, ...]: ...

    def current(self, project: Project) -> Any:
        """What it is now; None where nothing is set and there is no default."""
        ...

    def edit(self, project: Project, value: Any) -> Edit:
        """The edit that sets it. Raises SweepError for a value that is not allowed."""
        ...


@dataclass(frozen=True)
class SettingPlace:
    """A setting of the training, of the dataset, or of a GAN's own training."""

    section: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.section}.{self.name}" if self.section == "adversarial" else self.name

    @property
    def label(self) -> str:
        return f"{self.section}: {self.name.replace('_', ' ')}"

    @property
    def whole(self) -> bool:
        return _type_of(self.section, self.name) is int

    @property
    def choices(self) -> tuple[str, ...]:
        kind = _type_of(self.section, self.name)
        return get_args(kind) if get_origin(kind) is Literal else ()

    def current(self, project: Project) -> Any:
        return getattr(getattr(project, self.section), self.name)

    def edit(self, project: Project, value: Any) -> Edit:
        try:
            return _EDITS[self.section](assign(getattr(project, self.section), {self.name: value}))
        except SettingsError as error:
            raise SweepError(str(error)) from error


@dataclass(frozen=True)
class NodePlace:
    """A parameter of a drawn node, by names: ids are not for typing."""

    graph: str
    node: str
    param: Param
    only_graph: bool = True

    @property
    def key(self) -> str:
        where = self.node if self.only_graph else f"{self.graph}/{self.node}"
        return f"{NODE}{where}.{self.param.name}"

    @property
    def label(self) -> str:
        where = self.node if self.only_graph else f"{self.graph} › {self.node}"
        return f"{where}: {self.param.name.replace('_', ' ')}"

    @property
    def whole(self) -> bool:
        return isinstance(self.param.kind, Integer)

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(map(str, self.param.kind.values)) if isinstance(self.param.kind, Choice) else ()

    def current(self, project: Project) -> Any:
        node = _by_name(project, self.graph, self.node)
        default = None if self.param.required else self.param.default
        return node.params.get(self.param.name, default) if node else None

    def edit(self, project: Project, value: Any) -> Edit:
        problem = self.param.problem(value)
        if problem:
            raise SweepError(f"{self.key}: {problem}")
        node = _by_name(project, self.graph, self.node)
        if node is None:
            raise SweepError(f"{self.key}: there is no node {self.node!r} in {self.graph}")
        kind = project_catalogue(project.blocks.values()).get(node.type)
        defaults = kind.defaults if kind else {}
        return InGraph(self.graph, set_params(project.graph(self.graph), node.id, {self.param.name: value}, defaults))


def sweep_places(project: Project) -> tuple[SweepPlace, ...]:
    """Everything that can be varied, training first."""
    return tuple(_places(project))


def find_place(project: Project, key: str) -> SweepPlace:
    """The place that a key names. Raises SweepError with the closest keys."""
    places = {place.key: place for place in sweep_places(project)}
    section, dot, _ = key.partition(".")
    if dot and section in _SECTIONS and key not in places:
        places |= {f"{place.section}.{place.name}": place for place in _settings(project)}
    if key in places:
        return places[key]
    hint = did_you_mean(key, places) or "; it takes settings, and parameters as node.NAME.PARAMETER"
    raise SweepError(f"{key}: the project has nothing of this name{hint}")


def _places(project: Project) -> Iterator[SweepPlace]:
    yield from _settings(project)
    catalogue = project_catalogue(project.blocks.values())
    only = len(project.graphs) == 1
    for graph in project.graphs.values():
        for node in graph:
            kind = catalogue.get(node.type)
            if kind is not None and node.type != "input":
                yield from (NodePlace(graph.name, node.name, param, only) for param in kind.params)


def _settings(project: Project) -> Iterator[SettingPlace]:
    for section in _SECTIONS if is_adversarial(project) else _SECTIONS[:-1]:
        for name in getattr(project, section).__struct_fields__:
            if not isinstance(msgspec.to_builtins(getattr(getattr(project, section), name)), dict):
                yield SettingPlace(section, name)


def _by_name(project: Project, graph: str, name: str) -> Node | None:
    drawn = project.graph(graph)
    found = drawn.find_name(name)
    return None if found is None else drawn.node(found)


def _type_of(section: str, name: str) -> object:
    hints: dict[str, object] = get_type_hints(type(getattr(Project(), section)))
    return hints[name]
