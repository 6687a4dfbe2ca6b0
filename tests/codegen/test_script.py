"""The script builds what the engine builds: the same layers, the same outputs from the same weights."""

from typing import Any

import numpy as np
import pytest

from tests.importing.conftest import difficult_model
from workbench.codegen import keras_script
from workbench.codegen.names import identifiers
from workbench.importing import import_model
from workbench.project import project_catalogue
from workbench.templates import TEMPLATES

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


def run_script(project, graph="model"):
    scope: dict[str, Any] = {"__name__": "script"}
    exec(compile(keras_script(project), "script.py", "exec"), scope)
    return scope[f"make_{graph}"]()


@pytest.mark.parametrize("template", ["lenet5", "resnet18", "inception-reduced", "unet-same", "mini-xception", "nin"])
def test_templates(template):
    from workbench.engine.compile import build_model

    project = TEMPLATES[template].build()
    ours = build_model(project.graphs["model"], 0, project_catalogue(project.blocks.values()))
    written = run_script(project)
    assert [(layer.name, layer.get_config()) for layer in written.layers if "name" in layer.get_config()] == [
        (layer.name, layer.get_config())
        for layer in sorted(ours.layers, key=lambda layer: [one.name for one in written.layers].index(layer.name))
    ]
    assert written.output_shape == ours.output_shape


def test_several_graphs_are_several_functions():
    project = TEMPLATES["dcgan"].build()
    assert run_script(project, "generator").output_shape == (None, 64, 64, 3)
    assert run_script(project, "discriminator").count_params() == 2_767_360


def test_everything_that_a_functional_model_may_hold(keras, tmp_path):
    theirs = difficult_model(keras)
    theirs.save(tmp_path / "m.keras")
    project = import_model(tmp_path / "m.keras").project
    written = run_script(project)
    assert written.count_params() == theirs.count_params()
    for model in (written, theirs):
        model.get_layer("dropped").rate = 0.0
        for index, variable in enumerate(sorted(model.weights, key=lambda v: (tuple(v.shape), v.path.split("/")[-2:]))):
            variable.assign(np.full(variable.shape, 0.01 * (index % 5), "float32"))
    given = [np.ones((2, *tensor.shape[1:]), "float32") for tensor in theirs.inputs]
    expected = sorted((np.asarray(t) for t in theirs(given)), key=np.shape)
    came = sorted((np.asarray(t) for t in written(given)), key=np.shape)
    assert [t.shape for t in came] == [t.shape for t in expected]


def test_frozen_layers_stay_frozen(keras, tmp_path):
    model = keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(3, name="a"), keras.layers.Dense(2, name="b")]
    )
    model.get_layer("a").trainable = False
    model.save(tmp_path / "m.keras")
    written = run_script(import_model(tmp_path / "m.keras").project)
    assert not written.get_layer("a").trainable
    assert len(written.trainable_weights) == 2


def test_names_become_identifiers():
    names = ["conv_1", "Conv 1", "2d", "class", "keras", "a.b", "ä", "a-b"]
    assert identifiers(names) == {
        "conv_1": "conv_1",
        "Conv 1": "conv_1_2",
        "2d": "layer_2d",
        "class": "layer_class",
        "keras": "keras_2",
        "a.b": "a_b",
        "ä": "layer__",
        "a-b": "a_b_2",
    }
