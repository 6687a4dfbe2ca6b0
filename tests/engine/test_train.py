import math
import threading

import numpy as np
import pytest

from tests.engine.drawings import chain, small_classifier
from tests.engine.projects import project_text, small_project, train_small
from workbench.data.sources import open_source
from workbench.data.sources.digits import read_digits
from workbench.engine import JobError, run_job
from workbench.engine.compile import build_model
from workbench.engine.controls import Controls
from workbench.engine.reading import read_model, read_project
from workbench.engine.training import progress
from workbench.graph import Node, NodeId
from workbench.protocol import (
    BatchProgress,
    Checked,
    Continued,
    EpochEnd,
    Finished,
    Log,
    Paused,
    Stage,
    Started,
    Stopped,
    Train,
)
from workbench.runs import Run, RunStatus, RunStore, read_checkpoint


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    finished, events = train_small(runs, schedule="cosine", seed=5)
    return Run.open(runs / finished.name), finished, events


def test_events_tell_the_training_in_order(trained):
    _, finished, events = trained
    kinds = [type(event) for event in events if not isinstance(event, Stage | Log | Checked)]
    assert kinds[0] is Started
    assert [kind for kind in kinds if kind is EpochEnd] == [EpochEnd] * 2
    assert kinds[-1] is EpochEnd
    assert isinstance(finished, Finished)
    started = events[[type(event) for event in events].index(Started)]
    assert (started.batches, started.train_images, started.validation_images) == (45, 1437, 360)
    assert (started.epochs, started.seed, started.device) == (2, 5, "cpu")
    batches = [event for event in events if isinstance(event, BatchProgress)]
    assert (batches[-1].epoch, batches[-1].batch, batches[-1].batches) == (2, 45, 45)
    assert batches[-1].images_per_second > 0
    first, last = (event for event in events if isinstance(event, EpochEnd))
    assert last.metrics["loss"] < first.metrics["loss"]
    assert last.metrics["val_accuracy"] > 0.6
    assert first.seconds_left > 0
    notes = [event.text for event in events if isinstance(event, Log)]
    assert "training on cpu: 1437 images, 2 epochs" in notes[0]
    assert "finished 2 epochs" in notes[-1]
    assert last.seconds_left == 0


def test_the_run_folder_holds_what_happened(trained):
    run, finished, events = trained
    record = run.record
    assert run.status is RunStatus.FINISHED
    assert run.name.startswith("small-20")
    assert read_project(run.project_file.read_bytes(), "").training.seed == record.seed == 5
    assert run.project_file.read_text() == project_text(schedule="cosine", seed=5)
    assert {"keras", "tensorflow", "python", "workbench"} == record.versions.keys()
    assert record.dataset_digest == open_source("digits").digest
    assert record.class_names == tuple("0123456789")
    assert record.settings["schedule"] == "cosine"
    assert (record.epochs, record.epochs_planned) == (2, 2)
    assert (record.best, record.last) == (finished.best, finished.last)
    assert 0 < record.seconds == finished.seconds
    ends = [event for event in events if isinstance(event, EpochEnd)]
    for row, end in zip(run.metrics(), ends, strict=True):
        assert row["epoch"] == end.epoch
        for name, value in end.metrics.items():
            assert row[name] == pytest.approx(value, rel=1e-6)
    last_batch = 0.01 * 0.5 * (1 + math.cos(math.pi * 89 / 90))
    assert run.metrics()[-1]["learning_rate"] == pytest.approx(last_batch, rel=1e-6)
    assert "finished" in run.log_file.read_text()


def test_the_checkpoint_holds_every_variable_and_the_epoch(trained):
    run, finished, _ = trained
    checkpoint = read_checkpoint(run.checkpoint_file)
    assert checkpoint.state["epoch"] == 2
    assert checkpoint.state["best"] == finished.best
    assert int(checkpoint.variables["optimizer/000.iteration"]) == 90
    assert "model/drop/000.seed_generator_state" in checkpoint.variables
    # Adam keeps two moments for each of the four weights, besides the iteration.
    assert sum(key.startswith("optimizer/") for key in checkpoint.variables) >= 9


def test_the_best_weights_give_the_best_accuracy(trained):
    from workbench.engine.feed import open_feeds

    run, finished, _ = trained
    project = read_project(run.project_file.read_bytes(), "")
    feed = open_feeds(project, (8, 8, 1)).validation
    held_out = feed.batch(np.arange(len(feed)), 0)
    guesses = np.argmax(read_model(run, project, "best").predict(held_out.images, verbose=0), axis=1)
    assert np.mean(guesses == held_out.targets) == pytest.approx(finished.best["val_accuracy"], abs=1e-6)


def test_a_seed_decides_everything(trained, tmp_path):
    run, _, _ = trained
    again = Run.open(tmp_path / train_small(tmp_path, schedule="cosine", seed=5)[0].name)
    other = Run.open(tmp_path / train_small(tmp_path, schedule="cosine", seed=6, epochs=1)[0].name)
    first, second, third = (read_checkpoint(each.checkpoint_file).variables for each in (run, again, other))
    for key, value in first.items():
        np.testing.assert_array_equal(value, second[key], err_msg=key)
    assert not np.array_equal(first["model/conv/000.kernel"], third["model/conv/000.kernel"])


@pytest.mark.parametrize(
    ("epoch", "batch", "done"),
    [(1, 1, 0), (2, 7, 1), (2, 45, 1)],
    ids=["first batch", "within an epoch", "before the validation"],
)
def test_stop_acts_within_one_batch_and_keeps_the_run(tmp_path, monkeypatch, epoch, batch, done):
    monkeypatch.setattr(progress, "_EVENT_SECONDS", 0.0)
    stop = threading.Event()

    def report(event):
        if isinstance(event, BatchProgress) and (event.epoch, event.batch) == (epoch, batch):
            stop.set()

    stopped, events = train_small(tmp_path, report, stop, epochs=3)
    assert isinstance(stopped, Stopped)
    last = [event for event in events if isinstance(event, BatchProgress)][-1]
    assert (last.epoch, last.batch) == (epoch, batch)
    run = Run.open(tmp_path / stopped.name)
    assert (run.status, run.record.epochs, stopped.epochs) == (RunStatus.STOPPED, done, done)
    assert len(run.metrics()) == done
    assert run.weights_file("last").name == "stopped.h5"
    assert run.checkpoint_file.exists() is bool(done)
    project = read_project(run.project_file.read_bytes(), "")
    untrained = build_model(project.graphs["net"], project.training.seed)
    assert not np.array_equal(
        read_model(run, project, "last").get_layer("conv").get_weights()[0],
        untrained.get_layer("conv").get_weights()[0],
    )


def test_a_stop_before_the_beginning_leaves_no_run(tmp_path):
    stop = threading.Event()
    stop.set()
    stopped, _ = train_small(tmp_path, stop=stop)
    assert stopped == Stopped()
    assert RunStore(tmp_path).list() == []


def test_progress_comes_at_most_about_twenty_times_a_second(trained):
    _, finished, events = trained
    count = sum(isinstance(event, BatchProgress) for event in events)
    assert count <= finished.seconds * 20 + 2 + 2  # the first, and the last of each epoch


def test_a_training_that_diverges_says_so_and_is_recorded_as_failed(tmp_path):
    with pytest.raises(JobError, match="no longer a finite number") as raised:
        train_small(tmp_path, optimizer="SGD", learning_rate=1e30)
    assert "learning rate" in raised.value.hint
    (run,) = RunStore(tmp_path).list()
    assert run.status is RunStatus.FAILED
    assert run.problem == raised.value.message
    assert raised.value.run == str(run.folder)


def test_a_full_disk_pauses_until_there_is_space_and_nothing_is_lost(tmp_path, monkeypatch):
    from workbench.runs.active import ActiveRun

    write, refused = ActiveRun.save_checkpoint, []

    def full(run, checkpoint):
        if len(refused) < 2:
            refused.append(checkpoint)
            raise OSError(28, "No space left on device")
        write(run, checkpoint)

    monkeypatch.setattr(ActiveRun, "save_checkpoint", full)
    controls = Controls()

    def report(event):
        if isinstance(event, Paused):
            threading.Timer(0.2, controls.proceed).start()

    finished, events = train_small(tmp_path, report, controls, epochs=2)
    pauses = [event for event in events if isinstance(event, Paused)]
    assert len(pauses) == 2
    assert "The disk is full" in pauses[0].problem
    assert "Free some space" in pauses[0].hint
    assert sum(isinstance(event, Continued) for event in events) == 2
    run = Run.open(tmp_path / finished.name)
    assert (run.status, len(run.metrics())) == (RunStatus.FINISHED, 2)
    assert read_checkpoint(run.checkpoint_file).state["epoch"] == 2


def test_a_stop_while_the_disk_is_full_ends_the_training(tmp_path, monkeypatch):
    from workbench.runs.active import ActiveRun

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ActiveRun, "save_checkpoint", full)
    controls = Controls()
    stopped, _ = train_small(tmp_path, lambda event: controls.set() if isinstance(event, Paused) else None, controls)
    assert isinstance(stopped, Stopped)
    assert Run.open(tmp_path / stopped.name).status is RunStatus.STOPPED


def _bad_kernel():
    return chain(
        ("input", "image", {"shape": [8, 8, 1]}),
        ("keras.layers.Conv2D", "wide", {"filters": 4, "kernel_size": 11}),
        ("keras.layers.Flatten", "flat", {}),
        ("keras.layers.Dense", "out", {"units": 10}),
    )


def _twin_names():
    graph = small_classifier()
    graph.replace_node(Node(NodeId("n2"), "keras.layers.Flatten", "conv", {}))
    return graph


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (project_text(_bad_kernel()), "^wide: Expected"),
        (project_text(_twin_names()), "conv"),
        (project_text(small_classifier(classes=7)), "Expected an output of 10"),
        (project_text()[:200], "the project: line .* ends too early"),
        ("{}", "Expected a CNN Workbench project"),
        (project_text().replace('"digits"', '"no-such-data"'), "no-such-data"),
        (project_text().replace('"net"', '"a"').replace("n1", "n9", 1), "n1"),
    ],
)
def test_a_project_that_cannot_be_trained_is_told_and_leaves_no_run(tmp_path, text, message):
    with pytest.raises(JobError, match=message):
        run_job(Train(project=text, runs=str(tmp_path / "runs")), lambda event: None, threading.Event())
    assert not (tmp_path / "runs").exists()


def test_a_device_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(JobError, match="no device 'gpu:7'") as raised:
        run_job(
            Train(project=project_text(), runs=str(tmp_path), device="gpu:7"), lambda event: None, threading.Event()
        )
    assert "cpu" in raised.value.hint


def test_a_runs_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JobError, match=r"file/runs: cannot make a run in this folder"):
        train_small(tmp_path / "file" / "runs")


def test_two_classes_may_share_one_output(tmp_path, monkeypatch):
    from dataclasses import replace

    from workbench.project import LiveAnalysis, feeds

    digits = read_digits()
    two = replace(digits, labels=digits.labels % 2, class_names=("even", "odd"))
    monkeypatch.setattr(feeds, "open_source", lambda *_, **__: two)
    # The analysis knows the digits by their ten classes.
    monkeypatch.setattr(LiveAnalysis, "errors", ())
    finished, _ = train_small(tmp_path, graph=small_classifier(classes=1, last="sigmoid"), epochs=1)
    assert finished.last["val_accuracy"] > 0.6
    assert not math.isnan(finished.last["loss"])


def test_several_graphs_are_no_classifier(tmp_path):
    from workbench.engine.reading import classifier_graph
    from workbench.project import Project

    one, two = small_classifier(), small_classifier()
    two.name = "other"
    with pytest.raises(JobError, match="has 2: net, other"):
        classifier_graph(Project([one, two]))
    assert classifier_graph(small_project()).name == "net"
