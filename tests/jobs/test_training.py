"""Training and exporting through a real engine process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.projects import project_text
from tests.jobs.conftest import receive_until
from workbench.jobs import EngineDied, EngineProcess
from workbench.protocol import (
    LAST_OF_JOB,
    BatchProgress,
    Continue,
    Continued,
    EpochEnd,
    Export,
    ExportDone,
    Failed,
    Finished,
    LearningRateSet,
    Pause,
    Paused,
    Ready,
    SetLearningRate,
    Stop,
    Stopped,
    Train,
)
from workbench.runs import Run, RunStatus, RunStore

LONG = 10_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with EngineProcess(tmp_path_factory.mktemp("log") / "engine.log") as process:
        yield process


@pytest.fixture(scope="module")
def ready(engine):
    return receive_until(engine, Ready)[-1]


@pytest.fixture(scope="module")
def trained(engine, ready, tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    engine.send(Train(project=project_text(), runs=str(runs)))
    return receive_until(engine, LAST_OF_JOB)


def _train(runs, **settings):
    return Train(project=project_text(**settings), runs=str(runs))


def test_ready_tells_versions_and_devices(ready):
    assert ready.versions["keras"].startswith("3.")
    assert ready.devices[0].id == "cpu"
    assert bool(ready.no_gpu) == (len(ready.devices) == 1)


def test_a_project_trains_into_a_run(trained):
    finished = trained[-1]
    assert isinstance(finished, Finished)
    assert [event.epoch for event in trained if isinstance(event, EpochEnd)] == [1, 2]
    run = Run.open(Path(finished.run))
    assert run.name == finished.name
    assert run.status is RunStatus.FINISHED
    assert run.record.best == finished.best


def test_the_client_needs_neither_keras_nor_tensorflow(trained):
    code = "import sys, workbench.jobs, workbench.runs; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_run_is_exported_and_compared(engine, trained, tmp_path):
    engine.send(Export(run=trained[-1].run, path=str(tmp_path / "net")))
    done = receive_until(engine, LAST_OF_JOB)[-1]
    assert isinstance(done, ExportDone), done
    assert done.difference <= done.tolerance == 1e-5
    assert done.images == 256
    assert (tmp_path / "net" / "saved_model.pb").is_file()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run": "/no/such/run"}, "/no/such/run: there is no such run folder"),
        ({"format": "papyrus"}, "no format 'papyrus'"),
        ({"weights": "worst"}, "no weights 'worst'"),
    ],
)
def test_an_export_that_cannot_be_made_says_why(engine, trained, tmp_path, changes, message):
    engine.send(Export(**{"run": trained[-1].run, "path": str(tmp_path / "net"), **changes}))
    failed = receive_until(engine, LAST_OF_JOB)[-1]
    assert isinstance(failed, Failed)
    assert message in failed.message
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_fails_leaves_the_engine_ready_for_the_next(engine, ready, tmp_path):
    engine.send(Train(project="{", runs=str(tmp_path)), job="bad")
    engine.send(_train(tmp_path, epochs=1), job="good")
    ends = []
    while len(ends) < 2:
        received = engine.receive(60)
        if isinstance(received.message, LAST_OF_JOB):
            ends.append((received.job, type(received.message)))
    assert ends == [("bad", Failed), ("good", Finished)]


def test_stop_ends_a_training_at_once_and_one_that_waits_never_begins(engine, ready, tmp_path):
    engine.send(_train(tmp_path, epochs=LONG), job="first")
    engine.send(_train(tmp_path, epochs=LONG), job="second")
    receive_until(engine, BatchProgress)
    engine.send(Stop(), job="second")
    engine.send(Stop(), job="nobody")
    engine.send(Stop(), job="first")
    asked = time.monotonic()
    first = receive_until(engine, LAST_OF_JOB)[-1]
    assert time.monotonic() - asked < 10  # a second where the machine is idle
    assert receive_until(engine, LAST_OF_JOB)[-1] == Stopped()
    (run,) = RunStore(tmp_path).list()
    assert (str(run.folder), run.status) == (first.run, RunStatus.STOPPED)
    assert run.weights_file("last").is_file()


def test_after_a_kill_the_run_is_interrupted_and_the_next_training_works(tmp_path):
    with EngineProcess() as engine:
        engine.send(_train(tmp_path / "a", epochs=LONG))
        receive_until(engine, EpochEnd)
        (run,) = RunStore(tmp_path / "a").list()
        assert run.status is RunStatus.RUNNING
        os.kill(engine.pid, signal.SIGKILL)
        with pytest.raises(EngineDied, match="SIGKILL"):
            receive_until(engine, LAST_OF_JOB)
        (run,) = RunStore(tmp_path / "a").list()
        assert run.status is RunStatus.INTERRUPTED
        assert run.record.epochs >= 1
        assert len(run.metrics()) >= 1
        assert run.weights_file("best").is_file()

        engine.start()
        engine.send(_train(tmp_path / "b", epochs=LONG))
        receive_until(engine, EpochEnd)
        assert engine.close() == 0
        (run,) = RunStore(tmp_path / "b").list()
        assert run.status is RunStatus.STOPPED


def test_a_training_is_steered_while_it_runs(engine, ready, tmp_path):
    job = engine.send(_train(tmp_path, epochs=LONG))
    receive_until(engine, BatchProgress)
    engine.send(Pause(), job)
    paused = receive_until(engine, Paused)[-1]
    assert (paused.problem, paused.epoch >= 1) == ("", True)
    engine.send(SetLearningRate(rate=0.25), job)
    engine.send(Continue(), job)
    assert [event for event in receive_until(engine, LearningRateSet) if isinstance(event, Continued)]
    assert receive_until(engine, BatchProgress)[-1].learning_rate == pytest.approx(0.25)
    engine.send(Stop(), job)
    assert isinstance(receive_until(engine, LAST_OF_JOB)[-1], Stopped)
