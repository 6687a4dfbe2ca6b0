"""Keras's dtype policies: what reaches a layer, what comes out of it and what its weights are kept in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from workbench.layers.layer_type import Call, Integers, NodeType, ShapeError
from workbench.layers.spec import DTYPE_BYTES, FLOATS, TensorSpec

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


def compute_dtype(policy: str) -> str:
    """What a layer computes in."""
    return _MIXED.get(policy, policy)


def variable_dtype(policy: str) -> str:
    """What weights are kept in: under a mixed policy they stay float32."""
    return "float32" if policy in _MIXED else policy


@lru_cache(maxsize=4096)
def autocast(spec: TensorSpec, dtype: str) -> TensorSpec:
    """A tensor as a layer sees it: Keras casts floating-point inputs to the layer's compute dtype, others not."""
    return spec._replace(dtype=dtype) if spec.dtype in FLOATS and spec.dtype != dtype else spec


def make_call(
    kind: NodeType, params: Mapping[str, Any], inputs: Mapping[str, Iterable[TensorSpec]], compute: str, variable: str
) -> Call:
    """A layer applied to what arrives. Raises ShapeError for whole numbers where Keras fails on them."""
    reaching = {port: tuple([autocast(spec, compute) for spec in specs]) for port, specs in inputs.items()}
    for port, specs in reaching.items():
        for spec in specs:
            if spec.dtype != compute:
                return Call(params, reaching, _result_dtype(kind, reaching, port, spec.dtype, compute), variable)
    return Call(params, reaching, compute, variable)


def _result_dtype(
    kind: NodeType, inputs: Mapping[str, tuple[TensorSpec, ...]], port: str, stranger: str, compute: str
) -> str:
    """What comes out where some input is not floating-point.

    Keras's symbolic calls promise the compute dtype; this is what comes when the layer runs.
    """
    if kind.integers is Integers.MADE_FLOAT:
        return compute
    if kind.integers is Integers.REFUSED or (kind.integers is Integers.NUMBERS_KEPT and stranger == "bool"):
        raise ShapeError(
            "input.dtype",
            f"Expected floating-point values. Received: {stranger}",
            port=port,
            hint="Set the dtype of the Input to float32, or put a Rescaling first.",
        )
    # Floating-point beside whole numbers wins, then the wider type.
    dtypes = (spec.dtype for specs in inputs.values() for spec in specs)
    return max(dtypes, key=lambda dtype: (dtype in FLOATS, DTYPE_BYTES.get(dtype, 0)))
