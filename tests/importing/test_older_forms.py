"""Files in the form of Keras 2, written here by hand: configurations, calls and functions of TensorFlow."""

import json

import h5py
import numpy as np
import pytest

from workbench.importing import import_model
from workbench.project import project_catalogue

pytestmark = pytest.mark.filterwarnings("ignore:::keras")
KERNEL = np.random.default_rng(0).normal(size=(3, 3, 3, 4)).astype("float32")
IMAGES = np.random.default_rng(1).normal(size=(2, 6, 6, 3)).astype("float32")


def keras_2_file(path, class_name, config, weights=(), version="2.15.0"):
    """`weights`: for each layer, its name and the arrays by name."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": class_name, "config": config})
        file.attrs["keras_version"] = version
        group = file.create_group("model_weights")
        for layer, arrays in weights:
            stored = group.create_group(layer)
            stored.attrs["weight_names"] = [name.encode() for name in arrays]
            for name, value in arrays.items():
                stored[name] = value
    return path


def layer(class_name, name, *calls, **config):
    return {
        "class_name": class_name,
        "name": name,
        "config": {"name": name, "trainable": True, "dtype": "float32", **config},
        "inbound_nodes": list(calls),
    }


def image_layer():
    return {
        "class_name": "InputLayer",
        "name": "image",
        "config": {
            "name": "image",
            "batch_input_shape": [None, 6, 6, 3],
            "dtype": "float32",
            "sparse": False,
            "ragged": False,
        },
        "inbound_nodes": [],
    }


def functional(*layers, output):
    return {
        "name": "old",
        "layers": [image_layer(), *layers],
        "input_layers": [["image", 0, 0]],
        "output_layers": [output],
    }


def computed(path):
    from workbench.engine.compile import build_model
    from workbench.engine.supplied import supply_spec
    from workbench.engine.weights import fit_weights

    imported = import_model(path, supplier=supply_spec)
    assert imported.opaque == {}
    graph, catalogue = imported.project.graphs["model"], project_catalogue(imported.project.blocks.values())
    model = build_model(graph, 0, catalogue)
    assert fit_weights(model, graph, catalogue, imported.weights).new == []
    return np.asarray(model(IMAGES, training=False))


CONV = {"filters": 4, "kernel_size": [3, 3], "use_bias": False, "batch_input_shape": [None, 6, 6, 3]}


def convolved(keras):
    return np.asarray(keras.ops.conv(IMAGES, KERNEL))


@pytest.mark.parametrize(
    ("class_name", "config", "expected"),
    [
        ("LeakyReLU", {"alpha": 0.25}, lambda x: np.where(x > 0, x, x * 0.25)),
        ("ReLU", {"max_value": 1, "negative_slope": 0, "threshold": 0.0}, lambda x: np.clip(x, 0, 1)),
        ("ThresholdedReLU", {"theta": 0.5}, lambda x: np.where(x > 0.5, x, 0)),
        ("Activation", {"activation": "swish"}, lambda x: x / (1 + np.exp(-x))),
        ("ELU", {"alpha": 0.5}, lambda x: np.where(x > 0, x, 0.5 * (np.exp(np.minimum(x, 0)) - 1))),
        ("Softmax", {"axis": [-1]}, lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
        ("Dropout", {"rate": 0, "noise_shape": None, "seed": None}, lambda x: x),
    ],
)
def test_layers_with_other_names_and_notations(keras, tmp_path, class_name, config, expected):
    layers = [layer("Conv2D", "conv", **CONV), layer(class_name, "after", **config)]
    path = keras_2_file(
        tmp_path / "m.h5", "Sequential", {"name": "old", "layers": layers}, [("conv", {"conv/kernel:0": KERNEL})]
    )
    np.testing.assert_allclose(computed(path), expected(convolved(keras)), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("class_name", ["BatchNormalization", "BatchNormalizationV1"])
def test_normalisation_over_a_list_of_axes(keras, tmp_path, class_name):
    statistics = np.random.default_rng(2).uniform(0.5, 2, (3, 4)).astype("float32")
    names = ("norm/beta:0", "norm/moving_mean:0", "norm/moving_variance:0")
    layers = [layer("Conv2D", "conv", **CONV), layer(class_name, "norm", axis=[3], scale=0, center=1, fused=True)]
    path = keras_2_file(
        tmp_path / "m.h5",
        "Sequential",
        {"name": "old", "layers": layers},
        [("conv", {"conv/kernel:0": KERNEL}), ("norm", dict(zip(names, statistics, strict=True)))],
    )
    beta, mean, variance = statistics
    expected = (convolved(keras) - mean) / np.sqrt(variance + 1e-3) + beta
    np.testing.assert_allclose(computed(path), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("function", "call", "expected"),
    [
        ("math.truediv", ["image", 0, 0, {"y": 127.5, "name": None}], lambda x: x / 127.5),
        ("math.subtract", ["_CONSTANT_VALUE", -1, 2.0, {"y": ["image", 0, 0]}], lambda x: 2 - x),
        (
            "nn.bias_add",
            ["image", 0, 0, {"bias": [1.0, 2.0, 3.0], "data_format": "NHWC"}],
            lambda x: x + np.arange(1, 4),
        ),
        (
            "math.reduce_mean",
            ["image", 0, 0, {"axis": [1, 2], "keepdims": True}],
            lambda x: x.mean((1, 2), keepdims=True),
        ),
        ("compat.v1.transpose", ["image", 0, 0, {"perm": [0, 2, 1, 3]}], lambda x: x.transpose(0, 2, 1, 3)),
        (
            "clip_by_value",
            ["image", 0, 0, {"clip_value_min": -0.5, "clip_value_max": 0.5}],
            lambda x: np.clip(x, -0.5, 0.5),
        ),
        ("math.maximum", ["image", 0, 0, {"y": ["image", 0, 0]}], lambda x: x),
        (
            "__operators__.getitem",
            [
                "image",
                0,
                0,
                {"slice_spec": [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]},
            ],
            lambda x: x[..., ::-1],
        ),
    ],
)
def test_functions_of_tensorflow(keras, tmp_path, function, call, expected):
    called = layer("TFOpLambda", "tf.called", call, function=function)
    path = keras_2_file(tmp_path / "m.h5", "Functional", functional(called, output=["tf.called", 0, 0]))
    np.testing.assert_allclose(computed(path), expected(IMAGES), rtol=1e-5, atol=1e-5)


def test_nodes_of_tensorflow_s_graph(keras, tmp_path):
    node = {"name": "truediv", "op": "RealDiv", "input": ["image", "truediv/y"], "attr": {"T": {"type": "DT_FLOAT"}}}
    called = layer("TensorFlowOpLayer", "op", [["image", 0, 0, {}]], node_def=json.dumps(node), constants={"1": 4.0})
    path = keras_2_file(tmp_path / "m.h5", "Model", functional(called, output=["op", 0, 0]), version="2.2.4-tf")
    np.testing.assert_allclose(computed(path), IMAGES / 4, rtol=1e-6)


def test_a_function_without_counterpart_is_named(tmp_path):
    called = layer("TFOpLambda", "tf.fft", ["image", 0, 0, {}], function="signal.fft2d")
    path = keras_2_file(tmp_path / "m.h5", "Functional", functional(called, output=["tf.fft", 0, 0]))
    assert import_model(path).opaque == {"tf.fft": "the function tf.signal.fft2d of TensorFlow has no counterpart here"}


@pytest.mark.parametrize("calls", [1, 2])
def test_calls_of_a_network_in_the_network_count_from_one(keras, tmp_path, calls):
    inside = {"name": "inner", "layers": [image_layer(), layer("Conv2D", "conv", **CONV)]}
    called = [[["image", 0, 0, {}]]] * calls
    inner = {"class_name": "Sequential", "name": "inner", "config": inside, "inbound_nodes": called}
    joined = layer("Add", "sum", [["inner", number, 0, {}] for number in (1, calls)])
    path = keras_2_file(
        tmp_path / "m.h5",
        "Functional",
        functional(inner, joined, output=["sum", 0, 0]),
        [("inner", {"conv/kernel:0": KERNEL})],
    )
    np.testing.assert_allclose(computed(path), 2 * convolved(keras), rtol=1e-5, atol=1e-5)


def test_what_keras_3_computes_otherwise_is_noted(tmp_path):
    layers = [layer("Conv2D", "conv", **{**CONV, "activation": "hard_sigmoid"})]
    path = keras_2_file(
        tmp_path / "m.h5", "Sequential", {"name": "old", "layers": layers}, [("conv", {"conv/kernel:0": KERNEL})]
    )
    (note,) = import_model(path).notes
    assert note.startswith("conv: hard_sigmoid is computed as Keras 3 does")
