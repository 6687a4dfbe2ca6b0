"""A drawing with one problem, and what is to be told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.analysis.networks import Network, lenet5
from workbench.analysis import AnalysisContext, Severity
from workbench.graph import NodeId, edits
from workbench.layers import NodeType
from workbench.project import Block

DIGITS = AnalysisContext(classes=10, inputs=1, outputs=1)
ANY = AnalysisContext()
IMAGE = (16, 16, 4)
K3 = {"filters": 4, "kernel_size": 3}
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Row:
    """`words` are in the message, `fixes` are the labels in order, `place` is the port or parameter to blame."""

    code: str
    make: Callable[[], Network]
    node: str | None
    words: tuple[str, ...] = ("Expected", "Received")
    severity: Severity = ERROR
    context: AnalysisContext = DIGITS
    fixes: tuple[str, ...] = ()
    place: str | None = None
    path: str = ""
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    types: tuple[NodeType, ...] = field(default=(), repr=False)
    """Types beside those of the catalogue."""

    def __str__(self) -> str:
        return self.code


def on_image(kind: str, shape: tuple[int | None, ...] = IMAGE, **params: Any) -> Callable[[], Network]:
    """An Input and one layer that is to blame, called "bad"."""
    return chain((kind, "bad", params), shape=shape)


def chain(
    *layers: tuple[str, str, dict[str, Any]], shape: tuple[int | None, ...] = IMAGE, dtype: str = "float32"
) -> Callable[[], Network]:
    """An Input and layers one on top of the other."""

    def make() -> Network:
        network = Network(shape, dtype)
        for kind, name, params in layers:
            network.on(kind, name, **params)
        return network

    return make


def merged(kind: str, *shapes: tuple[int | None, ...], **params: Any) -> Callable[[], Network]:
    """Inputs of these shapes into one layer, "bad", a port each."""

    def make() -> Network:
        network = Network()
        names = [network.add("input", f"in{number}", shape=list(shape)) for number, shape in enumerate(shapes)]
        network.on(kind, "bad", *names, **params)
        return network

    return make


def renamed(name: str) -> Callable[[], Network]:
    def make() -> Network:
        network = lenet5()
        edits.rename(network.graph, NodeId("f6"), name).apply(network.graph)
        return network

    return make


def wired(source: str, target: str, **ports: Any) -> Callable[[], Network]:
    def make() -> Network:
        network = lenet5()
        network.wire(source, target, **ports)
        return network

    return make


def plus(kind: str, name: str, *sources: str, **params: Any) -> Callable[[], Network]:
    """LeNet-5 with one node more."""

    def make() -> Network:
        network = lenet5()
        network.last = None
        network.on(kind, name, *sources, **params)
        return network

    return make


def output_of(units: int) -> Callable[[], Network]:
    def make() -> Network:
        network = lenet5()
        edits.set_params(network.graph, NodeId("output"), {"units": units}, {}).apply(network.graph)
        return network

    return make
