"""A model through its file and back gives the same outputs."""

import numpy as np
import pytest

from tests.importing.conftest import difficult_model
from workbench.analysis import GraphAnalysis, primitives
from workbench.importing import import_model
from workbench.project import SetWeights, load_project, project_catalogue, save_project
from workbench.project.weights import read_weights, store_of, write_weights

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


def compiled(project, weights):
    from workbench.engine.compile import build_model
    from workbench.engine.weights import fit_weights

    graph, catalogue = project.graphs["model"], project_catalogue(project.blocks.values())
    model = build_model(graph, 0, catalogue)
    fitted = fit_weights(model, graph, catalogue, weights)
    assert not fitted.new
    assert not fitted.partly
    return model


def outputs(keras, model, by_name):
    given = [by_name[tensor.name] for tensor in model.inputs]
    results = keras.tree.flatten(model(given if len(given) > 1 else given[0], training=False))
    return sorted((np.asarray(result) for result in results), key=lambda result: result.shape)


def drawn_inputs(model):
    generator = np.random.default_rng(0)
    return {tensor.name: generator.normal(size=(3, *tensor.shape[1:])).astype("float32") for tensor in model.inputs}


def test_everything_that_a_functional_model_may_hold(keras, tmp_path):
    theirs = difficult_model(keras)
    path = tmp_path / "difficult.keras"
    theirs.save(path)
    imported = import_model(path)
    project = imported.project
    assert imported.opaque == {}
    assert list(project.blocks) == ["user:inner"]
    ours = compiled(project, imported.weights)
    assert ours.count_params() == theirs.count_params()
    given = drawn_inputs(theirs)
    # It is called with training=True, and what it drops is drawn.
    for model in (theirs, ours):
        model.get_layer("dropped").rate = 0.0
    for expected, came in zip(outputs(keras, theirs, given), outputs(keras, ours, given), strict=True):
        np.testing.assert_allclose(came, expected, atol=1e-5)


def test_it_survives_saving_and_opening(keras, tmp_path):
    theirs = difficult_model(keras)
    theirs.save(tmp_path / "m.keras")
    imported = import_model(tmp_path / "m.keras")
    file = tmp_path / "project" / "m.workbench"
    file.parent.mkdir()
    imported.project.apply(SetWeights(write_weights(tmp_path / "elsewhere", imported.weights.items())))
    save_project(imported.project, file)
    assert len(list(store_of(file).iterdir())) == 1
    loaded = load_project(file)
    assert not loaded.problems
    weights = read_weights(loaded.project.weights.file)
    assert weights.keys() == imported.weights.keys()
    ours = compiled(loaded.project, weights)
    assert sorted(tuple(output.shape) for output in ours.outputs) == [(None, 3), (None, 4)]
    assert ours.count_params() == theirs.count_params()


def test_parameters_of_shared_layers_count_once(keras, tmp_path):
    theirs = difficult_model(keras)
    theirs.save(tmp_path / "m.keras")
    project = import_model(tmp_path / "m.keras").project
    analysis = GraphAnalysis(project.graphs["model"], project_catalogue(project.blocks.values()))
    assert analysis.totals.params == theirs.count_params()
    assert sum(layer.report.params for layer in primitives(analysis)) == theirs.count_params()


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_sequential_and_trainable(keras, tmp_path, suffix):
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((12, 12, 1)),
            layers.Conv2D(3, 3, kernel_regularizer="l2", name="first"),
            layers.SeparableConv2D(4, 3, name="second"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, kernel_initializer=keras.initializers.VarianceScaling(2.0), name="head"),
        ]
    )
    model.get_layer("first").trainable = False
    path = tmp_path / f"model.{suffix}"
    model.save(path)
    imported = import_model(path)
    graph = imported.project.graphs["model"]
    assert not graph.node(graph.find_name("first")).trainable
    assert graph.node(graph.find_name("head")).params["kernel_initializer"]["config"]["scale"] == 2.0
    ours = compiled(imported.project, imported.weights)
    given = drawn_inputs(model)
    (expected,) = outputs(keras, model, given)
    came = np.asarray(ours(next(iter(given.values())), training=False))
    np.testing.assert_allclose(came, expected, atol=1e-6)
    assert len(ours.trainable_weights) == len(model.trainable_weights)
