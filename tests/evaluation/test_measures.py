"""Every measure against scikit-learn's or a formula written out, with ties, empty classes and nothing at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from workbench.evaluation import (
    accuracy,
    areas,
    averages,
    class_measures,
    confusion_matrix,
    precision_recall_curve,
    reliability,
    roc_curve,
    sample_losses,
    top_k_accuracy,
)


@st.composite
def outcomes(draw, least=1):
    """Labels and probabilities; few different values, so that there are ties, and classes that never occur."""
    classes = draw(st.integers(2, 6))
    count = draw(st.integers(least, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    levels = draw(st.sampled_from([2, 3, 1000]))
    raw = rng.integers(1, levels + 1, (count, classes)).astype(np.float64)
    present = draw(st.integers(1, classes))
    labels = rng.integers(0, present, count)
    return labels.astype(np.int64), (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)


@given(outcomes())
def test_confusion_and_what_follows_from_it(outcome):
    labels, probabilities = outcome
    classes = probabilities.shape[1]
    guesses = np.argmax(probabilities, axis=1)
    confusion = confusion_matrix(labels, guesses, classes)
    every = np.arange(classes)
    np.testing.assert_array_equal(confusion, metrics.confusion_matrix(labels, guesses, labels=every))
    ours = class_measures(confusion)
    theirs = metrics.precision_recall_fscore_support(labels, guesses, labels=every, zero_division=0)
    for mine, other in zip((ours.precision, ours.recall, ours.f1, ours.support), theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12)
    for kind, average in averages(confusion).items():
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            labels, guesses, average=kind, zero_division=0
        )
        np.testing.assert_allclose((average.precision, average.recall, average.f1), (precision, recall, f1), rtol=1e-12)
    assert accuracy(labels, guesses) == pytest.approx(metrics.accuracy_score(labels, guesses))


@given(outcomes(), st.integers(1, 6))
def test_top_k(outcome, k):
    labels, probabilities = outcome
    classes = probabilities.shape[1]
    k = min(k, classes - 1)
    if classes == 2:  # scikit-learn takes one column of scores then
        theirs = metrics.top_k_accuracy_score(labels, probabilities[:, 1], k=k, labels=[0, 1])
        if len(np.unique(probabilities)) < 2 or np.any(probabilities[:, 0] == probabilities[:, 1]):
            return  # there it decides ties by a threshold
    else:
        theirs = metrics.top_k_accuracy_score(labels, probabilities, k=k, labels=np.arange(classes))
    assert top_k_accuracy(labels, probabilities, k) == pytest.approx(theirs)


@given(outcomes())
def test_roc_and_precision_recall_of_each_class_against_the_rest(outcome):
    labels, probabilities = outcome
    roc_areas, precisions = areas(labels, probabilities)
    for index in range(probabilities.shape[1]):
        members, scores = labels == index, probabilities[:, index]
        curve = roc_curve(members, scores)
        if members.all() or not members.any():
            assert curve is None
            assert np.isnan(roc_areas[index])
        else:
            false, true, thresholds = metrics.roc_curve(members, scores, drop_intermediate=False)
            np.testing.assert_allclose(curve.false_positive, false)
            np.testing.assert_allclose(curve.true_positive, true)
            np.testing.assert_allclose(curve.thresholds, thresholds)
            assert curve.area == pytest.approx(roc_areas[index])
            assert roc_areas[index] == pytest.approx(metrics.roc_auc_score(members, scores))
        found = precision_recall_curve(members, scores)
        if not members.any():
            assert found is None
            assert np.isnan(precisions[index])
            continue
        precision, recall, thresholds = metrics.precision_recall_curve(members, scores)
        np.testing.assert_allclose(found.precision[::-1], precision)
        np.testing.assert_allclose(found.recall[::-1], recall)
        np.testing.assert_allclose(found.thresholds[::-1], thresholds)
        assert precisions[index] == pytest.approx(metrics.average_precision_score(members, scores))


@given(outcomes())
def test_mean_loss_is_the_log_loss(outcome):
    labels, probabilities = outcome
    theirs = metrics.log_loss(labels, probabilities.astype(float), labels=np.arange(probabilities.shape[1]))
    assert sample_losses(labels, probabilities).mean() == pytest.approx(theirs, rel=1e-5)


def test_a_certain_mistake_has_a_finite_loss():
    losses = sample_losses(np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]], np.float32))
    assert losses[0] == pytest.approx(-np.log(1e-7))
    assert losses[1] == pytest.approx(1e-7)


@given(outcomes(), st.integers(1, 20))
def test_reliability_is_guos_definition(outcome, bins):
    labels, probabilities = outcome
    found = reliability(labels, probabilities, bins)
    error = largest = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [
            (float(np.max(row)), float(np.argmax(row) == label))
            for row, label in zip(probabilities, labels, strict=True)
            if low * bins < float(np.max(row)) * bins <= high * bins
        ]
        assert found.counts[number] == len(inside)
        if inside:
            confidence, right = np.mean(inside, axis=0)
            assert found.confidence[number] == pytest.approx(confidence)
            assert found.accuracy[number] == pytest.approx(right)
            error += len(inside) / len(labels) * abs(confidence - right)
            largest = max(largest, abs(confidence - right))
    assert found.expected_error == pytest.approx(error, abs=1e-12)
    assert found.largest_error == pytest.approx(largest, abs=1e-12)


def test_confidences_on_the_edges_of_bins():
    probabilities = np.array([[1.0, 0.0], [0.5, 0.5], [0.75, 0.25]])
    found = reliability(np.array([0, 1, 0]), probabilities, bins=4)
    assert found.counts.tolist() == [0, 1, 1, 1]


def test_nothing_to_judge():
    labels, probabilities = np.zeros(0, np.int64), np.zeros((0, 3), np.float32)
    assert np.isnan(accuracy(labels, labels))
    assert np.isnan(top_k_accuracy(labels, probabilities, 2))
    assert np.isnan(reliability(labels, probabilities).expected_error)
    assert np.isnan(reliability(labels, probabilities).largest_error)
    assert np.isnan(areas(labels, probabilities).roc).all()
    assert averages(confusion_matrix(labels, labels, 3))["macro"].f1 == 0
    assert averages(confusion_matrix(labels, labels, 3))["weighted"].f1 == 0
