import numpy as np
import pytest

from tests.engine.projects import small_project
from workbench.engine.feed import Examples, Order, count_batches, divide, ordered_batches, training_batches


@pytest.fixture
def examples():
    labels = np.arange(10)
    images = np.broadcast_to(labels[:, None, None, None], (10, 2, 2, 1)).astype("float32")
    return Examples(images, labels)


def _labels(batches):
    return [labels.numpy().tolist() for _, labels in batches]


def test_an_epoch_shows_every_image_once_with_its_own_label(examples):
    batches = list(training_batches(examples, 4, Order(0, 10)))
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert sorted(label for _, labels in batches for label in labels.numpy()) == list(range(10))
    for images, labels in batches:
        np.testing.assert_array_equal(images.numpy()[:, 0, 0, 0], labels.numpy())


def test_the_order_is_a_function_of_seed_and_epoch(examples):
    order = Order(1, 10)
    batches = training_batches(examples, 4, order)
    orders = []
    for order.epoch in (0, 1, 0):
        orders.append(_labels(batches))
    assert orders[0] == orders[2] != orders[1]
    assert _labels(training_batches(examples, 4, Order(1, 10))) == orders[0]
    assert _labels(training_batches(examples, 4, Order(2, 10))) != orders[0]


def test_the_number_of_batches_is_known_to_keras(examples):
    assert int(training_batches(examples, 4, Order(0, 10)).cardinality()) == count_batches(examples, 4) == 3
    assert count_batches(examples, 5) == 2


def test_validation_batches_keep_their_order(examples):
    assert _labels(ordered_batches(examples, 6)) == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]


def test_the_digits_are_divided_and_fitted_to_the_input():
    division = divide(small_project(seed=3), (16, 16, 3))
    assert division.training.images.shape == (1437, 16, 16, 3)
    assert division.validation.images.shape == (360, 16, 16, 3)
    assert division.training.images.max() == 1.0
    again = divide(small_project(seed=3), (16, 16, 3))
    np.testing.assert_array_equal(division.validation.images, again.validation.images)
    other = divide(small_project(seed=4), (16, 16, 3))
    assert not np.array_equal(division.validation.labels, other.validation.labels) or not np.array_equal(
        division.validation.images, other.validation.images
    )
