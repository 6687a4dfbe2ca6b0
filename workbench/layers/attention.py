"""Attention: each position of the query takes a weighted mean of values, weighted by how well their keys fit."""

from __future__ import annotations

from math import prod

from workbench.layers.arguments import DTYPE, SEED, USE_BIAS, kernel_and_bias
from workbench.layers.axes import as_list
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, Port, ShapeError
from workbench.layers.params import (
    MAX_SIZE,
    Axes,
    Boolean,
    Choice,
    Either,
    Integer,
    ListOf,
    Number,
    Optional,
    Param,
)
from workbench.layers.spec import Shape, TensorSpec, WeightSpec, product

_PORTS = (Port("query"), Port("value"), Port("key", minimum=0))
_DROPOUT = Param("dropout", Number(0, 1), 0.0, "Share of the weights dropped in training")
_COUNT = Integer(1, MAX_SIZE)
_WINDOW_AND_FLASH = (
    Param("sliding_window", Optional(_COUNT, "all positions"), None, "How far a position may look", advanced=True),
    Param(
        "flash_attention", Optional(Boolean(), "the global setting"), None, "The fused implementation", advanced=True
    ),
)
_GATE_AND_SEED = (Param("use_gate", Boolean(), False, "Gate the heads by the query", advanced=True), SEED)


def _tensors(call: Call) -> tuple[TensorSpec, TensorSpec, TensorSpec]:
    """Query, value and key; the value is the key where none is connected."""
    value = call.inputs["value"][0]
    key = call.inputs.get("key") or (value,)
    return call.inputs["query"][0], value, key[0]


def _features(spec: TensorSpec, port: str) -> int:
    if not spec.shape or spec.shape[-1] is None:
        raise ShapeError(
            "input.features-unknown",
            f"Expected a {port} whose last axis has a known size. Received: {spec}",
            port=port,
        )
    return spec.shape[-1]


def _check_same_positions(value: TensorSpec, key: TensorSpec) -> None:
    if value.shape[:-1] != key.shape[:-1]:
        raise ShapeError(
            "attention.value-and-key",
            f"Expected value and key that differ in their last axis only. Received: {value} and {key}",
            port="key",
        )


def _check_flash(call: Call) -> None:
    if call["flash_attention"]:
        raise ShapeError(
            "attention.flash",
            "Expected flash_attention false or null: TensorFlow has no such implementation. Received: true",
            param="flash_attention",
        )


def _projection(call: Call, name: str, kernel: tuple[int, ...], bias: tuple[int, ...]) -> tuple[WeightSpec, ...]:
    weights = call.weight(f"{name}/kernel", kernel)
    return (weights, call.weight(f"{name}/bias", bias)) if call["use_bias"] else (weights,)


def _sum(*costs: int | None) -> int | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


# -- several heads
def _value_dim(call: Call) -> int:
    return int(call["value_dim"] or call["key_dim"])


def _output_sizes(call: Call) -> tuple[int, ...]:
    wanted = call["output_shape"]
    return (_features(_tensors(call)[0], "query"),) if wanted is None else tuple(as_list(wanted))


def _attended(call: Call, positions: Shape) -> Shape:
    """Sizes of the axes along which positions look at one another; by default all but batch and features."""
    axes = call["attention_axes"]
    if axes is None:
        return positions
    rank = len(positions) + 1
    numbers = [axis if axis >= 0 else rank + axis + 1 for axis in as_list(axes)]
    if any(not 1 <= axis < rank for axis in numbers):
        raise ShapeError(
            "axis.out-of-range",
            f"Expected attention_axes from 1 to {rank - 1}. Received: attention_axes={axes}",
            param="attention_axes",
        )
    return tuple(positions[axis - 1] for axis in numbers)


def _heads_shape(call: Call) -> TensorSpec:
    query, value, key = _tensors(call)
    for spec, port in ((query, "query"), (value, "value"), (key, "key")):
        _features(spec, port)
    _check_same_positions(value, key)
    _check_flash(call)
    if len(query.shape) != len(value.shape) or len(query.shape) < 2:
        raise ShapeError(
            "attention.rank",
            f"Expected query and value with the same axes: one or more of positions, one of features. "
            f"Received: {query} and {value}",
            port="value",
            hint="Reshape an image to a sequence of positions, and give vectors an axis of positions.",
        )
    if call["sliding_window"] is not None and len(query.shape) > 2:
        raise ShapeError(
            "attention.rank",
            f"Expected sequences where sliding_window is set: positions, features. Received: {query}",
            param="sliding_window",
            hint="Reshape the image to a sequence of positions.",
        )
    _attended(call, value.shape[:-1])
    tail = (query.shape[-1],) if call["output_shape"] is None else _output_sizes(call)
    return call.output((*query.shape[:-1], *tail))


def _heads_weights(call: Call) -> tuple[WeightSpec, ...]:
    query, value, key = _tensors(call)
    heads, key_dim, value_dim, out = call["num_heads"], call["key_dim"], _value_dim(call), _output_sizes(call)
    gate = (_features(query, "query"), heads, value_dim)
    return (
        *_projection(call, "query", (_features(query, "query"), heads, key_dim), (heads, key_dim)),
        *_projection(call, "key", (_features(key, "key"), heads, key_dim), (heads, key_dim)),
        *(_projection(call, "gate", gate, (heads, value_dim)) if call["use_gate"] else ()),
        *_projection(call, "value", (_features(value, "value"), heads, value_dim), (heads, value_dim)),
        *_projection(call, "attention_output", (heads, value_dim, *out), out),
    )


def _heads_macs(call: Call, output: TensorSpec) -> int | None:
    """Projections of query, key, value and output, the scores, and the weighted sum."""
    query, value, key = _tensors(call)
    heads, key_dim, value_dim = call["num_heads"], call["key_dim"], _value_dim(call)
    asking, answering = query.shape[:-1], _attended(call, value.shape[:-1])
    pairs = product((*asking, *answering))
    return _sum(
        product((*query.shape, heads, key_dim + (value_dim if call["use_gate"] else 0))),
        product((*key.shape, heads, key_dim)),
        product((*value.shape, heads, value_dim)),
        None if pairs is None else pairs * heads * (key_dim + value_dim),
        product((*asking, heads, value_dim, prod(_output_sizes(call)))),
    )


MULTI_HEAD_ATTENTION = LayerType(
    key="keras.layers.MultiHeadAttention",
    label="MultiHeadAttention",
    category=Category.ATTENTION,
    doc="Attention in several heads, each with projections of its own (Vaswani et al., 2017).",
    params=(
        Param("num_heads", _COUNT, doc="Number of heads", suggested=4),
        Param("key_dim", _COUNT, doc="Size of a head's query and key", suggested=32),
        Param("value_dim", Optional(_COUNT, "key_dim"), None, "Size of a head's value"),
        _DROPOUT,
        USE_BIAS,
        Param("output_shape", Optional(Either((_COUNT, ListOf(_COUNT))), "as the query"), None, "Size of the output"),
        Param("attention_axes", Optional(Axes(), "all positions"), None, "Axes along which positions look around"),
        *_WINDOW_AND_FLASH,
        *kernel_and_bias(3),
        *_GATE_AND_SEED,
        DTYPE,
    ),
    inputs=_PORTS,
    shape=_heads_shape,
    weights=_heads_weights,
    macs=_heads_macs,
    window=lambda _: WHOLE_INPUT,
    shorthand=lambda params: f"{params['num_heads']} heads × {params['key_dim']}",
    integers=Integers.MADE_FLOAT,
    stem="attention",
    search_words=("mha", "transformer", "self attention", "vit"),
)


# -- heads that share keys and values
def _grouped_shape(call: Call) -> TensorSpec:
    query, value, key = _tensors(call)
    if call["num_query_heads"] % call["num_key_value_heads"]:
        raise ShapeError(
            "attention.heads",
            f"Expected num_key_value_heads to divide num_query_heads={call['num_query_heads']}. "
            f"Received: {call['num_key_value_heads']}",
            param="num_key_value_heads",
        )
    if any(len(spec.shape) != 2 for spec in (query, value, key)):
        raise ShapeError(
            "attention.rank",
            f"Expected sequences of vectors (positions x features). Received: {query}, {value} and {key}",
            port="query",
        )
    for spec, port in ((query, "query"), (value, "value"), (key, "key")):
        _features(spec, port)
    if query.shape[-1] != value.shape[-1]:
        raise ShapeError(
            "attention.features",
            f"Expected query and value with the same last axis. Received: {query} and {value}",
            port="value",
        )
    _check_same_positions(value, key)
    _check_flash(call)
    return call.output(query.shape)


def _grouped_weights(call: Call) -> tuple[WeightSpec, ...]:
    query, value, key = (_features(spec, "query") for spec in _tensors(call))
    head, heads, shared = call["head_dim"], call["num_query_heads"], call["num_key_value_heads"]
    return (
        *_projection(call, "query", (query, heads, head), (heads, head)),
        *_projection(call, "key", (key, shared, head), (shared, head)),
        *(_projection(call, "gate", (query, heads, head), (heads, head)) if call["use_gate"] else ()),
        *_projection(call, "value", (value, shared, head), (shared, head)),
        *_projection(call, "attention_output", (heads, head, query), (query,)),
    )


def _grouped_macs(call: Call, output: TensorSpec) -> int | None:
    query, value, key = _tensors(call)
    head, heads, shared = call["head_dim"], call["num_query_heads"], call["num_key_value_heads"]
    return _sum(
        product((*query.shape, heads * (2 if call["use_gate"] else 1), head)),
        product((*key.shape, shared, head)),
        product((*value.shape, shared, head)),
        product((query.shape[0], value.shape[0], heads, head, 2)),
        product((*query.shape, heads, head)),
    )


GROUP_QUERY_ATTENTION = LayerType(
    key="keras.layers.GroupQueryAttention",
    label="GroupQueryAttention",
    category=Category.ATTENTION,
    doc="Attention whose heads share keys and values in groups (Ainslie et al., 2023).",
    params=(
        Param("head_dim", _COUNT, doc="Size of a head", suggested=32),
        Param("num_query_heads", _COUNT, doc="Number of heads of the query", suggested=8),
        Param("num_key_value_heads", _COUNT, doc="Number of heads of key and value", suggested=2),
        _DROPOUT,
        USE_BIAS,
        *_WINDOW_AND_FLASH,
        *kernel_and_bias(3),
        *_GATE_AND_SEED,
        DTYPE,
    ),
    inputs=_PORTS,
    shape=_grouped_shape,
    weights=_grouped_weights,
    macs=_grouped_macs,
    window=lambda _: WHOLE_INPUT,
    shorthand=lambda params: (
        f"{params['num_query_heads']}:{params['num_key_value_heads']} heads × {params['head_dim']}"
    ),
    integers=Integers.MADE_FLOAT,
    stem="attention",
    search_words=("gqa", "transformer", "multi query"),
)


# -- one head without projections
def _plain_shape(call: Call) -> TensorSpec:
    query, value, key = _tensors(call)
    if len({len(spec.shape) for spec in (query, value, key)}) > 1 or len(query.shape) < 2:
        raise ShapeError(
            "attention.rank",
            f"Expected query, value and key with the same axes: positions, then features. "
            f"Received: {query}, {value} and {key}",
            port="value",
        )
    features = {query.shape[-1], key.shape[-1]} - {None}
    sums = call.params.get("score_mode") != "dot"  # where a size of 1 stretches
    if len(features) > 1 and not (sums and 1 in features):
        raise ShapeError(
            "attention.features",
            f"Expected query and key with the same last axis. Received: {query} and {key}",
            port="key" if call.inputs.get("key") else "value",
        )
    _check_same_positions(value, key)
    return call.output((*query.shape[:-1], value.shape[-1]))


def _plain_macs(call: Call, output: TensorSpec) -> int | None:
    """The weighted sum, and the scores where they are a matrix product: sums of tanh have no multiplications."""
    query, value, _ = _tensors(call)
    products = call.params.get("score_mode") == "dot"
    scores = product((*query.shape, value.shape[-2])) if products else 0
    return _sum(scores, product((*output.shape, value.shape[-2])))


def _plain_weights(call: Call) -> tuple[WeightSpec, ...]:
    return (
        *((call.weight("scale", ()),) if call["use_scale"] else ()),
        *((call.weight("concat_score_weight", ()),) if call["score_mode"] == "concat" else ()),
    )


ATTENTION = LayerType(
    key="keras.layers.Attention",
    label="Attention",
    category=Category.ATTENTION,
    doc="Attention by dot products, without projections (Luong et al., 2015).",
    params=(
        Param("use_scale", Boolean(), False, "Learn a factor for the scores"),
        Param("score_mode", Choice(("dot", "concat")), "dot", "How scores are made"),
        _DROPOUT,
        SEED,
        DTYPE,
    ),
    inputs=_PORTS,
    shape=_plain_shape,
    weights=_plain_weights,
    macs=_plain_macs,
    window=lambda _: WHOLE_INPUT,
    shorthand=lambda params: str(params["score_mode"]),
    stem="attention",
    search_words=("luong", "dot product"),
    takes_list=True,
)


def _additive_shape(call: Call) -> TensorSpec:
    if call["use_scale"]:
        _features(_tensors(call)[0], "query")
    return _plain_shape(call)


def _additive_weights(call: Call) -> tuple[WeightSpec, ...]:
    return (call.weight("scale", (_features(_tensors(call)[0], "query"),)),) if call["use_scale"] else ()


ADDITIVE_ATTENTION = LayerType(
    key="keras.layers.AdditiveAttention",
    label="AdditiveAttention",
    category=Category.ATTENTION,
    doc="Attention whose scores are sums of tanh (Bahdanau et al., 2015).",
    params=(Param("use_scale", Boolean(), True, "Learn a factor for each feature"), _DROPOUT, DTYPE),
    inputs=_PORTS,
    shape=_additive_shape,
    weights=_additive_weights,
    macs=_plain_macs,
    window=lambda _: WHOLE_INPUT,
    stem="attention",
    search_words=("bahdanau",),
    takes_list=True,
)

LAYERS = (MULTI_HEAD_ATTENTION, GROUP_QUERY_ATTENTION, ATTENTION, ADDITIVE_ATTENTION)
