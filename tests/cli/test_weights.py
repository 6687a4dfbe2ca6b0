"""`weights`, `train --weights` and weights in `compare`."""

import numpy as np
import pytest

from tests.engine.projects import small_project
from workbench.project import SetWeights, load_project, save_project
from workbench.project.weight_matching import layers_with_weights
from workbench.project.weights import read_weights, store_of, write_weights
from workbench.runs import RunStore
from workbench.runs.weights import run_weights


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.workbench"
    save_project(small_project(), path)
    return path


@pytest.fixture
def run(workbench, runs, file):
    """One run for all tests."""
    if not [*runs.glob("small-*")]:
        done = workbench("train", file, "--runs", runs, "--epochs", 1, "--json")
        assert done.code == 0, done.err
    return RunStore(runs).resolve("latest")


def test_a_run_s_weights_become_the_project_s(workbench, runs, run, file):
    document = workbench("weights", file, "--from", run.name, "--runs", runs, "--json").document
    assert document == {
        "source": f"run {run.name}",
        "kept": ["conv", "classes"],
        "changed": [],
        "new": [],
        "unused": [],
    }
    project = load_project(file).project
    kept = read_weights(project.weights)
    for key, value in run_weights(run).arrays.items():
        np.testing.assert_array_equal(kept[key], value)
    assert project.weights.file.parent == store_of(file)
    assert "conv" in workbench("weights", file).out


def test_elsewhere_the_file_stays_as_it_was(workbench, runs, run, file, tmp_path):
    before = file.read_bytes()
    other = tmp_path / "other.workbench"
    assert workbench("weights", file, "--from", "latest", "--runs", runs, "-o", other).code == 0
    assert file.read_bytes() == before
    assert load_project(other).project.weights is not None


def test_a_training_begins_with_them(workbench, runs, run, file):
    done = workbench(
        "train", file, "--weights", run.name, "--runs", runs, "--epochs", 1, "--set", "learning_rate=1e-12"
    )
    assert done.code == 0
    assert f"begins with run {run.name}: 2 layers kept" in done.err
    latest = RunStore(runs).resolve("latest")
    assert latest.record.initial_weights["kept"] == ["conv", "classes"]
    compared = workbench("compare", run.name, latest.name, "--runs", runs, "--json").document
    assert [layer["name"] for layer in compared["weights"]] == ["conv", "classes"]
    assert all(layer["relative"] < 1e-4 for layer in compared["weights"])
    assert "cosine" in workbench("compare", run.name, latest.name, "--runs", runs).out


@pytest.mark.parametrize(
    ("chosen", "told"),
    [("project", "no weights of its own"), ("nowhere", "nowhere"), ("other.workbench", "none of whose layers fits")],
)
def test_weights_that_cannot_be_had_are_one_line(workbench, runs, file, tmp_path, chosen, told):
    from workbench.templates import get_template

    other = get_template("lenet5").build()
    arrays = {key: np.zeros(s) for layer in layers_with_weights(other) for key, s in layer.wanted.items()}
    other.apply(SetWeights(write_weights(tmp_path / "store", arrays.items())))
    save_project(other, tmp_path / "other.workbench")
    chosen = str(tmp_path / chosen) if "." in chosen else chosen
    done = workbench("train", file, "--weights", chosen, "--runs", runs)
    assert done.code == 1
    assert len(done.complaints) == 1
    assert told in done.complaints[0]


def test_lost_weights_are_told_with_the_other_differences(workbench, runs, run, file):
    workbench("weights", file, "--from", run.name, "--runs", runs)
    for kept in store_of(file).iterdir():
        kept.unlink()
    from workbench.project.weights import shared_store

    for kept in shared_store().glob("*.h5"):
        kept.unlink()
    document = workbench("compare", run.name, file, "--runs", runs, "--json").document
    assert document["weights"] == []
    assert "are missing" in document["remarks"][0]
    done = workbench("weights", file)
    assert done.code == 1
    assert "missing" in done.complaints[0]


def test_a_project_without_weights_says_how_to_get_some(workbench, file):
    done = workbench("weights", file)
    assert done.code == 1
    assert "--from" in done.complaints[0]


def test_counts_come_first(workbench, runs, run, file):
    told = workbench("weights", file, "--from", run.name, "--runs", runs).out.splitlines()
    assert told[2] == "2 of 2 layers keep their weights"
