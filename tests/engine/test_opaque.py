"""Layers without rules of ours are built by Keras itself; nothing that a file names may run code or read files."""

import keras
import numpy as np
import pytest

from tests.analysis.networks import Network
from workbench.engine import JobError
from workbench.engine.compile import build_model
from workbench.graph import Graph


def opaque(layer: keras.layers.Layer, shape: list[int | None], inputs: list[int | None]) -> Graph:
    """An Input and the layer as Keras saves it."""
    return drawn(keras.saving.serialize_keras_object(layer), shape, inputs)


def drawn(saved, shape, inputs) -> Graph:
    record = {name: saved[name] for name in ("class_name", "module", "registered_name", "config") if name in saved}
    network = Network(tuple(inputs))
    network.on("opaque", "own", **record, output_specs=[[shape, "float32"]])
    return network.graph


def test_is_built_as_it_was_saved_under_the_name_of_its_node():
    model = build_model(opaque(keras.layers.Embedding(10, 8, name="old"), [5, 8], [5]), seed=0)
    layer = model.get_layer("own")
    assert type(layer) is keras.layers.Embedding
    assert (layer.input_dim, layer.output_dim) == (10, 8)
    assert model.output.shape == (None, 5, 8)


def test_layers_in_layers_keep_their_configuration():
    inner = keras.layers.Dense(3, activation="tanh", kernel_initializer=keras.initializers.Constant(0.5))
    model = build_model(opaque(keras.layers.TimeDistributed(inner), [4, 3], [4, 2]), seed=0)
    got = np.asarray(model(np.ones((1, 4, 2), "float32")))
    np.testing.assert_allclose(got, np.tanh(np.ones((1, 4, 3))), rtol=1e-6)


SAVED_LAMBDA = {"class_name": "Lambda", "module": "keras.layers", "config": {"function": {}}}
CODE = {"class_name": "__lambda__", "config": {"value": ["4wAA", None, None]}}


@pytest.mark.parametrize(
    ("saved", "message"),
    [
        (SAVED_LAMBDA, "own holds a Lambda, which may run any code"),
        (
            {"class_name": "TimeDistributed", "module": "keras.layers", "config": {"layer": SAVED_LAMBDA}},
            "own holds a Lambda",
        ),
        (
            {"class_name": "Activation", "module": "keras.layers", "config": {"activation": CODE}},
            "own holds a __lambda__",
        ),
        ({"class_name": "TFSMLayer", "module": "keras.layers", "config": {"filepath": "x"}}, "own holds a TFSMLayer"),
        (
            {"class_name": "TextVectorization", "module": "keras.layers", "config": {"vocabulary": "words.txt"}},
            "own holds a TextVectorization, which may read any file",
        ),
        ({"class_name": "Thing", "module": "mine", "config": {}}, "own is of the class mine.Thing, which is no layer"),
        ({"class_name": "Nothing", "module": "keras.layers", "config": {}}, "which is no layer of Keras"),
        ({"class_name": "get_file", "module": "keras.utils", "config": {}}, "which is no layer of Keras"),
        (
            {"class_name": "Embedding", "module": "keras.layers", "registered_name": "mine>Embedding", "config": {}},
            "which is no layer of Keras",
        ),
        (
            {
                "class_name": "Dense",
                "module": "keras.layers",
                "config": {"units": 1, "kernel_initializer": {"class_name": "system", "module": "os", "config": {}}},
            },
            "own holds a os.system, which is no part of Keras",
        ),
        ({"class_name": "Embedding", "module": "keras.layers", "config": {"rows": 3}}, "own cannot be built"),
    ],
)
def test_is_refused_where_it_may_do_more_than_compute(saved, message):
    with pytest.raises(JobError, match=message):
        build_model(drawn(saved, [3], [3]), seed=0)
