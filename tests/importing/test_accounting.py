"""Every array of a file has a layer, and every layer its arrays: outputs are those of Keras, or a note says why not."""

import numpy as np
import pytest

from workbench.importing import ModelFileError, import_model
from workbench.project import project_catalogue

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


def drawn(model):
    generator = np.random.default_rng(3)
    for variable in model.weights:
        variable.assign(generator.uniform(0.2, 1.2, variable.shape))
    return model


def nested(keras):
    """A network in a network in a network."""
    layers = keras.layers
    inner = keras.Sequential(
        [layers.Input((6, 6, 3)), layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization()]
    )
    x = layers.Input((6, 6, 3))
    middle = keras.Model(x, layers.Conv2D(3, 3, padding="same")(inner(x)), name="middle")
    y = layers.Input((6, 6, 3))
    outer = keras.Model(y, layers.Conv2D(3, 3, padding="same")(middle(y)), name="outer")
    z = layers.Input((6, 6, 3))
    return keras.Model(z, layers.Flatten()(outer(z)))


def alike(keras):
    """Layers of the same names and shapes in two networks in a network."""
    layers = keras.layers
    parts = [
        keras.Sequential([layers.Input((8,)), layers.Dense(8, name="d"), layers.Dense(8, name="e")], name=name)
        for name in ("a", "b")
    ]
    x = layers.Input((8,))
    both = keras.Model(x, parts[1](parts[0](x)), name="both")
    y = layers.Input((8,))
    return keras.Model(y, layers.Dense(2)(both(y)))


def both_ways(keras):
    x = keras.layers.Input((5, 4))
    return keras.Model(x, keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True))(x))


def around_a_layer(keras):
    layers = keras.layers
    return keras.Sequential(
        [layers.Input((4, 6)), layers.TimeDistributed(layers.BatchNormalization()), layers.Flatten()]
    )


def adapted(keras):
    values = np.random.default_rng(0).normal(3, 2, size=(100, 4))
    normalisation = keras.layers.Normalization()
    normalisation.adapt(values)
    return keras.Sequential([keras.layers.Input((4,)), normalisation, keras.layers.Dense(2)])


def in_bfloat16(keras):
    layers = [keras.layers.Dense(6, dtype="bfloat16"), keras.layers.Dense(2, dtype="float32")]
    return keras.Sequential([keras.layers.Input((8,)), *layers])


def quantised(keras):
    model = drawn(keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(6), keras.layers.Dense(2)]))
    model.quantize("int8")
    return model


def with_adapters(keras):
    model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(6), keras.layers.Dense(2)])
    model.layers[0].enable_lora(2)
    return drawn(model)


AS_THEY_ARE = (adapted, quantised)
"""Their weights belong together."""
ONLY_KERAS = (with_adapters,)


def imported_outputs(keras, path, x):
    from workbench.engine.compile import build_model
    from workbench.engine.supplied import supply_spec
    from workbench.engine.weights import fit_weights

    imported = import_model(path, supplier=supply_spec)
    graph, catalogue = imported.project.graphs["model"], project_catalogue(imported.project.blocks.values())
    model = build_model(graph, 0, catalogue)
    fit_weights(model, graph, catalogue, imported.weights)
    return np.asarray(keras.ops.cast(model(x, training=False), "float32")), imported.notes


@pytest.mark.parametrize(
    "make", [nested, alike, both_ways, around_a_layer, adapted, in_bfloat16, quantised, with_adapters]
)
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_all_weights_arrive(keras, tmp_path, make, suffix):
    if suffix == "h5" and make in ONLY_KERAS:
        pytest.skip("adapters are merged in .keras alone")
    model = make(keras)
    if make not in AS_THEY_ARE:
        drawn(model)
    path = tmp_path / f"model.{suffix}"
    model.save(path)
    x = np.random.default_rng(4).normal(size=(2, *model.input_shape[1:])).astype("float32")
    came, notes = imported_outputs(keras, path, x)
    expected = np.asarray(keras.ops.cast(model(x, training=False), "float32"))
    np.testing.assert_allclose(came, expected, rtol=1e-5, atol=1e-5)
    assert notes == ()


@pytest.mark.parametrize("outside_first", [True, False])
def test_a_layer_shared_across_a_network_s_border_is_copied_and_noted(keras, tmp_path, outside_first):
    layers = keras.layers
    shared = layers.Dense(10, name="shared")
    x = layers.Input((10,))
    inner = keras.Model(x, shared(x), name="inner")
    y = layers.Input((10,))
    model = drawn(keras.Model(y, inner(shared(y)) if outside_first else shared(inner(y))))
    path = tmp_path / "model.keras"
    model.save(path)
    values = np.random.default_rng(4).normal(size=(2, 10)).astype("float32")
    came, (note,) = imported_outputs(keras, path, values)
    np.testing.assert_allclose(came, np.asarray(model(values)), rtol=1e-5)
    assert "shares its weights with" in note
    assert "a copy of its own" in note


def test_adapters_that_are_not_merged_are_named(keras, tmp_path):
    with_adapters(keras).save(tmp_path / "m.h5")
    with pytest.raises(ModelFileError, match=r"its LoRA adapters are not merged: save the model as \.keras"):
        import_model(tmp_path / "m.h5")


def test_arrays_and_layers_that_do_not_meet_are_named(keras, tmp_path):
    import h5py

    model = keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(3, name="one"), keras.layers.Dense(2, name="two")]
    )
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "a") as file:
        file["model_weights"].move("two", "other")
    empty, lost = import_model(tmp_path / "m.h5").notes
    assert empty == "the file has no weights for two, which begin anew"
    assert lost.startswith("no layer takes the file's weights of other/")
    assert lost.endswith("two/kernel; they are left out")


def test_names_with_colons(keras, tmp_path):
    from workbench.project import SetWeights
    from workbench.project.weight_matching import fit_of, stored_shapes
    from workbench.project.weights import write_weights

    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="block: dense")]).save(tmp_path / "m.keras")
    imported = import_model(tmp_path / "m.keras")
    imported.project.apply(SetWeights(write_weights(tmp_path / "store", imported.weights.items())))
    fit = fit_of(imported.project, stored_shapes(imported.project.weights))
    assert (fit.kept, fit.new, fit.unused) == (("block: dense",), (), ())


def test_an_input_that_no_layer_takes_is_left_out_and_noted(keras, tmp_path):
    used, unused = keras.Input((4,), name="used"), keras.Input((4,), name="unused")
    model = drawn(keras.Model([used, unused], keras.layers.Dense(2)(used)))
    model.save(tmp_path / "m.keras")
    x = np.ones((2, 4), "float32")
    came, notes = imported_outputs(keras, tmp_path / "m.keras", x)
    assert notes == ("unused: an input that no layer takes was left out",)
    np.testing.assert_allclose(came, np.asarray(model([x, x])), rtol=1e-6)
