"""A dataset and the folder that was exported from it are the same dataset."""

from threading import Event

import numpy as np
import pytest

from workbench.data.export_folder import export_folder
from workbench.data.feed import Feed, divide
from workbench.data.fit import Framing
from workbench.data.progress import Cancelled
from workbench.data.source import DatasetError
from workbench.data.sources import open_source
from workbench.data.sources.arrays import ArraySource
from workbench.data.sources.fetched import _SYSTEM_FASHION

FASHION_IS_INSTALLED = _SYSTEM_FASHION.is_dir()
needs_fashion = pytest.mark.skipif(not FASHION_IS_INSTALLED, reason="Debian's dataset-fashion-mnist is not installed")


def a_slice(source, indices):
    return ArraySource(
        source.name,
        source.images[indices],
        source.labels[indices],
        source.class_names,
        tuple(source.parts[index] for index in indices),
        source.value_max,
    )


def all_batches(source, shape, seed, size=64):
    """Every batch of two epochs of training, then those of validation and test in their order."""
    division = divide(source, 0.2, 0.1, seed)
    split = division.split
    for samples in (split.training, split.validation, split.test):
        feed = Feed(division, samples, Framing(shape), seed)
        orders = [feed.order(0), feed.order(1)] if samples is split.training else [np.arange(len(feed))]
        for epoch, order in enumerate(orders):
            for start in range(0, len(order), size):
                yield feed.batch(order[start : start + size], epoch)


def assert_same(one, other, shape=(28, 28, 1), seed=5):
    assert other.keys == one.keys
    assert other.class_names == one.class_names
    assert other.parts == one.parts
    np.testing.assert_array_equal(other.labels, one.labels)
    count = 0
    for left, right in zip(all_batches(one, shape, seed), all_batches(other, shape, seed), strict=True):
        np.testing.assert_array_equal(left.images, right.images)
        np.testing.assert_array_equal(left.targets, right.targets)
        count += 1
    assert count > 2


@needs_fashion
def test_a_folder_exported_from_fashion_mnist_gives_identical_batches(tmp_path):
    source = open_source("fashion_mnist")
    some = a_slice(source, np.r_[0:600, 60_000:60_100])
    done = export_folder(some, tmp_path / "fashion")
    assert (done.images, done.skipped, done.rounded) == (700, (), 0)
    assert (tmp_path / "fashion/train/T-shirt%2Ftop").is_dir()
    assert_same(some, open_source(str(tmp_path / "fashion")))


@needs_fashion
@pytest.mark.slow
def test_all_of_fashion_mnist_gives_identical_batches(tmp_path):
    source = open_source("fashion_mnist")
    export_folder(source, tmp_path / "fashion")
    assert_same(source, open_source(str(tmp_path / "fashion")))


def test_digits_with_16_grey_levels_come_back_exactly(tmp_path):
    source = open_source("digits")
    done = export_folder(source, tmp_path / "digits")
    assert done.rounded == 0
    assert_same(source, open_source(str(tmp_path / "digits")), (8, 8, 1))


def made(images, **more):
    labels = np.arange(len(images)) % 3
    return ArraySource("made", images, labels, ("a", "b", "c"), ("",) * len(images), **more)


def test_16_bits_and_colours_come_back_exactly(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 65536, (30, 5, 4, 3), dtype=np.uint16)
    source = made(pixels, value_max=65535)
    assert export_folder(source, tmp_path / "out").rounded == 0
    assert_same(source, open_source(str(tmp_path / "out")), (5, 4, 3))


def test_values_that_no_png_can_hold_are_counted(tmp_path):
    source = made(np.random.default_rng(0).random((9, 2, 2, 1)).astype(np.float32), value_max=1)
    assert export_folder(source, tmp_path / "out").rounded == 9
    back = open_source(str(tmp_path / "out"))
    for index in range(9):
        np.testing.assert_allclose(back.read(index), source.read(index), atol=255 / 65535)


@pytest.mark.parametrize(
    "name",
    ["a/b", "..", ".", ".hidden", "CON", "nul.txt", "a:b*?", "trailing.", "space ", "ü日本", "100%", "a%2Fb", "\\"],
)
def test_class_names_that_no_folder_can_have_come_back(tmp_path, name):
    pixels = np.arange(24, dtype=np.uint8).reshape(6, 2, 2, 1)
    source = ArraySource("made", pixels, np.arange(6) % 2, (name, "z"), ("train",) * 3 + ("test",) * 3)
    export_folder(source, tmp_path / "out")
    back = open_source(str(tmp_path / "out"))
    assert (back.keys, back.class_names, back.parts) == (source.keys, source.class_names, source.parts)
    assert not back.problems
    for folder in (tmp_path / "out").iterdir():
        if folder.is_dir():
            assert all(set(inner.name).isdisjoint('\\/:*?"<>|') for inner in folder.iterdir())


def test_classes_without_images_keep_their_place(tmp_path):
    source = ArraySource(
        "made", np.zeros((4, 2, 2, 1), np.uint8), np.array([0, 2, 2, 0]), ("z", "empty", "a"), ("",) * 4
    )
    export_folder(source, tmp_path / "out")
    back = open_source(str(tmp_path / "out"))
    assert back.class_names == ("z", "empty", "a")
    assert back.labels.tolist() == [0, 2, 2, 0]


def test_a_folder_of_a_folder_is_the_same_folder(tmp_path):
    export_folder(made(np.arange(60, dtype=np.uint8).reshape(15, 2, 2, 1)), tmp_path / "one")
    one = open_source(str(tmp_path / "one"))
    export_folder(one, tmp_path / "two")
    two = open_source(str(tmp_path / "two"))
    assert (two.keys, two.digest) == (one.keys, one.digest)


def test_groups_are_kept(tmp_path):
    source = made(np.zeros((6, 2, 2, 1), np.uint8), groups=("p1", "p1", "", "p2", "p2", "p2"))
    export_folder(source, tmp_path / "out")
    assert open_source(str(tmp_path / "out")).groups == source.groups


def test_unreadable_images_are_skipped_and_told(tmp_path):
    export_folder(made(np.arange(24, dtype=np.uint8).reshape(6, 2, 2, 1)), tmp_path / "one")
    broken = tmp_path / "one/b/000001.png"
    broken.write_bytes(broken.read_bytes()[:20])
    done = export_folder(open_source(str(tmp_path / "one")), tmp_path / "two")
    assert done.images == 5
    assert [problem.file for problem in done.skipped] == [str(broken)]


def test_nothing_is_left_of_a_cancelled_export(tmp_path):
    cancel = Event()
    cancel.set()
    with pytest.raises(Cancelled):
        export_folder(made(np.zeros((6, 2, 2, 1), np.uint8)), tmp_path / "out", cancel=cancel)
    assert not list(tmp_path.iterdir())


def test_a_folder_with_files_is_not_overwritten(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/precious.txt").write_text("keep")
    with pytest.raises(DatasetError, match="not there yet"):
        export_folder(made(np.zeros((6, 2, 2, 1), np.uint8)), tmp_path / "out")
    assert (tmp_path / "out/precious.txt").read_text() == "keep"


def test_a_manifest_that_is_none_is_refused_with_its_place(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "dataset.json").write_text('{"name": 3}')
    with pytest.raises(DatasetError, match=r"dataset\.json: Expected what"):
        open_source(str(tmp_path))
