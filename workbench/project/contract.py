"""The contract between a generator and a discriminator, and the data that both are measured by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

from workbench.analysis import Diagnostic, Fix, GraphAnalysis, Severity
from workbench.analysis.checks.activations import activation_of, without_activation
from workbench.analysis.checks.normalisation import by_batch
from workbench.analysis.checks.outputs import WIDTHS
from workbench.analysis.checks.remedies import set_layer, setting
from workbench.analysis.checks.subject import Subject
from workbench.analysis.scope import Layer
from workbench.graph import NodeId, rewiring
from workbench.layers import Category, TensorSpec
from workbench.project.adversarial import ADVERSARIAL_LOSSES, GENERATOR, LABEL
from workbench.project.document import Project
from workbench.project.edits import InGraph, SetAdversarial, SetDataset, SetTraining
from workbench.project.settings import assign
from workbench.project.ways_out import OfProject

LATENT = 100
"""Size of a latent vector that a fix suggests: the DCGAN's."""
_BOUNDS: dict[str, tuple[float, float]] = {"tanh": (-1, 1), "sigmoid": (0, 1), "hard_sigmoid": (0, 1)}
"""What activations give."""
_DATA: dict[str, tuple[float, float]] = {"0..1": (0, 1), "-1..1": (-1, 1), "0..255": (0, 255)}


class Side:
    """One of the two networks: where it begins and where it ends, as far as that is known."""

    def __init__(self, analysis: GraphAnalysis) -> None:
        self.graph = analysis.graph
        self._subject = Subject(
            analysis.graph,
            analysis.catalogue,
            analysis.context,
            analysis.report,
            lambda graph: GraphAnalysis(graph, analysis.catalogue),
        )

    @cached_property
    def inputs(self) -> list[NodeId]:
        """Inputs that take no class and lead somewhere."""
        return [node for node in self._used() if self.name(node) != LABEL]

    @cached_property
    def label(self) -> NodeId | None:
        """The input that takes the class."""
        return next((node for node in self._used() if self.name(node) == LABEL), None)

    @cached_property
    def output(self) -> NodeId | None:
        """The one end."""
        return self._subject.outputs[0] if len(self._subject.outputs) == 1 else None

    @property
    def outputs(self) -> list[NodeId]:
        """Every end."""
        return self._subject.outputs

    @cached_property
    def layers(self) -> list[Layer]:
        """Every layer, blocks looked into."""
        return [layer for node in self.graph.in_order() for layer in self._subject.scope.layers(node)]

    @cached_property
    def end(self) -> Layer | None:
        """The last layer that changes values: what only changes the shape is looked behind."""
        found = list(self._subject.scope.layers(self.output)) if self.output else []
        layer = found[-1] if found else None
        while layer is not None and layer.kind.category is Category.SHAPE and len(layer.sources) == 1:
            layer = layer.sources[0]
        return layer

    def name(self, node: NodeId) -> str:
        """The name of a node."""
        return self.graph.node(node).name

    def spec(self, node: NodeId | None) -> TensorSpec | None:
        """What comes out of a node."""
        return next(iter(self._subject.report(node).outputs.values()), None) if node else None

    def set_shape(self, node: NodeId, shape: tuple[int | None, ...]) -> Fix:
        """A fix that gives an Input another shape."""
        kind = self._subject.catalogue[self.graph.node(node).type]
        shown = "x".join(map(str, shape)) or "a number"
        return setting(self.graph, node, kind, f"Set {self.name(node)} to {shown}", shape=list(shape))

    def set_width(self, width: int | None) -> tuple[Fix, ...]:
        """A fix that gives the last layer another number of features, where it has one to choose."""
        end = self.end
        name = next((name for name in WIDTHS if end is not None and name in end.kind.by_name), None)
        if end is None or name is None or width is None:
            return ()
        return set_layer(end, f"Set {name} of {end.name} to {width}", **{name: width})

    def append(self, key: str, label: str, **params: Any) -> Fix | None:
        """A fix that puts a layer behind the end."""
        kind, node = self._subject.catalogue.get(key), self.output
        if kind is None or node is None:
            return None
        port = next(iter(self._subject.report(node).outputs))
        return Fix(label, rewiring.Insert(node, key, kind.stem, params, (), port, label))

    def _used(self) -> list[NodeId]:
        return [node for node in self._subject.inputs if self.graph.topology.out_degree(node)]


@dataclass(frozen=True)
class Contract:
    """Both sides and the settings between them; `classes` of the dataset, None where they are not known."""

    project: Project
    generator: Side
    discriminator: Side
    classes: int | None

    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong, in the order of the flow."""
        checks = (_latent, _images, _range, _logit, _labels, _settings)
        return tuple(problem for check in checks for problem in check(self))


def _at(side: Side, node: NodeId | None, code: str, severity: Severity, message: str, **more: Any) -> Diagnostic:
    return replace(Diagnostic(code, severity, message, node, **more), graph=side.graph.name)


def _one_input(side: Side, what: str) -> Iterator[Diagnostic]:
    if len(side.inputs) > 1:
        names = ", ".join(sorted(map(side.name, side.inputs)))
        message = f"Expected one input for {what} (and one named {LABEL!r} for classes). Received: {names}"
        yield _at(side, side.inputs[-1], "gan.inputs", Severity.ERROR, message)


def _latent(contract: Contract) -> Iterator[Diagnostic]:
    """gan.inputs, gan.latent: the generator takes a vector of noise."""
    side = contract.generator
    yield from _one_input(side, "noise")
    for node in side.inputs[:1]:
        spec = side.spec(node)
        if spec is not None and (len(spec.shape) != 1 or not spec.shape[0]):
            yield _at(
                side,
                node,
                "gan.latent",
                Severity.ERROR,
                f"Expected noise as a vector of a known size. Received: {spec}",
                param="shape",
                hint="Reshape the vector to a map behind the Input.",
                fixes=(side.set_shape(node, (LATENT,)),),
            )


def _images(contract: Contract) -> Iterator[Diagnostic]:
    """gan.outputs, gan.image, gan.shapes: what the generator gives is what the discriminator takes."""
    generator, discriminator = contract.generator, contract.discriminator
    yield from _one_input(discriminator, "images")
    for side in (generator, discriminator):
        if len(side.outputs) > 1:
            names = ", ".join(sorted(map(side.name, side.outputs)))
            message = f"Expected the {side.graph.name} to end in one layer. Received: {names}"
            yield _at(side, side.outputs[-1], "gan.outputs", Severity.ERROR, message)
    made = generator.spec(generator.output)
    taken = discriminator.spec(discriminator.inputs[0]) if discriminator.inputs else None
    if made is None or taken is None:
        return
    if len(made.shape) != 3 or None in made.shape:
        message = f"Expected an image of a known size: height, width, channels. Received: {made}"
        yield _at(generator, generator.output, "gan.image", Severity.ERROR, message)
        return
    if made.shape != taken.shape:
        at = discriminator.inputs[0]
        fixes = [discriminator.set_shape(at, made.shape)]
        if len(taken.shape) == 3 and made.shape[:2] == taken.shape[:2]:
            fixes += [_in(GENERATOR, fix) for fix in generator.set_width(taken.shape[-1])]
        message = f"Expected the image that the generator gives, {made}. Received: {taken}"
        hint = "The discriminator sees generated and real images: both have this shape."
        more: dict[str, Any] = {"param": "shape", "hint": hint, "fixes": tuple(fixes)}
        yield _at(discriminator, at, "gan.shapes", Severity.ERROR, message, **more)


def _range(contract: Contract) -> Iterator[Diagnostic]:
    """gan.range: the generator's last activation reaches the range of the data, and no more."""
    side, end, scale = contract.generator, contract.generator.end, contract.project.dataset.value_range
    if end is None or side.output is None or len(end.output.shape) < 3:
        return
    ending, (low, high) = activation_of(end), _DATA[scale]
    bounds = _BOUNDS.get(ending or "")
    if bounds == (low, high):
        return
    reaches = bounds is None or (bounds[0] <= low and bounds[1] >= high)
    fixes = []
    if bounds is not None:
        fitting = next(name for name, limits in _DATA.items() if limits == bounds)
        edit = SetDataset(assign(contract.project.dataset, {"value_range": fitting}), f"Scale images to {fitting}")
        fixes.append(Fix(f"Scale images to {fitting}", OfProject(edit)))
    wanted = next((name for name, limits in _BOUNDS.items() if limits == (low, high)), None)
    if wanted is not None and "activation" in end.kind.by_name:
        fixes += set_layer(end, f"End in {wanted}", activation=wanted)
    yield _at(
        side,
        end.key[0],
        "gan.range",
        Severity.WARNING if reaches else Severity.ERROR,
        f"Expected images in the range of the data, {scale}. Received: {_words(ending, bounds)}",
        param="activation" if "activation" in end.kind.by_name and not end.inner else None,
        hint="Their range alone would tell images apart. tanh goes with -1..1, sigmoid with 0..1.",
        fixes=tuple(fixes),
    )


def _words(ending: str | None, bounds: tuple[float, float] | None) -> str:
    if ending is None:
        return "no activation at the end, which has no bounds"
    return (
        f"{ending}, which has no known bounds" if bounds is None else f"{ending}, which gives {bounds[0]}..{bounds[1]}"
    )


def _logit(contract: Contract) -> Iterator[Diagnostic]:
    """gan.logit, gan.probability: the discriminator ends in one number without bounds."""
    side, end = contract.discriminator, contract.discriminator.end
    spec = side.spec(side.output)
    if spec is None or end is None:
        return
    if None in spec.shape or prod(size or 0 for size in spec.shape) != 1:
        fixes = side.set_width(1) if len(spec.shape) == 1 else ()
        dense = (
            side.append("keras.layers.Dense", "Add a Dense layer of 1 unit", units=1) if len(spec.shape) == 1 else None
        )
        flatten = side.append("keras.layers.Flatten", "Add Flatten") if len(spec.shape) > 1 else None
        yield _at(
            side,
            side.output,
            "gan.logit",
            Severity.ERROR,
            f"Expected one logit for each image. Received: {spec}",
            hint="End in a Dense layer of one unit, or in a convolution over the whole map with one filter.",
            fixes=(*fixes, *(fix for fix in (dense, flatten) if fix is not None)),
        )
    elif (ending := activation_of(end)) is not None:
        yield _at(
            side,
            end.key[0],
            "gan.probability",
            Severity.ERROR if ending == "softmax" else Severity.WARNING,
            f"Expected a logit, as the loss takes it. Received: {ending} at the end",
            param="activation" if "activation" in end.kind.by_name and not end.inner else None,
            hint="The loss applies what it needs itself; twice makes gradients small.",
            fixes=without_activation(end, "End without activation"),
        )


def _labels(contract: Contract) -> Iterator[Diagnostic]:
    """gan.label-missing, gan.label-unused, gan.label-shape: both networks are given classes, or neither is."""
    project, classes = contract.project, contract.classes
    conditional = project.adversarial.conditional

    def switch(on: bool) -> Fix:
        label = "Make it conditional" if on else "Switch conditional off"
        return Fix(label, OfProject(SetAdversarial(assign(project.adversarial, {"conditional": on}), label)))

    for side in (contract.generator, contract.discriminator):
        if side.label is None:
            if conditional:
                message = (
                    f"Expected a {side.graph.name} with an input {LABEL!r}: the training is conditional. Received: none"
                )
                hint = f"Add an Input named {LABEL!r} with a value for each class, and join it to the flow."
                more: dict[str, Any] = {"hint": hint, "fixes": (switch(False),)}
                yield _at(side, None, "gan.label-missing", Severity.ERROR, message, **more)
            continue
        if not conditional:
            message = f"Expected a {side.graph.name} without {LABEL!r}: the training is not conditional. Received: one"
            yield _at(side, side.label, "gan.label-unused", Severity.ERROR, message, fixes=(switch(True),))
        spec = side.spec(side.label)
        if spec is None or classes is None or not conditional or spec.shape in ((), (1,), (classes,)):
            continue
        yield _at(
            side,
            side.label,
            "gan.label-shape",
            Severity.ERROR,
            f"Expected a value for each class of the dataset, {classes}. Received: {spec}",
            param="shape",
            hint="Shares of the classes (one-hot), or the number of the class in the shape ().",
            fixes=(side.set_shape(side.label, (classes,)),),
        )


def _settings(contract: Contract) -> Iterator[Diagnostic]:
    """gan.no-targets, gan.plateau, gan.batch-statistics: settings that do nothing, or do not go together."""
    project, settings, side = contract.project, contract.project.adversarial, contract.discriminator
    if settings.label_smoothing and not ADVERSARIAL_LOSSES[settings.loss].targets:
        label = "Set label smoothing to 0"
        edit = SetAdversarial(assign(settings, {"label_smoothing": 0.0}), label)
        message = f"Expected no label smoothing, as the {settings.loss} loss has no targets. Received: it does nothing"
        yield _at(side, None, "gan.no-targets", Severity.WARNING, message, fixes=(Fix(label, OfProject(edit)),))
    if project.training.schedule == "plateau":
        label = "Keep the rate constant"
        edit_training = SetTraining(assign(project.training, {"schedule": "constant"}), label)
        message = "Expected another schedule: nothing is held out that could reach a plateau. Received: plateau"
        fixes = (Fix(label, OfProject(edit_training)),)
        yield _at(side, None, "gan.plateau", Severity.WARNING, message, fixes=fixes)
    if settings.loss == "wgan_gp":
        layer = next((layer for layer in side.layers if by_batch(layer)), None)
        if layer is not None:
            message = f"Expected no batch normalisation with a gradient penalty. Received: {layer.name}"
            hint = "The penalty is for each image by itself (Gulrajani et al., 2017): normalise by layer instead."
            yield _at(side, layer.key[0], "gan.batch-statistics", Severity.WARNING, message, hint=hint)


def _in(graph: str, fix: Fix) -> Fix:
    """A fix of another graph than the problem's."""
    return Fix(f"{fix.label} ({graph})", OfProject(InGraph(graph, fix.edit)))


def contract_problems(
    project: Project, generator: GraphAnalysis, discriminator: GraphAnalysis, classes: int | None
) -> tuple[Diagnostic, ...]:
    """What keeps the two networks of a project from being trained against each other."""
    return Contract(project, Side(generator), Side(discriminator), classes).problems()
