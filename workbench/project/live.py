"""Analysis of every graph of a project, kept up to date while it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from workbench.analysis import AnalysisContext, Defer, Diagnostic, GraphAnalysis, Severity
from workbench.analysis.memory import MemoryModel, MemoryTally
from workbench.analysis.primitives import each_primitive
from workbench.graph import Graph, Listeners, NodeId
from workbench.project.adversarial import DISCRIMINATOR, GENERATOR, is_adversarial
from workbench.project.blocks import PREFIX
from workbench.project.catalogue import project_catalogue
from workbench.project.checks import project_problems
from workbench.project.contract import contract_problems
from workbench.project.document import Change, Project
from workbench.project.observed import Observations
from workbench.project.resources import Resources

Listener = Callable[[str, frozenset[NodeId]], None]


class LiveAnalysis:
    """A `GraphAnalysis` for each graph, with the context that the project's settings give.

    Listeners get a graph's name and the ids of its nodes whose report changed; an empty set means that only
    problems of the graph as a whole may have changed. `observed` says what was found in datasets; whoever adds to it
    calls `use_settings`.
    """

    def __init__(self, project: Project, defer: Defer | None = None, observed: Observations | None = None) -> None:
        self.project = project
        self._resources = Resources()
        self._defer = defer
        self._observed = observed or Observations()
        self.catalogue = project_catalogue(project.blocks.values())
        self._graphs: dict[str, GraphAnalysis] = {}
        self._listeners: Listeners[str, frozenset[NodeId]] = Listeners()
        self._contract: tuple[Diagnostic, ...] | None = None
        self._outdated = False
        for graph in project.graphs.values():
            self._follow(graph, context_of(project, self._observed))
        for block in project.blocks.values():
            self._follow(block.graph, AnalysisContext())
        self._tell_blocks_what_arrives()
        self._unsubscribe = project.subscribe(self._on_change)

    def _follow(self, graph: Graph, context: AnalysisContext) -> None:
        analysis = GraphAnalysis(graph, self.catalogue, context, self._defer)
        analysis.subscribe(partial(self._publish, graph.name))
        self._graphs[graph.name] = analysis

    def of(self, graph: str) -> GraphAnalysis:
        """The analysis of one graph."""
        return self._graphs[graph]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem of the project as a whole, of every graph, and of the contract between those of a GAN."""
        own = (problem for analysis in self._graphs.values() for problem in analysis.diagnostics)
        return (*project_problems(self.project), *own, *self._between_graphs())

    def diagnostics_of(self, graph: str) -> tuple[Diagnostic, ...]:
        """Those of one graph."""
        others = (problem for problem in self._between_graphs() if problem.graph == graph)
        return (*self._graphs[graph].diagnostics, *others)

    def _between_graphs(self) -> tuple[Diagnostic, ...]:
        if not is_adversarial(self.project):
            return ()
        sides = self._graphs[GENERATOR], self._graphs[DISCRIMINATOR]
        told = self._contract
        if any(side.busy for side in sides):
            # Reports that do not agree with one another say nothing: those of before, as far as their nodes are there.
            return tuple(p for p in told or () if p.node is None or p.node in self._graphs[p.graph].graph)
        if told is None or self._outdated:
            classes = self._observed.classes(self.project.dataset.spec)
            told = self._contract = contract_problems(self.project, *sides, classes)
            self._outdated = False
        return told

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The problems that keep the network from being trained."""
        return tuple(problem for problem in self.diagnostics if problem.severity is Severity.ERROR)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change; returns the function that ends it."""
        return self._listeners.add(listener)

    def close(self) -> None:
        """Stop following the project."""
        self._unsubscribe()
        for analysis in self._graphs.values():
            analysis.close()

    def _on_change(self, change: Change) -> None:
        if "blocks" in change.sections:
            self._keep_up_with_blocks()
        edited = frozenset(change.graphs) & frozenset(self.project.blocks)
        if edited or "blocks" in change.sections:
            self._use_blocks()
        if change.sections - {"blocks"}:
            self.use_settings()
        if self.project.blocks:
            self._tell_blocks_what_arrives()

    def _keep_up_with_blocks(self) -> None:
        """Follow the graphs of new blocks and let go of those that are gone."""
        for key, block in self.project.blocks.items():
            if key not in self._graphs or self._graphs[key].graph is not block.graph:
                self._follow(block.graph, AnalysisContext())
        for key in [key for key in self._graphs if key.startswith(PREFIX) and key not in self.project.blocks]:
            self._graphs.pop(key).close()

    def _use_blocks(self) -> None:
        """Every instance follows its definition; a block may hold others, so all instances are looked at."""
        old = {kind.key for kind in self.catalogue if kind.key.startswith(PREFIX)}
        self.catalogue = project_catalogue(self.project.blocks.values())
        changed = frozenset(old | set(self.project.blocks))
        for analysis in self._graphs.values():
            analysis.use_catalogue(self.catalogue, changed)

    def use_types(self, before: Iterable[str]) -> None:
        """Plugins were switched on or off: nodes of types that are other than those `before` are judged anew."""
        self.catalogue = project_catalogue(self.project.blocks.values())
        now = {kind.key for kind in self.catalogue}
        for analysis in self._graphs.values():
            analysis.use_catalogue(self.catalogue, frozenset(now ^ set(before)))

    def use_settings(self) -> None:
        """Judges every network by the settings and the datasets as they are known now."""
        context = context_of(self.project, self._observed, self._resources)
        for number, name in enumerate(self.project.graphs):
            # What training takes is told once, at the first graph.
            self._graphs[name].context = context if not number else replace(context, training_memory=None)
            self._publish(name, frozenset())

    def use_resources(self, resources: Resources) -> bool:
        """Judges by what training takes and what there is; True where the problems may be others by that."""
        batch = self.project.training.batch_size
        changed = False in (self._resources.fits(batch), resources.fits(batch))
        self._resources = resources
        if changed:
            self.use_settings()
        return changed

    def _tell_blocks_what_arrives(self) -> None:
        """A block's own graph shows the shapes of the first instance that is found."""
        waiting = set(self.project.blocks)
        for analysis in tuple(self._graphs.values()):
            for node in analysis.graph:
                if node.type in waiting and (arriving := analysis.arrivals(node.id)):
                    waiting.discard(node.type)
                    self._graphs[node.type].expect(arriving)

    def _publish(self, graph: str, ids: frozenset[NodeId]) -> None:
        self._outdated = True
        self._listeners.tell(graph, ids)


def context_of(
    project: Project, observed: Observations | None = None, resources: Resources | None = None
) -> AnalysisContext:
    """What analysis needs to know of the project's settings and, as far as they are known, of its dataset and of the
    machine."""
    observed, resources = observed or Observations(), resources or Resources()
    classifier = len(project.graphs) == 1
    dataset, training = project.dataset, project.training
    # An archive may hold arrays for several inputs and outputs; which, is known when it is read. Those of a GAN are
    # judged beside each other, by its contract.
    ends = None if dataset.spec.lower().endswith(".npz") or is_adversarial(project) else 1
    target = observed.target(dataset) if classifier else None
    return AnalysisContext(
        classes=observed.classes(dataset.spec) if classifier and target in ("classes", None) else None,
        target=target,
        pixel_classes=observed.pixel_classes(dataset.spec) if target == "masks" else None,
        batch_size=training.batch_size,
        inputs=ends,
        outputs=ends,
        dtype_policy=training.precision,
        loaded=project.weights is not None and training.initial_weights != "scratch",
        steps=observed.steps(dataset, training),
        training_memory=resources.needed(training.batch_size),
        memory_limit=resources.free,
        largest_batch=resources.largest_batch,
    )


def memory_of(project: Project, analysis: LiveAnalysis) -> MemoryModel:
    """What training takes, of all graphs together. For a large network this takes a while."""
    tally = MemoryTally(project.training.optimizer)
    for name in project.graphs:
        for layer in each_primitive(analysis.of(name)):
            tally.add(layer)
    return tally.model()
