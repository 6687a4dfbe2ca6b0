"""Functions of keras.ops as nodes: shapes and dtypes against Keras, arguments through templates."""

from typing import Any

import pytest

from workbench.layers import CATALOGUE, Call, LayerType, ShapeError, TensorSpec
from workbench.layers import operations as ops

pytestmark = pytest.mark.filterwarnings("ignore:::keras")
NEEDS = {
    "cast": {"dtype": "float32"},
    "clip": {"x_min": 0.0, "x_max": 1.0},
    "roll": {"shift": 1},
    "floor_divide": {},
}


def ours(key, inputs, args=None, kwargs=None, output_spec=None):
    kind: Any = CATALOGUE[key]
    params = {"args": args, "kwargs": kwargs, "output_spec": output_spec}
    return kind.shape(Call(params, {"inputs": inputs}))


def theirs(keras, name, inputs, **kwargs):
    tensors = [keras.KerasTensor((None, *spec.shape), spec.dtype) for spec in inputs]
    result = getattr(keras.ops, name)(*tensors, **kwargs)
    return TensorSpec(tuple(result.shape[1:]), result.dtype)


@pytest.mark.parametrize("name", ops._UNARY)
@pytest.mark.parametrize("shape", [(6, 4, 3), (5,), (None, 2)])
def test_elementwise(keras, name, shape):
    inputs = (TensorSpec(shape),)
    assert ours(f"keras.ops.{name}", inputs) == theirs(keras, name, inputs, **NEEDS.get(name, {}))


@pytest.mark.parametrize("name", ops._BINARY)
@pytest.mark.parametrize("other", [(6, 4, 3), (6, 4, 1), (1, 4, 3)])
def test_of_two(keras, name, other):
    inputs = (TensorSpec((6, 4, 3)), TensorSpec(other))
    assert ours(f"keras.ops.{name}", inputs) == theirs(keras, name, inputs)


def test_of_two_that_do_not_fit():
    with pytest.raises(ShapeError, match="6x4x3 and 5x4x3"):
        ours("keras.ops.add", (TensorSpec((6, 4, 3)), TensorSpec((5, 4, 3))))


@pytest.mark.parametrize("name", [name for name in ops._REDUCTIONS if name not in ("average", "norm", "median")])
@pytest.mark.parametrize("kwargs", [{"axis": -1}, {"axis": [1, 2]}, {"axis": 2, "keepdims": True}])
def test_over_axes(keras, name, kwargs):
    inputs = (TensorSpec((6, 4, 3)),)
    told = {key: tuple(value) if isinstance(value, list) else value for key, value in kwargs.items()}
    args = [{"tensor": 0}]
    assert ours(f"keras.ops.{name}", inputs, args, kwargs) == theirs(keras, name, inputs, **told)


def test_what_has_no_rule_gives_what_was_recorded():
    inputs = (TensorSpec((6, 4)),)
    assert ours("keras.ops.reshape", inputs, output_spec=[[24], "float32"]) == TensorSpec((24,))
    with pytest.raises(ShapeError, match="recorded"):
        ours("keras.ops.reshape", inputs)


def test_every_operation_is_a_public_function_of_keras(keras):
    for name in (*ops._UNARY, *ops._BINARY, *ops._REDUCTIONS, *ops._RECORDED):
        assert name == "get_item" or callable(getattr(keras.ops, name)), name


def test_templates_are_filled_again():
    class Told:
        layer = output = 0

    one, two = Told(), Told()
    template = ops.template(((one, [two, 3.0]), {"k": "text"}))
    assert template == [[{"tensor": 0}, [{"tensor": 1}, 3.0]], {"k": "text"}]
    assert ops.filled(template, ["a", "b"]) == [["a", ["b", 3.0]], {"k": "text"}]
    cut = ops.template([{"class_name": "__slice__", "config": {"start": 1, "stop": None, "step": 2}}])
    assert ops.filled(cut, []) == [slice(1, None, 2)]
    with pytest.raises(IndexError):
        ops.filled([{"tensor": 2}], ["only"])


def test_class_names_become_keys():
    assert ops.operation_key("Add") == "keras.ops.add"
    assert ops.operation_key("ExpandDims") == "keras.ops.expand_dims"
    assert ops.operation_key("GetItem") == "keras.ops.get_item"
    assert ops.operation_key("Relu6") == "keras.ops.relu6"
    assert ops.operation_key("LogSoftmax") == "keras.ops.log_softmax"


@pytest.mark.parametrize(
    ("name", "args", "shapes", "output", "expected"),
    [
        ("matmul", None, [(4, 5), (5, 6)], (4, 6), 4 * 5 * 6),
        ("matmul", [{"tensor": 0}, [[1.0, 2.0]]], [(4, 1)], (4, 2), 8),
        ("einsum", ["bhwc,bhwd->bcd", {"tensor": 0}, {"tensor": 1}], [(4, 5, 6), (4, 5, 7)], (6, 7), 4 * 5 * 6 * 7),
        ("dot_product_attention", None, [(4, 2, 8), (5, 2, 8), (5, 2, 8)], (4, 2, 8), 2 * 4 * 5 * 2 * 8),
        ("matmul", None, [(None, 5), (5, 6)], (None, 6), None),
        ("add", None, [(4, 5), (4, 5)], (4, 5), 0),
    ],
)
def test_multiplications_of_matrix_products(name, args, shapes, output, expected):
    kind = CATALOGUE[f"keras.ops.{name}"]
    assert isinstance(kind, LayerType)
    call = Call(kind.full_params({"args": args}), {"inputs": tuple(map(TensorSpec, shapes))})
    assert kind.macs(call, TensorSpec(output)) == expected
