"""Changes of a project as values; each gives its inverse. Changes inside a graph are `workbench.graph.edits`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from workbench.graph import GraphEdit
from workbench.project.adversarial import AdversarialSettings
from workbench.project.blocks import PREFIX, Block, BlockSettings
from workbench.project.document import Project, Section
from workbench.project.settings import AugmentationSettings, DatasetSettings
from workbench.project.training import TrainingSettings

if TYPE_CHECKING:
    from workbench.project.weights import Weights


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
    """A graph edit applied to one of the project's graphs, or to the graph of a block (`user:<name>`)."""

    graph: str
    edit: GraphEdit

    @property
    def label(self) -> str:
        return self.edit.label

    @property
    def touches(self) -> frozenset[str]:
        return frozenset(f"{self.graph}/{node}" for node in self.edit.touches)

    def apply(self, project: Project) -> Edit:
        return InGraph(self.graph, self.edit.apply(project.graph(self.graph)))


@dataclass(frozen=True)
class AddBlock:
    """A new block definition."""

    block: Block

    @property
    def label(self) -> str:
        return f"Add block {self.block.name}"

    @property
    def touches(self) -> frozenset[str]:
        return frozenset({self.block.key})

    def apply(self, project: Project) -> Edit:
        project.add_block(self.block)
        return RemoveBlock(self.block.key)


@dataclass(frozen=True)
class RemoveBlock:
    """A block definition goes; instances that are left become unknown types and say so."""

    key: str

    @property
    def label(self) -> str:
        return f"Delete block {self.key.removeprefix(PREFIX)}"

    @property
    def touches(self) -> frozenset[str]:
        return frozenset({self.key})

    def apply(self, project: Project) -> Edit:
        return AddBlock(project.remove_block(self.key))


@dataclass(frozen=True)
class SetBlock:
    """Other promoted parameters, bindings or words for a block."""

    key: str
    settings: BlockSettings
    label: str = "Change the block"

    @property
    def touches(self) -> frozenset[str]:
        return frozenset({self.key})

    def apply(self, project: Project) -> Edit:
        old = project.blocks[self.key].settings
        project.replace_block(self.key, self.settings)
        return SetBlock(self.key, old, self.label)


@dataclass(frozen=True)
class _SetSection:
    """Another value of one section of the project."""

    section: ClassVar[Section]
    settings: Any
    label: str

    @property
    def touches(self) -> frozenset[str]:
        return frozenset({self.section})

    def apply(self, project: Project) -> Edit:
        old = getattr(project, self.section)
        project.replace_section(self.section, self.settings)
        return replace(self, settings=old)


@dataclass(frozen=True)
class SetDataset(_SetSection):
    """Other data or another split."""

    section = "dataset"
    settings: DatasetSettings
    label: str = "Change the dataset"


@dataclass(frozen=True)
class SetAugmentation(_SetSection):
    """Other augmentation."""

    section = "augmentation"
    settings: AugmentationSettings
    label: str = "Change the augmentation"


@dataclass(frozen=True)
class SetTraining(_SetSection):
    """Other training settings."""

    section = "training"
    settings: TrainingSettings
    label: str = "Change training settings"


@dataclass(frozen=True)
class SetAdversarial(_SetSection):
    """Other adversarial settings."""

    section = "adversarial"
    settings: AdversarialSettings
    label: str = "Change adversarial settings"


@dataclass(frozen=True)
class SetWeights(_SetSection):
    """Other weights to start from, or none."""

    section = "weights"
    settings: Weights | None
    label: str = "Change the initial weights"


@dataclass(frozen=True)
class MoveWeights:
    """Weights follow layers whose paths change: `paths` gives, for each new one within `graph`, the old one.

    `graph` is one of the project's, or a block's (`user:<name>`): then the layers of every instance move. Goes
    together with the edit that moves the layers; nothing happens where the project has no weights.
    """

    graph: str
    paths: Mapping[str, str]
    label: str = "Move weights"
    touches: frozenset[str] = frozenset({"weights"})

    def apply(self, project: Project) -> Edit:
        old = project.weights
        if old is None:
            return Several((), self.label)
        # Imported here: it brings numpy and h5py, which most projects do without.
        from workbench.project.weights import rewrite_paths

        places = instance_paths(project, self.graph)
        moved = {place + new: place + before for place in places for new, before in self.paths.items()}
        project.replace_section("weights", rewrite_paths(old, moved))
        return SetWeights(old, self.label)


def instance_paths(project: Project, graph: str) -> list[str]:
    """What stands before the paths of a graph's layers: "" for a drawn graph, `<id>/<repetition>/` for each instance
    of a block's."""
    if graph in project.graphs:
        return [""]
    holders = {**project.graphs, **{key: block.graph for key, block in project.blocks.items()}}
    found = []
    for name, holder in holders.items():
        instances = [node for node in holder if node.type == graph]
        places = instance_paths(project, name) if instances else []
        for node in instances:
            repeat = node.params.get("repeat", 1)
            copies = range(repeat if isinstance(repeat, int) else 1)
            found += [f"{place}{node.id}/{number}/" for place in places for number in copies]
    return found


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
