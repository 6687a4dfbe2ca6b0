"""What images measure, beside numpy over all pixels at once."""

import threading

import numpy as np
import pytest

from workbench.data.keys import sample_ids
from workbench.data.measure import measure, some_of
from workbench.data.progress import Cancelled
from workbench.data.source import DatasetError, Unmasked
from workbench.data.sources.arrays import ArraySource


class Mixed(Unmasked):
    """Images of several sizes; None cannot be read."""

    def __init__(self, images):
        self._images = images

    def read(self, index):
        if self._images[index] is None:
            raise DatasetError(f"{index}.png: Expected an image. Received: nothing")
        return self._images[index]


def noise(*shape):
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, dtype=np.uint8)


def everything(source_or_count):
    return np.arange(source_or_count, dtype=np.int64)


@pytest.mark.parametrize("channels", [1, 3])
def test_mean_and_variance_are_those_of_all_pixels(channels):
    images = noise(20, 6, 5, channels)
    source = ArraySource("made", images, np.zeros(20, np.int64), ("a",), ("",) * 20)
    measured = measure(source, everything(20))
    assert measured.mean == pytest.approx(tuple(images.mean(axis=(0, 1, 2))))
    assert measured.variance == pytest.approx(tuple(images.var(axis=(0, 1, 2))))
    assert (measured.heights, measured.widths, measured.channels) == ((6, 6, 6), (5, 5, 5), {channels: 20})


def test_larger_images_count_for_more_and_sizes_are_told():
    images = [noise(2, 2, 3), noise(4, 6, 3), noise(10, 8, 3), noise(3, 3, 1), None]
    measured = measure(Mixed(images), everything(5))
    pixels = np.concatenate([image.reshape(-1, 3) for image in images[:3]])
    assert measured.mean == pytest.approx(tuple(pixels.mean(axis=0)))
    assert measured.variance == pytest.approx(tuple(pixels.var(axis=0)))
    assert (measured.heights, measured.widths) == ((2, 3, 10), (2, 4, 8))
    assert measured.channels == {3: 3, 1: 1}
    assert measured.images == 4
    assert list(measured.unreadable) == [4]
    assert "4.png" in measured.unreadable[4]


def test_what_is_measured_can_be_made_of_the_image():
    images = noise(5, 4, 4, 1)
    measured = measure(Mixed(list(images)), everything(5), prepare=lambda image: image.astype(np.float32) / 255)
    assert measured.mean == pytest.approx((images.mean() / 255,))


def test_nothing_to_be_read_is_an_error_and_cancelling_ends_it():
    with pytest.raises(DatasetError, match=r"none of 2.*0\.png"):
        measure(Mixed([None, None]), everything(2))
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        measure(Mixed([noise(2, 2, 1)]), everything(1), cancel=cancel)


def test_some_are_drawn_by_their_keys_and_always_the_same():
    ids = sample_ids([f"a/{number:03}" for number in range(100)])
    among = np.arange(10, 90, dtype=np.int64)
    drawn = some_of(ids, among, 30)
    assert len(drawn) == len(set(drawn.tolist())) == 30
    assert set(drawn.tolist()) <= set(among.tolist())
    assert drawn.tolist() == sorted(drawn.tolist()) == some_of(ids, among, 30).tolist()
    assert some_of(ids, among, 500).tolist() == among.tolist()
