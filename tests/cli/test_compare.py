"""`compare`: runs and projects."""

import pytest

from workbench.project import load_project
from workbench.project.file import dumps
from workbench.runs import RunStatus, RunStore


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def add(store, path, **facts):
    with store.create("net", dumps(load_project(path).project).decode(), seed=0) as run:
        run.finish(RunStatus.FINISHED, **facts)
    return run.name


def widen(document):
    node = next(node for node in document["graphs"]["model"]["nodes"] if node["name"] == "c1")
    node["params"]["filters"] = 8
    document["training"]["epochs"] = 3


def test_two_runs(workbench, store, lenet, edited):
    before = add(store, lenet, best={"val_accuracy": 0.9})
    after = add(store, edited(widen), best={"val_accuracy": 0.95})
    document = workbench("compare", before, after, "--runs", store.root, "--json").document
    assert document["settings"] == [{"place": "training.epochs", "kind": "changed", "before": 30, "after": 3}]
    (graph,) = document["graphs"]
    assert graph["changed"] == [
        {
            "name": "c1",
            "type": "keras.layers.Conv2D",
            "changes": [{"place": "params.filters", "kind": "changed", "before": 6, "after": 8}],
        }
    ]
    metrics = {item["name"]: item["difference"] for item in document["metrics"]}
    assert metrics["best val_accuracy"] == pytest.approx(0.05)
    out = workbench("compare", before, after, "--runs", store.root).out
    assert "model/c1: params.filters" in out
    assert "training.epochs" in out


def test_a_run_and_the_project_it_came_from(workbench, store, lenet):
    name = add(store, lenet)
    done = workbench("compare", name, lenet, "--runs", store.root)
    assert done.code == 0
    assert "The same settings and the same network." in done.out


@pytest.mark.parametrize("other", ["nothing", "nothing.workbench"])
def test_what_is_not_there_is_one_line(workbench, store, lenet, other):
    done = workbench("compare", lenet, other, "--runs", store.root)
    assert done.code == 1
    assert len(done.complaints) == 1
    assert other in done.complaints[0]
