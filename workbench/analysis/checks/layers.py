"""Warnings of single layers and what stands beside them, looked for only where something changed, only when read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import inf
from time import perf_counter
from typing import NamedTuple

from workbench.analysis.checks import activations, normalisation, regularisation, windows
from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.rule_failure import rule_failure
from workbench.analysis.scope import Layer, Scope
from workbench.graph import NodeId, edits
from workbench.layers import Category, LayerType, NodeType

NAMED = 3
"""Nodes that a problem of many names beside its own."""

LayerCheck = Callable[[Layer, AnalysisContext], Iterable[Diagnostic]]


class Rule(NamedTuple):
    """A check and the layer types that it is for: those with all these parameters, of these categories."""

    check: LayerCheck
    params: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset(Category)

    def concerns(self, kind: NodeType) -> bool:
        """True when the check has something to look at in layers of this type."""
        return self.params <= kind.by_name.keys() and kind.category in self.categories


def _rule(check: LayerCheck, *params: str, only: Iterable[Category] = Category) -> Rule:
    return Rule(check, frozenset(params), frozenset(only))


_DROPOUT = (Category.REGULARISATION,)
_NORM = (Category.NORMALISATION,)
RULES: tuple[Rule, ...] = (
    _rule(windows.skips_pixels, "strides", "padding"),
    _rule(windows.checkerboard, "kernel_size", "strides", "output_padding"),
    _rule(windows.pools_nothing, "pool_size"),
    _rule(windows.idle_weights, "kernel_size", "padding"),
    _rule(activations.softmax_twice, "activation", only=(Category.ACTIVATION,)),
    _rule(activations.softmax_twice, "axis", only=(Category.ACTIVATION,)),
    _rule(activations.softmax_of_one, "activation"),
    _rule(activations.softmax_of_one, "axis", only=(Category.ACTIVATION,)),
    _rule(activations.linear_in_a_row, "use_bias", "activation"),
    _rule(normalisation.idle_bias, "use_bias"),
    _rule(normalisation.slow_statistics, "momentum", only=_NORM),
    _rule(normalisation.batch_of_one, "momentum", only=_NORM),
    _rule(normalisation.dropped_before, "momentum", only=_NORM),
    _rule(regularisation.drops_nothing, "rate", only=_DROPOUT),
    _rule(regularisation.drops_all, "rate", only=_DROPOUT),
    _rule(regularisation.drops_the_output, "rate", only=_DROPOUT),
)
ONCE = frozenset({"norm.momentum-too-high", "norm.batch-of-one", "norm.idle-bias", "window.skips-pixels"})
"""Codes that many layers share where one has them: told once a graph, with one fix for all that offer the same."""


def _found_by(check: LayerCheck, layer: Layer, context: AnalysisContext) -> list[Diagnostic]:
    try:
        return list(check(layer, context))
    except Exception as error:
        return [rule_failure(layer.node, layer.kind, error, Severity.WARNING)]


def _placed(problem: Diagnostic, layer: Layer) -> Diagnostic:
    """A problem inside a block, told of the node that is drawn."""
    drawn, path = layer.key
    message = f"Inside, {layer.node.name}: {problem.message}"
    return replace(problem, node=drawn, path=path, port=None, param=None, message=message)


def _asked_for(context: AnalysisContext) -> tuple[object, ...]:
    """The facts that checks of layers look at."""
    return context.steps, context.batch_size, context.loaded


class Warnings:
    """The warnings of every drawn node of a scope."""

    def __init__(self, scope: Scope, context: AnalysisContext) -> None:
        self._scope = scope
        self._context = context
        self._found: dict[NodeId, tuple[Diagnostic, ...]] = {}
        self._checks: dict[str, tuple[LayerCheck, ...]] = {}
        self._stale: set[NodeId] = {node.id for node in scope.graph}
        self._waiting: set[NodeId] = set()

    @property
    def busy(self) -> bool:
        """True while nodes are to be looked at again."""
        return bool(self._stale or self._waiting)

    def follow(self, scope: Scope) -> None:
        """The same graph with other types; nodes of types that changed are to be touched as well."""
        self._scope = scope
        self._checks.clear()

    def believe(self, context: AnalysisContext) -> None:
        """Other facts of the training; everything is looked at again where a check of layers asks for them."""
        asked = _asked_for(self._context) != _asked_for(context)
        self._context = context
        if asked:
            self.touch(node.id for node in self._scope.graph)

    def touch(self, nodes: Iterable[NodeId]) -> None:
        """Nodes that changed, or whose report or wires did: they and their neighbours are looked at again."""
        self._stale.update(nodes)

    def forget(self, node: NodeId) -> None:
        """A node that is gone: what was found at it goes at once, its neighbours are looked at again."""
        self._found.pop(node, None)
        self._stale.add(node)

    def read(self, until: float = inf) -> dict[NodeId, tuple[Diagnostic, ...]]:
        """Warnings by node; only nodes that have some. Those that `look` did not reach are the old ones."""
        self.look(until)
        return self._found

    def look(self, until: float = inf) -> bool:
        """Look at what changed; no further when the clock (perf_counter) says `until`. True when nothing is left."""
        self._waiting |= self._around(self._stale)
        self._stale = set()
        while self._waiting:
            node = self._waiting.pop()
            self._found.pop(node, None)
            if node in self._scope.graph and (found := self._warnings_of(node)):
                self._found[node] = found
            if perf_counter() > until:
                break
        return not self._waiting

    def _warnings_of(self, node: NodeId) -> tuple[Diagnostic, ...]:
        """What is doubtful at a drawn node. Of what is inside a block each code is told once."""
        kind = self._scope.kind(node)
        if isinstance(kind, LayerType) and not self._checks_for(kind):
            return ()
        found: list[Diagnostic] = []
        told: set[str] = set()
        for layer in self._scope.layers(node):
            for check in self._checks_for(layer.kind):
                for problem in _found_by(check, layer, self._context):
                    if not layer.inner:
                        found.append(problem)
                    elif problem.code not in told:
                        told.add(problem.code)
                        found.append(_placed(problem, layer))
        return tuple(found)

    def _checks_for(self, kind: LayerType) -> tuple[LayerCheck, ...]:
        if kind.key not in self._checks:
            self._checks[kind.key] = tuple(rule.check for rule in RULES if rule.concerns(kind))
        return self._checks[kind.key]

    def _around(self, nodes: set[NodeId]) -> set[NodeId]:
        """Two wires far: whether a layer skips pixels depends on the others that follow its source."""
        topology = self._scope.graph.topology
        if nodes >= topology.nodes:
            return nodes
        reached, border = set(nodes), nodes
        for _ in range(2):
            near = (node for node in border if node in topology)
            border = {
                other for node in near for other in (*topology.predecessors(node), *topology.successors(node))
            } - reached
            reached |= border
        return reached


def gathered(problems: Iterable[Diagnostic], name: Callable[[NodeId], str]) -> Iterator[Diagnostic]:
    """Problems with those of one kind that are to be told ONCE put together, in the place of the first."""
    groups: dict[object, list[Diagnostic]] = {}
    for number, problem in enumerate(problems):
        alike_in = (problem.code, tuple(fix.label for fix in problem.fixes)) if problem.code in ONCE else number
        groups.setdefault(alike_in, []).append(problem)
    for alike in groups.values():
        yield _together(alike, name) if len(alike) > 1 else alike[0]


def _together(alike: list[Diagnostic], name: Callable[[NodeId], str]) -> Diagnostic:
    first, offered = alike[0], [problem.fixes[0] for problem in alike if problem.fixes]
    changes = tuple(fix.edit for fix in offered)
    others = list(dict.fromkeys(name(problem.node) for problem in alike[1:] if problem.node not in (None, first.node)))
    label = f"{offered[0].label} in all {len(changes)}" if offered else ""
    return replace(
        first,
        message=f"{first.message} (also in {_some(others)})" if others else first.message,
        fixes=(Fix(label, edits.Several(changes, label)),) if changes else (),
    )


def _some(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:NAMED])} and {more} more"
