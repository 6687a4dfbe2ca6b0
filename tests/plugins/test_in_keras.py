"""A plugin's layer in Keras: exported and loaded again, written as code, and compared with its rules."""

import re

import pytest

from tests.plugins.test_kinds import IN_KERAS, LAYER_MANIFEST, LAYER_MODULE, chain
from workbench.codegen import keras_script
from workbench.engine.errors import JobError, first_line
from workbench.project import LiveAnalysis, project_catalogue

np = pytest.importorskip("numpy")
keras = pytest.importorskip("keras")

OWN_LAYER_IN_A_BLOCK = LAYER_MODULE.replace(
    'b.conv("first", b.port_in(), 4, 3)', 'b.add("plugin:kinds/scaled", "scale", b.port_in(), start=2.0)'
)
OWN_TEMPLATE = """
from workbench.plugins.api import NetworkBuilder, Paper, Project, Template, classes


def make(values):
    b = NetworkBuilder()
    x = b.add("plugin:kinds/scaled", "scale", b.add("plugin:kinds/twice", "twice", b.input((8, 8, 3))), start=3.0)
    b.layer("Dense", "out", b.layer("GlobalAveragePooling2D", "pool", x), units=values["classes"], activation="softmax")
    return Project([b.finish()], title="own")


TEMPLATES = (Template("own", "Own", Paper("P", "A", 2020, "u"), "i", "l", (classes(5),), make),)
"""
TEMPLATE_MANIFEST = LAYER_MANIFEST + '\n[[template]]\nname = "own"\ntitle = "Own"\n'


@pytest.fixture
def own(write_plugin, shelf):
    """A plugin whose block and template use its own layer and block."""

    def write(module=OWN_LAYER_IN_A_BLOCK + OWN_TEMPLATE, in_keras=IN_KERAS):
        write_plugin("kinds", module, TEMPLATE_MANIFEST, in_keras=in_keras)
        shelf.look()
        return shelf

    return write


def model_of(project):
    from workbench.engine.compile import build_model

    return build_model(project.graphs["model"], 1, project_catalogue([]))


def test_a_template_of_own_layers_trains_as_a_file_and_as_a_script(own, tmp_path):
    from workbench.engine.verify import _keras

    project = own().template("own").build()
    assert {problem.code for problem in LiveAnalysis(project).errors} == {"output.classes"}  # five, for ten digits
    model = model_of(project)
    images = np.random.default_rng(0).random((2, 8, 8, 3), dtype="float32")
    expected = model.predict(images, verbose=0)
    model.save(tmp_path / "m.keras")
    keras.saving.get_custom_objects().clear()  # as in a process that has not built it
    (loaded,) = _keras(str(tmp_path / "m.keras"))([images])
    np.testing.assert_allclose(loaded, expected, atol=1e-6)

    script = keras_script(project)
    assert "the plugin kinds: a copy of the file" in script
    names: dict = {"__name__": "generated"}
    exec(compile(script, "script", "exec"), names)
    written = names["make_model"]()
    written.set_weights(model.get_weights())
    np.testing.assert_allclose(written.predict(images, verbose=0), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("rule", "wrong", "words"),
    [
        ("weights=lambda call: (call.weight(\"factor\", (call.input.shape[-1],)),)",
         "weights=lambda call: (call.weight(\"factor\", (call.input.shape[-1], 1)),)",
         "gives weights of 3x1. Keras makes 3"),
        ("shape=lambda call: call.output(call.input.shape)", "shape=lambda call: call.output((3, 3, 3))",
         "gives outputs of ?x3x3x3. Keras makes ?x8x8x3"),
    ],
)  # fmt: skip
def test_rules_that_disagree_with_keras_are_named_at_the_build(own, rule, wrong, words):
    assert rule in LAYER_MODULE
    own(LAYER_MODULE.replace(rule, wrong) + OWN_TEMPLATE)
    with pytest.raises(JobError, match=re.escape(words)) as refused:
        model_of(chain("plugin:kinds/scaled"))
    assert "the rule" in refused.value.message
    assert "plugin kinds" in refused.value.message


def test_what_call_raises_reaches_the_user(own):
    own(in_keras=IN_KERAS.replace("return x * self.factor", "raise ValueError('boom at the factor')"))
    with pytest.raises(JobError, match="boom at the factor"):
        model_of(chain("plugin:kinds/scaled"))


def test_the_first_line_of_a_wrapped_exception_says_what_went_wrong():
    wrapped = ValueError("Exception encountered when calling A.call().\n\n\x1b[1mboom\x1b[0m\n\nArguments received: x")
    assert first_line(wrapped) == "Exception encountered when calling A.call(). boom"
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(KeyError()) == "KeyError"
