"""Measures of masks against scikit-learn, class by class and image by image."""

import numpy as np
import pytest
from sklearn import metrics

from workbench.evaluation import (
    MaskPredictions,
    MaskReport,
    PredictionsError,
    holds_masks,
    read_mask_predictions,
    write_mask_predictions,
)
from workbench.evaluation.segmentation import pixel_counts

NAMES = ("sky", "road", "tree", "sign")
RANDOM = np.random.default_rng(1)


def made(images=7, classes=4, present=3, void=0.2):
    """Random masks in which the last class never occurs nor is predicted; predictions are mostly right."""
    true = RANDOM.integers(0, present, (images, 12, 10)).astype(np.uint8)
    guessed = np.where(RANDOM.random(true.shape) < 0.7, true, RANDOM.integers(0, present, true.shape)).astype(np.uint8)
    true[RANDOM.random(true.shape) < void] = 255
    counts = np.stack([pixel_counts(t, g, classes) for t, g in zip(true, guessed, strict=True)])
    losses = RANDOM.random(images)
    keys = np.array([f"{index:03d}" for index in range(images)])
    return true, guessed, MaskPredictions(counts, losses, np.arange(images) * 3, keys, NAMES, {"masks": "/x/m"})


def test_measures_by_class_are_scikit_learns():
    true, guessed, predictions = made()
    there = true != 255
    labels, found = true[there], guessed[there]
    report = MaskReport(predictions)
    each = {"labels": [0, 1, 2], "average": None}
    np.testing.assert_array_equal(report.confusion, metrics.confusion_matrix(labels, found, labels=range(4)))
    np.testing.assert_allclose(report.iou[:3], metrics.jaccard_score(labels, found, **each))
    np.testing.assert_allclose(report.dice[:3], metrics.f1_score(labels, found, **each))
    np.testing.assert_allclose(report.accuracy[:3], metrics.recall_score(labels, found, **each))
    np.testing.assert_allclose(report.precision[:3], metrics.precision_score(labels, found, **each))
    assert np.isnan([report.iou[3], report.dice[3], report.accuracy[3], report.precision[3]]).all()
    assert report.mean_iou == pytest.approx(metrics.jaccard_score(labels, found, average="macro"))
    assert report.mean_dice == pytest.approx(metrics.f1_score(labels, found, average="macro"))
    assert report.pixel_accuracy == pytest.approx(metrics.accuracy_score(labels, found))
    assert report.loss == pytest.approx(predictions.losses.mean())
    assert report.pixels.tolist() == [(true == label).sum() for label in range(4)]


def test_images_are_ordered_from_the_worst():
    true, guessed, predictions = made()
    report = MaskReport(predictions)
    for row in range(len(predictions)):
        there = true[row] != 255
        labels, found = true[row][there], guessed[row][there]
        assert report.image_iou[row] == pytest.approx(metrics.jaccard_score(labels, found, average="macro"))
        assert report.image_dice[row] == pytest.approx(metrics.f1_score(labels, found, average="macro"))
        assert report.image_accuracy[row] == pytest.approx(metrics.accuracy_score(labels, found))
    assert (np.diff(report.image_iou[report.worst]) >= 0).all()
    assert sorted(report.worst.tolist()) == list(range(7))


def test_images_without_a_pixel_come_last_and_change_nothing():
    _, _, predictions = made(3)
    counts = np.concatenate([predictions.counts, np.zeros_like(predictions.counts[:1])])
    losses = np.append(predictions.losses, np.nan)
    more = MaskPredictions(counts, losses, np.arange(4), np.array(list("abcd")), NAMES)
    report, before = MaskReport(more), MaskReport(predictions)
    assert report.worst[-1] == 3
    assert np.isnan(report.image_iou[3])
    assert (report.mean_iou, report.loss) == (before.mean_iou, before.loss)


def test_of_equal_images_the_surer_mistake_is_worse():
    counts = np.tile(np.array([[5, 1], [1, 5]]), (3, 1, 1))
    predictions = MaskPredictions(counts, np.array([0.1, 0.9, 0.5]), np.arange(3), np.array(list("abc")), ("a", "b"))
    assert MaskReport(predictions).worst.tolist() == [1, 2, 0]


def test_predictions_are_read_as_they_were_written(tmp_path):
    _, _, predictions = made()
    path = tmp_path / "deep" / "evaluation.npz"
    write_mask_predictions(path, predictions)
    again = read_mask_predictions(path)
    assert holds_masks(path)
    np.testing.assert_array_equal(again.counts, predictions.counts)
    np.testing.assert_array_equal(again.losses, predictions.losses)
    assert (again.class_names, again.about) == (NAMES, {"masks": "/x/m"})
    assert again.mask_file(2, path) == tmp_path / "deep" / "m" / "000006.png"


def test_other_files_are_refused_in_words(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, kind="masks", counts=np.zeros(3))
    with pytest.raises(PredictionsError, match="Missing: losses"):
        read_mask_predictions(path)
    _, _, predictions = made()
    broken = MaskPredictions(predictions.counts[:, :3], *list(vars(predictions).values())[1:])
    write_mask_predictions(path, broken)
    with pytest.raises(PredictionsError, match="expected counts of 7 x 4 x 4"):
        read_mask_predictions(path)
