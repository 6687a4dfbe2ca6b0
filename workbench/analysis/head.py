"""Where a network's features end and its head begins: what turns the last features into predictions.

The one rule of what "the head" is: for replacing it, and for training it alone. It is found by what layers do to
shapes, not by their names: from an output backwards along a chain to where maps become a vector. Where nothing learns
behind that place, the classes come from the convolution before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.analysis.primitives import Primitive
from workbench.layers import Category, TensorSpec

_WIDTHS = ("units", "filters")
_PROBABILITIES = frozenset({"softmax", "sigmoid"})
_LINEAR = (None, "linear")


@dataclass(frozen=True)
class HeadLayers:
    """The layers of a head in order; none where the network gives features alone.

    `by_position`: they give a prediction for each position of a map, as for segmentation.
    """

    paths: tuple[str, ...]
    by_position: bool = False


class Heads:
    """Finds the heads of a network whose blocks are expanded. Shapes that are not known end a chain."""

    def __init__(self, layers: Sequence[Primitive]) -> None:
        self._layers = {layer.path: layer for layer in layers}
        taken = (ref.path for layer in layers for refs in layer.inputs.values() for ref in refs)
        self._uses = Counter(taken)

    def ends(self) -> list[str]:
        """Paths of the layers that take something in and that nothing follows."""
        return [path for path, layer in self._layers.items() if layer.inputs and not self._uses[path]]

    def leading_to(self, end: str) -> HeadLayers | None:
        """The head that leads to an output; None for a vector that no chain of layers leads to."""
        spec = _output(self._layers[end])
        steps = self._chain(end)
        if spec is None or (not steps and not _is_map(spec)):
            return None
        first, by_position = self._first(steps, spec)
        while first > 0 and steps[first - 1].drops:
            first -= 1
        return HeadLayers(tuple(step.layer.path for step in steps[first:]), by_position)

    def classifier(self, end: str) -> str | None:
        """Path of the layer that gives the classes to an output; None where what comes out are features."""
        steps = self._chain(end)
        index = _classifier(steps)
        return None if index is None else steps[index].layer.path

    def _first(self, steps: Sequence[_Step], end: TensorSpec) -> tuple[int, bool]:
        """Index of the first layer of the head, and whether it predicts by position."""
        if _is_map(end):
            classifier = _classifier(steps)
            return (len(steps), False) if classifier is None else (classifier, True)
        joined = _where_joined(steps)
        if joined is None:
            joined = 0
        elif not any(step.learns for step in steps[joined:]):
            classifier = _classifier(steps[:joined], steps[joined:])
            joined = joined if classifier is None else classifier
        return (joined if self._maps_before(steps, joined) else _last_decider(steps, joined)), False

    def _maps_before(self, steps: Sequence[_Step], first: int) -> bool:
        """Whether maps have been learnt before a place: in a network of vectors alone only the last layer goes."""
        if any(_learns_maps(step.layer) for step in steps[:first]) or not steps:
            return True
        todo, seen = [steps[0].layer.path], set[str]()
        while todo:
            path = todo.pop()
            for ref in (ref for refs in self._layers[path].inputs.values() for ref in refs):
                if ref.path not in seen and ref.path in self._layers:
                    if _learns_maps(self._layers[ref.path]):
                        return True
                    seen.add(ref.path)
                    todo.append(ref.path)
        return False

    def _chain(self, end: str) -> list[_Step]:
        """Layers with one input each, from where the network branches to the end."""
        steps: list[_Step] = []
        path = end
        while (step := self._step(path)) is not None:
            steps.append(step)
            (path,) = _sources(step.layer)
            if self._uses[path] != 1:
                break
        return steps[::-1]

    def _step(self, path: str) -> _Step | None:
        layer = self._layers[path]
        sources = [ref for refs in layer.inputs.values() for ref in refs]
        if len(sources) != 1 or len(layer.kind.outputs) != 1 or layer.owner != path:
            return None
        (source,) = sources
        incoming = self._layers[source.path].report.outputs.get(source.port) if source.path in self._layers else None
        outgoing = _output(layer)
        return _Step(layer, incoming, outgoing) if incoming is not None and outgoing is not None else None


@dataclass(frozen=True)
class _Step:
    """A layer of the chain with what comes in and what goes out."""

    layer: Primitive
    incoming: TensorSpec
    outgoing: TensorSpec

    @property
    def learns(self) -> bool:
        return _learns(self.layer)

    @property
    def drops(self) -> bool:
        """Whether it acts in training alone: dropout before the head is part of it."""
        return self.layer.kind.category is Category.REGULARISATION

    @property
    def joins(self) -> bool:
        """Whether maps become a vector here, by global pooling (which may keep axes of size 1) or a lower rank."""
        kind = self.layer.kind
        pooled = kind.category is Category.POOLING and not {"pool_size", "output_size"} & set(kind.by_name)
        return len(self.incoming.shape) > 1 and (pooled or len(self.outgoing.shape) == 1)

    @property
    def decides_width(self) -> bool:
        """Whether it makes as many channels as it is told to, with weights."""
        return self.learns and any(name in self.layer.kind.by_name for name in _WIDTHS)

    @property
    def activation(self) -> str | None:
        """The name of what it applies at its end; None for nothing."""
        kind = self.layer.kind
        given = kind.full_params(self.layer.node.params).get("activation")
        if kind.category is Category.ACTIVATION and "activation" not in kind.by_name:
            return kind.label.lower()
        return given if isinstance(given, str) else None

    @property
    def bare(self) -> bool:
        """Whether nothing bends or scales its outputs."""
        bends = self.layer.kind.category in (Category.ACTIVATION, Category.NORMALISATION)
        return not bends and self.activation in _LINEAR


def _classifier(steps: Sequence[_Step], behind: Sequence[_Step] = ()) -> int | None:
    """The layer among these that gives the classes; None where what leaves them are features.

    Classes have a softmax or sigmoid behind them, or nothing at all.
    """
    at = next((index for index in reversed(range(len(steps))) if steps[index].decides_width), None)
    if at is None:
        return None
    following = (*steps[at:], *behind)
    told = any(step.activation in _PROBABILITIES for step in following)
    return at if told or all(step.bare for step in following) else None


def _where_joined(steps: Sequence[_Step]) -> int | None:
    found = None
    for index in reversed(range(len(steps))):
        if _is_map(steps[index].outgoing):
            break
        if steps[index].joins:
            found = index
    return found


def _last_decider(steps: Sequence[_Step], otherwise: int) -> int:
    deciders = (index for index in reversed(range(len(steps))) if steps[index].decides_width)
    return next(deciders, otherwise)


def _is_map(spec: TensorSpec) -> bool:
    """Whether there are positions beside the channels: 1x1xC is a vector in other clothes."""
    return any(size != 1 for size in spec.shape[:-1])


def _learns(layer: Primitive) -> bool:
    return any(weight.trainable for weight in layer.report.weights)


def _learns_maps(layer: Primitive) -> bool:
    spec = _output(layer)
    return _learns(layer) and spec is not None and _is_map(spec)


def _output(layer: Primitive) -> TensorSpec | None:
    return next(iter(layer.report.outputs.values()), None)


def _sources(layer: Primitive) -> list[str]:
    return [ref.path for refs in layer.inputs.values() for ref in refs]


def head_paths(layers: Sequence[Primitive]) -> frozenset[str]:
    """Paths of the layers that belong to the head of any output."""
    heads = Heads(layers)
    found: Mapping[str, HeadLayers | None] = {end: heads.leading_to(end) for end in heads.ends()}
    return frozenset(path for head in found.values() if head is not None for path in head.paths)
