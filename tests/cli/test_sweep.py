"""`sweep`, with a training that only pretends: what is tried, what is kept, and how it ends."""

import json
import os
import signal

import pytest

from workbench import engine
from workbench.engine import EngineUnavailable, JobError
from workbench.project import loads
from workbench.protocol import Finished, Started, Stopped
from workbench.runs import RunStatus, RunStore, read_labels


class Trainer:
    """Makes a real run of each command; `fails` are numbers of trials that fail, at `stops` Ctrl-C is pressed."""

    def __init__(self):
        self.projects = []
        self.fails, self.stops, self.refuses = (), None, None
        self.signal = signal.SIGINT

    def __call__(self, command, report, stop):
        if self.refuses:
            raise self.refuses
        project = loads(command.project.encode(), "").project
        self.projects.append(project)
        number = len(self.projects)
        from pathlib import Path

        with RunStore(Path(command.runs)).create(command.name, command.project, 0, epochs_planned=1) as run:
            report(
                Started(
                    run=str(run.folder),
                    name=run.name,
                    epochs=1,
                    batches=1,
                    train_images=1,
                    validation_images=1,
                    device="cpu",
                    seed=0,
                )
            )
            if number in self.fails:
                run.finish(RunStatus.FAILED, problem="out of memory")
                raise JobError("out of memory", "Make the batch smaller.", run=str(run.folder))
            if number == self.stops:
                os.kill(os.getpid(), self.signal)
                assert stop.wait(5)
                run.finish(RunStatus.STOPPED)
                return Stopped(run=str(run.folder), name=run.name)
            best = {"val_accuracy": project.training.learning_rate, "val_loss": 1 - project.training.learning_rate}
            run.finish(RunStatus.FINISHED, best=best, epochs=1)
        return Finished(run=str(run.folder), name=run.name, best=best, best_epoch=1, last=best, epochs=1, seconds=2.0)


@pytest.fixture
def trainer(monkeypatch):
    trainer = Trainer()
    monkeypatch.setattr(engine, "run_job", trainer)
    return trainer


@pytest.fixture
def sweep(workbench, lenet, tmp_path):
    return lambda *words: workbench("sweep", lenet, *words, "--runs", tmp_path / "runs")


RATES = ("--grid", "learning_rate=0.1,0.5,0.3")


def test_every_trial_is_a_run_and_the_best_one_comes_first(sweep, trainer, workbench, tmp_path):
    done = sweep(*RATES, "--set", "epochs=1", "--json")
    assert done.code == 0
    document = done.document
    assert [trial["values"]["learning_rate"] for trial in document["trials"]] == [0.5, 0.3, 0.1]
    assert document["metric"] == "val_accuracy"
    assert document["best"]["best"]["val_accuracy"] == 0.5
    assert [project.training.learning_rate for project in trainer.projects] == [0.1, 0.5, 0.3]
    assert {project.training.epochs for project in trainer.projects} == {1}
    runs = workbench("runs", "--runs", tmp_path / "runs", "--search", "is:sweep", "--json").document
    assert {run["sweep"] for run in runs} == {document["sweep"]}
    assert sorted(run["values"]["learning_rate"] for run in runs) == [0.1, 0.3, 0.5]


def test_a_table_sorted_by_another_metric(sweep, trainer):
    done = sweep(*RATES, "--metric", "val_loss")
    rows = [line.split() for line in done.out.splitlines() if "finished" in line]
    assert [row[1] for row in rows] == ["0.5", "0.3", "0.1"]
    assert "val_loss" in done.out


def test_a_trial_that_fails_is_recorded_and_the_others_go_on(sweep, trainer):
    trainer.fails = (2,)
    done = sweep(*RATES, "--json")
    assert done.code == 0
    by_number = {trial["trial"]: trial for trial in done.document["trials"]}
    assert [by_number[number]["status"] for number in (1, 2, 3)] == ["finished", "failed", "finished"]
    assert "out of memory" in by_number[2]["problem"]
    assert done.document["trials"][-1]["trial"] == 2


def test_a_trial_whose_network_is_not_whole_fails_without_training(sweep, trainer):
    done = sweep("--grid", "node.c1.kernel_size=[5,5],[99,99]", "--json")
    assert done.code == 0
    assert len(trainer.projects) == 1
    failed = next(trial for trial in done.document["trials"] if trial["status"] == "failed")
    assert failed["values"] == {"node.c1.kernel_size": [99, 99]}
    assert failed["problem"]


def test_no_result_at_all_is_a_failure(sweep, trainer):
    trainer.fails = (1, 2, 3)
    assert sweep(*RATES).code == 1


def test_ctrl_c_stops_keeps_runs_and_resume_goes_on(sweep, trainer, tmp_path):
    trainer.stops = 2
    done = sweep(*RATES)
    assert done.code == 130
    assert "--resume goes on" in done.out
    assert len(RunStore(tmp_path / "runs").list()) == 2
    trainer.stops = None
    done = sweep(*RATES, "--resume", "--json")
    assert done.code == 0
    assert [project.training.learning_rate for project in trainer.projects] == [0.1, 0.5, 0.5, 0.3]
    assert {trial["status"] for trial in done.document["trials"]} == {"finished"}
    assert sweep(*RATES, "--resume", "--json").code == 0
    assert len(trainer.projects) == 4


def test_without_resume_it_is_another_sweep(sweep, trainer):
    names = [sweep(*RATES, "--json").document["sweep"] for _ in range(2)]
    assert names == ["lenet5-sweep", "lenet5-sweep-2"]


def test_nothing_to_resume_is_told(sweep, trainer):
    done = sweep(*RATES, "--resume")
    assert done.code == 1
    assert "no sweep of" in done.complaints[0]


def test_without_tensorflow_no_trial_is_called_failed(sweep, trainer, tmp_path):
    trainer.refuses = EngineUnavailable("TensorFlow does not start.", "Install it.")
    done = sweep(*RATES)
    assert done.code == 1
    assert "TensorFlow does not start" in done.complaints[-1]
    trainer.refuses = None
    assert sweep(*RATES, "--resume").code == 0


def test_a_description_in_a_file(workbench, trainer, lenet, tmp_path):
    path = tmp_path / "rates.toml"
    path.write_text(f'project = "{lenet.name}"\ntrials = 2\n[random]\nlearning_rate = "log:1e-3:1e-1"\n')
    done = workbench("sweep", path, "--runs", tmp_path / "runs", "--json")
    assert done.code == 0
    assert len(done.document["trials"]) == 2
    listed = workbench("sweep", path, "--dry-run", "--json").document
    assert sorted(trial["values"]["learning_rate"] for trial in listed) == sorted(
        trial["values"]["learning_rate"] for trial in done.document["trials"]
    )
    assert len(trainer.projects) == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "takes --grid or --random"),
        (("--random", "learning_rate=log:1e-4:1"), 2, "--trials"),
        (("--grid", "learning_rate"), 2, "expected key=value"),
        (("--grid", "rate=1"), 1, "nothing of this name"),
        (("--grid", "learning_rate=-1"), 1, "Received: -1"),
        (("--random", "learning_rate=1:0", "--trials", "3"), 1, "smaller to a larger"),
        (("--grid", "epochs=1", "--set", "batch_sise=3"), 1, "did you mean batch_size"),
    ],
)
def test_bad_input_is_one_clear_line(sweep, trainer, words, code, told):
    done = sweep(*words)
    assert done.code == code
    assert told in done.complaints[-1]
    assert not trainer.projects


def test_labels_name_the_trial(sweep, trainer, tmp_path):
    sweep(*RATES)
    (run,) = (run for run in RunStore(tmp_path / "runs").list() if "sweep-2" in run.name)
    labels = read_labels(run.folder)
    assert (labels.sweep, labels.trial, labels.values) == ("lenet5-sweep", 2, {"learning_rate": 0.5})
    assert json.loads(run.project_file.read_text())["training"]["learning_rate"] == 0.5


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_other_signals_stop_as_ctrl_c_does(sweep, trainer, tmp_path, name, code):
    trainer.stops, trainer.signal = 2, getattr(signal, name)
    assert sweep(*RATES).code == code
    assert [run.status for run in RunStore(tmp_path / "runs").list()].count(RunStatus.STOPPED) == 1
    trainer.stops = None
    assert sweep(*RATES, "--resume").code == 0
