"""What keeps a network from being built or trained."""

from __future__ import annotations

from dataclasses import replace

from tests.analysis.drawn.row import (
    ANY,
    IMAGE,
    K3,
    Row,
    chain,
    merged,
    on_image,
    output_of,
    plus,
    renamed,
    wired,
)
from tests.analysis.networks import Network, lenet5
from workbench.analysis import AnalysisContext
from workbench.graph import NodeId, Wire, edits
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, Category, LayerType
from workbench.project import Block
from workbench.project.blocks import BlockSettings

MASKS = AnalysisContext(target="masks", pixel_classes=3)


def second_input() -> Network:
    network = lenet5()
    network.add("input", "extra", shape=[14, 14, 6])
    network.on("Add", "bad", "s2", "extra")
    network.graph.disconnect(Wire(NodeId("s2"), NodeId("c3")))
    network.wire("bad", "c3")
    return network


def no_input() -> Network:
    network = Network()
    network.add("Dense", "dense", units=10)
    return network


def unknown_at_the_end() -> Network:
    network = lenet5()
    network.on("plugin:gone/Thing", "bad")
    node = network.graph.node(NodeId("bad"))
    known = replace(node, outputs=("output",), specs=(("output", (3,), "float32"),))
    edits.Update((known,)).apply(network.graph)
    return network


def unet_block(size: int) -> Network:
    """A skip from before an odd pooling into an up block: the problem is inside the block."""
    network = Network((size, size, 1))
    network.on("block:unet.down", "down_1", filters=2, padding="same")
    network.on("block:unet.down", "down_2", filters=4, padding="same")
    network.on("Conv", "bottom", filters=8, kernel_size=3, padding="same", activation="relu")
    network.on("block:unet.up", "bad", "bottom", ("down_2", "skip"), filters=4, padding="same")
    network.on("block:unet.up", "up_1", "bad", ("down_1", "skip"), filters=2, padding="same")
    return network


def unet_drawn() -> Network:
    network = Network((31, 31, 1))
    network.on("Conv", "before", filters=4, kernel_size=3, padding="same", activation="relu")
    network.on("Max", "pool")
    network.on("Conv", "deep", filters=8, kernel_size=3, padding="same", activation="relu")
    network.on("Up", "up", filters=4, kernel_size=2, strides=2)
    network.on("Concatenate", "bad", "before", "up")
    return network


def first_channels() -> Network:
    form = {"data_format": "channels_first"}
    network = Network((3, 31, 31))
    network.on("Conv", "before", filters=4, kernel_size=3, padding="same", **form)
    network.on("Average", "pool", pool_size=2, **form)
    network.on("UpSampling2D", "up", **form)
    network.on("Add", "bad", "before", "up")
    return network


def small_maps() -> Network:
    """3 beside 2: as if a stride had been taken, but the smaller came up from 1."""
    network = Network((3, 3, 4))
    network.on("Max", "pool")
    network.on("UpSampling2D", "up")
    network.on("Add", "bad", "input", "up")
    return network


def residual(strides: int, filters: int) -> Network:
    network = Network((16, 16, 4))
    network.on("Conv", "conv", filters=filters, kernel_size=3, strides=strides, padding="same", activation="relu")
    network.on("Add", "bad", "input", "conv")
    return network


def odd_volumes() -> Network:
    network = Network((9, 8, 8, 2))
    network.on("MaxPooling3D", "pool")
    network.on("UpSampling3D", "up")
    network.on("Concatenate", "bad", "input", "up")
    return network


def too_deep() -> Network:
    """An up block whose skip is smaller than what it would be joined with."""
    network = Network((32, 32, 4))
    network.on("Max", "pool")
    network.on("block:unet.up", "bad", "input", "pool", filters=4, padding="valid")
    return network


def unknown_size_up() -> Network:
    network = Network((None, None, 4))
    network.on("block:unet.up", "bad", "input", "input", filters=4, padding="valid")
    return network


# -- blocks of one's own
def own(*layers: tuple[str, str, dict[str, object]], bindings: dict[str, dict[str, str]] | None = None) -> Block:
    network = Network()
    network.graph.name = "user:own"
    network.add(BLOCK_INPUT, "input")
    for kind, name, params in layers:
        network.on(kind, name, **params)
    network.on(BLOCK_OUTPUT, "output")
    return Block(network.graph, BlockSettings(bindings=bindings or {}))


def in_a_ring() -> Block:
    block = own(("ReLU", "one", {}), ("ReLU", "two", {}))
    edits.Remove(wires=(Wire(NodeId("input"), NodeId("one")),)).apply(block.graph)
    block.graph.connect(Wire(NodeId("two"), NodeId("one")))
    return block


def classes_from_a_convolution() -> Network:
    """As networks in networks end: the convolution gives the classes, not the softmax behind its pooling."""
    network = Network(IMAGE)
    network.on("Conv", "classes", filters=7, kernel_size=1)
    network.on("GlobalAveragePooling2D", "pool")
    network.on("Softmax", "bad")
    return network


FAILING = LayerType(
    key="plugin:faulty/bad", label="Bad", category=Category.CORE, doc="", shape=lambda call: call.all[9]
)
OWN = on_image("user:own")
VERY_MANY = [("block:conv-norm-activation", f"part_{n}", {"filters": 4, "repeat": 1000}) for n in range(18)]
UNBOUND = own(("Conv", "conv", dict(K3)), bindings={"conv": {"filters": "1 // 0"}})


ROWS: list[Row] = [
    # -- nodes and their ports
    Row("layer.unknown", on_image("plugin:gone/Thing"), "bad", ("layer type", "plugin:gone/Thing")),
    Row("layer.unknown", unknown_at_the_end, "bad"),
    Row("layer.failed", on_image("plugin:faulty/bad"), "bad", ("of the plugin faulty", "IndexError"),
        types=(FAILING,)),
    Row("param.invalid", on_image("Conv", filters=0, kernel_size=3), "bad", ("0",), place="filters",
        fixes=("Set filters to 32",)),
    Row("param.invalid", on_image("Conv", filters=4), "bad", ("no value",), place="kernel_size",
        fixes=("Set kernel_size to 3",)),
    Row("param.invalid", on_image("Conv", **K3, no_such=1), "bad", ("no parameter",), place="no_such",
        fixes=("Delete no_such",)),
    Row("port.unconnected", plus("Dense", "bad", units=10), "bad", ("one wire", "none"), place="input"),
    Row("port.unconnected", plus("Add", "bad", "c1"), "bad", ("2 wires", "1"), place="inputs"),
    Row("port.overfull", wired("c1", "c3"), "c3", ("one wire", "2"), place="input",
        context=ANY, fixes=("Keep the wire from c1", "Keep the wire from s2")),
    Row("port.unknown", wired("c1", "c3", target_port="mask"), "c3", ("mask",), fixes=("Delete the wire",)),
    Row("port.unknown", wired("c1", "c3", source_port="mask"), "c3", ("mask",), fixes=("Delete the wire",)),
    Row("port.unknown", wired("c1", "input"), "input", ("none",), fixes=("Delete the wire",)),
    # -- the graph as a whole
    Row("name.duplicate", renamed("c5"), "f6", ("'c5' again",), fixes=("Rename to c5_1",)),
    Row("name.invalid", renamed("a/b"), "f6", ("'a/b'",), fixes=("Rename to a_b_1",)),
    Row("name.invalid", renamed(""), "f6", ("''",), fixes=("Rename to layer_1",)),
    Row("graph.cycle", wired("f6", "c5"), "c5", ("from f6 to c5",), fixes=("Delete the wire",)),
    Row("graph.cycle", wired("f6", "f6"), "f6", ("from f6 to f6",), fixes=("Delete the wire",)),
    Row("graph.empty", Network, None),
    Row("graph.no-input", no_input, None),
    Row("graph.no-output", lambda: Network(IMAGE), None),
    Row("graph.several-outputs", plus("Dense", "bad", "c5", units=10), "bad", ("bad, output",),
        fixes=("Delete the branch that ends in output (2 layers)", "Delete the branch that ends in bad")),
    Row("graph.dead-branch", plus("Dense", "bad", "c5", units=7), "bad", ("output", "ends in bad"),
        fixes=("Delete the branch that ends in bad",)),
    Row("graph.several-inputs", second_input, "extra", ("1 layer", "extra, input")),
    Row("graph.unused-input", plus("input", "bad", shape=[3]), "bad", fixes=("Delete the Input",)),
    Row("output.classes", output_of(7), "output", ("10", "7"), place="units", fixes=("Set units to 10",)),
    Row("output.classes", on_image("Conv", **K3), "bad", ("14x14x4",), place="filters",
        fixes=("Add GlobalAveragePooling2D and a Dense layer of 10 units",)),
    Row("output.classes", classes_from_a_convolution, "bad", ("10", "7"), fixes=("Set filters of classes to 10",)),
    Row("output.classes", chain(("Softmax", "bad", {}), shape=(7,)), "bad", ("10", "7")),
    Row("opaque.shape-unknown", on_image("opaque", module="m", class_name="Mine", config={}), "bad", ("Mine",),
        place="output_specs"),
    Row("output.classes", on_image("Conv", filters=10, kernel_size=3), "bad", ("14x14x10",), place="filters",
        fixes=("Insert GlobalAveragePooling2D",)),
    Row("output.classes", on_image("Flatten"), "bad", ("1024",), fixes=("Add a Dense layer of 10 units",)),
    Row("output.classes", unknown_at_the_end, "bad", ("10", "3")),
    Row("output.map", on_image("Conv", **K3), "bad", ("height x width x 3, one for each class", "14x14x4"),
        context=MASKS, place="filters", fixes=("Set filters to 3",)),
    Row("output.map", on_image("Max", pool_size=2), "bad", ("8x8x4",), context=MASKS,
        fixes=("Add a 1x1 convolution of 3 filters",)),
    Row("output.map", on_image("Flatten"), "bad", ("x 3", "1024"), context=MASKS),
    Row("output.map", on_image("Conv", **K3), "bad", ("1 or 3, as images have", "14x14x4"),
        context=AnalysisContext(target="image"), place="filters", fixes=("Set filters to 3",)),
    # -- what comes in
    Row("input.rank", chain(("Flatten", "flatten", {}), ("Conv", "bad", dict(K3))), "bad", ("height x width x channels",
        "1024"), place="input", fixes=("Take flatten out",)),
    Row("input.rank", on_image("Conv", shape=(28, 28), **K3), "bad", ("28x28",), place="input",
        fixes=("Set the input to 28x28x1", "Insert Reshape, one channel")),
    Row("input.rank", on_image("RepeatVector", n=2), "bad", ("vector",), place="input", fixes=("Insert Flatten",)),
    Row("input.dtype", chain(("Conv", "bad", dict(K3)), dtype="uint8"), "bad", ("floating", "uint8"), place="input",
        fixes=("Set dtype of input to float32", "Insert Rescaling (to 0..1)")),
    Row("input.channels-unknown", on_image("Conv", shape=(16, 16, None), **K3), "bad", ("known", "?")),
    Row("input.features-unknown", chain(("Flatten", "flat", {}), ("Dense", "bad", {"units": 4}), shape=(None, 4)),
        "bad", ("known", "?")),
    # -- windows
    Row("window.too-large", on_image("Max", pool_size=17), "bad", ("at most 16", "17"), place="pool_size",
        fixes=("Set padding to same", "Set pool_size to 16x16")),
    Row("window.too-large", on_image("Conv", **K3, dilation_rate=8), "bad", ("at most 16", "17"), place="kernel_size",
        fixes=("Set padding to same", "Set kernel_size to 3x3")),
    Row("convolution.groups", on_image("Conv", filters=4, kernel_size=3, groups=3), "bad", ("groups=3", "4"),
        place="groups", fixes=("Set groups to 1",)),
    Row("convolution.stride-and-dilation", on_image("Conv", **K3, strides=2, dilation_rate=2), "bad",
        fixes=("Set dilation_rate to 1", "Set strides to 1")),
    Row("convolution.output-padding", on_image("Up", **K3, strides=2, output_padding=2), "bad",
        fixes=("Set output_padding to None",)),
    Row("convolution.output-padding", on_image("Up", filters=4, kernel_size=2, padding="same", output_padding=0),
        "bad", fixes=("Set output_padding to None",)),
    Row("pooling.adaptive-one", on_image("AdaptiveMaxPooling2D", output_size=1), "bad", ("at least 2", "1")),
    Row("cropping.too-large", on_image("Cropping2D", cropping=8), "bad", ("16x16", "8"),
        fixes=("Take the layer out",)),
    # -- axes and shapes
    Row("axis.out-of-range", on_image("Softmax", axis=4), "bad", ("axis=4",), place="axis", fixes=("Set axis to -1",)),
    Row("axis.repeated", on_image("Softmax", axis=[1, -3]), "bad"),
    Row("resizing.aspect-ratio", on_image("Resizing", height=8, width=8, crop_to_aspect_ratio=True,
        pad_to_aspect_ratio=True), "bad", ("both",), place="pad_to_aspect_ratio",
        fixes=("Set pad_to_aspect_ratio to False",)),
    Row("rescaling.channels", on_image("Rescaling", scale=[1.0, 2.0]), "bad", ("16x16x4", "2"), place="scale",
        fixes=("Set scale to 0.003922",)),
    Row("augmentation.channels", on_image("RandomHue", factor=0.1), "bad", ("3 channels", "16x16x4"), place="input"),
    Row("augmentation.not-in-networks", on_image("Equalization"), "bad", ("Equalization on 16x16x4",)),
    Row("reshape.size", on_image("Reshape", target_shape=[7]), "bad", ("1,024", "[7]")),
    Row("permute.rank", on_image("Permute", dims=[2, 1]), "bad", ("2 axes", "16x16x4")),
    Row("normalisation.groups", on_image("GroupNormalization", groups=3), "bad", ("groups=3", "4"), place="groups",
        fixes=("Set groups to 1",)),
    Row("normalisation.axes-not-last", on_image("RMSNormalization", axis=1, shape=(6, 5, 4)), "bad", ("axis=1",),
        place="axis", fixes=("Set axis to -1",)),
    Row("normalisation.renorm-clipping", on_image("BatchNormalization", renorm=True,
        renorm_clipping={"rmax": 1, "rmin": 2}), "bad", fixes=("Set renorm_clipping to None",)),
    Row("normalisation.mean-and-variance", on_image("Normalization", mean=1.0), "bad"),
    # -- several tensors
    Row("merge.shapes-differ", merged("Add", (8, 8, 3), (8, 3, 3, 3)), "bad", ("8x8x3 and 8x3x3x3",), context=ANY),
    Row("merge.channels-differ", lambda: residual(1, 8), "bad", ("one shape", "16x16x4 and 16x16x8", "channels"),
        fixes=("Project to 8 channels with a 1x1 convolution",), place="inputs", context=ANY),
    Row("merge.channels-differ", lambda: residual(2, 8), "bad", ("16x16x4 and 8x8x8",),
        fixes=("Project to 8 channels with a 1x1 convolution",), place="inputs", context=ANY),
    Row("merge.channels-differ", merged("Multiply", (8, 8, 6), (1, 1, 4)), "bad", ("8x8x6 and 1x1x4",),
        fixes=("Project to 6 channels with a 1x1 convolution",), place="inputs", context=ANY),
    Row("merge.channels-differ", on_image("block:residual.basic", filters=8), "bad", ("16x16x4 and 16x16x8",),
        fixes=("Set shortcut to projection",), path="0/add", context=ANY),
    Row("merge.strides-differ", lambda: residual(2, 4), "bad", ("16x16x4 and 8x8x4", "strides"),
        fixes=("Project to 8x8 with a 1x1 convolution",), place="inputs", context=ANY),
    Row("skip.odd-size", unet_drawn, "bad", ("31x31x4 and 30x30x4", "pool divides a size of 31 by 2 to 15", "drops 1"),
        fixes=("Set the input to 30x30x1", "Set the input to 32x32x1", "Crop to 30x30", "Pad to 31x31",
               "Resize to 31x31"), place="inputs", context=ANY),
    Row("skip.odd-size", small_maps, "bad", ("3x3x4 and 2x2x4", "pool divides a size of 3 by 2 to 1"),
        fixes=("Set the input to 2x2x4", "Set the input to 4x4x4", "Crop to 2x2", "Pad to 3x3", "Resize to 3x3"),
        place="inputs", context=ANY),
    Row("skip.odd-size", first_channels, "bad", ("4x31x31 and 4x30x30", "pool divides a size of 31"),
        fixes=("Set the input to 3x30x30", "Set the input to 3x32x32", "Crop to 30x30", "Pad to 31x31",
               "Resize to 31x31"), place="inputs", context=ANY),
    Row("skip.odd-size", odd_volumes, "bad", ("pool divides a size of 9 by 2 to 4",),
        fixes=("Set the input to 8x8x8x2", "Set the input to 10x8x8x2", "Crop to 8x8x8", "Pad to 9x8x8"),
        place="inputs", context=ANY),
    Row("skip.odd-size", lambda: unet_block(30), "bad", ("15x15x4 and 14x14x4", "down_2.pool divides a size of 15"),
        fixes=("Set the input to 28x28x1", "Set the input to 32x32x1"), path="0/concat", context=ANY),
    Row("merge.two-inputs", merged("Subtract", (4,), (4,), (4,)), "bad", ("two", "3"), context=ANY),
    Row("concatenate.ranks-differ", merged("Concatenate", (8, 8, 3), (8, 3)), "bad", context=ANY),
    Row("concatenate.sizes-differ", merged("Concatenate", (8, 8, 3), (8, 7, 3)), "bad", ("8x8x3 and 8x7x3",),
        fixes=("Crop to 8x7", "Pad to 8x8", "Resize to 8x8"), place="inputs", context=ANY),
    Row("dot.sizes-differ", merged("Dot", (3, 4), (3, 5), axes=2), "bad", context=ANY),
    # -- attention and sums of products
    Row("attention.rank", merged("MultiHeadAttention", (4,), (4,), num_heads=1, key_dim=2), "bad", context=ANY),
    Row("attention.value-and-key", merged("MultiHeadAttention", (8, 4), (8, 4), (7, 4), num_heads=1, key_dim=2),
        "bad", context=ANY),
    Row("attention.flash", merged("MultiHeadAttention", (8, 4), (8, 4), num_heads=1, key_dim=2, flash_attention=True),
        "bad", ("false or null", "true"), place="flash_attention", fixes=("Set flash_attention to None",), context=ANY),
    Row("attention.heads", merged("GroupQueryAttention", (8, 4), (8, 4), head_dim=2, num_query_heads=4,
        num_key_value_heads=3), "bad", context=ANY),
    Row("attention.features", merged("GroupQueryAttention", (8, 4), (8, 5), head_dim=2, num_query_heads=4,
        num_key_value_heads=2), "bad", context=ANY),
    Row("einsum.axes", on_image("EinsumDense", equation="abcd,de->abce", output_shape=[16, 4]), "bad"),
    Row("einsum.letters", on_image("EinsumDense", equation="abcd,de->abcf", output_shape=[16, 16, 4]), "bad"),
    Row("einsum.bias-axes", on_image("EinsumDense", equation="abcd,de->abce", output_shape=[16, 16, 4],
        bias_axes="d"), "bad"),
    Row("einsum.unnamed-axes", on_image("EinsumDense", equation="...d,de->...e", output_shape=4, shape=(8, 6, 5, 4)),
        "bad", ("at most one axis", "8x6x5")),
    Row("einsum.sizes-differ", on_image("EinsumDense", equation="abcd,de->abce", output_shape=[15, 16, 4]), "bad"),
    # -- functions on tensors
    Row("operation.shape-unknown", on_image("keras.ops.matmul"), "bad", ("recorded",), context=ANY),
    Row("opaque.shape-unknown", on_image("opaque", class_name="Lambda", config={}), "bad", ("Lambda",), context=ANY),
    # -- blocks
    Row("unet.skip-too-small", too_deep, "bad", ("at least 64", "16"), place="skip", context=ANY),
    Row("unet.size-unknown", unknown_size_up, "bad", context=ANY),
    Row("block.repeat", on_image("block:conv-norm-activation", filters=8, repeat=2), "bad",
        ("16x16x4 in", "16x16x8 out"), place="repeat"),
    Row("block.recursive", OWN, "bad", ("does not contain itself",), path="/".join(["0/again"] * 24),
        blocks=(own(("user:own", "again", {})),)),
    Row("block.too-large", OWN, "bad", ("50,000", "more"), path="0/part_16/661/conv", blocks=(own(*VERY_MANY),)),
    Row("block.cycle", OWN, "bad", ("a cycle",), blocks=(in_a_ring(),)),
    Row("block.unsound", OWN, "bad", ("conv", "filters"), blocks=(own(("Conv", "conv", {"kernel_size": 3})),)),
    Row("block.expression", OWN, "bad", ("filters of conv",), blocks=(UNBOUND,)),
]  # fmt: skip
"""One drawing or more for each code."""
