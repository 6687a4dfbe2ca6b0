"""The demo, whole, in a process of its own."""

from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_it_reaches_its_accuracy_and_its_export_agrees(workbench, tmp_path, seed):
    done = workbench("demo", "--json", "--seed", seed, "--runs", tmp_path)
    assert done.code == 0, done.err
    document = done.document
    assert document["accuracy"] >= 0.97
    assert document["export_difference"] <= 1e-5
    assert Path(document["run"]).parent == tmp_path
    assert (Path(document["export"]) / "saved_model.pb").is_file()
