"""Weights as Keras publishes them fit the templates of the same networks: by name, else by order and shapes."""

import h5py
import numpy as np
import pytest

from workbench.importing.weights_file import file_weights
from workbench.project import project_catalogue
from workbench.project.weight_matching import adopt, fit_of, stored_shapes
from workbench.project.weights import read_weights
from workbench.templates import get_template

pytestmark = pytest.mark.filterwarnings("ignore:::keras")
NETWORKS = {"ResNet50": ("resnet50", 64), "InceptionV3": ("inception-v3", 75)}


def published(model, path):
    """The layout in which the files of keras.applications come: layers in their order, weights by name."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name for layer in model.layers]
        for layer in model.layers:
            group = file.create_group(layer.name)
            group.attrs["weight_names"] = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
            for weight in layer.weights:
                group[f"{layer.name}/{weight.name}:0"] = np.asarray(weight)


@pytest.fixture(scope="module", params=NETWORKS)
def network(request, keras):
    """A network of Keras with random weights, and the template of the same one."""
    template, size = NETWORKS[request.param]
    keras.utils.set_random_seed(4)
    model = getattr(keras.applications, request.param)(
        weights=None, input_shape=(size, size, 3), classes=7, classifier_activation=None
    )
    generator = np.random.default_rng(5)
    for weight in model.weights:
        if weight.name in ("moving_mean", "beta"):
            weight.assign(generator.uniform(-0.1, 0.1, weight.shape))
    return model, template, size


@pytest.mark.parametrize("form", ["published", "weights.h5", "keras"])
def test_they_fit(keras, network, tmp_path, form):
    from workbench.engine.compile import build_model
    from workbench.engine.weights import fit_weights

    model, template, size = network
    path = tmp_path / (f"theirs.{form}" if "." in form or form == "keras" else "theirs.h5")
    {"published": lambda: published(model, path), "keras": lambda: model.save(path)}.get(
        form, lambda: model.save_weights(path)
    )()
    project = get_template(template).build({"input": (size, size, 3), "classes": 7})
    weights = adopt(project, file_weights(path, project), tmp_path / "store")
    fit = fit_of(project, stored_shapes(weights))
    assert (fit.changed, fit.new) == ((), ())
    (graph,) = project.graphs.values()
    catalogue = project_catalogue(project.blocks.values())
    ours = build_model(graph, 0, catalogue)
    fitted = fit_weights(ours, graph, catalogue, read_weights(weights))
    assert not fitted.new
    x = np.random.default_rng(6).normal(size=(2, size, size, 3)).astype("float32")
    expected = np.asarray(keras.ops.softmax(model(x, training=False)))
    np.testing.assert_allclose(np.asarray(ours(x, training=False)), expected, atol=1e-5)
