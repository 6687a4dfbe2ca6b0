"""Changes of a project as values; each gives its inverse. Changes inside a graph are `workbench.graph.edits`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from workbench.graph import GraphEdit
from workbench.project.document import Project
from workbench.project.settings import DatasetSettings, TrainingSettings


class Edit(Protocol):
    """A change of the project. `touches` names what it changes: `graph/node id` or a settings section."""

    @property
    def label(self) -> str: ...

    @property
    def touches(self) -> frozenset[str]: ...

    def apply(self, project: Project) -> Edit:
        """Change the project and return the inverse. Call `Project.apply`, which tells listeners once."""
        ...


@dataclass(frozen=True)
class InGraph:
    """A graph edit applied to one of the project's graphs."""

    graph: str
    edit: GraphEdit

    @property
    def label(self) -> str:
        return self.edit.label

    @property
    def touches(self) -> frozenset[str]:
        return frozenset(f"{self.graph}/{node}" for node in self.edit.touches)

    def apply(self, project: Project) -> Edit:
        return InGraph(self.graph, self.edit.apply(project.graphs[self.graph]))


@dataclass(frozen=True)
class SetDataset:
    """Other data or another split."""

    settings: DatasetSettings
    label: str = "Change the dataset"
    touches: frozenset[str] = frozenset({"dataset"})

    def apply(self, project: Project) -> Edit:
        old = project.dataset
        project.replace_dataset(self.settings)
        return SetDataset(old, self.label)


@dataclass(frozen=True)
class SetTraining:
    """Other training settings."""

    settings: TrainingSettings
    label: str = "Change training settings"
    touches: frozenset[str] = frozenset({"training"})

    def apply(self, project: Project) -> Edit:
        old = project.training
        project.replace_training(self.settings)
        return SetTraining(old, self.label)


@dataclass(frozen=True)
class Several:
    """Edits in order, as one step."""

    edits: tuple[Edit, ...]
    label: str

    @property
    def touches(self) -> frozenset[str]:
        return frozenset[str]().union(*(edit.touches for edit in self.edits))

    def apply(self, project: Project) -> Edit:
        inverses = [edit.apply(project) for edit in self.edits]
        return Several(tuple(reversed(inverses)), self.label)
