import numpy as np
import pytest

from tests.engine.projects import small_project
from workbench.data.feed import Feed, divide
from workbench.data.fit import Framing
from workbench.data.sources.arrays import ArraySource
from workbench.engine.feed import Epoch, count_batches, open_feeds, ordered_batches, training_batches


def feed_of(seed):
    labels = np.arange(10)
    images = np.broadcast_to(labels[:, None, None, None], (10, 2, 2, 1)).astype(np.uint8)
    source = ArraySource("ten", images, labels, tuple(map(str, range(10))), ("",) * 10)
    return Feed(divide(source, 0, 0, seed), np.arange(10), Framing((2, 2, 1), value_range="0..255"), seed)


@pytest.fixture
def feed():
    return feed_of(0)


def _labels(batches):
    return [labels.numpy().tolist() for _, labels in batches]


def test_an_epoch_shows_every_image_once_with_its_own_label(feed):
    batches = list(training_batches(feed, 4, Epoch()))
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert sorted(label for _, labels in batches for label in labels.numpy()) == list(range(10))
    for images, labels in batches:
        np.testing.assert_array_equal(images.numpy()[:, 0, 0, 0], labels.numpy())


def test_the_order_is_a_function_of_seed_and_epoch():
    epoch = Epoch()
    batches = training_batches(feed_of(1), 4, epoch)
    orders = []
    for epoch.number in (0, 1, 0):
        orders.append(_labels(batches))
    assert orders[0] == orders[2] != orders[1]
    assert _labels(training_batches(feed_of(1), 4, Epoch())) == orders[0]
    assert _labels(training_batches(feed_of(2), 4, Epoch())) != orders[0]


def test_the_number_of_batches_is_known_to_keras(feed):
    assert int(training_batches(feed, 4, Epoch()).cardinality()) == count_batches(feed, 4) == 3
    assert count_batches(feed, 5) == 2


def test_validation_batches_keep_their_order(feed):
    assert _labels(ordered_batches(feed, 6)) == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]


def test_the_digits_are_divided_and_fitted_to_the_input():
    def held_out(seed):
        return open_feeds(small_project(seed=seed), (16, 16, 3)).validation.batch(np.arange(360), 0)

    feeds = open_feeds(small_project(seed=3), (16, 16, 3))
    assert (len(feeds.training), len(feeds.validation)) == (1437, 360)
    images = held_out(3).images
    assert images.shape == (360, 16, 16, 3)
    assert images.max() == pytest.approx(1.0)
    np.testing.assert_array_equal(images, held_out(3).images)
    assert not np.array_equal(images, held_out(4).images)
