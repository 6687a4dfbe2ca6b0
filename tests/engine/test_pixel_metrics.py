"""Measures of segmentation against scikit-learn, over all pixels of all batches."""

import numpy as np
import pytest
from sklearn import metrics as theirs

from tests.engine.drawings import chain
from workbench.data.source import VOID
from workbench.engine.compile import build_model
from workbench.engine.objective import Target, objective_for
from workbench.project import TrainingSettings
from workbench.project.objectives import larger_is_better

NAMES = ("sky", "street & path", "#ff0000")
RANDOM = np.random.default_rng(5)


def measures(*keys, activation="softmax", units=3, names=NAMES):
    steps = [
        ("input", "x", {"shape": [8, 9, 1]}),
        ("keras.layers.Conv2D", "c", {"filters": units, "kernel_size": 1, "activation": activation}),
    ]
    target = Target("d", (8, 9), len(names), class_names=names)
    return objective_for(build_model(chain(*steps), 0), [target], TrainingSettings(metrics=keys))


def counted(found, batches):
    for metric in found.metrics[0]:
        metric.reset_state()
    for labels, outputs in batches:
        for metric in found.metrics[0]:
            metric.update_state(labels, outputs)
    return {metric.name: float(metric.result()) for metric in found.metrics[0]}


def batches(void=False, classes=3):
    made = []
    for _ in range(3):
        labels = RANDOM.integers(0, classes, (4, 8, 9)).astype(np.uint8)
        if void:
            labels[RANDOM.random(labels.shape) < 0.3] = VOID
        made.append((labels, RANDOM.dirichlet(np.ones(classes), (4, 8, 9)).astype(np.float32)))
    return made


@pytest.mark.parametrize("void", [False, True])
def test_measures_are_scikit_learns(void):
    found = measures("accuracy", "mean_iou", "mean_dice", "iou", "dice", "class_accuracy")
    data = batches(void)
    labels = np.concatenate([labels.ravel() for labels, _ in data])
    guesses = np.concatenate([outputs.argmax(axis=-1).ravel() for _, outputs in data])
    labels, guesses = labels[labels != VOID], guesses[labels != VOID]
    iou = theirs.jaccard_score(labels, guesses, average=None)
    dice = theirs.f1_score(labels, guesses, average=None)
    recall = theirs.recall_score(labels, guesses, average=None)
    stems = ["sky", "street_path", "#ff0000"]
    expected = {
        "accuracy": theirs.accuracy_score(labels, guesses),
        "mean_iou": iou.mean(),
        "mean_dice": dice.mean(),
        **{f"{name}_iou": value for name, value in zip(stems, iou, strict=True)},
        **{f"{name}_dice": value for name, value in zip(stems, dice, strict=True)},
        **{f"{name}_accuracy": value for name, value in zip(stems, recall, strict=True)},
    }
    assert counted(found, data) == pytest.approx(expected, abs=1e-6)
    assert found.reported == ["loss", *expected]
    assert counted(found, data) == pytest.approx(expected, abs=1e-6)  # once more after a reset
    assert all(larger_is_better(f"val_{name}") for name in expected)


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_one_output_tells_two_classes_apart(activation):
    found = measures("accuracy", "iou", activation=activation, units=1, names=("background", "object"))
    data = [(labels, outputs[..., :1]) for labels, outputs in batches(True, 2)]
    labels = np.concatenate([labels.ravel() for labels, _ in data])
    chances = np.concatenate([outputs.ravel() for _, outputs in data])
    if activation is None:
        data = [(labels, np.log(outputs / (1 - outputs))) for labels, outputs in data]
    there = labels != VOID
    iou = theirs.jaccard_score(labels[there], chances[there] > 0.5, average=None)
    got = counted(found, data)
    assert [got["background_iou"], got["object_iou"]] == pytest.approx(iou.tolist(), abs=1e-6)
    assert got["accuracy"] == pytest.approx(theirs.accuracy_score(labels[there], chances[there] > 0.5), abs=1e-6)


def test_classes_that_are_not_there_do_not_lower_the_mean():
    found = measures("mean_iou", "mean_dice", names=("a", "b", "c"))
    labels = np.zeros((1, 8, 9), np.uint8)
    labels[0, :4] = 1
    outputs = np.eye(3, dtype=np.float32)[labels]
    assert counted(found, [(labels, outputs)]) == pytest.approx({"mean_iou": 1.0, "mean_dice": 1.0})


def test_shares_are_counted_as_their_largest_class():
    found = measures("accuracy")
    labels, outputs = batches()[0]
    shares = 0.7 * np.eye(3, dtype=np.float32)[labels] + 0.1
    shares[0] = 0  # void
    expected = (labels[1:] == outputs[1:].argmax(axis=-1)).mean()
    assert counted(found, [(shares, outputs)])["accuracy"] == pytest.approx(expected, abs=1e-6)


def test_numbers_stay_exact_beyond_what_floats_count():
    found = measures("accuracy")
    metric = found.metrics[0][0]
    labels = np.zeros((1, 8, 9), np.uint8)
    metric.update_state(labels, np.eye(3, dtype=np.float32)[labels])
    metric._table.assign(np.array([[2**24, 0, 0], [0, 0, 0], [0, 0, 0]]))
    for _ in range(3):
        wrong = np.eye(3, dtype=np.float32)[np.ones_like(labels)]
        metric.update_state(labels, wrong)
    assert metric._table.numpy().sum() == 2**24 + 3 * 72
