"""Inception modules.

Naive and reduced: Szegedy et al., "Going deeper with convolutions" (2014). A to E: Szegedy et al., "Rethinking the
Inception architecture" (2015), with the channels of keras.applications.InceptionV3.
"""

from __future__ import annotations

from workbench.graph import Graph, Json, NodeId
from workbench.layers.blocks.block import EPSILON, MOMENTUM, BlockBuilder, count, make_block
from workbench.layers.params import Integer, Param


def _relu(b: BlockBuilder, name: str, x: NodeId, filters: int, kernel: Json) -> NodeId:
    return b.conv(name, x, filters, kernel, activation="relu")


def _same_max_pool(b: BlockBuilder, x: NodeId) -> NodeId:
    return b.layer("MaxPooling2D", "pool", x, pool_size=3, strides=1, padding="same")


def _naive(b: BlockBuilder) -> Graph:
    p, x = b.call, b.port_in()
    branches = (
        _relu(b, "1x1", x, p["filters_1x1"], 1),
        _relu(b, "3x3", x, p["filters_3x3"], 3),
        _relu(b, "5x5", x, p["filters_5x5"], 5),
        _same_max_pool(b, x),
    )
    return b.port_out(b.layer("Concatenate", "concat", *branches))


def _reduced(b: BlockBuilder) -> Graph:
    p, x = b.call, b.port_in()
    branches = (
        _relu(b, "1x1", x, p["filters_1x1"], 1),
        _relu(b, "3x3", _relu(b, "3x3_reduce", x, p["reduce_3x3"], 1), p["filters_3x3"], 3),
        _relu(b, "5x5", _relu(b, "5x5_reduce", x, p["reduce_5x5"], 1), p["filters_5x5"], 5),
        _relu(b, "pool_proj", _same_max_pool(b, x), p["pool_projection"], 1),
    )
    return b.port_out(b.layer("Concatenate", "concat", *branches))


def _unit(b: BlockBuilder, name: str, x: NodeId, filters: int, kernel: Json, **params: Json) -> NodeId:
    """Convolution, batch normalisation without gamma, ReLU: the unit that all v3 modules are made of."""
    x = b.conv(f"{name}_conv", x, filters, kernel, use_bias=False, **params)
    return b.layer("Activation", name, b.norm(f"{name}_bn", x, scale=False), activation="relu")


def _chain(b: BlockBuilder, name: str, x: NodeId, *units: tuple[int, Json]) -> NodeId:
    """Units one after another: (filters, kernel size) each."""
    for number, (filters, kernel) in enumerate(units, 1):
        x = _unit(b, f"{name}_{number}", x, filters, kernel)
    return x


def _average_pool(b: BlockBuilder, x: NodeId) -> NodeId:
    return b.layer("AveragePooling2D", "pool", x, pool_size=3, strides=1, padding="same")


def _shrinking_max_pool(b: BlockBuilder, x: NodeId) -> NodeId:
    return b.layer("MaxPooling2D", "pool", x, pool_size=3, strides=2)


def _module_a(b: BlockBuilder) -> Graph:
    x = b.port_in()
    branches = (
        _unit(b, "1x1", x, 64, 1),
        _chain(b, "5x5", x, (48, 1), (64, 5)),
        _chain(b, "3x3_double", x, (64, 1), (96, 3), (96, 3)),
        _unit(b, "pool_proj", _average_pool(b, x), b.call["pool_projection"], 1),
    )
    return b.port_out(b.layer("Concatenate", "concat", *branches))


def _module_b(b: BlockBuilder) -> Graph:
    x = b.port_in()
    branches = (
        _unit(b, "3x3", x, 384, 3, strides=2, padding="valid"),
        _unit(b, "3x3_double", _chain(b, "3x3_double", x, (64, 1), (96, 3)), 96, 3, strides=2, padding="valid"),
        _shrinking_max_pool(b, x),
    )
    return b.port_out(b.layer("Concatenate", "concat", *branches))


def _module_c(b: BlockBuilder) -> Graph:
    x, c = b.port_in(), b.call["channels_7x7"]
    branches = (
        _unit(b, "1x1", x, 192, 1),
        _chain(b, "7x7", x, (c, 1), (c, [1, 7]), (192, [7, 1])),
        _chain(b, "7x7_double", x, (c, 1), (c, [7, 1]), (c, [1, 7]), (c, [7, 1]), (192, [1, 7])),
        _unit(b, "pool_proj", _average_pool(b, x), 192, 1),
    )
    return b.port_out(b.layer("Concatenate", "concat", *branches))


def _module_d(b: BlockBuilder) -> Graph:
    x = b.port_in()
    wide = _chain(b, "7x7x3", x, (192, 1), (192, [1, 7]), (192, [7, 1]))
    branches = (
        _unit(b, "3x3", _unit(b, "3x3_reduce", x, 192, 1), 320, 3, strides=2, padding="valid"),
        _unit(b, "7x7x3", wide, 192, 3, strides=2, padding="valid"),
        _shrinking_max_pool(b, x),
    )
    return b.port_out(b.layer("Concatenate", "concat", *branches))


def _fork(b: BlockBuilder, name: str, x: NodeId) -> NodeId:
    """1x3 and 3x1 side by side."""
    sides = _unit(b, f"{name}_1x3", x, 384, [1, 3]), _unit(b, f"{name}_3x1", x, 384, [3, 1])
    return b.layer("Concatenate", f"{name}_concat", *sides)


def _module_e(b: BlockBuilder) -> Graph:
    x = b.port_in()
    branches = (
        _unit(b, "1x1", x, 320, 1),
        _fork(b, "3x3", _unit(b, "3x3_reduce", x, 384, 1)),
        _fork(b, "3x3_double", _chain(b, "3x3_double", x, (448, 1), (384, 3))),
        _unit(b, "pool_proj", _average_pool(b, x), 192, 1),
    )
    return b.port_out(b.layer("Concatenate", "concat", *branches))


_WIDTHS = (
    count("filters_1x1", "Channels of the 1x1 branch", 64),
    count("filters_3x3", "Channels of the 3x3 branch", 128),
    count("filters_5x5", "Channels of the 5x5 branch", 32),
)
_NORM = (MOMENTUM, EPSILON)

BLOCKS = (
    make_block(
        "inception.naive",
        "Inception, naive",
        "1x1, 3x3, 5x5 and pooling side by side: costly, and its channels only grow.",
        _naive,
        *_WIDTHS,
        shorthand=lambda p: f"{p['filters_1x1']}-{p['filters_3x3']}-{p['filters_5x5']}",
        search_words=("googlenet",),
    ),
    make_block(
        "inception.reduced",
        "Inception",
        "The four branches with 1x1 convolutions that reduce the channels first (GoogLeNet).",
        _reduced,
        _WIDTHS[0],
        count("reduce_3x3", "Channels before the 3x3 convolution", 96),
        _WIDTHS[1],
        count("reduce_5x5", "Channels before the 5x5 convolution", 16),
        _WIDTHS[2],
        count("pool_projection", "Channels after the pooling", 32),
        shorthand=lambda p: f"{p['filters_1x1']}-{p['filters_3x3']}-{p['filters_5x5']}-{p['pool_projection']}",
        search_words=("googlenet",),
    ),
    make_block(
        "inception.v3-a",
        "Inception v3 A",
        "35x35 grids: 5x5 and two 3x3 convolutions side by side.",
        _module_a,
        Param("pool_projection", Integer(1), 64, "Channels after the pooling"),
        *_NORM,
        shorthand=lambda p: f"pool {p['pool_projection']}",
    ),
    make_block("inception.v3-b", "Inception v3 B", "From a 35x35 to a 17x17 grid.", _module_b, *_NORM),
    make_block(
        "inception.v3-c",
        "Inception v3 C",
        "17x17 grids: 7x7 convolutions as 1x7 and 7x1.",
        _module_c,
        count("channels_7x7", "Channels inside the 7x7 branches", 128),
        *_NORM,
        shorthand=lambda p: f"{p['channels_7x7']}",
    ),
    make_block("inception.v3-d", "Inception v3 D", "From a 17x17 to an 8x8 grid.", _module_d, *_NORM),
    make_block(
        "inception.v3-e", "Inception v3 E", "8x8 grids: 3x3 convolutions forked into 1x3 and 3x1.", _module_e, *_NORM
    ),
)
