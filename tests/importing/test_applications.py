"""Every network of keras.applications comes back from its file, with its preprocessing, ready to be built."""

import numpy as np
import pytest

from workbench.analysis import GraphAnalysis, Severity
from workbench.importing import import_model, import_project
from workbench.project import project_catalogue
from workbench.project.keras_networks import FAMILIES, NETWORKS

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:::keras")]
SMALL = 96
"""Pixels of a side: the largest that every network may have the least of."""
OF_ONE_SIZE = ("NASNetMobile", "NASNetLarge")
COMPARED = tuple(networks[0] for networks in FAMILIES.values())


def made(keras, name):
    size = {} if name in OF_ONE_SIZE else {"input_shape": (SMALL, SMALL, 3)}
    return getattr(keras.applications, name)(weights=None, classes=3, **size)


@pytest.mark.parametrize("name", NETWORKS)
def test_checks_clean(keras, tmp_path, name):
    from workbench.engine.pretrained import preprocessing_of
    from workbench.engine.supplied import supply_spec

    model = made(keras, name)
    model.save(tmp_path / "m.keras")
    mode = preprocessing_of(name)
    report = import_project(tmp_path / "m.keras", tmp_path, False, preprocess=mode, supplier=supply_spec)
    assert report.parameters == model.count_params()
    (graph,) = report.project.graphs.values()
    analysis = GraphAnalysis(graph, project_catalogue(report.project.blocks.values()))
    assert [problem for problem in analysis.diagnostics if problem.severity is Severity.ERROR] == []


@pytest.mark.parametrize("name", COMPARED)
def test_computes_the_same(keras, tmp_path, name):
    from workbench.engine.compile import build_model
    from workbench.engine.supplied import supply_spec
    from workbench.engine.weights import fit_weights

    keras.utils.set_random_seed(3)
    model = made(keras, name)
    model.save(tmp_path / "m.keras")
    imported = import_model(tmp_path / "m.keras", supplier=supply_spec)
    assert imported.notes == ()
    (graph,) = imported.project.graphs.values()
    catalogue = project_catalogue(imported.project.blocks.values())
    ours = build_model(graph, 0, catalogue)
    assert fit_weights(ours, graph, catalogue, imported.weights).new == []
    x = np.random.default_rng(0).uniform(0, 255, (1, *model.input_shape[1:])).astype("float32")
    np.testing.assert_allclose(np.asarray(ours(x, training=False)), np.asarray(model(x, training=False)), atol=1e-5)
