"""Phases, rates of parts and kept features: what they do to the weights."""

import threading

import keras
import numpy as np
import pytest

from tests.engine.drawings import chain
from workbench.engine import JobError, run_job
from workbench.engine.compile import build_model
from workbench.engine.training.phases import scale_rates
from workbench.engine.variables import model_arrays
from workbench.graph import Node, NodeId
from workbench.project import AugmentationSettings, DatasetSettings, Project, TrainingSettings
from workbench.project.augmentation_presets import new_step
from workbench.project.file import dumps
from workbench.project.fine_tuning import FineTuning, Phase, read_phases, read_rates
from workbench.protocol import EpochEnd, Log, Train
from workbench.runs import Run, RunStatus, read_checkpoint

K = "keras.layers."


def backbone(frozen=(), dropout_first=False):
    """Two convolutions with BatchNormalization, and a head; ids equal names."""

    def node(kind, name, **params):
        return Node(NodeId(name), kind, name, params, trainable=name not in frozen)

    first = [node(K + "Dropout", "drop_first", rate=0.1)] if dropout_first else []
    return chain(
        node("input", "image", shape=[8, 8, 1]),
        *first,
        node(K + "Conv2D", "conv_1", filters=4, kernel_size=3, activation="relu"),
        node(K + "BatchNormalization", "norm_1"),
        node(K + "Conv2D", "conv_2", filters=6, kernel_size=3, activation="relu"),
        node(K + "BatchNormalization", "norm_2"),
        node(K + "GlobalAveragePooling2D", "pool"),
        node(K + "Dropout", "drop", rate=0.2),
        node(K + "Dense", "classes", units=10, activation="softmax"),
    )


BACKBONE = ("conv_1", "norm_1", "conv_2", "norm_2")


def train(folder, graph, augmentation=None, **settings):
    settings = {"epochs": 3, "batch_size": 64, "learning_rate": 0.01, "deterministic": True, "seed": 5, **settings}
    project = Project(
        [graph], DatasetSettings(), TrainingSettings(**settings), augmentation=augmentation or AugmentationSettings()
    )
    events = []
    done = run_job(Train(project=dumps(project).decode(), runs=str(folder)), events.append, threading.Event())
    return Run.open(folder / done.name), [event.text for event in events if isinstance(event, Log)], events


def weights(run):
    return {
        key: value for key, value in read_checkpoint(run.checkpoint_file).variables.items() if key.startswith("model/")
    }


def of(arrays, *names):
    return {key: value for key, value in arrays.items() if key.split("/")[1] in names}


def at_first(graph, seed=5):
    return model_arrays(build_model(graph, seed))


def kept_features(log):
    return [line for line in log if "features of" in line]


def assert_equal(one, other):
    assert one.keys() == other.keys()
    assert one
    for key, value in one.items():
        np.testing.assert_array_equal(value, other[key], err_msg=key)


@pytest.mark.parametrize("cache", [True, False])
def test_frozen_layers_are_bit_for_bit_as_before_and_moving_statistics_too(tmp_path, cache):
    graph = backbone(frozen=BACKBONE)
    run, log, _ = train(tmp_path, graph, cache_features=cache)
    before, after = at_first(graph), weights(run)
    assert_equal(of(before, *BACKBONE), of(after, *BACKBONE))
    assert any(key.endswith("moving_mean") for key in of(after, *BACKBONE))
    for key, value in of(before, "classes").items():
        assert not np.array_equal(value, after[key]), key
    assert bool(kept_features(log)) is cache


def test_kept_features_train_as_without_them(tmp_path):
    runs = [train(tmp_path / str(kept), backbone(frozen=BACKBONE), cache_features=kept) for kept in (True, False)]
    assert [bool(kept_features(log)) for _, log, _ in runs] == [True, False]
    one, other = (read_checkpoint(run.checkpoint_file).variables for run, _, _ in runs)
    assert one.keys() == other.keys()
    for key, value in one.items():
        np.testing.assert_allclose(value, other[key], rtol=1e-4, atol=1e-5, err_msg=key)
    for row, same in zip(*(run.metrics() for run, _, _ in runs), strict=True):
        assert row["loss"] == pytest.approx(same["loss"], rel=1e-4)
        assert row["val_accuracy"] == pytest.approx(same["val_accuracy"], abs=0.003)


def test_features_on_the_disk_train_the_same_and_leave_no_file(tmp_path, monkeypatch):
    in_memory, _, _ = train(tmp_path / "memory", backbone(frozen=BACKBONE))
    monkeypatch.setattr("workbench.engine.training.features.MEMORY_SHARE", 0.0)
    on_disk, log, _ = train(tmp_path / "disk", backbone(frozen=BACKBONE))
    assert "kept in disk" in kept_features(log)[0]
    assert_equal(weights(in_memory), weights(on_disk))
    assert not list(on_disk.folder.glob(".features*"))
    monkeypatch.setattr("workbench.engine.training.features.DISK_SHARE", 0.0)
    nowhere, log, _ = train(tmp_path / "nowhere", backbone(frozen=BACKBONE))
    assert "not kept" in kept_features(log)[0]
    assert nowhere.status is RunStatus.FINISHED


def test_nothing_random_is_kept(tmp_path):
    varied = AugmentationSettings((new_step("rotation", 0.5),))
    _, log, _ = train(tmp_path / "varied", backbone(frozen=BACKBONE), varied, epochs=2)
    assert not kept_features(log)
    _, log, _ = train(tmp_path / "dropout", backbone(frozen=BACKBONE, dropout_first=True), epochs=2)
    assert not kept_features(log)
    # A BatchNormalization that trains changes with every batch: what is behind it cannot be kept, what is before can.
    _, log, _ = train(tmp_path / "norm", backbone(frozen=("conv_1", "conv_2", "norm_2")), epochs=2)
    assert "features of 1 frozen layer " in kept_features(log)[0]


def test_phases_train_what_they_name_one_after_another(tmp_path):
    phases = read_phases("head for 2; last 2 for 1 at 0.1; all for 1 at 0.01")
    run, log, events = train(
        tmp_path, backbone(), epochs=4, keep_epochs="every", fine_tuning=FineTuning(phases, normalisation_trains=True)
    )
    first = at_first(backbone())
    at = {
        epoch: {k: v for k, v in read_checkpoint(run.epoch_file(epoch)).variables.items() if k.startswith("model/")}
        for epoch in range(1, 5)
    }
    assert_equal(of(first, *BACKBONE), of(at[2], *BACKBONE))
    assert_equal(of(at[2], "conv_1", "norm_1", "conv_2"), of(at[3], "conv_1", "norm_1", "conv_2"))
    for key, value in of(at[2], "norm_2", "classes").items():
        assert not np.array_equal(value, at[3][key]), key
    for key, value in of(at[3], *BACKBONE).items():
        assert not np.array_equal(value, at[4][key]), key
    rates = [event.learning_rate for event in events if isinstance(event, EpochEnd)]
    assert rates == pytest.approx([0.01, 0.01, 0.001, 0.0001], rel=1e-5)
    said = [line for line in log if "phase " in line]
    assert len(said) == 3
    assert "phase 1 of 3: head (1 of 5 layers train)" in said[0]


def test_normalisation_before_the_head_stays_frozen_unless_asked(tmp_path):
    run, _, _ = train(tmp_path, backbone(), epochs=2, fine_tuning=FineTuning((Phase("all", 2),)))
    assert_equal(of(at_first(backbone()), "norm_1", "norm_2"), of(weights(run), "norm_1", "norm_2"))


def test_moments_go_on_into_the_next_phase(tmp_path):
    """With the head training in both phases, it ends as in one phase: nothing about it begins anew."""
    phases = FineTuning((Phase("head", 1), Phase("head", 2)))
    one, _, _ = train(tmp_path / "one", backbone(), fine_tuning=FineTuning((Phase("head", 3),)))
    two, _, _ = train(tmp_path / "two", backbone(), fine_tuning=phases)
    for key, value in weights(one).items():
        np.testing.assert_allclose(value, weights(two)[key], rtol=1e-5, atol=1e-6, err_msg=key)


def test_a_phase_without_layers_is_told_before_a_run_begins(tmp_path):
    with pytest.raises(JobError, match="No layer with weights is 'nothing_\\*'"):
        train(tmp_path, backbone(), fine_tuning=FineTuning((Phase("nothing_*", 2),)))
    assert not list(tmp_path.iterdir())


def test_early_stopping_waits_for_the_last_phase(tmp_path):
    phases = read_phases("head for 3; all for 3")
    run, _, _ = train(
        tmp_path, backbone(), epochs=6, fine_tuning=FineTuning(phases), early_stopping=True, patience=1, min_delta=10.0
    )
    assert run.record.epochs == 4


@pytest.mark.parametrize("make", [lambda: keras.optimizers.SGD(0.5), lambda: keras.optimizers.AdamW(0.01)])
def test_a_part_s_rate_is_that_of_an_optimiser_with_this_rate(make):
    """Against two optimisers of their own: the factor acts on the rate, on weight decay too, not on the gradient."""
    values, gradients = np.array([1.0, -2.0], "float32"), [np.array([0.3, -0.1], "float32")] * 3
    slow, fast = keras.Variable(values), keras.Variable(values)
    together = make()
    together.build([slow, fast])
    scale_rates(together, {id(slow.value): 0.1})
    alone, alone_slow = make(), make()
    alone_slow.learning_rate = float(alone.learning_rate) * 0.1
    expected, expected_slow = keras.Variable(values), keras.Variable(values)
    for gradient in gradients:
        together.apply([gradient, gradient], [slow, fast])
        alone.apply([gradient], [expected])
        alone_slow.apply([gradient], [expected_slow])
    np.testing.assert_allclose(np.asarray(fast), np.asarray(expected), rtol=1e-6)
    np.testing.assert_allclose(np.asarray(slow), np.asarray(expected_slow), rtol=1e-6)


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_parts_move_less_in_a_training(tmp_path, precision):
    def moved(folder, rates):
        tuning = FineTuning(rates=read_rates(rates))
        run, _, _ = train(folder, backbone(), epochs=1, fine_tuning=tuning, precision=precision)
        first, last = at_first(backbone()), weights(run)
        return {
            name: max(np.abs(value - last[key]).max() for key, value in of(first, name).items() if "kernel" in key)
            for name in ("conv_1", "conv_2", "classes")
        }

    usual, slowed = moved(tmp_path / "usual", ""), moved(tmp_path / "slowed", "conv_* at 0.01")
    for name in ("conv_1", "conv_2"):
        assert slowed[name] < 0.05 * usual[name]
    assert slowed["classes"] > 0.5 * usual["classes"]
