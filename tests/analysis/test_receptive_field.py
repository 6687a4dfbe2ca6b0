"""Receptive fields, against known networks and against following every single position back to the input."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.networks import Network, lenet5
from workbench.analysis.receptive_field import AxisField
from workbench.graph import NodeId

SIZE = 61
"""Of the input's both axes; odd, so that 'same' pads unevenly."""


def field(network: Network, node: str) -> str:
    return str(network.analysed().report(NodeId(node)).receptive_field)


def axes(network: Network, node: str) -> tuple[AxisField, ...]:
    return network.analysed().report(NodeId(node)).receptive_field.axes


def test_lenet5():
    fields = {node: field(lenet5(), node) for node in ("input", "c1", "s2", "c3", "s4", "flatten", "output")}
    assert fields == {
        "input": "1x1",
        "c1": "5x5",
        "s2": "6x6",
        "c3": "14x14",
        "s4": "16x16",
        "flatten": "whole input",
        "output": "whole input",
    }


def test_three_3x3_convolutions_see_as_much_as_one_7x7():
    network = Network((32, 32, 3))
    for number in range(3):
        network.on("Conv", f"conv_{number}", filters=4, kernel_size=3)
    assert field(network, "conv_2") == "7x7"


def test_dilation_widens_without_stride():
    network = Network((64, 64, 3))
    for dilation in (1, 2, 4):
        network.on("Conv", f"d{dilation}", filters=4, kernel_size=3, dilation_rate=dilation, padding="same")
    assert field(network, "d4") == "15x15"


def test_padding_of_tensorflow_starts_late_where_it_is_uneven():
    """A 3x3 convolution with stride 2 on 224 pads nothing before and one after."""
    network = Network((224, 225, 3))
    network.on("Conv", "conv", filters=4, kernel_size=3, strides=2, padding="same")
    assert axes(network, "conv") == (AxisField(3, Fraction(2), Fraction(0)), AxisField(3, Fraction(2), Fraction(-1)))


def test_a_merge_sees_what_its_inputs_see():
    network = Network((32, 32, 3))
    network.on("Conv", "wide", "input", filters=3, kernel_size=[7, 1], padding="same")
    network.on("Conv", "tall", "input", filters=3, kernel_size=[1, 5], padding="same")
    network.on("Add", "sum", "wide", "tall")
    assert field(network, "sum") == "7x5"


def test_pointwise_layers_change_nothing_and_global_pooling_sees_all():
    network = Network((32, 32, 3))
    network.on("Conv", "conv", filters=3, kernel_size=3)
    for kind in ("BatchNormalization", "ReLU", "Softmax"):
        network.on(kind, kind)
    network.on("Dense", "each position", units=4)
    assert field(network, "each position") == "3x3"
    network.on("GlobalAveragePooling2D", "mean")
    assert field(network, "mean") == "whole input"


# An independent way: which input positions does one output position come from?
def padding_before(size: int, extent: int, stride: int) -> int:
    """The smaller half of what makes ceil(size / stride) windows fit."""
    outputs = -(-size // stride)
    return max((outputs - 1) * stride + extent - size, 0) // 2


def seen_by(layers: list[dict[str, int]], sizes: list[Any], position: int) -> set[int]:
    """Input positions under one output position of a stack, as if the input had no borders."""
    positions = {position}
    for layer, size in reversed(list(zip(layers, sizes, strict=True))):
        extent = layer["dilation"] * (layer["kernel"] - 1) + 1
        before = padding_before(size, extent, layer["stride"]) if layer["same"] else 0
        taps = range(0, extent, layer["dilation"])
        positions = {p * layer["stride"] - before + tap for p in positions for tap in taps}
    return positions


def check_axis(axis: AxisField, seen: set[int], next_seen: set[int]) -> None:
    assert axis.start == min(seen)
    assert axis.size == max(seen) - min(seen) + 1
    assert axis.stride == min(next_seen) - min(seen)


def axis_layer(draw, same: bool, pooling: bool) -> dict[str, int]:
    stride = draw(st.integers(1, 2))
    dilation = 1 if stride > 1 or pooling else draw(st.integers(1, 2))
    return {"kernel": draw(st.integers(1, 4)), "stride": stride, "dilation": dilation, "same": same}


def keras_params(rows: dict[str, int], columns: dict[str, int], pooling: bool) -> dict[str, object]:
    both = {name: [rows[key], columns[key]] for name, key in (("kernel_size", "kernel"), ("strides", "stride"))}
    padding = "same" if rows["same"] else "valid"
    if pooling:
        return {"pool_size": both["kernel_size"], "strides": both["strides"], "padding": padding}
    return {**both, "filters": 1, "dilation_rate": [rows["dilation"], columns["dilation"]], "padding": padding}


@st.composite
def stacks(draw):
    """Up to four convolutions and poolings, other sizes on the two axes."""
    stack = []
    for _ in range(draw(st.integers(1, 4))):
        pooling, same = draw(st.booleans()), draw(st.booleans())
        rows, columns = axis_layer(draw, same, pooling), axis_layer(draw, same, pooling)
        if max(rows["stride"], columns["stride"]) > 1:  # Keras has no convolution with both
            rows["dilation"] = columns["dilation"] = 1
        stack.append((pooling, rows, columns))
    return stack


@given(stacks())
def test_a_stack_sees_what_its_positions_see(stack):
    network = Network((SIZE, SIZE, 1))
    for number, (pooling, rows, columns) in enumerate(stack):
        network.on("Max" if pooling else "Conv", str(number), **keras_params(rows, columns, pooling))
    analysis = network.analysed()
    shapes = [analysis.report(node.id).outputs["output"].shape for node in network.graph]
    last = analysis.report(NodeId(str(len(stack) - 1))).receptive_field
    for index, axis in enumerate(last.axes):
        layers = [each[1 + index] for each in stack]
        sizes = [shape[index] for shape in shapes[:-1]]
        check_axis(axis, seen_by(layers, sizes, 0), seen_by(layers, sizes, 1))


@pytest.mark.parametrize(("first", "second"), [(3, 5), (2, 6), (1, 3), (4, 3)])
def test_two_branches_together_see_the_union(first, second):
    network = Network((SIZE, SIZE, 1))
    network.on("Conv", "stem", filters=2, kernel_size=3, strides=2)
    network.on("Conv", "a", "stem", filters=2, kernel_size=first, padding="same")
    network.on("Conv", "b", "stem", filters=2, kernel_size=second, padding="same")
    network.on("Concatenate", "both", "a", "b")
    stem = {"kernel": 3, "stride": 2, "dilation": 1, "same": 0}

    def seen(position: int) -> set[int]:
        branches = [{"kernel": kernel, "stride": 1, "dilation": 1, "same": 1} for kernel in (first, second)]
        return set().union(*(seen_by([stem, branch], [SIZE, 30], position) for branch in branches))

    check_axis(axes(network, "both")[0], seen(0), seen(1))


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_a_transposed_convolution_sees_the_inputs_that_reach_it(kernel, stride, same):
    network = Network((SIZE, SIZE, 1))
    network.on("Up", "up", filters=1, kernel_size=kernel, strides=stride, padding="same" if same else "valid")
    axis = axes(network, "up")[0]
    cropped = max(kernel - stride, 0) // 2 if same else 0
    spans = []
    for position in range(10, 10 + stride):  # input i reaches outputs i * stride - cropped and the next kernel - 1
        reached = [i for i in range(SIZE) if 0 <= position + cropped - i * stride < kernel]
        spans.append(len(reached))
        low = position * axis.stride + axis.start
        assert all(low - 1 < i < low + axis.size for i in reached)
    assert axis.stride == Fraction(1, stride)
    assert axis.size == max(1, *spans)
