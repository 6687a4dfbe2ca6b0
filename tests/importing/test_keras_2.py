"""Models of Keras 2 compute here what they computed there, from .h5 and from .keras.

WORKBENCH_TF_KERAS names a Python that has tf_keras, as one in an environment of its own: `pip install tf_keras`.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from workbench.importing import import_model
from workbench.project import project_catalogue

pytestmark = pytest.mark.filterwarnings("ignore:::keras")
MAKER = Path(__file__).with_name("keras_2_models.py")


def _python() -> str:
    python = os.environ.get("WORKBENCH_TF_KERAS", "")
    if not python and importlib.util.find_spec("tf_keras") is None:
        pytest.skip("tf_keras is not installed, and WORKBENCH_TF_KERAS names no Python that has it")
    return python or sys.executable


@pytest.mark.slow
def test_models_of_keras_2_compute_the_same(keras, tmp_path):
    subprocess.run([_python(), MAKER, tmp_path], check=True, capture_output=True, timeout=600)
    files = sorted([*tmp_path.glob("*.h5"), *tmp_path.glob("*.keras")])
    assert len(files) > 80
    wrong = [line for path in files if (line := _difference(path))]
    assert wrong == []


def _difference(path):
    """What is wrong with an import, or ""."""
    from workbench.engine.compile import build_model
    from workbench.engine.supplied import supply_spec
    from workbench.engine.weights import fit_weights

    with np.load(path.with_suffix(".npz")) as known:
        x, expected = known["x"], known["y"]
    imported = import_model(path, supplier=supply_spec)
    graph, catalogue = imported.project.graphs["model"], project_catalogue(imported.project.blocks.values())
    model = build_model(graph, 0, catalogue)
    fitted = fit_weights(model, graph, catalogue, imported.weights)
    came = np.asarray(model(x, training=False))
    same = came.shape == expected.shape and np.allclose(came, expected, atol=1e-5, rtol=1e-5)
    if same and not (fitted.new or fitted.partly or imported.notes):
        return ""
    return f"{path.name}: {fitted.new} {fitted.partly} {imported.notes} {came.shape} for {expected.shape}"
