"""Whether the network's end fits the dataset and the loss."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.checks.activations import activation_of
from workbench.analysis.checks.remedies import set_layer, setting
from workbench.analysis.checks.subject import Subject
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.head import Heads
from workbench.analysis.primitives import Primitive, primitives
from workbench.analysis.scope import Layer
from workbench.graph import Json, NodeId, Wire, copy_graph, rewiring
from workbench.layers import Category, NodeType, TensorSpec

ENDINGS = frozenset({Category.CORE, Category.ACTIVATION, Category.REGULARISATION})
"""What may follow the layer that decides the shape of the output."""
WIDTHS = ("units", "filters")


def _only_output(subject: Subject) -> NodeId | None:
    outputs = subject.outputs
    return outputs[0] if len(outputs) == 1 else None


def _only_layer(subject: Subject, node: NodeId | None) -> Layer | None:
    """The primitive at a drawn node, where it is one."""
    found = [layer for layer in subject.scope.layers(node) if not layer.inner] if node else []
    return found[0] if found else None


# -- classes
def classes(subject: Subject) -> Iterator[Diagnostic]:
    """output.classes: one output for each class, or one in all for two."""
    wanted, node = subject.context.classes, _only_output(subject)
    if wanted is None or node is None:
        return
    fitting = ((wanted,), (1,)) if wanted == 2 else ((wanted,),)
    for spec in subject.report(node).outputs.values():
        if spec.shape not in fitting:
            kind = subject.catalogue.get(subject.graph.node(node).type)
            yield Diagnostic(
                "output.classes",
                Severity.ERROR,
                f"Expected an output of {wanted}, one for each class of the dataset. Received: {spec}",
                node,
                param=_width_param(kind),
                hint=_class_hint(spec),
                fixes=tuple(_class_fixes(subject, node, kind, spec, wanted)),
            )


def _width_param(kind: NodeType | None) -> str | None:
    return next((name for name in WIDTHS if kind and name in kind.by_name), None)


def _class_hint(spec: TensorSpec) -> str:
    if len(spec.shape) == 3:
        return (
            "To classify images, end in global pooling and a Dense layer with one unit for each class. For masks, "
            "choose a dataset of masks and end in a 1x1 convolution with one filter for each class."
        )
    return "End with a layer that has one unit or filter for each class."


def _class_fixes(subject: Subject, node: NodeId, kind: NodeType | None, spec: TensorSpec, wanted: int) -> Iterator[Fix]:
    width, vector = _width_param(kind), len(spec.shape) == 1
    if kind is not None and width is not None and vector:
        yield setting(subject.graph, node, kind, f"Set {width} to {wanted}", **{width: wanted})
    elif not vector and spec.shape and spec.shape[-1] == wanted:
        if fix := _global_pooling(subject, node, len(spec.shape) - 1):
            yield fix
    elif vector and (classifier := _classifier(subject, node)) is not None:
        yield from _other_width(subject, node, classifier, wanted)
    elif kind is not None and not _gives_probabilities(subject, node):
        yield from _class_head(subject, node, spec, wanted)


def _classifier(subject: Subject, end: NodeId) -> Primitive | None:
    """The layer that gives the classes, before an activation, dropout or pooling at the end."""
    layers = primitives(subject)
    heads = Heads(layers)
    path = heads.classifier(end) if end in heads.ends() else None
    return next((layer for layer in layers if layer.path == path), None)


def _other_width(subject: Subject, end: NodeId, classifier: Primitive, wanted: int) -> Iterator[Fix]:
    """Sets the width of the layer, or the parameter of its block that does: found by trying those of that value."""
    width = _width_param(classifier.kind)
    drawn = NodeId(classifier.path.partition("/")[0])
    node = subject.graph.node(drawn)
    kind = subject.catalogue[node.type]
    if width is None:
        return
    value, params = classifier.kind.full_params(classifier.node.params)[width], kind.full_params(node.params)
    for name in (width,) if node.id == classifier.path else (name for name in params if params[name] == value):
        fix = setting(subject.graph, drawn, kind, f"Set {name} of {node.name} to {wanted}", **{name: wanted})
        if _gives(subject, fix, end, wanted):
            yield fix
            return


def _gives(subject: Subject, fix: Fix, end: NodeId, wanted: int) -> bool:
    """Whether the output has the wanted width once the fix is applied."""
    copy = copy_graph(subject.graph)
    trial = subject.trial(copy)
    fix.edit.apply(copy)
    return any(spec.shape == (wanted,) for spec in trial.report(end).outputs.values())


def _gives_probabilities(subject: Subject, node: NodeId) -> bool:
    layer = _only_layer(subject, node)
    return layer is not None and activation_of(layer) in ("softmax", "sigmoid")


def _class_head(subject: Subject, node: NodeId, spec: TensorSpec, wanted: int) -> Iterator[Fix]:
    """Layers behind features that turn them into classes: a Dense, behind global pooling where they are maps."""
    pooling = subject.catalogue.get(f"keras.layers.GlobalAveragePooling{len(spec.shape) - 1}D")
    if not spec.shape or spec.shape[-1] is None or (len(spec.shape) > 1 and pooling is None):
        return
    dense: tuple[str, str, dict[str, Json]] = (
        "keras.layers.Dense",
        "dense",
        {"units": wanted, "activation": "softmax"},
    )
    layers, label = [dense], f"Add a Dense layer of {wanted} units"
    if pooling is not None and len(spec.shape) > 1:
        layers = [(pooling.key, pooling.stem, {}), dense]
        label = f"Add {pooling.label} and a Dense layer of {wanted} units"
    port = next(iter(subject.report(node).outputs))
    yield Fix(label, rewiring.Extend(node, tuple(layers), port, label))


def _global_pooling(subject: Subject, node: NodeId, rank: int, wires: tuple[Wire, ...] = ()) -> Fix | None:
    kind = subject.catalogue.get(f"keras.layers.GlobalAveragePooling{rank}D")
    if kind is None:
        return None
    return Fix(f"Insert {kind.label}", rewiring.Insert(node, kind.key, kind.stem, {}, wires, label="Insert pooling"))


# -- maps
def maps(subject: Subject) -> Iterator[Diagnostic]:
    """output.map: masks and images are height x width x channels."""
    context, node = subject.context, _only_output(subject)
    if context.target not in ("masks", "image") or node is None:
        return
    wanted, words = _channels(subject)
    for spec in subject.report(node).outputs.values():
        if len(spec.shape) == 3 and (not wanted or spec.shape[2] in wanted):
            continue
        kind = subject.catalogue.get(subject.graph.node(node).type)
        yield Diagnostic(
            "output.map",
            Severity.ERROR,
            f"Expected an output of height x width x {words}. Received: {spec}",
            node,
            param=_width_param(kind),
            hint="End with a convolution that keeps height and width, or comes back to them by upsampling.",
            fixes=tuple(_map_fixes(subject, node, kind, wanted[0])) if wanted and len(spec.shape) == 3 else (),
        )


def _channels(subject: Subject) -> tuple[tuple[int, ...], str]:
    """Numbers of channels that fit, the usual one first (none: any), and what to call them."""
    classes = subject.context.pixel_classes
    if subject.context.target == "masks":
        fitting = () if classes is None else (2, 1) if classes == 2 else (classes,)
        return fitting, "classes" if classes is None else f"{classes}, one for each class of the masks"
    shapes = [spec.shape for node in subject.inputs for spec in subject.report(node).outputs.values()]
    grey = any(len(shape) == 3 and shape[2] == 1 for shape in shapes)
    return (1, 3) if grey else (3, 1), "1 or 3, as images have"


def _map_fixes(subject: Subject, node: NodeId, kind: NodeType | None, wanted: int) -> Iterator[Fix]:
    width = _width_param(kind)
    if kind is not None and width is not None:
        yield setting(subject.graph, node, kind, f"Set {width} to {wanted}", **{width: wanted})
        return
    label, port = f"Add a 1x1 convolution of {wanted} filters", next(iter(subject.report(node).outputs))
    ending = "softmax" if subject.context.target == "masks" and wanted > 1 else "sigmoid"
    params = {"filters": wanted, "kernel_size": 1, "activation": ending}
    yield Fix(label, rewiring.Insert(node, "keras.layers.Conv2D", "conv2d", params, (), port, label))


# -- Dense on images
def unflattened(subject: Subject) -> Iterator[Diagnostic]:
    """dense.unflattened: near the end, a Dense that works pixel by pixel, where that is not what is wanted."""
    if subject.context.target in ("masks", "image"):
        return
    for output in subject.outputs:
        layer, blamed = _only_layer(subject, output), None
        while layer is not None and layer.kind.category in ENDINGS:
            if "units" in layer.kind.by_name and len(layer.call.input.shape) >= 3:
                blamed = layer
            before = [source for source in layer.sources if not source.inner]
            layer = before[0] if len(before) == 1 else None
        if blamed is not None:
            yield _pixel_by_pixel(subject, blamed)


def _pixel_by_pixel(subject: Subject, layer: Layer) -> Diagnostic:
    (wire,) = subject.graph.wires_into(layer.id)
    spec = layer.call.input
    flatten = subject.catalogue["keras.layers.Flatten"]
    fixes = [
        Fix(
            "Insert Flatten",
            rewiring.Insert(
                wire.source, flatten.key, flatten.stem, {}, (wire,), wire.source_port, label="Insert Flatten"
            ),
        )
    ]
    if (pool := subject.catalogue.get(f"keras.layers.GlobalAveragePooling{len(spec.shape) - 1}D")) is not None:
        insert = rewiring.Insert(wire.source, pool.key, pool.stem, {}, (wire,), wire.source_port, "Insert pooling")
        fixes.append(Fix(f"Insert {pool.label}", insert))
    return Diagnostic(
        "dense.unflattened",
        Severity.WARNING,
        f"Expected a vector. Received: {spec}, on which {layer.kind.label} works pixel by pixel",
        layer.id,
        next(iter(layer.kind.inputs)).name,
        hint="Flatten keeps every position; global average pooling keeps a mean for each channel.",
        fixes=tuple(fixes) if None not in spec.shape else tuple(fixes[1:]),
    )


# -- width
def bottleneck(subject: Subject) -> Iterator[Diagnostic]:
    """width.bottleneck: before the output, a Dense layer that keeps fewer features than there are classes."""
    end, wanted = _only_layer(subject, _only_output(subject)), subject.context.classes
    if end is None or wanted is None or end.output.shape != (wanted,):
        return
    layer = end
    while len(layer.sources) == 1 and not layer.sources[0].inner:
        layer = layer.sources[0]
        if "units" in layer.kind.by_name or layer.kind.category not in ENDINGS:
            break
    came = layer.call.input.shape if layer.kind.inputs else ()
    units = layer.params.get("units", wanted)
    if units >= wanted or not came or (came[-1] or 0) < wanted:
        return
    yield Diagnostic(
        "width.bottleneck",
        Severity.WARNING,
        f"Expected at least {wanted} features before the output, one for each class. Received: units={units}",
        layer.id,
        param="units",
        hint="Scores made from fewer features than classes depend on one another (Yang et al. 2018).",
        fixes=set_layer(layer, f"Set units to {wanted}", units=wanted),
    )


# -- memory
def memory(subject: Subject) -> Iterator[Diagnostic]:
    """memory.too-large: the estimate against what there is."""
    context = subject.context
    needed, there = context.training_memory, context.memory_limit
    if needed is not None and there is not None and needed > there:
        smaller = f"batches of {context.largest_batch:,} or less, " if context.largest_batch else ""
        yield Diagnostic(
            "memory.too-large",
            Severity.WARNING,
            f"Expected training to fit into the {_mib(there)} that are free. Received: an estimate of {_mib(needed)} "
            f"at batches of {context.batch_size:,}",
            hint=f"Train with {smaller}mixed precision or a smaller input.",
        )


def _mib(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"


CHECKS = (classes, maps, unflattened, bottleneck, memory)
