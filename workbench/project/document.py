"""The document: graphs and settings. It changes only through edits; views listen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from workbench.graph import Graph, GraphEvent, Listeners
from workbench.project.adversarial import AdversarialSettings
from workbench.project.blocks import Block, BlockSettings
from workbench.project.settings import AugmentationSettings, DatasetSettings
from workbench.project.training import TrainingSettings

if TYPE_CHECKING:
    from workbench.project.edits import Edit
    from workbench.project.weights import Weights


@dataclass(frozen=True)
class Change:
    """What one edit did: events of each graph it touched, and the names of settings sections it replaced."""

    graphs: Mapping[str, tuple[GraphEvent, ...]] = field(default_factory=dict)
    sections: frozenset[str] = frozenset()


Listener = Callable[[Change], None]
Section = Literal["dataset", "augmentation", "training", "adversarial", "weights"]


class Project:
    """Named graphs with the dataset, augmentation and training settings that belong to them.

    `sections` are settings by name ("dataset", "augmentation", "training", "adversarial"). A classifier has one graph,
    called "model"; a GAN has "generator" and "discriminator".
    """

    def __init__(
        self,
        graphs: Iterable[Graph] = (),
        dataset: DatasetSettings | None = None,
        training: TrainingSettings | None = None,
        title: str = "",
        blocks: Iterable[Block] = (),
        augmentation: AugmentationSettings | None = None,
        weights: Weights | None = None,
        adversarial: AdversarialSettings | None = None,
    ) -> None:
        self._graphs = {graph.name: graph for graph in graphs}
        self._blocks: dict[str, Block] = {}
        self._unfollow: dict[str, Callable[[], None]] = {}
        self.title = title
        """Name of the template or model it came from; runs are named after it."""
        self._dataset = dataset or DatasetSettings()
        self._training = training or TrainingSettings()
        self._augmentation = augmentation or AugmentationSettings()
        self._adversarial = adversarial or AdversarialSettings()
        self._weights = weights
        self._listeners: Listeners[Change] = Listeners()
        self._graph_events: dict[str, list[GraphEvent]] = {}
        self._sections: set[str] = set()
        self._depth = 0
        for graph in self._graphs.values():
            graph.subscribe(partial(self._on_graph, graph.name))
        for block in blocks:
            self._follow_block(block)

    @property
    def graphs(self) -> Mapping[str, Graph]:
        """Graphs by name."""
        return MappingProxyType(self._graphs)

    @property
    def blocks(self) -> Mapping[str, Block]:
        """The project's own blocks by key, `user:<name>`."""
        return MappingProxyType(self._blocks)

    def graph(self, name: str) -> Graph:
        """A graph of the project, or of one of its blocks. Raises KeyError."""
        return self._blocks[name].graph if name in self._blocks else self._graphs[name]

    @property
    def dataset(self) -> DatasetSettings:
        """Which data the network is trained on."""
        return self._dataset

    @property
    def training(self) -> TrainingSettings:
        """How the network is trained."""
        return self._training

    @property
    def augmentation(self) -> AugmentationSettings:
        """How training images are varied."""
        return self._augmentation

    @property
    def adversarial(self) -> AdversarialSettings:
        """How a generator and a discriminator are trained against each other."""
        return self._adversarial

    @property
    def weights(self) -> Weights | None:
        """The weights that its networks start from, by node; None: initial weights are drawn."""
        return self._weights

    def apply(self, edit: Edit) -> Edit:
        """Apply an edit and return its inverse; listeners hear of it once, when it is done."""
        with self._transaction():
            return edit.apply(self)

    def replace_section(self, section: Section, value: Any) -> None:
        """For edits only: other settings or weights."""
        with self._transaction():
            setattr(self, f"_{section}", value)
            self._sections.add(section)

    def add_block(self, block: Block) -> None:
        """For edits only. Raises ValueError when the name is taken."""
        if block.key in self._blocks:
            raise ValueError(f"block {block.name!r} exists")
        with self._transaction():
            self._follow_block(block)
            self._sections.add("blocks")

    def remove_block(self, key: str) -> Block:
        """For edits only."""
        with self._transaction():
            self._unfollow.pop(key)()
            self._sections.add("blocks")
            return self._blocks.pop(key)

    def replace_block(self, key: str, settings: BlockSettings) -> None:
        """For edits only."""
        with self._transaction():
            self._blocks[key] = Block(self._blocks[key].graph, settings)
            self._sections.add("blocks")

    def _follow_block(self, block: Block) -> None:
        self._blocks[block.key] = block
        self._unfollow[block.key] = block.graph.subscribe(partial(self._on_graph, block.key))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with a Change after every edit; returns the function that ends it."""
        return self._listeners.add(listener)

    def _on_graph(self, name: str, events: tuple[GraphEvent, ...]) -> None:
        with self._transaction():
            self._graph_events.setdefault(name, []).extend(events)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._deliver()

    def _deliver(self) -> None:
        if not self._graph_events and not self._sections:
            return
        change = Change({name: tuple(events) for name, events in self._graph_events.items()}, frozenset(self._sections))
        self._graph_events, self._sections = {}, set()
        self._listeners.tell(change)
