"""Folded networks give exactly the outputs that they gave before."""

import numpy as np
import pytest

from tests.importing.test_round_trip import compiled
from workbench.analysis import GraphAnalysis
from workbench.importing import import_project
from workbench.project import load_project, project_catalogue, save_project
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
