"""Two runs side by side."""

import pytest

from workbench.graph.edits import set_params
from workbench.project import InGraph, SetTraining, assign
from workbench.project.file import dumps
from workbench.runs import RunStatus, RunStore, RunStoreError, Side, compare, side_of_run
from workbench.runs.record import RateChange
from workbench.templates import get_template


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def add(store, project, **facts):
    with store.create("net", dumps(project).decode(), seed=0, device=facts.pop("device", "cpu")) as run:
        run.finish(RunStatus.FINISHED, **facts)
    return store.resolve(run.name)


def test_a_run_does_not_differ_from_itself(store):
    side = side_of_run(add(store, get_template("lenet5").build(), best={"val_accuracy": 0.9}))
    done = compare(side, side)
    assert not done.project
    assert not done.facts
    assert {delta.difference for delta in (*done.metrics, *done.costs)} == {0}


def test_metrics_costs_settings_and_layers_differ(store):
    before = get_template("lenet5").build()
    after = get_template("lenet5").build()
    after.apply(SetTraining(assign(after.training, {"epochs": 3})))
    after.apply(
        InGraph("model", set_params(after.graph("model"), after.graph("model").find_name("c1"), {"filters": 8}, {}))
    )
    first = add(store, before, best={"val_accuracy": 0.9, "val_loss": 0.5}, epochs=4)
    second = add(store, after, best={"val_accuracy": 0.95}, epochs=3, device="gpu:0")
    done = compare(side_of_run(first), side_of_run(second))
    metrics = {delta.name: (delta.before, delta.after) for delta in done.metrics}
    assert metrics["best val_accuracy"] == (0.9, 0.95)
    assert metrics["best val_loss"] == (0.5, None)
    assert metrics["epochs"] == (4, 3)
    costs = {delta.name: delta.difference for delta in done.costs}
    # by hand: two more 5x5 filters with biases, and two more channels into c3's sixteen 5x5 filters
    assert costs["parameters"] == 2 * (25 + 1) + 16 * 25 * 2
    assert costs["MACs"] == 2 * 25 * 28 * 28 + 16 * 25 * 2 * 10 * 10
    assert [(change.place, change.before, change.after) for change in done.settings] == [("training.epochs", 30, 3)]
    (diff,) = done.graphs
    assert [(change.after.name, [c.place for c in change.changes]) for change in diff.changed] == [
        ("c1", ["params.filters"])
    ]
    assert [(fact.place, fact.before, fact.after) for fact in done.facts] == [("device", "cpu", "gpu:0")]


def test_a_run_and_a_project_have_only_costs_in_common(store):
    project = get_template("lenet5").build()
    done = compare(side_of_run(add(store, project, best={"val_loss": 0.5})), Side("the project", project))
    assert {delta.after for delta in done.metrics} == {None}
    assert {delta.difference for delta in done.costs} == {0}
    assert not done.facts


def test_a_snapshot_that_cannot_be_read_is_told(store):
    run = add(store, get_template("lenet5").build())
    run.project_file.write_text("{")
    with pytest.raises(RunStoreError, match=r"project\.workbench"):
        side_of_run(run)


def test_a_rate_that_was_changed_by_hand_is_a_difference(store):
    change = RateChange(epoch=2, batch=1, rate=0.005)
    project = get_template("lenet5").build()
    before, after = add(store, project), add(store, project, rate_changes=(change,))
    done = compare(side_of_run(before), side_of_run(after))
    told = [(fact.place, fact.before, fact.after) for fact in done.facts]
    assert told == [("learning rate by hand", "", "0.005 from epoch 2 on")]
