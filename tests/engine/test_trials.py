import threading

import pytest

from tests.engine.drawings import chain, small_classifier
from tests.engine.projects import project_text
from workbench.engine import JobError, run_job
from workbench.engine.training.batch_size import search
from workbench.project import machine
from workbench.protocol import (
    BatchTrial,
    Checked,
    FindBatchSize,
    FindLearningRate,
    OverfitBatch,
    RateTried,
    Stage,
    Stopped,
    Train,
)


def ask(command, stop_at=None):
    events, stop = [], threading.Event()

    def hear(event):
        events.append(event)
        if stop_at is not None and isinstance(event, Stage) and event.done >= stop_at:
            stop.set()

    return run_job(command, hear, stop), events


# -- learning rate
def test_the_sweep_suggests_a_rate_at_which_the_loss_falls():
    found, events = ask(FindLearningRate(project=project_text(), lowest=1e-5, highest=10.0, batches=80))
    assert found.suggestion is not None
    assert 1e-4 < found.suggestion < 0.5
    assert found.rates[0] == pytest.approx(1e-5)
    assert len(found.rates) == len(found.losses) == len(found.smoothed) <= 80
    steps = [event for event in events if isinstance(event, Stage) and event.total]
    assert [event.done for event in steps] == list(range(1, len(steps) + 1))
    assert all((event.seconds_left or 0) >= 0 for event in steps)
    tried = [event for event in events if isinstance(event, RateTried)]
    assert [event.rate for event in tried][: len(found.rates)] == list(found.rates)  # as they come, for a live curve
    assert [event.loss for event in tried][: len(found.rates)] == list(found.losses)


def test_the_sweep_can_be_cancelled():
    stopped, events = ask(FindLearningRate(project=project_text(), batches=80), stop_at=3)
    assert stopped == Stopped()
    assert max(event.done for event in events if isinstance(event, Stage)) == 3


@pytest.mark.parametrize("bad", [{"lowest": 0.0}, {"lowest": 2.0, "highest": 1.0}, {"batches": 3}])
def test_a_sweep_that_makes_no_sense_is_refused(bad):
    with pytest.raises(JobError, match="Expected rates from low to high"):
        ask(FindLearningRate(project=project_text(), **bad))


# -- batch size
def limited(limit):
    return lambda size: BatchTrial(batch_size=size, fits=size <= limit)


@pytest.mark.parametrize(
    ("limit", "start", "highest"), [(100, 32, 4096), (5, 32, 4096), (4096, 32, 4096), (1, 64, 512)]
)
def test_the_search_comes_close_to_the_largest_that_fits(limit, start, highest):
    largest, tried = search(limited(limit), start, highest)
    assert largest <= min(limit, highest)
    assert largest >= min(limit, highest) * 7 / 8 - 1
    assert len(tried) <= 16
    assert len({trial.batch_size for trial in tried}) == len(tried)


def test_where_not_one_image_fits_it_is_0():
    assert search(limited(0), 32, 4096)[0] == 0


def test_batches_are_tried_in_a_process_of_their_own():
    found, _ = ask(FindBatchSize(project=project_text(), device="cpu", highest=100))
    assert found.largest == 100
    assert all(trial.fits and trial.images_per_second > 0 for trial in found.tried)
    assert "GiB that are free" in found.limit


# -- one batch by heart
def test_a_sound_network_learns_a_batch_by_heart():
    done, _ = ask(OverfitBatch(project=project_text(learning_rate=0.01)))
    assert done.ok
    assert "by heart after" in done.message
    assert done.losses[-1] < done.losses[0]
    assert done.accuracies[-1] >= 0.99


def test_a_network_that_cannot_learn_says_what_to_try():
    done, _ = ask(OverfitBatch(project=project_text(learning_rate=1e-7), steps=10))
    assert not done.ok
    assert "Not learned by heart in 10 steps (accuracy " in done.message


# -- the batch before the run
def checked(tmp_path, graph=None, **settings):
    command = Train(project=project_text(graph, epochs=1, **settings), runs=str(tmp_path))
    stop, events = threading.Event(), []

    def hear(event):
        events.append(event)
        if isinstance(event, Checked):
            stop.set()

    assert run_job(command, hear, stop) == Stopped()
    return next(event for event in events if isinstance(event, Checked))


def test_the_first_batch_is_tried_and_changes_nothing(tmp_path):
    found = checked(tmp_path)
    assert 1 < found.loss < 5
    assert (found.unreached, found.warnings) == ((), ())
    assert not list(tmp_path.iterdir())


def test_layers_that_no_gradient_reaches_are_named(tmp_path):
    graph = chain(
        ("input", "image", {"shape": [8, 8, 1]}),
        ("keras.layers.Flatten", "flat", {}),
        ("keras.layers.Dense", "before", {"units": 8}),
        (
            "keras.layers.Dense",
            "dying",
            {"units": 8, "activation": "relu", "bias_initializer": "zeros", "kernel_initializer": "zeros"},
        ),
        ("keras.layers.Dense", "classes", {"units": 10, "activation": "softmax"}),
    )
    found = checked(tmp_path, graph)
    assert found.unreached == ("before", "dying")
    assert "No gradient reaches before, dying" in found.warnings[0]


def test_a_batch_that_cannot_fit_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "available_memory", lambda: 2**20)
    (warning,) = checked(tmp_path, small_classifier()).warnings
    assert "1 MiB are free" in warning
