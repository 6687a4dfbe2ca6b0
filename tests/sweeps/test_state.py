"""How far a sweep has come is kept, and trials are compared."""

import pytest

from workbench.project.file import dumps
from workbench.runs import Checkpoint, RunStatus, RunStore, delete
from workbench.sweeps import Sweep, SweepError, SweepStore, TrialStatus, parse_values, plan_sweep, ranked
from workbench.templates import get_template


@pytest.fixture(scope="module")
def plan():
    project = dumps(get_template("lenet5").build()).decode()
    return plan_sweep(Sweep("rates", project, grid={"learning_rate": parse_values("", "0.1,0.01,0.001,0.0001")}))


@pytest.fixture
def store(tmp_path):
    return SweepStore(tmp_path / "runs")


def test_a_sweep_comes_back_as_it_was_and_new_ones_get_a_number(store, plan):
    first, second = store.begin(plan), store.begin(plan)
    assert (first.name, second.name) == ("rates", "rates-2")
    changed = first.with_trial(2, status=TrialStatus.FINISHED, best={"val_accuracy": 0.5}, run="rates-2-x")
    store.save(changed)
    assert store.read("rates") == changed
    assert plan_sweep(store.read("rates").sweep).trials == plan.trials
    assert [trial.number for trial in changed.open] == [1, 3, 4]


def test_the_last_sweep_of_the_same_trials_is_found(store, plan):
    assert store.find(plan) is None
    store.begin(plan)
    other = plan_sweep(Sweep("other", plan.sweep.project, grid={"epochs": parse_values("", "1,2")}))
    assert store.find(other) is None
    assert store.find(plan).name == "rates"


@pytest.mark.parametrize(("metric", "order"), [("", [3, 1, 2, 4]), ("val_loss", [1, 3, 2, 4])])
def test_trials_are_ranked_by_the_metric_the_right_way_round(store, plan, metric, order):
    record = store.begin(plan)
    for number, accuracy, loss in ((1, 0.5, 0.1), (3, 0.9, 0.2)):
        record = record.with_trial(number, best={"val_accuracy": accuracy, "val_loss": loss})
    record = record.with_trial(4, best={"val_accuracy": float("nan"), "val_loss": float("nan")})
    if metric:
        import msgspec

        record = msgspec.structs.replace(record, metric=metric)
    assert [trial.number for trial in ranked(record)] == order


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 3}'])
def test_a_damaged_state_is_told_and_not_listed(store, plan, content):
    store.begin(plan)
    (store.folder / "bad.json").write_text(content)
    with pytest.raises(SweepError, match=r"bad\.json: damaged"):
        store.read("bad")
    assert [record.name for record in store.list()] == ["rates"]


def test_a_store_that_cannot_be_written(tmp_path, plan):
    (tmp_path / "runs").write_text("")
    with pytest.raises(SweepError, match="cannot be recorded"):
        SweepStore(tmp_path / "runs").begin(plan)


def test_a_name_cannot_lead_out_of_the_store(store, plan):
    from dataclasses import replace

    record = store.begin(replace(plan, sweep=replace(plan.sweep, name="../../x")))
    assert (store.folder / f"{record.name}.json").is_file()


def stopped_run(store, plan, status, epochs):
    with RunStore(store.folder.parent).create("rates-1", plan.sweep.project, 0, epochs_planned=4) as run:
        if epochs:
            run.save_checkpoint(Checkpoint({}))
        run.finish(status, epochs=epochs)
    return run.folder


@pytest.mark.parametrize(
    ("status", "epochs", "goes_on"),
    [
        (RunStatus.STOPPED, 2, True),
        (RunStatus.STOPPED, 0, False),
        (RunStatus.FAILED, 2, False),
        (RunStatus.FINISHED, 4, False),
    ],
)
def test_a_trial_goes_on_with_the_run_that_it_was_stopped_in(store, plan, status, epochs, goes_on):
    record = store.begin(plan)
    assert store.unfinished_run(record.trials[0]) is None
    folder = stopped_run(store, plan, status, epochs)
    record = record.with_trial(1, run=folder.name, status=TrialStatus.STOPPED)
    assert store.unfinished_run(record.trials[0]) == (folder if goes_on else None)
    delete(folder)
    assert store.unfinished_run(record.trials[0]) is None


def test_a_state_of_an_earlier_version_counts_until_a_trial_has_its_own(store, plan):
    import msgspec

    record = store.begin(plan).with_trial(1, status=TrialStatus.FINISHED).with_trial(2, status=TrialStatus.RUNNING)
    (store.folder / "rates").rename(store.folder / "gone")
    (store.folder / "rates.json").write_bytes(msgspec.json.encode(record))  # plan and states in one file
    assert store.read("rates") == record
    store.save(record.with_trial(2, status=TrialStatus.FAILED), 2)
    statuses = [trial.status.value for trial in store.read("rates").trials]
    assert statuses == ["finished", "failed", "waiting", "waiting"]


def test_a_trial_is_claimed_once_and_its_present_state_is_given(store, plan):
    record = store.begin(plan)
    store.save(record.with_trial(2, status=TrialStatus.RUNNING), 2)
    with store.claimed(record, 2) as first, store.claimed(record, 2) as second, store.claimed(record, 3) as other:
        assert first.status is TrialStatus.RUNNING  # whoever trained it is gone
        assert second is None
        assert other.number == 3
    with store.claimed(record, 2) as again:
        assert again == first


def test_what_one_process_saves_another_does_not_undo(store, plan):
    ours, theirs = store.begin(plan), store.read("rates")
    store.save(ours.with_trial(1, status=TrialStatus.FINISHED), 1)
    store.save(theirs.with_trial(2, status=TrialStatus.FAILED), 2)
    assert [trial.status.value for trial in store.read("rates").trials][:2] == ["finished", "failed"]
