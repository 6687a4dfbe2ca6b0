"""Multiplications of the functions of `keras.ops` that multiply matrices; None where the arguments do not tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.layers.layer_type import Call, CostRule
from workbench.layers.spec import TensorSpec, product


def _last_axis_summed(call: Call, output: TensorSpec) -> int | None:
    """Every output value sums over the last axis of the first operand, unless that is a constant."""
    args = call["args"]
    first_is_tensor = args is None or (bool(args) and isinstance(args[0], Mapping) and "tensor" in args[0])
    shape = call.all[0].shape
    return product((*output.shape, shape[-1])) if first_is_tensor and shape else None


def _einsum(call: Call, _: TensorSpec) -> int | None:
    """Every combination of the letters' sizes, without the batch, for two operands written in full."""
    subscripts = (call["args"] or ("",))[0]
    if not isinstance(subscripts, str) or "." in subscripts:
        return None
    terms = subscripts.replace(" ", "").partition("->")[0].split(",")
    sizes: dict[str, int | None] = {}
    for term, spec in zip(terms, call.all, strict=False):
        if len(term) != len(spec.shape) + 1:
            return None
        sizes.update(zip(term[1:], spec.shape, strict=True))
    return product(tuple(sizes.values())) if len(terms) == len(call.all) == 2 else None


def _attention(call: Call, _: TensorSpec) -> int | None:
    """Scores and their weighted sum: each is queries x keys x heads x size."""
    if len(call.all) < 3 or len(call.all[0].shape) != 3 or not call.all[1].shape:
        return None
    one = product((*call.all[0].shape, call.all[1].shape[0]))
    return None if one is None else 2 * one


def _not_known(_: Call, __: TensorSpec) -> None:
    return None


COSTS: Mapping[str, CostRule] = MappingProxyType(
    {
        "matmul": _last_axis_summed,
        "dot": _last_axis_summed,
        "inner": _last_axis_summed,
        "einsum": _einsum,
        "dot_product_attention": _attention,
        **dict[str, Callable[[Call, TensorSpec], int | None]].fromkeys(
            ("tensordot", "conv", "depthwise_conv", "conv_transpose", "separable_conv", "vdot", "outer"), _not_known
        ),
    }
)
"""By the function's name; the others multiply no matrices."""
