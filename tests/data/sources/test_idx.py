"""Raw IDX files."""

import gzip
import struct

import numpy as np
import pytest

from tests.data.image_files import stored
from workbench.data.source import DatasetError
from workbench.data.sources import open_source

RNG = np.random.default_rng(0)


def idx(array, kind=8):
    return b"\0\0" + bytes([kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


CUBE = idx(np.zeros((9, 9, 9), np.uint8))
LARGER = idx(np.zeros((6, 9, 9), np.uint8))


def mnist(folder, packed=True, prefix="", labels=None, **parts):
    """Writes the four files and returns what they hold."""
    content = {}
    for part, count in (parts or {"train": 12, "t10k": 6}).items():
        images = RNG.integers(0, 256, (count, 5, 4), dtype=np.uint8)
        numbers = (np.arange(count) % 3 if labels is None else np.resize(labels, count)).astype(np.uint8)
        content[part] = images, numbers
        for kind, array in (("images-idx3", images), ("labels-idx1", numbers)):
            name = f"{prefix}{part}-{kind}-ubyte"
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
            else:
                (folder / name).write_bytes(idx(array))
    return content


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_of_idx_files(tmp_path, packed):
    content = mnist(tmp_path, packed)
    source = open_source(str(tmp_path))
    assert source.class_names == ("0", "1", "2")
    assert source.parts == ("train",) * 12 + ("test",) * 6
    assert source.keys[0] == "train/0/000000"
    assert source.keys[17] == "test/2/000017"
    np.testing.assert_array_equal(stored(source)[:12, ..., 0], content["train"][0])
    np.testing.assert_array_equal(source.read(13)[..., 0], content["t10k"][0][1])
    np.testing.assert_array_equal(source.labels, np.concatenate([content["train"][1], content["t10k"][1]]))


def test_one_part_is_enough_and_names_may_have_dots(tmp_path):
    mnist(tmp_path, packed=False, train=6)
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_name(path.name.replace("-idx", ".idx")))
    assert len(open_source(str(tmp_path))) == 6


def test_emnist_is_set_upright_and_its_letters_are_named(tmp_path):
    content = mnist(tmp_path, prefix="emnist-letters-", labels=[1, 2, 3], train=6, test=3)
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
    source = open_source(str(tmp_path))
    assert source.class_names == ("Aa", "Bb", "Cc")
    assert source.labels[:4].tolist() == [0, 1, 2, 0]
    np.testing.assert_array_equal(source.read(1)[..., 0], content["train"][0][1].T)
    assert source.parts[-1] == "test"


def test_labels_that_count_from_one(tmp_path):
    mnist(tmp_path, labels=[1, 2, 4])
    source = open_source(str(tmp_path))
    assert source.class_names == ("1", "2", "3", "4")
    assert source.labels[:3].tolist() == [0, 1, 3]


def spoil(folder, name, change):
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    ("packed", "name", "change", "message"),
    [
        (False, "train-images-idx3-ubyte", lambda b: b[:-1], "Expected 240 bytes.*12 x 5 x 4. Received: 239"),
        (False, "train-images-idx3-ubyte", lambda b: b + b"x", "Expected 240 bytes.* Received: 241"),
        (False, "train-images-idx3-ubyte", lambda b: b"\x89PNG" + b[4:], "two zero bytes. Received: 89504e47"),
        (False, "train-images-idx3-ubyte", lambda b: b"", "two zero bytes"),
        (False, "train-images-idx3-ubyte", lambda b: b"\0\0\x0d\3" + b[4:], "Received: type 13 with 3 axes"),
        (False, "train-images-idx3-ubyte", lambda b: b[:9], "Expected the sizes of 3 axes"),
        (False, "train-labels-idx1-ubyte", lambda b: idx(np.zeros(5, np.uint8)), "Expected 12 labels.* Received: 5"),
        (True, "train-images-idx3-ubyte.gz", lambda b: b[:-12], "cannot be read"),
        (True, "train-images-idx3-ubyte.gz", lambda b: b"not gzip", "cannot be read"),
        (True, "train-images-idx3-ubyte.gz", lambda b: gzip.compress(CUBE[:-7]), "Expected 729"),
        (True, "t10k-images-idx3-ubyte.gz", lambda b: gzip.compress(LARGER), "images of one size"),
        (False, "train-images-idx3-ubyte", lambda b: b[:4] + b"\xff" * 12 + b[16:], "Expected the sizes"),
    ],
)  # fmt: skip
def test_damaged_files_give_one_message(tmp_path, packed, name, change, message):
    mnist(tmp_path, packed)
    spoil(tmp_path, name, change)
    with pytest.raises(DatasetError, match=message) as caught:
        open_source(str(tmp_path))
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_surplus_files(tmp_path):
    mnist(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DatasetError, match=r"Expected an IDX file of labels beside train-images-idx3-ubyte.gz"):
        open_source(str(tmp_path))
    mnist(tmp_path, prefix="emnist-digits-")
    with pytest.raises(DatasetError, match="the IDX files of one dataset"):
        open_source(str(tmp_path))
