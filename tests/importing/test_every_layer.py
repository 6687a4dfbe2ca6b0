"""Every layer of the catalogue comes back from a file as Keras writes it: functional and sequential, .keras and .h5."""

import numpy as np
import pytest

from tests.layers.outcomes import KERAS_TYPES, Refused, catalogue_outcome
from tests.layers.test_compiled import drawn
from tests.layers.test_layer_types import CASES, layer_of
from workbench.analysis import GraphAnalysis
from workbench.importing import import_model
from workbench.layers import CATALOGUE
from workbench.project import project_catalogue

pytestmark = pytest.mark.filterwarnings("ignore")

FITTING = [
    (layer_of(case), case)
    for case in CASES
    if layer_of(case) in KERAS_TYPES
    and layer_of(case).inputs
    and not isinstance(catalogue_outcome(layer_of(case), case.params, case.inputs), Refused)
]


@pytest.mark.parametrize("label", dict.fromkeys(layer.label for layer, _ in FITTING))
def test_comes_back(keras, tmp_path, label):
    from workbench.engine.compile import build_model

    for number, (layer, case) in enumerate((each, case) for each, case in FITTING if each.label == label):
        functional = build_model(drawn(layer, case.params, case.inputs), seed=1)
        _draw(functional)
        models = {"functional": functional}
        if len(case.inputs) == 1 and not layer.takes_list and not layer.inputs[0].variadic:
            made = functional.get_layer("layer")
            again = type(made).from_config(made.get_config())
            models["sequential"] = keras.Sequential(
                [keras.Input(functional.input_shape[1:], dtype=case.inputs[0].dtype), again]
            )
        for form, model in models.items():
            for suffix in ("keras", "h5"):
                path = tmp_path / f"{form}-{number}.{suffix}"
                try:
                    model.save(path)
                except TypeError as error:  # Keras 3.15 cannot write a few image layers as HDF5
                    assert (suffix, "pickle" in str(error)) == ("h5", True)  # noqa: PT017
                    continue
                _same(path, layer, model)


def _draw(model):
    generator = np.random.default_rng(1)
    for variable in model.weights:
        variable.assign(generator.uniform(size=variable.shape))


def _same(path, layer, model):
    from workbench.engine.compile import build_model
    from workbench.engine.weights import fit_weights

    imported = import_model(path)
    assert imported.opaque == {}, path.name
    assert imported.notes == (), path.name
    project = imported.project
    graph = project.graphs["model"]
    (node,) = (node for node in graph if node.type != "input")
    assert node.type == layer.key
    analysis = GraphAnalysis(graph, project_catalogue(project.blocks.values()))
    assert analysis.report(node.id).outputs["output"].shape == model.output_shape[1:]
    assert sum(value.size for value in imported.weights.values()) == model.count_params() == imported.parameters
    ours = build_model(graph, 0)
    fit_weights(ours, graph, CATALOGUE, imported.weights)
    for came, expected in zip(ours.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(came, expected)
