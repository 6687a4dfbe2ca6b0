"""`workbench import`: a project that can be checked, drawn in code and exported as it is."""

import pytest

from workbench.project import load_project


@pytest.fixture(autouse=True)
def keras():
    return pytest.importorskip("keras")


def test_an_import_belongs_to_no_dataset(keras, workbench, tmp_path):
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(7, "softmax")]
    )
    model.save(tmp_path / "seven.keras")
    path = tmp_path / "seven.workbench"
    assert workbench("import", tmp_path / "seven.keras", "-o", path).code == 0
    assert load_project(path).project.dataset.spec == ""
    assert workbench("check", path).code == 0
    assert workbench("code", path).code == 0
    exported = workbench("export", path, "--format", "keras", "-o", tmp_path / "again.keras")
    assert exported.code == 0, exported.err


def test_a_network_with_caffe_preprocessing_checks_clean(workbench, tmp_path):
    path = tmp_path / "r.workbench"
    done = workbench("import", "application:ResNet50", "-o", path)
    assert done.code == 0
    assert "(caffe)" in done.out
    checked = workbench("check", path)
    assert (checked.code, "error" in checked.out) == (0, False)


def test_a_saved_model_folder_is_named(workbench, tmp_path):
    folder = tmp_path / "exported"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"x")
    done = workbench("import", folder, "-o", tmp_path / "x.workbench")
    assert done.code == 1
    assert "a SavedModel folder" in done.complaints[-1]
