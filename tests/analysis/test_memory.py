"""Training memory of small networks, worked out by hand."""

import pytest

from tests.analysis.networks import Network
from workbench.analysis import primitives
from workbench.analysis.memory import (
    BYTES_A_LAYER,
    BYTES_A_LEARNED_WEIGHT,
    TRACED_BYTES,
    KeptTensors,
    MemoryModel,
    memory_model,
)
from workbench.layers import Category

TENSOR = 8 * 8 * 4 * 4
"""Bytes of a sample of 8 x 8 x 4."""


def model(network: Network, optimizer: str = "Adam") -> MemoryModel:
    return memory_model(primitives(network.analysed()), optimizer)


def kept_bytes(network: Network) -> int:
    return sum(kept_by_layer(network))


def kept_by_layer(network: Network) -> list[int]:
    tensors = KeptTensors()
    return [tensors.add(layer) for layer in primitives(network.analysed())]


def on_input(*layers: tuple[str, dict]) -> Network:
    network = Network((8, 8, 4))
    for number, (kind, params) in enumerate(layers):
        network.on(kind, f"layer{number}", **params)
    return network


def test_every_part_of_a_dense_layer():
    network = Network((3,))
    network.on("Dense", "dense", units=2)
    at = model(network).at(10)
    assert (at.weights, at.gradients, at.slots) == (8 * 4, 8 * 4, 2 * 8 * 4)
    assert at.activations == 10 * 3 * 4  # its input, for the kernel's gradient
    traced = 2 * BYTES_A_LAYER + 2 * BYTES_A_LEARNED_WEIGHT  # the input and the layer; kernel and bias
    assert at.workspace == 2 * 6 * 4 + traced + 10 * 2 * (2 * 4)
    assert at.total == at.weights + at.gradients + at.slots + at.activations + at.workspace


def test_slots_follow_the_optimizer_and_frozen_weights_have_neither_slots_nor_gradients():
    network = Network((3,))
    network.on("Dense", "dense", units=2)
    assert [model(network, name).at(1).slots for name in ("SGD", "Adam", "Lion")] == [32, 64, 32]
    network = on_input(("BatchNormalization", {}))
    at = model(network).at(1)
    assert (at.weights, at.gradients) == (16 * 4, 8 * 4)
    traced = 2 * BYTES_A_LAYER + 2 * BYTES_A_LEARNED_WEIGHT + TRACED_BYTES[Category.NORMALISATION]
    assert at.workspace == 2 * 4 * 4 + traced + 6 * TENSOR


CONV = ("Conv", {"filters": 4, "kernel_size": 1})


@pytest.mark.parametrize(
    ("layers", "kept"),
    [
        ([CONV], 1),  # its input
        ([CONV, CONV], 2),
        ([CONV, ("ReLU", {})], 2),  # the convolution's input, the output of ReLU
        ([CONV, ("ReLU", {}), CONV], 2),  # which is the next one's input, kept once
        ([("Conv", {"filters": 4, "kernel_size": 1, "activation": "relu"}), CONV], 2),
        ([CONV, ("BatchNormalization", {}), ("ReLU", {})], 3),  # what BatchNormalization puts out is not read again
        ([CONV, ("BatchNormalization", {}), ("Activation", {"activation": "silu"})], 3),  # what goes into silu
        ([("Conv", {"filters": 4, "kernel_size": 1, "activation": "silu"})], 2),
        ([("AveragePooling2D", {"pool_size": 1}), ("ZeroPadding2D", {"padding": 0})], 0),
        ([("Dropout", {"rate": 0.5})], 0.25),
        ([("MaxPooling2D", {"pool_size": 1})], 2),
    ],
)
def test_what_is_read_again(layers, kept):
    assert kept_bytes(on_input(*layers)) == kept * TENSOR


@pytest.mark.parametrize(("merge", "kept"), [("Add", 2), ("Multiply", 3)])
def test_factors_are_read_again_and_terms_are_not(merge, kept):
    network = on_input(CONV, CONV)
    network.on(merge, "merge", "layer0", "layer1")
    assert kept_bytes(network) == kept * TENSOR


def test_the_fullest_moment_is_before_small_layers_give_way_to_large_ones():
    """Backwards, the large layers at the start come when what the small ones kept is let go of."""
    wide = ("Conv", {"filters": 8, "kernel_size": 1})
    narrow = ("Conv", {"filters": 1, "kernel_size": 1})
    small = TENSOR // 4
    start = model(on_input(wide, narrow))
    # At the wide layer: its input, and two copies of its output. At the narrow one: both inputs and little more.
    assert (start.activations_per_sample, start.workspace_per_sample) == (TENSOR, 2 * 2 * TENSOR)
    end = model(on_input(wide, narrow, *[("ReLU", {})] * 10))
    assert (end.activations_per_sample, end.workspace_per_sample) == (3 * TENSOR + 10 * small, 2 * small)


def test_what_a_layer_near_the_start_reads_is_kept_until_its_turn():
    """A skip from the first layer to the last: kept once, and to the end of the backward pass."""
    network = on_input(CONV, CONV)
    network.on("Multiply", "skip", "layer0", "layer1")
    assert kept_by_layer(network) == [0, TENSOR, TENSOR, TENSOR]


@pytest.mark.parametrize("available", [0, 10**6, 10**7, 123_456_789])
def test_the_largest_batch_fits_and_one_more_does_not(available):
    memory = model(on_input(CONV, ("BatchNormalization", {}), ("ReLU", {})))
    batch = memory.largest_batch(available)
    assert memory.at(batch + 1).total > available
    assert batch == 0 or memory.at(batch).total <= available


def test_layers_of_unknown_size_are_left_out():
    network = Network((None, None, 3))
    network.on("Conv", "conv", filters=4, kernel_size=1)
    memory = model(network)
    assert memory.activations_per_sample == 0
    assert memory.largest_batch(10**9) == 0
    assert memory.at(1).weights == 16 * 4
