import hashlib
import shutil

import numpy as np
import psutil
import pytest

from workbench import locations
from workbench.data.facts import BUILT_IN, known_classes
from workbench.data.source import DatasetError
from workbench.data.sources import open_source
from workbench.data.sources.arrays import ArraySource
from workbench.data.sources.digits import read_digits


def digest_of(images, labels):
    return ArraySource("", images, labels, tuple("0123"), ("",) * len(labels)).digest


def test_the_digits_are_scikit_learns():
    from sklearn.datasets import load_digits

    theirs, ours = load_digits(), read_digits()
    np.testing.assert_array_equal(ours.images[..., 0], theirs.images)
    np.testing.assert_array_equal(ours.labels, theirs.target)
    assert ours.class_names == tuple(map(str, theirs.target_names))
    assert ours.images.dtype == np.uint8
    assert (ours.images.shape, len(ours)) == ((1797, 8, 8, 1), 1797)
    assert ours.value_max == ours.images.max() == 16
    np.testing.assert_allclose(ours.read(5), theirs.images[5][..., np.newaxis] * 255 / 16, rtol=1e-6)
    assert ours.keys[5] == "5/000005"


def test_facts_agree_with_the_data_itself():
    for spec, facts in BUILT_IN.items():
        dataset = open_source(spec)
        assert facts.class_names == dataset.class_names
        assert (facts.images, *facts.shape) == (len(dataset), *dataset.read(0).shape)
        assert known_classes(spec) == len(np.unique(dataset.labels))
    assert known_classes("a/folder") is None


def test_the_digest_knows_pixels_labels_and_shape():
    images, labels = np.zeros((4, 2, 3, 1), np.uint8), np.arange(4)
    digest = digest_of(images, labels)
    assert len(digest) == len(hashlib.sha256().hexdigest())
    assert digest == digest_of(images.copy(), labels.copy())
    assert digest == digest_of(np.asfortranarray(images), labels)
    other = images.copy()
    other[3, 1, 2, 0] = 1
    variants = [
        digest_of(other, labels),
        digest_of(images, labels[::-1]),
        digest_of(images.reshape(4, 3, 2, 1), labels),
    ]
    assert len({digest, *variants}) == 4


@pytest.mark.parametrize("spec", ["mnist-typo", "DIGITS", "no/such/folder"])
def test_an_unknown_spec_says_what_there_is(spec):
    with pytest.raises(DatasetError, match=f"Expected a dataset: digits. Received: '{spec}'"):
        open_source(spec)


def test_a_project_that_names_no_data_is_told_so():
    with pytest.raises(DatasetError, match=r"Expected a dataset: digits\. Received: none"):
        open_source("")


def whole() -> bytes:
    return (locations.resources() / "data" / "digits.npz").read_bytes()


def spoilt() -> bytes:
    content = bytearray(whole())
    content[200:2000] = bytes(1800)
    return bytes(content)


@pytest.mark.parametrize(
    "content", [None, whole()[:-100], spoilt(), b"", b"PK\x03\x04 cut off", b"\x80\x04cos\nsystem\n"]
)
def test_damaged_digits_give_one_message(tmp_path, monkeypatch, content):
    folder = tmp_path / "data"
    folder.mkdir()
    if content is not None:
        (folder / "digits.npz").write_bytes(content)
    monkeypatch.setattr(locations, "resources", lambda: tmp_path)
    with pytest.raises(DatasetError) as caught:
        open_source("digits")
    assert str(folder / "digits.npz") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(folder) not in str(psutil.Process().open_files())


def test_digits_with_other_arrays_give_one_message(tmp_path, monkeypatch):
    source = locations.resources() / "data" / "digits.npz"
    (tmp_path / "data").mkdir()
    shutil.copy(source, tmp_path / "data" / "digits.npz")
    np.savez(tmp_path / "data" / "digits.npz", pictures=np.zeros(3))
    monkeypatch.setattr(locations, "resources", lambda: tmp_path)
    with pytest.raises(DatasetError, match="cannot be read"):
        open_source("digits")
