"""A drawn graph built with real Keras, node by node, beside what analysis says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import keras
from tensorflow import errors

from tests.layers.drawn import ONE_RANK
from tests.layers.outcomes import (
    REFUSALS,
    UNKNOWN_SIZE,
    Outcome,
    Refused,
    called,
    catalogue_outcome,
    keras_arguments,
    keras_outcome,
    kills_tensorflow,
    weights_of,
)
from tests.zoo.random_graphs import Drawing
from workbench.analysis import Primitive, Severity, TensorRef, primitives
from workbench.layers import CATALOGUE, FLOATS, BlockType, Category, TensorSpec

STRICTER = {
    ("input.dtype", ""): "symbolic calls promise floats of whole numbers, but give whole numbers or fail in training",
    ("augmentation.channels", ""): "symbolic calls on channels first pass that fail on images",
    **{("input.rank", label): "symbolic calls pass with any number of axes; made for one" for label in ONE_RANK},
}
"""What is refused here though Keras's symbolic call passes: code, how the layer's name begins, and the reason."""


def _stricter(code: str, label: str) -> bool:
    return any(code == known and label.startswith(start) for known, start in STRICTER)


class Walk:
    """Tensors of the layers on which Keras and analysis agree; what else there is to say of the others."""

    def __init__(self, drawing: Drawing, counted: Counter[str]) -> None:
        self.analysis = drawing.analysis
        self.graph = drawing.graph
        self.counted = counted
        self.tensors: dict[TensorRef, Any] = {}
        self.errors = {
            problem.node: problem for problem in self.analysis.diagnostics if problem.severity is Severity.ERROR
        }

    def disagreements(self) -> Iterator[str]:
        """One line for each layer of which Keras and analysis say different things."""
        for primitive in primitives(self.analysis):
            refs = [ref for port in primitive.kind.inputs for ref in primitive.inputs.get(port.name, ())]
            if all(ref in self.tensors for ref in refs):
                yield from self._layer(primitive, [self.tensors[ref] for ref in refs])
        for node in self.graph:
            if isinstance(CATALOGUE[node.type], BlockType):
                known = self.analysis.report(node.id).known
                self.counted[node.type] += known

    def _layer(self, primitive: Primitive, values: list[Any]) -> Iterator[str]:
        ours, (theirs, output) = self._ours(primitive), self._theirs(primitive, values)
        if ours == theirs:
            self.counted["refused" if output is None else "built"] += 1
            self.counted[primitive.kind.key] += output is not None
            if output is not None:
                self.tensors[TensorRef(primitive.path, primitive.kind.outputs[0].name)] = output
            return
        params, specs = dict(primitive.node.params), [TensorSpec(tuple(v.shape[1:]), v.dtype) for v in values]
        error = self.errors.get(primitive.node.id)
        if error is not None and _stricter(error.code, primitive.kind.label):
            self.counted["stricter"] += 1
        elif _promised_only(params, specs):
            self.counted["left open"] += 1
        elif _on_values(primitive, params, specs):
            self.counted["on values"] += 1
        else:
            shown = ", ".join(f"{spec} {spec.dtype}" for spec in specs)
            why = error.message if error else "no error"
            yield f"{primitive.kind.label} {params} on {shown}: analysis {ours}, Keras {theirs} ({why})"

    def _ours(self, primitive: Primitive) -> Outcome | Refused:
        report = primitive.report
        if not report.known:
            return Refused(str(self.errors[primitive.node.id].code))
        (output,) = report.outputs.values()
        weights = tuple((w.name, w.shape, w.trainable and primitive.trainable, w.dtype) for w in report.weights)
        return Outcome(output.shape, output.dtype, weights, report.params)

    def _theirs(self, primitive: Primitive, values: list[Any]) -> tuple[Outcome | Refused, Any]:
        kind, arguments = primitive.kind, keras_arguments(dict(primitive.node.params))
        if kills_tensorflow(kind, dict(primitive.node.params), [TensorSpec(v.shape[1:], v.dtype) for v in values]):
            return Refused("the process dies"), None
        try:
            if not kind.inputs:
                built = keras.Input(name=primitive.name, **arguments)
                return Outcome(built.shape[1:], built.dtype, (), 0), built
            real = getattr(keras.layers, kind.label)(name=primitive.name, **arguments)
            real.trainable = primitive.trainable
            output = called(real, kind, values)
        except (*REFUSALS, errors.OpError) as error:
            return Refused(f"{type(error).__name__}: {error}"), None
        return Outcome(output.shape[1:], output.dtype, weights_of(real), real.count_params()), output


def _promised_only(params: dict[str, Any], specs: list[TensorSpec]) -> bool:
    """Symbolic calls on whole numbers promise floats, and channels first does not run here to show what comes."""
    return params.get("data_format") == "channels_first" and any(spec.dtype not in FLOATS for spec in specs)


def _on_values(primitive: Primitive, params: dict[str, Any], specs: list[TensorSpec]) -> bool:
    """What symbolic calls promise is not always what comes: whether the layer, run alone, does as analysis says."""
    sized = [TensorSpec(tuple(size or UNKNOWN_SIZE for size in spec.shape), spec.dtype) for spec in specs]
    ours = catalogue_outcome(primitive.kind, params, sized)
    said = primitive.report
    if isinstance(ours, Refused) == said.known:
        return False  # other sizes are another question
    if isinstance(ours, Outcome) and next(iter(said.outputs.values())).dtype != ours.dtype:
        return False
    return ours == keras_outcome(keras, primitive.kind, params, sized)


def disagreements(drawing: Drawing, counted: Counter[str]) -> list[str]:
    """Where Keras and analysis differ; counts what the graph is made of."""
    walk = Walk(drawing, counted)
    found = list(walk.disagreements())
    kinds = [CATALOGUE[node.type] for node in drawing.graph]
    given = [node.params for node in drawing.graph]
    counted["graphs"] += 1
    counted["sound"] += not walk.errors
    counted["channels_first"] += any(params.get("data_format") == "channels_first" for params in given)
    counted["unknown"] += any(None in params.get("shape", ()) for params in given)
    counted["merges"] += any(kind.category is Category.MERGE for kind in kinds)
    counted["blocks"] += any(isinstance(kind, BlockType) for kind in kinds)
    return found
