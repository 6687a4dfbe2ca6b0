"""Ways out of what a layer cannot take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import gcd
from typing import Any

from workbench.analysis.checks.remedies import setting
from workbench.analysis.checks.subject import Subject
from workbench.analysis.diagnostics import Diagnostic, Fix
from workbench.graph import Node, Wire, edits, rewiring
from workbench.layers import Category, NodeType, TensorSpec, sizes
from workbench.layers.axes import with_batch
from workbench.layers.spatial import by_x

WaysOut = Callable[[Subject, Diagnostic, Node, NodeType], Iterator[Fix]]


def offering(ways: WaysOut) -> Callable[[Subject, Diagnostic], Diagnostic]:
    """An explanation that leaves the words and adds fixes, for a problem of a drawn node."""

    def explain(subject: Subject, problem: Diagnostic) -> Diagnostic:
        if problem.node is None or problem.path:
            return problem
        node = subject.graph.node(problem.node)
        kind = subject.catalogue.get(node.type)
        if kind is None:
            return problem
        return replace(problem, fixes=(*problem.fixes, *ways(subject, problem, node, kind)))

    return explain


def _arriving(subject: Subject, node: Node) -> tuple[Wire, TensorSpec] | None:
    """The first wire into a node with what it brings."""
    for wire in subject.graph.wires_into(node.id):
        spec = subject.spec(wire)
        if spec is not None:
            return wire, spec
    return None


def smaller_window(subject: Subject, problem: Diagnostic, node: Node, kind: NodeType) -> Iterator[Fix]:
    """For window.too-large."""
    came, params = _arriving(subject, node), kind.full_params(node.params)
    if came is None or problem.param is None:
        return
    first = params.get("data_format") == "channels_first"
    spatial = came[1].shape[1:] if first else came[1].shape[:-1]
    if params.get("padding") == "valid":
        yield setting(subject.graph, node.id, kind, "Set padding to same", padding="same")
    window = sizes(params[problem.param], len(spatial))
    smaller = [min(k, size) if size is not None else k for k, size in zip(window, spatial, strict=True)]
    if min(smaller) > 0:
        undilated = {name: kind.defaults[name] for name in ("dilation_rate",) if name in kind.defaults}
        value: Any = smaller[0] if len(smaller) == 1 else smaller
        label = f"Set {problem.param} to {by_x(tuple(smaller))}"
        yield setting(subject.graph, node.id, kind, label, **{problem.param: value}, **undilated)


def right_rank(subject: Subject, _: Diagnostic, node: Node, kind: NodeType) -> Iterator[Fix]:
    """For input.rank: undo a flattening, give a grey image its channel, or flatten where a vector is wanted."""
    came = _arriving(subject, node)
    if came is None:
        return
    wire, spec = came
    source = subject.graph.node(wire.source)
    before = subject.catalogue.get(source.type)
    wanted = _spatial_axes(kind)
    if wanted is None:
        yield from _flattened(subject, wire, spec)
    elif len(spec.shape) == 1 and before is not None and before.category in (Category.SHAPE, Category.POOLING):
        way = _arriving(subject, source)
        if way is not None and len(way[1].shape) == wanted + 1:
            yield _round(subject, wire, source, way[0])
    elif len(spec.shape) == wanted:
        if before is not None and not before.inputs and "shape" in before.by_name:
            shape = [*spec.shape, 1]
            yield setting(subject.graph, source.id, before, f"Set the input to {TensorSpec(tuple(shape))}", shape=shape)
        if None not in spec.shape:
            reshape = {"target_shape": [*spec.shape, 1]}
            insert = rewiring.Insert(
                wire.source, "keras.layers.Reshape", "reshape", reshape, (wire,), wire.source_port, "Insert Reshape"
            )
            yield Fix("Insert Reshape, one channel", insert)


def _round(subject: Subject, wire: Wire, source: Node, came: Wire) -> Fix:
    """Round a node: it goes, unless others need it."""
    if len(subject.graph.wires_from(source.id)) == 1:
        return Fix(f"Take {source.name} out", rewiring.Bypass(source.id))
    past = replace(wire, source=came.source, source_port=came.source_port)
    label = f"Connect past {source.name}"
    return Fix(label, edits.Several((edits.Remove(wires=(wire,)), edits.Add(wires=(past,))), label))


def _spatial_axes(kind: NodeType) -> int | None:
    """How many spatial axes a layer slides over, as Keras's names tell: Conv2D, MaxPooling1D; None for none."""
    digits = [letter for letter, after in zip(kind.label, kind.label[1:], strict=False) if after == "D"]
    return int(digits[0]) if digits and digits[0].isdigit() else None


def _flattened(subject: Subject, wire: Wire, spec: TensorSpec) -> Iterator[Fix]:
    if len(spec.shape) > 1 and None not in spec.shape:
        kind = subject.catalogue["keras.layers.Flatten"]
        label = "Insert Flatten"
        yield Fix(label, rewiring.Insert(wire.source, kind.key, kind.stem, {}, (wire,), wire.source_port, label))


def floats(subject: Subject, _: Diagnostic, node: Node, __: NodeType) -> Iterator[Fix]:
    """For input.dtype: images of whole numbers become numbers between 0 and 1, or floats at once."""
    came = _arriving(subject, node)
    if came is None:
        return
    wire = came[0]
    source = subject.graph.node(wire.source)
    before = subject.catalogue.get(source.type)
    if before is not None and not before.inputs and "dtype" in before.by_name:
        yield setting(subject.graph, source.id, before, f"Set dtype of {source.name} to float32", dtype="float32")
    params = {"scale": 1 / 255}
    label = "Insert Rescaling (to 0..1)"
    insert = rewiring.Insert(
        wire.source, "keras.layers.Rescaling", "rescaling", params, (wire,), wire.source_port, label
    )
    if came[1].dtype == "uint8":
        yield Fix(label, insert)


def common_groups(subject: Subject, _: Diagnostic, node: Node, kind: NodeType) -> Iterator[Fix]:
    """For convolution.groups and normalisation.groups: the largest number of groups that divides all it must."""
    came, params = _arriving(subject, node), kind.full_params(node.params)
    if came is None:
        return
    axis = 1 if params.get("data_format") == "channels_first" else params.get("axis", -1)
    channels = with_batch(came[1])[axis]
    groups = gcd(channels or 0, params["groups"], params.get("filters", 0))
    if 0 < groups != params["groups"]:
        yield setting(subject.graph, node.id, kind, f"Set groups to {groups}", groups=groups)


def undilated(subject: Subject, _: Diagnostic, node: Node, kind: NodeType) -> Iterator[Fix]:
    """For convolution.stride-and-dilation: one of the two goes."""
    for name in ("dilation_rate", "strides"):
        yield setting(subject.graph, node.id, kind, f"Set {name} to 1", **{name: kind.defaults[name]})


def default_value(subject: Subject, problem: Diagnostic, node: Node, kind: NodeType) -> Iterator[Fix]:
    """Where a parameter is to blame: what Keras takes unless told, or what a new layer starts with."""
    name = problem.param
    if name is None:
        return
    param = kind.by_name.get(name)
    if param is None:
        kept = {key: value for key, value in node.params.items() if key != name}
        yield Fix(f"Delete {name}", edits.Update((replace(node, params=kept),), f"Delete {name} of {node.name}"))
        return
    value = param.suggested if param.required else param.default
    if node.params.get(name, param.default) != value and not (param.required and value is None):
        shown = f"{value:.4g}" if isinstance(value, float) else value
        yield setting(subject.graph, node.id, kind, f"Set {name} to {shown}", **{name: value})


def one_wire(subject: Subject, problem: Diagnostic, node: Node, _: NodeType) -> Iterator[Fix]:
    """For port.overfull: keep one of the wires."""
    wires = [wire for wire in subject.graph.wires_into(node.id) if wire.target_port == problem.port]
    for kept in wires[:4]:
        others = tuple(wire for wire in wires if wire != kept)
        name = subject.graph.node(kept.source).name
        yield Fix(f"Keep the wire from {name}", edits.Remove(wires=others))


def cropped_less(subject: Subject, _: Diagnostic, node: Node, __: NodeType) -> Iterator[Fix]:
    """For cropping.too-large: the layer goes."""
    if _arriving(subject, node) is not None:
        yield Fix("Take the layer out", rewiring.Bypass(node.id))
