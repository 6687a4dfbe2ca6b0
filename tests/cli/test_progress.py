"""A job's progress as people see it."""

import io

import pytest

from workbench.cli.output import duration, metric
from workbench.cli.progress import progress
from workbench.protocol import BatchProgress, EpochEnd, Stage, Started

EVENTS = (
    Stage(text="building the model"),
    Started(
        run="/r/x",
        name="x",
        epochs=2,
        batches=45,
        train_images=1437,
        validation_images=360,
        device="cpu",
        seed=3,
    ),
    BatchProgress(
        epoch=1,
        batch=9,
        batches=45,
        epochs=2,
        metrics={"loss": 0.5, "accuracy": 0.875},
        images_per_second=1234.5,
        seconds_left=65.2,
    ),
    EpochEnd(
        epoch=1,
        epochs=2,
        metrics={"loss": 0.4, "val_accuracy": 0.9},
        learning_rate=0.001,
        seconds=1.25,
        seconds_left=1.2,
        best=True,
    ),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown_on(stream):
    with progress(stream) as report:
        for event in EVENTS:
            report(event)
    return stream.getvalue()


def test_elsewhere_than_on_a_terminal_there_are_plain_lines():
    stage, started, epoch = shown_on(io.StringIO()).splitlines()
    assert stage == "building the model"
    assert "1,437 images" in started
    assert "seed 3" in started
    assert epoch == "epoch 1/2  loss 0.4000  val_accuracy 0.9000  1.2 s  1.2 s left"


def test_a_terminal_gets_a_bar_with_batch_metrics_speed_and_time_left(monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    shown = shown_on(Terminal())
    for part in ("epoch 1/2", "batch 9/45", "loss 0.5000", "accuracy 0.8750", "1,234 images/s", "1:05 left", "val_acc"):
        assert part in shown


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (59.9, "59.9 s"), (65, "1:05"), (3723, "1:02:03")])
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("value", "text"), [(0.97222, "0.9722"), (12345.6, "1.235e+04"), (float("nan"), "nan")])
def test_metrics(value, text):
    assert metric(value) == text
