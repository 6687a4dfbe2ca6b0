"""A run and its dataset: found from any folder, refused where it has changed, not needed for an export."""

import json

import numpy as np
import pytest

from tests.engine.projects import small_project
from workbench.__main__ import main
from workbench.data.source import DatasetError
from workbench.data.sources import open_source
from workbench.project import DatasetSettings, SetDataset, save_project
from workbench.runs import RunStore

rng = np.random.default_rng(0)
X, Y = rng.integers(0, 256, (60, 8, 8), dtype=np.uint8), np.arange(60) % 10


@pytest.fixture
def trained(tmp_path, monkeypatch, capsys):
    np.savez(tmp_path / "data.npz", x=X, y=Y)
    project = small_project(epochs=1)
    project.apply(SetDataset(DatasetSettings(spec="data.npz")))
    save_project(project, tmp_path / "small.workbench")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def workbench(*words):
        code = main([*map(str, words), "--runs", str(tmp_path / "runs"), "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert workbench("train", tmp_path / "small.workbench")[0] == 0
    return workbench


def test_the_dataset_of_a_run_is_one_thing(trained, tmp_path):
    before = RunStore(tmp_path / "runs").resolve("latest").record
    assert before.dataset == str(tmp_path / "data.npz")
    np.savez(tmp_path / "data.npz", x=255 - X, y=Y)
    code, answer = trained("train", "--resume", "latest", "--epochs", 2)
    assert code == 1
    assert "has changed" in answer["errors"][0]
    assert trained("train", "--resume", "latest", "--epochs", 2, "--accept-changed-data")[0] == 0
    assert RunStore(tmp_path / "runs").resolve("latest").record.dataset_digest == before.dataset_digest
    np.savez(tmp_path / "data.npz", x=X, y=Y, class_names=np.array([f"class {k}" for k in range(10)]))
    code, answer = trained("train", "--resume", "latest", "--epochs", 3, "--accept-changed-data")
    assert code == 1
    assert "was trained on the classes 0, 1" in answer["errors"][0]
    (tmp_path / "data.npz").unlink()
    assert trained("export", "latest", "--format", "keras", "-o", tmp_path / "model.keras")[0] == 0


def test_a_value_slightly_above_white_darkens_nothing(tmp_path):
    x = (X / 255).astype(np.float32)
    x[0, 0, 0] = 1.0003
    np.savez(tmp_path / "d.npz", x=x, y=Y)
    source = open_source(str(tmp_path / "d.npz"))
    assert source.value_max == 1
    assert source.read(0).max() <= 255
    np.testing.assert_allclose(source.read(1)[..., 0], X[1], atol=1e-3)


def test_an_empty_archive_is_refused(tmp_path):
    np.savez(tmp_path / "d.npz", x=X[:0], y=Y[:0])
    with pytest.raises(DatasetError, match=r"Expected images\. Received: none"):
        open_source(str(tmp_path / "d.npz"))
