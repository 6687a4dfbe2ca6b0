"""The feed: pure, seeded by key, mixed with soft targets, and going on where images cannot be read."""

import json
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import numpy as np
import pytest

from tests.data.augmentation.drawn import augmentation, feed_of, photograph, step
from workbench.data.feed import Feed, divide
from workbench.data.fit import Framing
from workbench.data.source import DatasetError
from workbench.data.sources.arrays import ArraySource

RICH = (
    step("mirror_horizontal", 0, 0.5),
    step("rotation", 1),
    step("brightness", 2),
    step("hue", 3),
    step("gaussian_noise", 4, 0.5),
    step("cutout", 5, 0.5),
    step("mixup", 6, 0.5, alpha=1.0),
    step("cutmix", 7, 0.5),
)
ALL = np.arange(12)


def digest(batch):
    return sha256(batch.images.tobytes() + batch.targets.tobytes()).hexdigest()


def test_a_batch_is_a_function_of_seed_epoch_and_sample():
    feed = feed_of(*RICH)
    whole = feed.batch(ALL, 3)
    assert digest(whole) == digest(feed_of(*RICH).batch(ALL, 3))
    assert digest(whole) != digest(feed.batch(ALL, 4))
    assert digest(whole) != digest(feed_of(*RICH, seed=1).batch(ALL, 3))
    backwards = feed.batch(ALL[::-1], 3)
    np.testing.assert_array_equal(backwards.images[::-1], whole.images)
    for position in (0, 7):
        alone = feed.batch(np.array([position]), 3)
        np.testing.assert_array_equal(alone.images[0], whole.images[position])
        np.testing.assert_array_equal(alone.targets[0], whole.targets[position])


def test_threads_change_nothing():
    feed = feed_of(*RICH)
    expected = {epoch: digest(feed_of(*RICH).batch(ALL, epoch)) for epoch in range(20)}
    with ThreadPoolExecutor(8) as pool:
        got = dict(zip(expected, pool.map(lambda epoch: digest(feed.batch(ALL, epoch)), expected), strict=True))
    assert got == expected


PROGRAM = """
import json
from tests.data.augmentation.test_feed import ALL, RICH, digest
from tests.data.augmentation.drawn import feed_of
print(json.dumps(digest(feed_of(*RICH).batch(ALL, 5))))
"""


def test_another_process_draws_the_same():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == digest(feed_of(*RICH).batch(ALL, 5))


def test_a_switched_off_step_changes_nothing_for_the_others():
    with_gap = feed_of(RICH[0], RICH[2]).batch(ALL, 0)
    probability_zero = feed_of(RICH[0], step("rotation", 1, 0.0), RICH[2]).batch(ALL, 0)
    np.testing.assert_array_equal(with_gap.images, probability_zero.images)


def test_another_storage_of_the_same_images_gives_the_same():
    """Listed in another order, as a folder may list them: same keys, same tensors, partners included."""

    class Listed(ArraySource):
        keys = property(lambda self: tuple(f"{self.images[index, 0, 0, 0]}" for index in range(len(self))))

    images = np.stack([photograph(seed=index) for index in range(12)])
    images[:, 0, 0, 0] = ALL
    order = np.array([5, 2, 11, 0, 3, 8, 1, 10, 4, 7, 9, 6])

    def feed(chosen):
        source = Listed("s", images[chosen], chosen % 3, ("a", "b", "c"), ("",) * 12)
        return Feed(divide(source, 0, 0, 7), ALL, Framing(images.shape[1:]), 7, augmentation(*RICH))

    one, two = feed(ALL).batch(ALL, 2), feed(order).batch(ALL, 2)
    np.testing.assert_array_equal(one.images[order], two.images)
    np.testing.assert_array_equal(one.targets[order], two.targets)


def test_probability_is_the_share_of_images():
    images = np.stack([np.arange(8, dtype=np.uint8).reshape(1, 8, 1)] * 2000)
    mirrored = feed_of(step("mirror_horizontal", 0, 0.3), images=images).batch(np.arange(2000), 0).images[:, 0, 0, 0]
    assert (mirrored > 0).mean() == pytest.approx(0.3, abs=0.04)


def test_without_steps_targets_are_indices_and_images_are_framed():
    feed = feed_of()
    batch = feed.batch(ALL, 0)
    assert batch.targets.dtype == np.int64
    np.testing.assert_array_equal(batch.targets, ALL % 3)
    expected = np.stack([photograph(seed=index) for index in range(12)]).astype(np.float32) * np.float32(1 / 255)
    np.testing.assert_array_equal(batch.images, expected)
    np.testing.assert_array_equal(batch.images, feed_of(budget=0).batch(ALL, 0).images)
    batch.images[:] = 0  # what is kept is not what was given
    np.testing.assert_array_equal(feed.batch(ALL, 0).images, expected)


def test_mixup_mixes_images_and_targets_alike():
    """Images that are their class: what a pixel is, the target has to say."""
    images = np.stack([np.full((4, 4, 1), 100 * (index % 3), np.uint8) for index in range(30)])
    feed = feed_of(step("mixup", 0, alpha=1.0), images=images)
    batch = feed.batch(np.arange(30), 0)
    assert batch.targets.shape == (30, 3)
    assert batch.targets.dtype == np.float32
    np.testing.assert_allclose(batch.targets.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(batch.images[:, 0, 0, 0] * 255, batch.targets @ [0, 100, 200], atol=1e-3)
    assert ((batch.targets > 0).sum(axis=1) == 2).sum() > 10


def test_cutmix_shares_are_of_whole_pixels():
    images = np.stack([np.full((8, 10, 1), 100 * (index % 3), np.uint8) for index in range(60)])
    batch = feed_of(step("cutmix", 0), images=images).batch(np.arange(60), 1)
    for image, target in zip(batch.images, batch.targets, strict=True):
        found = [np.isclose(image * 255, 100 * label).mean() for label in range(3)]
        np.testing.assert_allclose(found, target, atol=1e-6)
    assert ((batch.targets > 0).sum(axis=1) == 2).sum() > 30


def test_partners_are_varied_as_they_are_themselves():
    """A mixup of 0.01 or so of itself: what remains is the partner's own tensor of this epoch."""
    steps = (step("rotation", 0), step("brightness", 1))
    own = feed_of(*steps).batch(ALL, 4).images
    mixed = feed_of(*steps, step("mixup", 2, alpha=1.0)).batch(ALL, 4).images
    for tensor, mine in zip(mixed, own, strict=True):
        residuals = [np.linalg.lstsq(np.stack([mine.ravel(), other.ravel()], 1), tensor.ravel())[1] for other in own]
        assert min(float(r[0]) if len(r) else 0.0 for r in residuals) < 1e-6


def test_soft_targets_without_mixing():
    targets = feed_of(soft=True).batch(ALL, 0).targets
    np.testing.assert_array_equal(targets, np.eye(3, dtype=np.float32)[ALL % 3])


class Broken(ArraySource):
    """Some images cannot be read."""

    def read(self, index):
        if index in (2, 3, 9):
            raise DatasetError(f"broken.zip, row {index}: truncated")
        return super().read(index)


@pytest.mark.parametrize("steps", [(), (step("rotation", 0),)], ids=["plain", "varied"])
def test_unreadable_images_are_replaced_and_counted(steps):
    images = np.stack([np.full((4, 4, 1), index, np.uint8) for index in range(12)])
    source = Broken("b", images, ALL % 3, ("a", "b", "c"), ("",) * 12)

    def feed():
        return Feed(divide(source, 0, 0, 0), ALL, Framing((4, 4, 1), value_range="0..255"), 0, augmentation(*steps))

    one = feed()
    batch = one.batch(ALL, 0)
    assert sorted(one.problems) == [2, 3, 9]
    assert "row 3: truncated" in one.problems[3]
    shown = one.shown(ALL)
    assert not set(shown) & {2, 3, 9}
    np.testing.assert_array_equal(batch.targets, shown % 3)
    np.testing.assert_array_equal(batch.images[:, 2, 2, 0], shown)
    backwards = feed()
    np.testing.assert_array_equal(backwards.batch(ALL[::-1], 0).images[::-1], batch.images)


def test_where_nothing_can_be_read_it_is_said():
    class Gone(ArraySource):
        def read(self, index):
            raise DatasetError("disk.zip: no such file")

    source = Gone("g", np.zeros((200, 2, 2, 1), np.uint8), np.zeros(200, np.int64), ("a",), ("",) * 200)
    feed = Feed(divide(source, 0, 0, 0), np.arange(200), Framing((2, 2, 1)), 0)
    with pytest.raises(DatasetError, match=r"No image can be read any more; the last: disk\.zip"):
        feed.batch(np.arange(4), 0)


@pytest.mark.parametrize("steps", [(), (step("rotation", 0), step("mixup", 1))], ids=["plain", "varied"])
def test_memory_does_not_grow_with_what_streams(steps):
    """Ten times the images, read twice over: no more memory than the few that fit into the budget."""

    class Made(ArraySource):
        def __len__(self):
            return len(self.labels)

        def read(self, index):
            return np.full((64, 64, 3), index % 256, np.uint8)

    def peak(count):
        source = Made("m", np.zeros((0,), np.uint8), np.arange(count) % 3, ("a", "b", "c"), ("",) * count)
        feed = Feed(
            divide(source, 0, 0, 0), np.arange(count), Framing((64, 64, 3)), 0, augmentation(*steps), budget=2**20
        )
        feed.batch(np.arange(16), 0)
        tracemalloc.start()
        for epoch in range(2):
            for start in range(0, count, 16):
                feed.batch(np.arange(start, start + 16), epoch)
        largest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return largest

    assert peak(1600) < 1.1 * peak(160)


def test_images_are_read_once_while_memory_lasts():
    class Counted(ArraySource):
        reads = 0

        def read(self, index):
            type(self).reads += 1
            return super().read(index).copy()

    images = np.stack([photograph(seed=index) for index in range(12)])
    source = Counted("c", images, ALL % 3, ("a", "b", "c"), ("",) * 12)
    for steps, budget, expected in (
        ((), 2**30, 12),
        ((step("rotation", 0),), 2**30, 12),
        ((), 0, 36),
        ((step("rotation", 0),), 5 * images[0].nbytes, 12 + 2 * 7),
    ):
        Counted.reads = 0
        feed = Feed(divide(source, 0, 0, 0), ALL, Framing(images.shape[1:]), 0, augmentation(*steps), budget=budget)
        batches = [feed.batch(ALL, epoch).images for epoch in (0, 0, 0)]
        assert Counted.reads == expected
        np.testing.assert_array_equal(batches[0], batches[2])


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("size", [(30, 40), (96, 64), (300, 200)])
def test_movements_of_nothing_frame_as_framing_does(fit, size):
    images = np.stack([photograph(size[0], size[1], seed=index) for index in range(3)])
    source = ArraySource("s", images, np.arange(3), ("a", "b", "c"), ("",) * 3)
    framing = Framing((48, 48, 3), fit)
    still = Feed(divide(source, 0, 0, 0), np.arange(3), framing, 0, augmentation(step("rotation", 0, degrees=0.0)))
    plain = Feed(divide(source, 0, 0, 0), np.arange(3), framing, 0)
    got, expected = still.batch(np.arange(3), 0).images, plain.batch(np.arange(3), 0).images
    np.testing.assert_allclose(got, expected, atol=1.01 / 255)


def test_images_of_different_sizes_need_an_input_with_a_size():
    class Various(ArraySource):
        def read(self, index):
            return super().read(index)[: 4 + index]

    source = Various("v", np.zeros((3, 9, 9, 1), np.uint8), np.arange(3), ("a", "b", "c"), ("",) * 3)
    feed = Feed(divide(source, 0, 0, 0), np.arange(3), Framing((None, None, 1)), 0)
    with pytest.raises(DatasetError, match="one size"):
        feed.batch(np.arange(3), 0)
