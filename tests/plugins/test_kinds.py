"""A plugin of each kind at work."""

from itertools import pairwise

import numpy as np
import pytest

from workbench.codegen import keras_script
from workbench.engine.errors import JobError
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.plugins import PretrainedError, take
from workbench.project import DatasetSettings, LiveAnalysis, Project, loads, project_catalogue
from workbench.project.file import dumps

LAYER_MANIFEST = """
keras_module = "in_keras"

[[layer]]
type = "scaled"
label = "Scaled"
category = "activation"
doc = "Multiplies by a learnt factor for each channel."

[[block]]
type = "twice"
label = "Twice"
"""
LAYER_MODULE = """
from workbench.plugins.api import BlockBuilder, BlockType, Category, LayerType, Number, Param

LAYERS = (
    LayerType(
        key="plugin:kinds/scaled",
        label="Scaled",
        category=Category.ACTIVATION,
        doc="Multiplies by a learnt factor for each channel.",
        params=(Param("start", Number(), 1.0, "Initial factor"),),
        shape=lambda call: call.output(call.input.shape),
        weights=lambda call: (call.weight("factor", (call.input.shape[-1],)),),
        stem="scaled",
    ),
)


def expand(call):
    b = BlockBuilder(call)
    return b.port_out(b.conv("second", b.conv("first", b.port_in(), 4, 3), 4, 3))


BLOCKS = (BlockType(key="plugin:kinds/twice", label="Twice", doc="Two convolutions.", expand=expand, stem="twice"),)
"""
IN_KERAS = """
import keras


class Scaled(keras.layers.Layer):
    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, shape):
        start = keras.initializers.Constant(self.start)
        self.factor = self.add_weight(shape=(shape[-1],), initializer=start, name="factor")

    def call(self, x):
        return x * self.factor


KERAS_LAYERS = {"plugin:kinds/scaled": Scaled}
"""


@pytest.fixture
def kinds(write_plugin, shelf):
    write_plugin("kinds", LAYER_MODULE, LAYER_MANIFEST, in_keras=IN_KERAS)
    shelf.look()
    assert shelf.named("kinds").usable, shelf.named("kinds").problem
    return shelf


def chain(*types: str, **params) -> Project:
    graph = Graph("model")
    names = ["image", *(key.rpartition("/")[2] for key in types)]
    for name, key in zip(names, ("input", *types), strict=True):
        values = {"shape": [8, 8, 3]} if key == "input" else params.get(name, {})
        graph.add_node(Node(NodeId(name), key, name, values))
    for first, second in pairwise(names):
        graph.connect(Wire(NodeId(first), NodeId(second)))
    return Project([graph], DatasetSettings(spec=""))


def test_the_catalogue_lists_types_before_they_are_imported(kinds):
    catalogue = project_catalogue([])
    found = {kind.key: kind for kind in catalogue}
    assert found["plugin:kinds/scaled"].label == "Scaled"
    assert [kind.key for kind in catalogue.search("scaled") if kind.key.startswith("plugin:")] == [
        "plugin:kinds/scaled"
    ]
    assert not kinds.named("kinds").loaded
    assert "start" in catalogue["plugin:kinds/scaled"].by_name
    assert kinds.named("kinds").loaded


def test_a_layer_and_a_block_are_analysed_and_give_what_keras_gives(kinds):
    pytest.importorskip("keras")
    from workbench.engine.compile import build_model

    project = chain("plugin:kinds/twice", "plugin:kinds/scaled", scaled={"start": 3.0})
    analysis = LiveAnalysis(project)
    assert not analysis.errors
    totals = analysis.of("model").totals
    graph = project.graphs["model"]
    model = build_model(graph, 1, project_catalogue([]))
    assert totals.params == model.count_params()
    images = np.random.default_rng(0).random((2, 8, 8, 3), dtype="float32")
    plain = build_model(chain("plugin:kinds/twice").graphs["model"], 1, project_catalogue([]))
    np.testing.assert_allclose(model.predict(images, verbose=0), 3 * plain.predict(images, verbose=0), rtol=1e-6)
    assert "plugin:kinds/scaled" in keras_script(project)


def test_a_layer_whose_keras_class_does_not_load_is_a_line(write_plugin, shelf):
    pytest.importorskip("keras")
    from workbench.engine.compile import build_model

    write_plugin("kinds", LAYER_MODULE, LAYER_MANIFEST, in_keras="raise ValueError('no')")
    shelf.look()
    with pytest.raises(JobError, match="scaled cannot be built: the plugin of plugin:kinds/scaled does not work: no"):
        build_model(chain("plugin:kinds/scaled").graphs["model"], 1, project_catalogue([]))


def test_a_file_opens_without_the_plugin_and_loses_nothing(kinds):
    project = chain("plugin:kinds/scaled", scaled={"start": 3.0})
    LiveAnalysis(project)
    content = dumps(project)
    kinds.choose("kinds", False)
    loaded = loads(content, "file")
    assert not loaded.problems
    (scaled,) = [node for node in loaded.project.graphs["model"] if node.type != "input"]
    assert scaled.params == {"start": 3.0}
    assert dumps(loaded.project) == content
    assert LiveAnalysis(loaded.project).errors


TEMPLATE_MODULE = """
import numpy as np

from workbench.plugins.api import NetworkBuilder, Paper, PretrainedError, PretrainedSource, Project, Template, classes


def make(values):
    build = NetworkBuilder()
    x = build.layer("Dense", "hidden", build.input((4,)), units=3)
    build.layer("Dense", "out", x, units=values["classes"])
    return Project([build.finish()], title="own")


def read(file):
    if file is None:
        raise PretrainedError("own: name the file")
    kernel = np.full((4, 3), 7, "float32")
    return {"hidden": [kernel, np.zeros(3, "float32")], "out": [np.ones((3, 5), "float32"), np.ones(5, "float32")]}


TEMPLATES = (Template("own", "Own", Paper("P", "A", 2020, "u"), "i", "l", (classes(5),), make),)
PRETRAINED = (PretrainedSource("w", "own", "W", "MIT", read),)
"""
TEMPLATE_MANIFEST = """
[[template]]
name = "own"
title = "Own"

[[pretrained]]
name = "w"
template = "own"
title = "W"
"""


def test_a_template_with_weights(write_plugin, shelf, tmp_path):
    write_plugin("own", TEMPLATE_MODULE, TEMPLATE_MANIFEST)
    shelf.look()
    assert shelf.pretrained_titles("own") == {"w": "W"}
    source = shelf.pretrained("own", "w")
    with pytest.raises(PretrainedError, match="name the file"):
        source.read(None)
    taken = take(shelf.template("own").build(), source.read(tmp_path))
    assert sorted(taken.layers) == ["hidden", "out"]
    assert (taken.weights["hidden:000.kernel"] == 7).all()
    other = take(shelf.template("own").build({"classes": 2}), source.read(tmp_path))
    assert other.layers == ["hidden"]
    assert "Expected shapes [(3, 2), (2,)]" in other.left_out["out"]


def test_weights_that_fit_nowhere_are_refused(write_plugin, shelf):
    write_plugin("own", TEMPLATE_MODULE, TEMPLATE_MANIFEST)
    shelf.look()
    with pytest.raises(PretrainedError, match="none of its layers"):
        take(shelf.template("own").build(), {"nobody": []})
