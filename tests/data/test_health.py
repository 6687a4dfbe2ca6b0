"""Statistics against numpy and scikit-learn; findings against datasets made to have them."""

import io
from threading import Event

import numpy as np
import pytest
from PIL import Image

from tests.data.image_files import RNG, encoded, grey, png, write
from workbench.data.health import check_health, class_weights, count_images, fingerprints
from workbench.data.health.duplicates import alike_images
from workbench.data.health.fingerprints import Fingerprints, perceptual_hash
from workbench.data.opencv import cv2
from workbench.data.progress import Cancelled
from workbench.data.sources import open_source
from workbench.data.sources.arrays import ArraySource
from workbench.data.sources.digits import read_digits
from workbench.data.split import split_samples


def photo(seed, size=(48, 64)):
    """A smooth colour picture; each seed gives another."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC)


def found(health):
    return {finding.kind: finding for finding in health.findings}


def keys_of(source, finding):
    return {frozenset(source.keys[index] for index in group) for group in finding.groups}


def test_counts_mean_deviation_and_sizes_are_numpys():
    images = RNG.integers(0, 256, (40, 6, 5, 3), dtype=np.uint8)
    labels = np.arange(40) % 3
    source = ArraySource("made", images, labels, ("a", "b", "c"), ("train",) * 30 + ("test",) * 10)
    statistics = check_health(source).statistics
    np.testing.assert_allclose(statistics.mean, images[:30].mean(axis=(0, 1, 2)) / 255)
    np.testing.assert_allclose(statistics.deviation, images[:30].std(axis=(0, 1, 2)) / 255)
    assert statistics.sizes == {(6, 5, 3): 40}
    assert statistics.counts.tolist() == [[10, 0, 4], [10, 0, 3], [10, 0, 3]]
    np.testing.assert_array_equal(count_images(source), statistics.counts)


def test_digits_agree_with_numpy():
    source = read_digits()
    statistics = check_health(source).statistics
    assert statistics.mean == pytest.approx([source.images.mean() / 16])
    assert statistics.deviation == pytest.approx([source.images.std() / 16])


def test_grey_images_among_colours_count_in_every_channel(tmp_path):
    write(tmp_path, {"a/1.png": png(photo(0)), "b/1.png": grey(100, (10, 20))})
    source = open_source(str(tmp_path))
    pixels = np.concatenate([photo(0).reshape(-1, 3), np.full((200, 3), 100)])
    statistics = check_health(source).statistics
    np.testing.assert_allclose(statistics.mean, pixels.mean(axis=0) / 255)
    np.testing.assert_allclose(statistics.deviation, pixels.std(axis=0) / 255)
    assert statistics.sizes == {(48, 64, 3): 1, (10, 20, 1): 1}


def test_class_weights_are_scikit_learns():
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.array([0] * 7 + [2] * 2 + [3])
    weights = class_weights(labels, 4)
    np.testing.assert_allclose(
        weights[[0, 2, 3]], compute_class_weight("balanced", classes=np.array([0, 2, 3]), y=labels)
    )
    assert weights[1] == 0
    assert (weights[labels]).sum() == pytest.approx(len(labels))


@pytest.fixture
def album(tmp_path):
    """Photographs with every kind of repetition and damage."""
    jpeg = encoded(Image.fromarray(photo(1)), "JPEG", quality=60)
    smaller = cv2.resize(photo(2), (40, 30), interpolation=cv2.INTER_AREA)
    brighter = np.clip(photo(3).astype(int) * 9 // 10 + 12, 0, 255).astype(np.uint8)
    shots = [Image.fromarray(photo(seed)) for seed in (70, 71)]
    write(
        tmp_path,
        {
            **{f"train/a/{seed}.png": png(photo(seed)) for seed in range(12)},
            **{f"train/b/{seed}.png": png(photo(seed)) for seed in range(20, 32)},
            "train/a/copy.png": png(photo(0)),
            "train/a/copy.bmp": encoded(Image.fromarray(photo(0)), "BMP"),
            "train/b/other-label.png": png(photo(5)),
            "train/a/smaller.png": png(smaller),
            "train/b/moving.gif": encoded(shots[0], "GIF", save_all=True, append_images=shots[1:]),
            "train/b/broken.png": png(photo(50))[:-300],
            "test/a/leak.png": png(photo(4)),
            "test/b/near.jpg": jpeg,
            "test/b/near-too.png": png(brighter),
            "test/b/fine.png": png(photo(60)),
            "test/a/notes.txt": b"",
        },
    )
    return open_source(str(tmp_path))


def test_repetitions_leaks_and_damage_are_found(album):
    seen = []
    health = check_health(album, progress=lambda *told: seen.append(told))
    findings = found(health)
    expected = "left_out unreadable animated leaked nearly_leaked contradicting duplicate nearly_duplicate"
    assert set(findings) == set(expected.split())
    assert keys_of(album, findings["leaked"]) == {frozenset({"train/a/4", "test/a/leak"})}
    assert keys_of(album, findings["nearly_leaked"]) == {
        frozenset({"train/a/1", "test/b/near"}),
        frozenset({"train/a/3", "test/b/near-too"}),
    }
    assert keys_of(album, findings["contradicting"]) == {frozenset({"train/a/5", "train/b/other-label"})}
    assert keys_of(album, findings["duplicate"]) == {
        frozenset({"train/a/0", "train/a/copy.png", "train/a/copy.bmp"}),
        frozenset({"train/a/5", "train/b/other-label"}),
    }
    assert keys_of(album, findings["nearly_duplicate"]) == {frozenset({"train/a/2", "train/a/smaller"})}
    assert keys_of(album, findings["animated"]) == {frozenset({"train/b/moving"})}
    assert [problem.file.rpartition("/")[2] for problem in findings["unreadable"].problems] == ["broken.png"]
    assert health.unreadable[0].index == album.keys.index("train/b/broken")
    assert all(finding.advice and "\n" not in finding.message for finding in health.findings)
    assert (len(album), len(album), "Looking at images") in seen


def test_the_projects_split_decides_what_leaks(album):
    ids = np.arange(len(album), dtype=np.uint64)
    split = split_samples(ids, album.labels, ("",) * len(album), 0.5, 0, 0)
    crossing = {
        frozenset(group)
        for group in ([album.keys.index(key) for key in pair] for pair in (("train/a/5", "train/b/other-label"),))
        if len({index in split.validation for index in group}) == 2
    }
    leaked = found(check_health(album, split)).get("leaked")
    groups = {frozenset(group) for group in leaked.groups} if leaked else set()
    assert crossing <= groups
    for group in groups:
        assert len({index in split.training for index in group}) == 2


def test_what_numbers_of_images_say():
    def kinds(counts, names=None):
        labels = np.repeat(np.arange(len(counts)), counts)
        images = RNG.integers(0, 256, (len(labels), 8, 8, 1), dtype=np.uint8)
        names = tuple(map(str, range(len(counts))))
        return found(check_health(ArraySource("made", images, labels, names, ("",) * len(labels))))

    assert not kinds([20, 20, 20])
    assert set(kinds([20])) == {"one_class"}
    assert set(kinds([20, 0, 20])) == {"empty_class"}
    few = kinds([20, 1, 9])
    assert set(few) == {"small_class", "imbalanced"}
    assert "1 (1), 2 (9)" in few["small_class"].message
    assert "20.0 times" in few["imbalanced"].message


def test_a_group_that_the_parts_divide_is_told():
    images = RNG.integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
    source = ArraySource(
        "made", images, np.arange(40) % 2, ("a", "b"), ("train",) * 30 + ("test",) * 10,
        groups=("p", *["q"] * 20, *[""] * 18, "p"),
    )  # fmt: skip
    assert found(check_health(source))["divided_group"].groups == ((0, 39),)


def test_masks_of_another_size_are_unreadable(tmp_path):
    write(tmp_path / "images", {"a.png": grey(100), "b.png": grey(200)})
    write(tmp_path / "masks", {"a.png": grey(1), "b.png": grey(1, (9, 9))})
    health = check_health(open_source(f"{tmp_path}/images::{tmp_path}/masks"))
    assert set(found(health)) == {"unreadable", "empty_class"}  # nothing but class 1 is there
    assert health.unreadable[0].message == "Expected a mask of the image's size. Received: 9 x 9 for an image of 4 x 5"


def test_it_can_be_cancelled():
    cancel = Event()
    with pytest.raises(Cancelled):
        check_health(open_source("digits"), progress=lambda done, *_: cancel.set() if done else None, cancel=cancel)


@pytest.mark.parametrize("in_memory", [0, 10_000])
def test_many_small_pictures_stand_in_a_file(monkeypatch, in_memory):
    monkeypatch.setattr(fingerprints, "_IN_MEMORY", in_memory)
    prints = Fingerprints(50)
    prints.add(49, photo(1))
    assert isinstance(prints.thumbs, np.memmap) == (in_memory == 0)
    assert prints.thumbs[49].std() > 1
    prints.close()


def test_banding_finds_what_comparing_every_pair_finds():
    rng = np.random.default_rng(0)
    base = rng.integers(0, 2**63, 60, dtype=np.uint64)
    hashes = np.repeat(base, 5)
    for index in range(len(hashes)):
        for bit in rng.choice(63, rng.integers(0, 5), replace=False):
            hashes[index] ^= np.uint64(1) << np.uint64(bit)
    prints = Fingerprints(len(hashes))
    prints.seen[:] = True
    prints.alike[:] = hashes
    prints.pixels[:, 0] = np.arange(len(hashes))
    prints.thumbs[:] = np.arange(256, dtype=np.uint8)
    near = np.bitwise_count(hashes[:, None] ^ hashes[None, :]) <= 4
    reach = np.linalg.matrix_power(near.astype(np.float64) + 0, 64) > 0
    expected = {frozenset(np.flatnonzero(row).tolist()) for row in reach if row.sum() > 1}
    assert {frozenset(group.tolist()) for group in alike_images(prints)} == expected
    prints.close()


def test_the_perceptual_hash_holds_through_compression_and_light():
    for seed in range(20):
        picture = photo(seed)
        stream = io.BytesIO()
        Image.fromarray(picture).save(stream, "JPEG", quality=50)
        again = np.asarray(Image.open(stream))
        one, two, lighter, other = (
            perceptual_hash(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32))
            for image in (picture, again, (picture * 0.8 + 10).astype(np.uint8), photo(seed + 100))
        )
        assert np.bitwise_count(one ^ two) <= 4
        assert np.bitwise_count(one ^ lighter) <= 4
        assert np.bitwise_count(one ^ other) > 10


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 1), (np.uint8, 16), (np.uint16, 4095), (np.float32, 15)])
def test_images_that_come_out_nearly_black_are_told_with_what_white_is(tmp_path, dtype, white):
    x = np.zeros((6, 8, 8), dtype)
    x[:, 2:5] = white
    np.savez(tmp_path / "d.npz", x=x, y=np.arange(6) % 2)
    findings = check_health(open_source(str(tmp_path / "d.npz"))).findings
    (dark,) = [finding for finding in findings if finding.kind == "nearly_black"]
    assert f"the largest value is {white}" in dark.message
