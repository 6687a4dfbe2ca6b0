"""What a network that Keras publishes expects of its images, as layers behind the input: part of what is exported.

The numbers are those of `keras.applications.imagenet_utils`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from workbench.graph import Graph, GraphEdit, Node, Wire, edits, new_node_id
from workbench.graph.rewiring import BEHIND
from workbench.layers import CATALOGUE
from workbench.project.normalisation import image_input

_LABEL = "Add preprocessing"


@dataclass(frozen=True)
class Preprocessing:
    """byte × scale + offset for each channel, after red and blue changed places where `bgr`."""

    scale: tuple[float, ...]
    offset: tuple[float, ...]
    bgr: bool = False


_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
MODES: Mapping[str, Preprocessing] = MappingProxyType(
    {
        "tf": Preprocessing((1 / 127.5,), (-1.0,)),
        "torch": Preprocessing(
            tuple(1 / (255 * deviation) for deviation in _DEVIATION),
            tuple(-mean / deviation for mean, deviation in zip(_MEAN, _DEVIATION, strict=True)),
        ),
        "caffe": Preprocessing((1.0,) * 3, (-103.939, -116.779, -123.68), bgr=True),
        "bytes": Preprocessing((1.0,), (0.0,)),
    }
)
"""By the names of Keras; "bytes" is for networks that begin with preprocessing of their own and take 0 to 255."""
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"0..1": (255.0, 0.0), "-1..1": (127.5, 127.5), "0..255": (1.0, 0.0)}
)
"""By the dataset's range of values: what makes bytes of them, value × factor + offset."""


def preprocessing(graph: Graph, mode: str, value_range: str) -> GraphEdit | None:
    """The edit that puts a mode's layers between the input and what follows, for images in this range; None where
    nothing has to be done. Raises KeyError, and NormalisationError where there are several inputs.
    """
    wanted, (factor, added) = MODES[mode], RANGES[value_range]
    scale = [each * factor for each in wanted.scale]
    offset = [each * added + extra for each, extra in zip(wanted.scale, wanted.offset, strict=True)]
    if not wanted.bgr and set(scale) == {1.0} and set(offset) == {0.0}:
        return None
    source = image_input(graph)
    nodes = list(_nodes(graph, source, wanted.bgr, scale, offset))
    onwards = graph.wires_from(source.id)
    chain = [_wire(a, b) for a, b in pairwise([source, *nodes])]
    moved = [replace(wire, source=nodes[-1].id, source_port=_ports(nodes[-1])[1]) for wire in onwards]
    return edits.Several((edits.Remove(wires=tuple(onwards)), edits.Add(tuple(nodes), (*chain, *moved))), _LABEL)


def _wire(source: Node, target: Node) -> Wire:
    return Wire(source.id, target.id, _ports(source)[1], _ports(target)[0])


def _ports(node: Node) -> tuple[str, str]:
    """The names of a node's first input port ("" where it has none) and its first output port."""
    kind = CATALOGUE[node.type]
    return next((port.name for port in kind.inputs), ""), kind.outputs[0].name


def _nodes(graph: Graph, source: Node, bgr: bool, scale: Sequence[float], offset: Sequence[float]) -> Iterator[Node]:
    x, y = source.position
    if bgr:
        params = {"args": None, "kwargs": {"axis": -1}}
        yield Node(new_node_id(), "keras.ops.flip", _name(graph, "rgb_to_bgr"), params, position=(x + BEHIND / 3, y))
    values = {"scale": _one_or_all(scale), "offset": _one_or_all(offset)}
    name = _name(graph, "preprocessing")
    yield Node(new_node_id(), "keras.layers.Rescaling", name, values, position=(x + BEHIND / 2, y))


def _name(graph: Graph, stem: str) -> str:
    return stem if graph.find_name(stem) is None else graph.free_name(stem)


def _one_or_all(values: Sequence[float]) -> Any:
    return values[0] if len(set(values)) == 1 else list(values)
