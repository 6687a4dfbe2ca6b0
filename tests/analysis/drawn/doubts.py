"""What does not keep a network from being built, and is doubtful all the same."""

from __future__ import annotations

from dataclasses import replace

from tests.analysis.drawn.row import ANY, DIGITS, K3, WARNING, Row, chain, on_image
from tests.analysis.networks import Network, lenet5
from workbench.graph import NodeId, edits

RELU = {"activation": "relu"}
SAME = {"padding": "same"}


def doubt(code, make, node, *words, fixes=(), context=ANY, place=None, path=""):
    return Row(code, make, node, words, WARNING, context, fixes, place, path)


def two_norms() -> Network:
    network = Network((8, 8, 3))
    for number in "12":
        network.on("Conv", f"conv_{number}", **K3, use_bias=False)
        network.on("BatchNormalization", f"norm_{number}")
        network.on("ReLU", f"relu_{number}")
    return network


def biased() -> Network:
    network = two_norms()
    for name in ("conv_1", "conv_2"):
        edits.set_params(network.graph, NodeId(name), {"use_bias": True}, {"use_bias": True}).apply(network.graph)
    return network


def narrow() -> Network:
    network = lenet5()
    edits.set_params(network.graph, NodeId("f6"), {"units": 5}, {}).apply(network.graph)
    return network


def before_a_block() -> Network:
    """A bias whose normalisation is the first layer of the block behind it."""
    network = Network((8, 8, 8))
    network.on("Conv", "bad", filters=8, kernel_size=3, padding="same")
    network.on("block:residual.preactivation", "block", filters=4, expansion=2, shortcut="projection")
    return network


def unflattened() -> Network:
    network = Network((8, 8, 3))
    network.on("Dense", "bad", units=4, activation="relu")
    network.on("Dense", "output", units=10, activation="softmax")
    return network


STEPS = replace(ANY, steps=60)

ROWS: list[Row] = [
    doubt("window.skips-pixels", on_image("Conv", filters=4, kernel_size=1, strides=2), "bad",
          "at most the window, 1x1", "strides 2x2", fixes=("Set kernel_size to 2x2", "Set strides to 1x1"),
          place="strides"),
    doubt("window.skips-pixels", on_image("Conv", filters=4, kernel_size=1, strides=2, **SAME), "bad",
          fixes=("Set kernel_size to 3x3", "Set strides to 1x1"), place="strides"),
    doubt("window.skips-pixels", on_image("Max", pool_size=2, strides=3), "bad", "2x2", "3x3",
          fixes=("Set pool_size to 3x3", "Set strides to 2x2"), place="strides"),
    doubt("window.skips-pixels", on_image("block:residual.bottleneck", filters=2, strides=2, shortcut="projection"),
          "bad", "1_conv", "strides 2x2", path="0/1_conv"),
    doubt("window.idle-weights", on_image("Conv", shape=(1, 1, 4), **K3, **SAME), "bad", "at most 1x1", "3x3",
          fixes=("Set kernel_size to 1x1",), place="kernel_size"),
    doubt("transposed.checkerboard", on_image("Up", **K3, strides=2), "bad", "multiple of the strides, 2x2", "3x3",
          fixes=("Set kernel_size to 4x4",), place="kernel_size"),
    doubt("transposed.checkerboard", on_image("block:transposed.upsample", filters=4, kernel_size=3), "bad", "3x3",
          path="0/up"),
    doubt("pooling.identity", on_image("Max", pool_size=1), "bad", "more than one pixel", "pool_size 1",
          fixes=("Take the layer out",), place="pool_size"),
    doubt("activation.softmax-twice",
          chain(("Dense", "first", {"units": 5, "activation": "softmax"}), ("Softmax", "bad", {}), shape=(7,)), "bad",
          "softmax once", "in first and again", fixes=("Take bad out",)),
    doubt("activation.softmax-of-one", chain(("Dense", "bad", {"units": 1, "activation": "softmax"}), shape=(7,)),
          "bad", "two values", "one value", fixes=("Use sigmoid",), place="activation"),
    doubt("linear.in-a-row", chain(("Conv", "bad", dict(K3)), ("Conv", "next", {**K3, **RELU})), "bad",
          "between bad and next", "none", fixes=("Set activation to relu",), place="activation"),
    doubt("norm.idle-bias", chain(("Conv", "bad", dict(K3)), ("BatchNormalization", "norm", {})), "bad", "before norm",
          "use_bias=True", fixes=("Set use_bias to False",), place="use_bias"),
    doubt("norm.idle-bias", biased, "conv_1", "also in", fixes=("Set use_bias to False in all 2",), place="use_bias"),
    doubt("norm.idle-bias", on_image("block:conv-norm-activation", filters=4, use_bias=True), "bad", "Inside, conv",
          fixes=("Set use_bias to False",), path="0/conv"),
    doubt("norm.idle-bias", before_a_block, "bad", "before block.preact_bn", fixes=("Set use_bias to False",),
          place="use_bias"),
    doubt("norm.momentum-too-high", two_norms, "norm_1", "at most 0.9 for 60", "momentum=0.99", "55%", "also in",
          fixes=("Set momentum to 0.9 in all 2",), context=STEPS, place="momentum"),
    doubt("norm.momentum-too-high", on_image("block:conv-norm-activation", filters=4, repeat=2), "bad", "0.99",
          fixes=("Set momentum to 0.9",), context=STEPS, path="0/norm"),
    doubt("norm.batch-of-one", two_norms, "norm_1", "several samples", "batch_size=1", "also in",
          context=replace(ANY, batch_size=1)),
    doubt("dropout.before-norm", chain(("Dropout", "drop", {"rate": 0.5}), ("BatchNormalization", "bad", {}),
          ("ReLU", "relu", {})), "bad", "after batch normalisation", "drop before it",
          fixes=("Move drop behind bad",)),
    doubt("dropout.useless", chain(("Dropout", "bad", {"rate": 0}), ("ReLU", "relu", {})), "bad", "above 0", "rate=0",
          fixes=("Take the layer out",), place="rate"),
    doubt("dropout.all", chain(("Dropout", "bad", {"rate": 1}), ("ReLU", "relu", {})), "bad", "below 1", "rate=1",
          fixes=("Set rate to 0.5",), place="rate"),
    doubt("dropout.at-the-end", on_image("Dropout", rate=0.5), "bad", "between layers", "bad drops outputs",
          fixes=("Take the layer out",)),
    doubt("dense.unflattened", unflattened, "bad", "a vector", "8x8x3", place="input",
          fixes=("Insert Flatten", "Insert GlobalAveragePooling2D"), context=DIGITS),
    doubt("width.bottleneck", narrow, "f6", "at least 10", "units=5", fixes=("Set units to 10",), place="units",
          context=DIGITS),
    doubt("memory.too-large", lenet5, None, "1,000 MiB", "2,000 MiB", "32",
          context=replace(ANY, memory_limit=1000 * 2**20, training_memory=2000 * 2**20)),
]  # fmt: skip
"""One drawing or more for each code."""
