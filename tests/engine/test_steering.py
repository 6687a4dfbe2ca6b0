"""Steering and watching a training that runs."""

import threading
import time

import numpy as np
import pytest

from tests.engine.drawings import chain
from tests.engine.projects import train_small
from workbench.engine import JobError
from workbench.engine.controls import Controls
from workbench.engine.training import progress
from workbench.protocol import (
    BatchProgress,
    Continued,
    EpochEnd,
    Finished,
    LayerAlarm,
    LearningRateSet,
    Paused,
    Stopped,
)
from workbench.runs import Run, RunStatus, RunStore
from workbench.runs.record import rate_words


@pytest.fixture(autouse=True)
def every_batch(monkeypatch):
    monkeypatch.setattr(progress, "_EVENT_SECONDS", 0.0)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_a_pause_holds_before_the_next_batch_and_does_not_count_as_training(tmp_path):
    controls, seen = Controls(), []

    def report(event):
        seen.append((time.monotonic(), event))
        if isinstance(event, BatchProgress) and (event.epoch, event.batch) == (1, 5):
            controls.pause()
        if isinstance(event, Paused):
            threading.Timer(1.5, controls.proceed).start()

    finished, events = train_small(tmp_path, report, controls, epochs=1)
    (paused,) = of(Paused, events)
    assert (paused.epoch, paused.batch, paused.problem) == (1, 5, "")
    kinds = [type(event) for event in events if isinstance(event, BatchProgress | Paused | Continued)]
    assert kinds[4:8] == [BatchProgress, Paused, Continued, BatchProgress]
    (began,), (ended,) = ([at for at, event in seen if isinstance(event, kind)] for kind in (Paused, Continued))
    assert ended - began >= 1.4
    whole = seen[-1][0] - seen[0][0]
    assert finished.seconds < whole - 1.4
    assert [event.batch for event in of(BatchProgress, events)] == list(range(1, 46))


def test_a_stop_ends_a_pause(tmp_path):
    controls = Controls()

    def report(event):
        if isinstance(event, BatchProgress) and event.batch == 3:
            controls.pause()
        if isinstance(event, Paused):
            controls.set()

    stopped, events = train_small(tmp_path, report, controls)
    assert isinstance(stopped, Stopped)
    assert of(BatchProgress, events)[-1].batch == 3


def test_the_learning_rate_changes_at_the_next_batch_and_scales_the_schedule(tmp_path):
    controls = Controls()

    def report(event):
        if isinstance(event, BatchProgress) and (event.epoch, event.batch) == (1, 10):
            controls.set_rate(0.1)
        if isinstance(event, BatchProgress) and (event.epoch, event.batch) == (2, 10):
            controls.set_rate(None)

    _, events = train_small(tmp_path, report, controls, schedule="cosine", learning_rate=0.01)
    rates = [event.learning_rate for event in of(BatchProgress, events)]
    plan = [0.01 * 0.5 * (1 + np.cos(np.pi * step / 90)) for step in range(90)]
    assert rates[:10] == pytest.approx(plan[:10])
    assert rates[10] == pytest.approx(0.1)
    assert rates[54] == pytest.approx(0.1 / plan[10] * plan[54])
    assert rates[55:] == pytest.approx(plan[55:])
    assert [(event.batch, event.by_hand) for event in of(LearningRateSet, events)] == [(11, True), (11, False)]
    kept = RunStore(tmp_path).resolve("latest").record.rate_changes
    assert [(each.epoch, each.by_hand) for each in kept] == [(1, True), (2, False)]
    assert rate_words(kept) == "0.1 from epoch 1 on, the schedule's from epoch 2 on"


def test_early_stopping_ends_when_nothing_gets_better(tmp_path):
    finished, events = train_small(
        tmp_path, epochs=20, optimizer="SGD", learning_rate=1e-12, early_stopping=True, patience=2, min_delta=0.01
    )
    assert isinstance(finished, Finished)
    assert (finished.stopped_early, finished.epochs) == (True, 3)
    assert [event.waited for event in of(EpochEnd, events)] == [0, 1, 2]
    run = Run.open(tmp_path / finished.name)
    assert (run.status, run.record.stopped_early, run.record.monitor) == (RunStatus.FINISHED, True, "val_accuracy")
    assert "no better val_accuracy for 2" in run.log_file.read_text()


def test_what_is_monitored_must_be_measured(tmp_path):
    with pytest.raises(JobError, match=r"monitor: Expected one of the numbers .*val_accuracy.*Received: 'val_auc'"):
        train_small(tmp_path, monitor="val_auc")
    finished, _ = train_small(tmp_path, monitor="val_auc", metrics=("accuracy", "auc"), epochs=1)
    assert 0.5 < finished.best["val_auc"] <= 1


def test_a_plateau_cuts_the_rate(tmp_path):
    params = {"patience": 1, "factor": 0.5, "min_delta": 10.0}
    _, events = train_small(tmp_path, epochs=3, schedule="plateau", schedule_params=params, learning_rate=0.01)
    assert [event.learning_rate for event in of(EpochEnd, events)] == pytest.approx([0.01, 0.01, 0.005])


def test_norms_of_each_layer_come_with_an_epoch(tmp_path):
    finished, events = train_small(tmp_path, epochs=1)
    (end,) = of(EpochEnd, events)
    assert set(end.norms) == {"conv", "classes"}
    from workbench.runs import read_checkpoint

    arrays = read_checkpoint(Run.open(tmp_path / finished.name).checkpoint_file).variables
    own = [value for key, value in arrays.items() if key.startswith("model/conv/")]
    assert end.norms["conv"].weights == pytest.approx(np.sqrt(sum((value**2).sum() for value in own)), rel=1e-5)
    assert end.norms["conv"].gradients > 0
    assert train_small(tmp_path, epochs=1, watch_layers=False)[1][-1] is not None


def _with_bad_layer(*bad):
    return chain(
        ("input", "image", {"shape": [8, 8, 1]}),
        ("keras.layers.Conv2D", "first", {"filters": 4, "kernel_size": 3}),
        *bad,
        ("keras.layers.Flatten", "flat", {}),
        ("keras.layers.Dense", "classes", {"units": 10, "activation": "softmax"}),
    )


def test_the_layer_whose_output_is_first_not_finite_is_named(tmp_path):
    # The second rescaling overflows what the first leaves; layers after it are not to blame.
    graph = _with_bad_layer(
        ("keras.layers.Rescaling", "large", {"scale": 1e30}), ("keras.layers.Rescaling", "over", {"scale": 1e30})
    )
    events = []
    with pytest.raises(JobError, match="over is the first layer whose output is not finite"):
        train_small(tmp_path, events.append, graph=graph, preflight=False, epochs=1)
    (alarm,) = of(LayerAlarm, events)
    assert (alarm.layer, alarm.what, alarm.epoch, alarm.batch) == ("over", "not finite", 1, 1)
    assert graph.node(alarm.path.split("/")[0]).name == "over"
    with pytest.raises(JobError, match="very first batch is not a finite number: over is the first layer"):
        train_small(tmp_path, graph=graph, epochs=1)


def test_a_dead_layer_is_told_once(tmp_path):
    graph = _with_bad_layer(
        (
            "keras.layers.Conv2D",
            "dead",
            {
                "filters": 4,
                "kernel_size": 1,
                "activation": "relu",
                "kernel_initializer": "zeros",
                "bias_initializer": "zeros",
            },
        ),
        ("keras.layers.Conv2D", "behind", {"filters": 4, "kernel_size": 1, "activation": "relu"}),
    )
    _, events = train_small(tmp_path, graph=graph, epochs=2)
    alarms = of(LayerAlarm, events)
    assert [(alarm.layer, alarm.what) for alarm in alarms] == [("dead", "dead")]
    assert of(EpochEnd, events)[0].norms["dead"].dead == 1.0
    assert "dead is dead" in RunStore(tmp_path).resolve("latest").log_file.read_text()


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_learns_and_leaves_the_process_as_it_was(tmp_path, precision):
    import keras

    finished, _ = train_small(tmp_path, precision=precision)
    assert finished.last["val_accuracy"] > 0.6
    assert keras.config.dtype_policy().name == "float32"


def test_xla_and_gradient_clipping_learn(tmp_path):
    finished, _ = train_small(tmp_path, epochs=1, xla=True, optimizer_params={"global_clipnorm": 1.0})
    assert finished.last["val_accuracy"] > 0.5


def test_balanced_class_weights_are_used(tmp_path):
    plain, _ = train_small(tmp_path, epochs=1)
    weighted, _ = train_small(tmp_path, epochs=1, class_weights="balanced")
    assert weighted.last["loss"] != plain.last["loss"]


def test_a_tensorboard_log_holds_scalars_and_the_rate(tmp_path):
    import tensorflow as tf

    finished, _ = train_small(tmp_path, epochs=2, tensorboard=True)
    folder = Run.open(tmp_path / finished.name).folder / "tensorboard"
    found = {}
    for part in ("train", "validation"):
        (path,) = (folder / part).glob("events*")
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                found.setdefault(f"{part}/{value.tag}", []).append((event.step, float(tf.make_ndarray(value.tensor))))
    assert {"train/epoch_loss", "train/learning_rate", "validation/epoch_accuracy", "train/norms/conv/weights"} <= set(
        found
    )
    assert found["train/learning_rate"] == [(0, pytest.approx(0.01)), (1, pytest.approx(0.01))]
    assert found["validation/epoch_accuracy"][1][1] == pytest.approx(finished.last["val_accuracy"])
