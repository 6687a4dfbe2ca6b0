"""Keras's dtype policies: what a layer computes in and what its weights are kept in."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from workbench.layers.spec import TensorSpec

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


def compute_dtype(policy: str) -> str:
    """What a layer computes in, and what most layers give whatever came in."""
    return _MIXED.get(policy, policy)


def variable_dtype(policy: str) -> str:
    """What weights are kept in: under a mixed policy they stay float32."""
    return "float32" if policy in _MIXED else policy


@lru_cache(maxsize=4096)
def autocast(spec: TensorSpec, dtype: str) -> TensorSpec:
    """A tensor as a layer sees it: Keras casts floating-point inputs to the layer's compute dtype, others not."""
    return replace(spec, dtype=dtype) if spec.dtype in FLOATS and spec.dtype != dtype else spec
