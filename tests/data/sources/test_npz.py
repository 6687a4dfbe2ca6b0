"""NumPy archives."""

import pickle

import numpy as np
import pytest

from tests.data.image_files import stored
from workbench.data.source import DatasetError
from workbench.data.sources import open_arrays, open_source

X = np.random.default_rng(0).integers(0, 256, (6, 5, 4), dtype=np.uint8)
Y = np.array([0, 1, 2, 0, 1, 2])


@pytest.fixture(params=[np.savez, np.savez_compressed], ids=["plain", "packed"])
def save(request, tmp_path):
    def write(**arrays):
        request.param(tmp_path / "data.npz", **arrays)
        return str(tmp_path / "data.npz")

    return write


def test_x_and_y(save):
    source = open_source(save(x=X, y=Y))
    assert source.class_names == ("0", "1", "2")
    np.testing.assert_array_equal(stored(source)[..., 0], X)
    np.testing.assert_array_equal(source.labels, Y)
    assert source.parts == ("",) * 6
    assert source.keys[4] == "1/000004"


def test_keras_names(save):
    source = open_source(save(x_train=X, y_train=Y, x_test=X[:2], y_test=Y[:2, None][:, 0]))
    assert source.parts == ("train",) * 6 + ("test",) * 2
    assert source.keys[6] == "test/0/000006"
    np.testing.assert_array_equal(source.read(7)[..., 0], X[1])


@pytest.mark.parametrize(
    ("x", "white"),
    [
        (X.astype(np.float32) / 255, 1), (X.astype(np.float64), 255), (X.astype(np.int64), 255),
        (X.astype(np.uint16) * 257, 65535), (X > 127, 1), (np.asfortranarray(X), 255),
    ],
    ids=["unit floats", "floats", "int64", "uint16", "bool", "fortran"],
)  # fmt: skip
def test_white_follows_from_type_and_values(save, x, white):
    source = open_source(save(x=x, y=Y))
    assert source.value_max == white
    expected = np.where(X > 127, 255, 0) if x.dtype == bool else X
    for index in range(6):
        np.testing.assert_allclose(source.read(index)[..., 0], expected[index], atol=1e-4)


@pytest.mark.parametrize(
    "shape",
    [(6, 5, 7, 1), (6, 5, 7, 3), (6, 5, 7, 4), (6, 3, 5, 7), (6, 1, 5, 7)],
    ids=lambda shape: "x".join(map(str, shape)),
)
def test_channels_last_or_first(save, shape):
    x = np.resize(X, shape)
    image = open_source(save(x=x, y=Y)).read(2)
    assert image.shape == (5, 7, 1 if 1 in shape else 3)
    if shape[1] == 3:
        np.testing.assert_array_equal(image, x[2].transpose(1, 2, 0))


@pytest.mark.parametrize(
    "y", [Y[:, None], np.eye(3)[Y], np.eye(3, dtype=bool)[Y], Y.astype(np.float64), Y.astype(np.uint8)]
)
def test_labels_in_every_form(save, y):
    source = open_source(save(x=X, y=y))
    np.testing.assert_array_equal(source.labels, Y)
    assert source.class_names == ("0", "1", "2")


def test_names_of_classes(save):
    assert open_source(save(x=X, y=np.array(["b", "a", "c"] * 2))).class_names == ("a", "b", "c")
    assert open_source(save(x=X, y=Y, class_names=np.array(["p", "q", "r", "s"]))).class_names == ("p", "q", "r", "s")
    assert open_source(save(x=X, y=Y, groups=np.array([1, 1, 2, 2, 3, 3]))).groups == ("1", "1", "2", "2", "3", "3")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": X}, "Expected the arrays x and y.*Received: x"),
        ({"a": X, "b": Y}, "Expected the arrays x and y"),
        ({"x": X, "y": Y[:3]}, "Expected a label for each image"),
        ({"x": X.reshape(6, 20), "y": Y}, "Expected images as count x height x width.*Received: 6 x 20"),
        ({"x": X.astype(np.float32) - 128, "y": Y}, "Expected pixels from 0 to 1 or 0 to 255.*Received: -128"),
        ({"x": X.astype(np.complex64), "y": Y}, "Expected pixels as numbers. Received: complex64"),
        ({"x": X.astype(str), "y": Y}, "Expected pixels as numbers"),
        ({"x": np.where(X[3, 0, 0] == X, np.nan, X / 255.0), "y": Y}, "Expected finite pixels.* in image [0-3]"),
        ({"x": X, "y": Y + 0.5}, "Expected whole numbers from 0 as labels. Received: 0.5 in row 0"),
        ({"x": X, "y": Y - 1}, "Received: -1 in row 0"),
        ({"x": X, "y": np.ones((6, 3))}, "Expected one-hot rows"),
        ({"x": X, "y": Y + 10**9}, "Expected class indices"),
        ({"x": X, "y": Y + 999_990}, "Expected class indices below 100,000 as labels. Received: numbers up to 999,99"),
        ({"x": X, "y": Y, "class_names": np.array(["only"])}, "Expected 3 class_names. Received: 1"),
        ({"x_left": X, "x_right": X, "y": Y}, "Expected one input and one output"),
        ({"x": np.float32(3), "y": Y}, "Expected a label for each image"),
    ],
)  # fmt: skip
def test_what_is_no_dataset_is_refused(save, arrays, message):
    spec = save(**arrays)
    with pytest.raises(DatasetError, match=message) as caught:
        open_source(spec)
    assert str(caught.value).startswith(f"{spec}: ")


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_pickled_objects_are_refused_and_not_run(save, tmp_path):
    spec = save(x=X, y=np.array([Trap(str(tmp_path / "ran"))], object))
    for read in (open_source, open_arrays):
        with pytest.raises(DatasetError, match="pickled objects, which are refused"):
            read(spec)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", pickle.dumps([1]), b"text"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "data.npz").write_bytes(content)
    with pytest.raises(DatasetError, match="Expected a NumPy archive"):
        open_source(str(tmp_path / "data.npz"))


@pytest.mark.parametrize("seed", range(12))
def test_damage_gives_arrays_or_one_message(save, seed):
    spec = save(x=X, y=Y)
    rng = np.random.default_rng(seed)
    with open(spec, "rb") as stream:  # noqa: PTH123
        content = bytearray(stream.read())
    for _ in range(8):
        content[rng.integers(len(content))] = rng.integers(256)
    with open(spec, "wb") as stream:  # noqa: PTH123
        stream.write(content[: rng.integers(len(content) // 2, len(content) + 1)])
    try:
        open_source(spec)
    except DatasetError as error:
        assert "\n" not in str(error)  # noqa: PT017


def test_several_inputs_and_outputs(save):
    spec = save(
        x_left=X, x_meta=np.ones((6, 3), np.float32), y_kind=Y, y_angle=Y / 2, parts=["train"] * 4 + ["test"] * 2
    )
    arrays = open_arrays(spec)
    assert set(arrays.inputs) == {"left", "meta"}
    assert set(arrays.outputs) == {"kind", "angle"}
    assert arrays.outputs["angle"].dtype == np.float64
    assert arrays.parts == ("train",) * 4 + ("test",) * 2
    assert arrays.keys == (*(f"train/00000{i}" for i in range(4)), "test/000004", "test/000005")
    assert len(arrays) == 6
    assert arrays.digest == open_arrays(spec).digest


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": X, "y": Y}, "Expected arrays x_<input> and y_<output>. Received: x, y"),
        ({"x_a": X, "x_b": X[:2], "y_c": Y}, "as many samples in every array. Received: x_a 6, x_b 2, y_c 6"),
        ({"x_a": X, "y_c": Y.astype(str)}, "Expected numbers in y_c"),
        ({"x_a": X, "y_c": Y, "parts": np.array(["train"])}, "Expected 6 parts"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(save, arrays, message):
    with pytest.raises(DatasetError, match=message):
        open_arrays(save(**arrays))
