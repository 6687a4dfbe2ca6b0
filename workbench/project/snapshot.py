"""A project as it was at one moment, taken in a blink, to be written in another thread while the original goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.graph import Graph, Node, Wire
from workbench.project.adversarial import AdversarialSettings
from workbench.project.blocks import Block, BlockSettings
from workbench.project.document import Project
from workbench.project.settings import AugmentationSettings, DatasetSettings
from workbench.project.training import TrainingSettings

if TYPE_CHECKING:
    from workbench.project.weights import Weights


class _Drawing(NamedTuple):
    """What a graph holds; nodes and wires are values."""

    name: str
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]

    @classmethod
    def of(cls, graph: Graph) -> _Drawing:
        return cls(graph.name, tuple(graph), tuple(graph.wires))

    def graph(self) -> Graph:
        graph = Graph(self.name)
        for node in self.nodes:
            graph.add_node(node)
        for wire in self.wires:
            graph.connect(wire)
        return graph


class Snapshot(NamedTuple):
    """What a project holds. Nothing in it changes."""

    drawings: tuple[_Drawing, ...]
    blocks: tuple[tuple[_Drawing, BlockSettings], ...]
    dataset: DatasetSettings
    training: TrainingSettings
    augmentation: AugmentationSettings
    title: str
    weights: Weights | None
    adversarial: AdversarialSettings

    @classmethod
    def of(cls, project: Project) -> Snapshot:
        """The project as it is now."""
        return cls(
            tuple(map(_Drawing.of, project.graphs.values())),
            tuple((_Drawing.of(block.graph), block.settings) for block in project.blocks.values()),
            project.dataset,
            project.training,
            project.augmentation,
            project.title,
            project.weights,
            project.adversarial,
        )

    def project(self) -> Project:
        """A project of its own that is as the other one was."""
        return Project(
            [drawing.graph() for drawing in self.drawings],
            self.dataset,
            self.training,
            self.title,
            [Block(drawing.graph(), settings) for drawing, settings in self.blocks],
            self.augmentation,
            self.weights,
            self.adversarial,
        )
