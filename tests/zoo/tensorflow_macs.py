"""Multiplications counted from the operations of a TensorFlow graph: independent of our rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any

import keras
import tensorflow as tf


def macs_of(model: keras.Model) -> int:
    """Multiplications of one inference of one sample in convolutions and matrix products."""
    specs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    traced = tf.function(lambda *inputs: model(inputs if len(inputs) > 1 else inputs[0], training=False))
    return sum(_cost(operation) for operation in _operations(traced.get_concrete_function(*specs).graph))


def _operations(graph: Any) -> Iterator[Any]:
    """Operations of a graph and, once for each call, of the functions that it calls."""
    for operation in graph.get_operations():
        yield operation
        for value in operation.node_def.attr.values():
            if value.HasField("func"):
                yield from _operations(_function(graph, value.func.name))


def _function(graph: Any, name: str) -> Any:
    # TensorFlow has no public way from a call to the graph of what is called.
    return graph._get_function(name).graph


def _sliding(operation: Any) -> int:
    """Every output value is a sum over the kernel's window and its input channels."""
    kernel = operation.inputs[1].shape
    return prod(operation.outputs[0].shape) * prod(kernel[:-1])


def _depthwise(operation: Any) -> int:
    kernel = operation.inputs[1].shape
    return prod(operation.outputs[0].shape) * prod(kernel[:2])


def _transposed(operation: Any) -> int:
    """Every input value is multiplied with the whole kernel for each output channel."""
    kernel = operation.inputs[1].shape
    return prod(operation.inputs[2].shape) * prod(kernel[:-1])


def _matrix_product(operation: Any) -> int:
    inner = operation.inputs[0].shape[-2 if operation.get_attr("transpose_a") else -1]
    return prod(operation.outputs[0].shape) * inner


_COSTS: Mapping[str, Callable[[Any], int]] = {
    "Conv2D": _sliding,
    "DepthwiseConv2dNative": _depthwise,
    "Conv2DBackpropInput": _transposed,
    "MatMul": _matrix_product,
}
_COUNTED_ELSEWHERE = {"BatchMatMulV2", "BatchMatMulV3", "Einsum", "Conv3D", "Conv"}


def _cost(operation: Any) -> int:
    assert operation.type not in _COUNTED_ELSEWHERE, f"{operation.type} is not counted yet"
    return _COSTS[operation.type](operation) if operation.type in _COSTS else 0
