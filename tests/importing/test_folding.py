"""Folded networks give exactly the outputs that they gave before."""

import json

import numpy as np
import pytest

from tests.analysis.test_slices import Later, settle
from tests.importing.test_round_trip import compiled
from tests.zoo.test_applications import NAMES
from workbench.analysis import GraphAnalysis, graph_analysis, primitives
from workbench.importing import import_project
from workbench.project import load_project, project_catalogue, save_project
from workbench.project.file import dumps
from workbench.project.folding import fold_repeats
from workbench.project.weights import read_weights

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


def fold(project):
    graph = project.graphs["model"]
    folding = fold_repeats(project, GraphAnalysis(graph, project_catalogue(project.blocks.values())))
    return folding, project.apply(folding.edit)


def outputs(project, images):
    return np.asarray(compiled(project, read_weights(project.weights))(images, training=False))


def residual_network(keras):
    image = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(8, 3, name="stem")(image)
    for number, filters in enumerate((4, 4, 6)):
        y = keras.layers.Conv2D(filters, 1, name=f"block{number}_first")(x)
        y = keras.layers.BatchNormalization(name=f"block{number}_bn")(y)
        y = keras.layers.Conv2D(8, 3, padding="same", name=f"block{number}_second")(y)
        y = keras.layers.Add(name=f"block{number}_add")([x, y])
        x = keras.layers.ReLU(name=f"block{number}_out")(y)
    return keras.Model(image, keras.layers.Dense(5)(keras.layers.Flatten()(x)), name="small")


@pytest.mark.parametrize("nested", [False, True])
def test_a_small_residual_network(keras, tmp_path, nested):
    theirs = residual_network(keras)
    if nested:
        image = keras.Input((16, 16, 3))
        theirs = keras.Model(image, keras.layers.Softmax()(theirs(image)))
    theirs.save(tmp_path / "m.keras")
    project = import_project(tmp_path / "m.keras", tmp_path / "store").project
    images = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype("float32")
    before = outputs(project, images)
    kept = project.weights
    graph = project.graph("user:small" if nested else "model")
    analysis = GraphAnalysis(graph, project_catalogue(project.blocks.values()))
    folding = fold_repeats(project, analysis)
    assert folding.parts == 3
    inverse = project.apply(folding.edit)
    assert project.weights != kept
    np.testing.assert_array_equal(outputs(project, images), before)
    save_project(project, tmp_path / "folded.workbench")
    np.testing.assert_array_equal(outputs(load_project(tmp_path / "folded.workbench").project, images), before)
    project.apply(inverse)
    assert project.weights == kept
    np.testing.assert_array_equal(outputs(project, images), before)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "parts"), [("MobileNetV2", 17), ("ResNet50", 16), ("DenseNet121", 61)])
def test_networks_of_keras(keras, tmp_path, name, parts):
    keras.utils.set_random_seed(0)
    getattr(keras.applications, name)(weights=None, input_shape=(64, 64, 3), classes=10).save(tmp_path / "m.keras")
    project = import_project(tmp_path / "m.keras", tmp_path / "store").project
    images = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3)).astype("float32")
    before = outputs(project, images)
    folding, _ = fold(project)
    assert folding.parts == parts
    np.testing.assert_array_equal(outputs(project, images), before)


def layers_of(analysis):
    """What is computed, in whatever structure: types with their parameters, output specs and weights."""
    return sorted(
        (each.kind.key, meaning(each), str(each.report.outputs), str(each.report.weights))
        for each in primitives(analysis)
    )


def meaning(primitive):
    """All parameters, where one size for all axes is the same as a list of equal ones."""

    def one_size(value):
        equal = isinstance(value, list | tuple) and len(value) > 1 and len(set(map(str, value))) == 1
        return value[0] if equal else value

    params = primitive.kind.full_params(primitive.node.params)
    return json.dumps({name: one_size(value) for name, value in params.items()}, sort_keys=True, default=dict)


def errors(analysis):
    return [problem for problem in analysis.diagnostics if problem.severity == "error"]


def assert_folding_keeps_the_network(project):
    """Folded and unfolded beneath an analysis that works in slices, as in the window."""
    graph, later = project.graphs["model"], Later()
    analysis = GraphAnalysis(graph, project_catalogue(project.blocks.values()), defer=later)
    settle(analysis, later)
    before, told, written = layers_of(analysis), errors(analysis), dumps(project)
    folding = fold_repeats(project, analysis)
    assert folding is not None
    inverse = project.apply(folding.edit)
    assert analysis.diagnostics is not None
    settle(analysis, later)
    folded = GraphAnalysis(graph, project_catalogue(project.blocks.values()))
    assert layers_of(folded) == before
    assert errors(folded) == told
    project.apply(inverse)
    assert analysis.diagnostics is not None
    settle(analysis, later)
    assert dumps(project) == written
    return folding


@pytest.fixture
def no_time(monkeypatch):
    """Every slice is over as soon as the clock is looked at."""
    monkeypatch.setattr(graph_analysis, "SLICE", -1.0)


@pytest.mark.usefixtures("no_time")
def test_a_first_part_that_changes_the_channels_stands_alone(keras, tmp_path):
    """As in Inception-v3: of equal modules the first takes other channels than it gives."""
    x = image = keras.Input((16, 16, 3))
    for number in range(4):
        wide = keras.layers.Conv2D(4, 1, name=f"mixed{number}_wide")(x)
        deep = keras.layers.Conv2D(4, 3, padding="same", name=f"mixed{number}_deep")(x)
        x = keras.layers.Concatenate(name=f"mixed{number}_joined")([wide, deep])
    keras.Model(image, keras.layers.Flatten()(x)).save(tmp_path / "m.keras")
    project = import_project(tmp_path / "m.keras", tmp_path / "store").project
    assert assert_folding_keeps_the_network(project).parts == 4


@pytest.mark.slow
@pytest.mark.usefixtures("no_time")
@pytest.mark.parametrize("name", NAMES)
def test_every_network_of_keras_keeps_its_layers(keras, tmp_path, name):
    getattr(keras.applications, name)(weights=None).save(tmp_path / "m.keras")
    project = import_project(tmp_path / "m.keras", tmp_path / "store", with_weights=False).project
    assert_folding_keeps_the_network(project)
