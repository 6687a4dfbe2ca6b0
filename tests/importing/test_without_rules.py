"""Layers and operations without rules, wherever in a model they are: imported, and computed as Keras computes them."""

from typing import Any

import numpy as np
import pytest

from tests.importing.test_round_trip import compiled
from workbench.analysis import GraphAnalysis
from workbench.codegen import keras_script
from workbench.importing import import_model
from workbench.project import project_catalogue

pytestmark = pytest.mark.filterwarnings("ignore:::keras")

SEQUENTIAL = {
    "LSTM": ((6, 5), lambda layers: layers.LSTM(4, return_sequences=True)),
    "GRU": ((6, 5), lambda layers: layers.GRU(4)),
    "Bidirectional": ((6, 5), lambda layers: layers.Bidirectional(layers.LSTM(4))),
    "Masking": ((6, 5), lambda layers: layers.Masking()),
    "Embedding": ((6,), lambda layers: layers.Embedding(10, 4)),
    "TimeDistributed": ((4, 8, 8, 3), lambda layers: layers.TimeDistributed(layers.Conv2D(4, 3))),
    "ConvLSTM2D": ((4, 8, 8, 3), lambda layers: layers.ConvLSTM2D(4, 3)),
    "SpectralNormalization": ((8, 8, 3), lambda layers: layers.SpectralNormalization(layers.Conv2D(4, 3))),
}
FIXED = np.random.default_rng(1).random((8, 8, 3), "float32")
FUNCTIONS = {
    "a constant array": lambda ops, x: x + FIXED,
    "cast": lambda ops, x: ops.cast(x > 0.5, "float32"),
    "einsum": lambda ops, x: ops.einsum("bhwc,bhwd->bcd", x, x),
    "reshape at the end": lambda ops, x: ops.reshape(x, (-1, 192)),
    "ellipsis": lambda ops, x: x[..., 0],
    "resize": lambda ops, x: ops.image.resize(x, (16, 16)),
    "greater_equal": lambda ops, x: ops.where(ops.greater_equal(x, 0.5), x, 0.0),
    "argmax at the end": lambda ops, x: ops.argmax(x, axis=-1),
    "depth_to_space": lambda ops, x: ops.tril(ops.log10(x + 1.0)),
}


def imported(model, path, supplied=True):
    from workbench.engine.supplied import supply_spec

    model.save(path)
    return import_model(path, supplier=supply_spec if supplied else None)


def assert_equal_to(model, read):
    ours = compiled(read.project, read.weights)
    x = np.random.default_rng(0).random((2, *model.input_shape[1:])).astype("float32")
    x = np.floor(x * 9) if x.ndim == 2 else x
    np.testing.assert_allclose(np.asarray(ours(x)), np.asarray(model(x)), atol=1e-5)
    analysis = GraphAnalysis(read.project.graphs["model"], project_catalogue(read.project.blocks.values()))
    assert not [problem.code for problem in analysis.diagnostics if problem.code.endswith("shape-unknown")]
    stored_twice = "SpectralNormalization" in str(read.opaque)  # its file holds the wrapped kernel again
    assert stored_twice or read.parameters == model.count_params()


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("name", SEQUENTIAL)
@pytest.mark.parametrize("last", [False, True])
def test_a_layer_of_a_sequential_model(keras, tmp_path, name, ending, last):
    shape, make = SEQUENTIAL[name]
    layers = [keras.Input(shape), make(keras.layers)]
    model = keras.Sequential(layers if last else [*layers, keras.layers.Flatten(), keras.layers.Dense(2)])
    assert_equal_to(model, imported(model, tmp_path / f"model.{ending}"))


def test_a_layer_inside_a_nested_model(keras, tmp_path):
    inner = keras.Sequential([keras.Input((6, 5)), keras.layers.LSTM(4), keras.layers.Dense(3)])
    entry = keras.Input((6, 5))
    model = keras.Model(entry, keras.layers.Dense(2)(inner(entry)))
    assert_equal_to(model, imported(model, tmp_path / "model.keras"))


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function(keras, tmp_path, name, ending):
    entry = keras.Input((8, 8, 3))
    model = keras.Model(entry, FUNCTIONS[name](keras.ops, entry))
    read = imported(model, tmp_path / f"model.{ending}")
    assert_equal_to(model, read)
    written: dict[str, Any] = {}
    exec(keras_script(read.project), written)
    x = np.random.default_rng(0).random((2, 8, 8, 3), "float32")
    np.testing.assert_allclose(np.asarray(written["make_model"]()(x)), np.asarray(model(x)), atol=1e-5)


def test_what_keras_may_not_build_leaves_the_rest_imported(keras, tmp_path):
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Lambda(lambda x: x / 255.0, name="scale"), keras.layers.Conv2D(4, 3)]
    )
    for supplied in (True, False):
        read = imported(model, tmp_path / "model.keras", supplied)
        assert len(read.project.graphs["model"]) == 3
        (note,) = read.notes
        assert note.startswith("scale gives no known shape (Lambda is not in the catalogue")
        assert "the weights of conv2d" in note
        analysis = GraphAnalysis(read.project.graphs["model"])
        (problem,) = [found for found in analysis.diagnostics if found.node == "scale"]
        assert problem.code == "opaque.shape-unknown"
        assert len(problem.message) < 160
