import subprocess
import sys
import threading

import numpy as np
import pytest

from tests.engine.resumable import project
from workbench.engine import JobError, run_job
from workbench.project.file import dumps
from workbench.protocol import EpochEnd, Started, Train
from workbench.runs import Run, RunStatus, RunStore, read_checkpoint
from workbench.runs.epochs import keep_epoch

PHASES = "head for 1; all for 2 at 0.1"


def in_a_process(runs, resume="", kill_at="never", phases=""):
    command = [sys.executable, "-m", "tests.engine.resumable", str(runs), resume, kill_at, phases]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    runs = tmp_path_factory.mktemp("whole")
    done = in_a_process(runs)
    assert done.returncode == 0, done.stderr
    return RunStore(runs).resolve("latest")


def assert_the_same(run, other, file):
    one, two = (read_checkpoint(each.folder / file) for each in (run, other))
    assert one.variables.keys() == two.variables.keys()
    for key, value in one.variables.items():
        np.testing.assert_array_equal(value, two.variables[key], err_msg=key)
    return one.state, two.state


@pytest.mark.parametrize("kill_at", ["1.7", "2.11", pytest.param("3.1", marks=pytest.mark.slow)])
def test_a_killed_run_ends_bit_for_bit_as_one_never_stopped(whole, tmp_path, kill_at):
    killed = in_a_process(tmp_path, kill_at=kill_at)
    assert killed.returncode == -9
    run = RunStore(tmp_path).resolve("latest")
    assert run.status is RunStatus.INTERRUPTED
    done = in_a_process(tmp_path, resume=str(run.folder))
    assert done.returncode == 0, done.stderr
    run = Run.open(run.folder)
    assert (run.status, run.record.resumed, run.record.epochs) == (RunStatus.FINISHED, 1, 3)
    state, other = assert_the_same(run, whole, "checkpoint.h5")
    assert_the_same(run, whole, "averaged.h5")
    assert_the_same(run, whole, "best.h5")
    for name in ("epoch", "best", "best_epoch", "waited", "reference", "rates"):
        assert state[name] == other[name], name
    untimed = [[{**row, "seconds": 0} for row in each.metrics()] for each in (run, whole)]
    assert untimed[0] == untimed[1]
    assert any(
        key.startswith("optimizer/") and "average" in key for key in read_checkpoint(run.checkpoint_file).variables
    )


@pytest.fixture(scope="module")
def whole_in_phases(tmp_path_factory):
    runs = tmp_path_factory.mktemp("phases")
    done = in_a_process(runs, phases=PHASES)
    assert done.returncode == 0, done.stderr
    return RunStore(runs).resolve("latest")


# Within the first phase, with the second just begun (its first epoch is lost), and within the second.
@pytest.mark.parametrize("kill_at", ["2.1", pytest.param("1.7", marks=pytest.mark.slow), "3.1"])
def test_a_fine_tuning_killed_in_any_phase_ends_bit_for_bit_too(whole_in_phases, tmp_path, kill_at):
    killed = in_a_process(tmp_path, kill_at=kill_at, phases=PHASES)
    assert killed.returncode == -9
    run = RunStore(tmp_path).resolve("latest")
    done = in_a_process(tmp_path, resume=str(run.folder))
    assert done.returncode == 0, done.stderr
    run = Run.open(run.folder)
    assert (run.status, run.record.epochs) == (RunStatus.FINISHED, 3)
    for file in ("checkpoint.h5", "averaged.h5", "best.h5"):
        state, other = assert_the_same(run, whole_in_phases, file)
    state, other = assert_the_same(run, whole_in_phases, "checkpoint.h5")
    for name in ("epoch", "best", "best_epoch", "waited", "reference", "rates"):
        assert state[name] == other[name], name


def here(runs, **fields):
    events = []
    text = fields.pop("text", "")
    done = run_job(Train(project=text, runs=str(runs), **fields), events.append, threading.Event())
    return Run.open(RunStore(runs).root / done.name), events


def short(**changes):
    return dumps(project(epochs=2, keep_epochs="every", early_stopping=False, **changes)).decode()


def test_epochs_are_added_to_a_finished_run(tmp_path):
    run, _ = here(tmp_path, text=short(schedule="constant", schedule_params={}))
    with pytest.raises(JobError, match="has completed 2 epochs of 2: nothing is left"):
        here(tmp_path, resume=str(run.folder))
    longer, events = here(tmp_path, resume=str(run.folder), epochs_more=1)
    assert longer.folder == run.folder
    assert (longer.record.epochs, longer.record.epochs_planned) == (3, 3)
    assert [row["epoch"] for row in longer.metrics()] == [1, 2, 3]
    started = next(event for event in events if isinstance(event, Started))
    assert (started.epochs_done, started.epochs) == (2, 3)
    assert [event.epoch for event in events if isinstance(event, EpochEnd)] == [3]
    # With a constant rate, two epochs and one more are the same as three.
    three, _ = here(tmp_path / "three", text=dumps(project(schedule="constant", schedule_params={})).decode())
    assert_the_same(longer, three, "checkpoint.h5")


def test_a_branch_begins_from_any_epoch_and_says_from_where(tmp_path):
    run, _ = here(tmp_path, text=short())
    assert list(run.kept_epochs()) == [1, 2]
    branch, events = here(tmp_path, resume=str(run.folder), branch_epoch=1)
    assert branch.folder != run.folder
    assert (branch.record.branched_from, branch.record.branched_epoch) == (run.name, 1)
    assert [event.epoch for event in events if isinstance(event, EpochEnd)] == [2]
    # Nothing was changed: the branch goes where the run went.
    assert_the_same(branch, run, "checkpoint.h5")
    other, _ = here(tmp_path, resume=str(run.folder), branch_epoch=1, text=short(optimizer="SGD", optimizer_params={}))
    assert other.record.settings["optimizer"] == "SGD"
    assert "begins anew" in other.log_file.read_text()
    with pytest.raises(JobError, match="no checkpoint of epoch 7; there are: 1, 2"):
        here(tmp_path, resume=str(run.folder), branch_epoch=7)


def test_a_checkpoint_without_its_best_file_is_made_whole_again(tmp_path):
    run, _ = here(tmp_path, text=short())
    before = read_checkpoint(run.folder / "best.h5")
    assert run.record.best_epoch == 2, "the network no longer learns in its second epoch"
    (run.folder / "best.h5").unlink()  # as where the process ended between the two files
    stop = threading.Event()

    def at_once(event):
        if isinstance(event, Started):
            stop.set()

    run_job(Train(project="", runs=str(tmp_path), resume=str(run.folder), epochs_more=1), at_once, stop)
    after = read_checkpoint(run.folder / "best.h5")
    for key, value in before.variables.items():
        np.testing.assert_array_equal(value, after.variables[key], err_msg=key)


def test_old_checkpoints_go_when_they_take_more_than_their_budget(tmp_path):
    run, _ = here(tmp_path, text=short())
    size = run.checkpoint_file.stat().st_size
    folder = tmp_path / "kept"
    gone = [keep_epoch(run.checkpoint_file, folder, epoch, 3 * size) for epoch in range(1, 6)]
    assert gone == [[], [], [], [1], [2]]
    assert sorted(path.name for path in folder.iterdir()) == ["0003.h5", "0004.h5", "0005.h5"]
