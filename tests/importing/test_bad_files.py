"""Files that are no models, are damaged, or would reach for more than they hold: one line, nothing executed."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

from workbench.importing import ModelFileError, import_model

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


@pytest.fixture
def sound(keras, tmp_path):
    model = keras.Sequential([keras.layers.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(2, name="d")])
    path = tmp_path / "sound.keras"
    model.save(path)
    return path


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(path, content, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def refused(path, pattern):
    with pytest.raises(ModelFileError, match=pattern) as caught:
        import_model(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_what_is_no_model(tmp_path):
    text = tmp_path / "text.keras"
    text.write_text("not a model")
    refused(text, r"Expected a Keras model \(.keras or .h5\)")
    empty = tmp_path / "empty.h5"
    empty.write_bytes(b"")
    refused(empty, "Received: an empty file")
    refused(tmp_path / "missing.keras", "Cannot be read")
    foreign = archive_of(tmp_path / "foreign.keras", {"word/document.xml": b"<xml/>"})
    refused(foreign, r"Received: a zip archive of other files")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = [1, 2]
    refused(tmp_path / "data.h5", "Received: other HDF5 data")


def test_weights_alone(keras, sound, tmp_path):
    path = tmp_path / "only.weights.h5"
    keras.models.load_model(sound).save_weights(path)
    refused(path, r"Received: weights only\. .* workbench weights FILE --from")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_truncated_archives(sound, tmp_path, share):
    content = sound.read_bytes()
    cut = tmp_path / "cut.keras"
    cut.write_bytes(content[: int(len(content) * share)])
    refused(cut, "damaged")


def test_truncated_hdf5(keras, sound, tmp_path):
    path = tmp_path / "model.h5"
    keras.models.load_model(sound).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    refused(path, "damaged")


def test_a_zip_bomb_is_not_decompressed(sound, tmp_path, monkeypatch):
    bomb = {**members(sound), "config.json": b" " * (20 << 20)}
    path = archive_of(tmp_path / "bomb.keras", bomb, zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was decompressed"))
    refused(path, r"config.json: Expected at most")


def test_names_that_lead_out_of_the_archive_lead_nowhere(sound, tmp_path):
    target = tmp_path / "inside" / "evil.keras"
    target.parent.mkdir()
    archive_of(target, {**members(sound), "../escaped.txt": b"x", "/tmp/absolute.txt": b"x"})
    assert import_model(target).weights
    assert not (tmp_path / "escaped.txt").exists()
    assert [path.name for path in target.parent.iterdir()] == ["evil.keras"]


def with_weights(sound, tmp_path, change):
    content = members(sound)
    buffer = io.BytesIO(content["model.weights.h5"])
    with h5py.File(buffer, "a") as file:
        change(file)
    return archive_of(tmp_path / "changed.keras", {**content, "model.weights.h5": buffer.getvalue()})


def test_links_to_other_files_are_refused(sound, tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = np.ones(2)

    def link(file):
        file["layers/dense/vars/2"] = h5py.ExternalLink(str(secret), "/x")

    refused(with_weights(sound, tmp_path, link), r"layers/dense/vars/2 is a link")

    def virtual(file):
        layout = h5py.VirtualLayout((2,), "f8")
        layout[:] = h5py.VirtualSource(str(secret), "x", (2,))
        file.create_virtual_dataset("layers/dense/vars/2", layout)

    refused(with_weights(sound, tmp_path, virtual), r"layers/dense/vars/2 lies in another file")


def test_arrays_that_unfold_beyond_reason_are_refused(sound, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.project.hdf5.MAX_ARRAY_BYTES", 1000)

    def grow(file):
        file.create_dataset("layers/dense/vars/2", (10_000,), "f8", compression="gzip")

    refused(with_weights(sound, tmp_path, grow), "its arrays take")


def test_weights_of_another_architecture_name_the_layer(sound, tmp_path):
    def reshape(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = np.ones((3, 3))

    refused(with_weights(sound, tmp_path, reshape), r"Expected shape \(16, 2\) for d/kernel. Received: \(3, 3\)")

    def drop(file):
        del file["layers/dense/vars/1"]

    refused(with_weights(sound, tmp_path, drop), "Expected 2 weights for d. Received: 1")


@pytest.mark.parametrize(
    ("config", "pattern"),
    [
        ({}, "Expected a functional or sequential model"),
        ({"class_name": "MyModel", "config": {"width": 3}}, "Received: MyModel, a class of its own"),
        ({"class_name": "Functional", "config": {"layers": [{}]}}, "Expected a model's layers"),
        ({"class_name": "Functional", "config": {"layers": [7], "input_layers": [], "output_layers": []}}, "layers"),
        ({"class_name": "Sequential", "config": {"layers": []}}, "Received: none"),
        ([], "Expected an object"),
        (
            {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"name": "x"}}]}},
            "input",
        ),
    ],
)
def test_configurations_that_are_no_networks(sound, tmp_path, config, pattern):
    content = {**members(sound), "config.json": json.dumps(config).encode()}
    refused(archive_of(tmp_path / "odd.keras", content), pattern)


def test_nothing_is_executed(keras, tmp_path):
    """A Lambda is kept as an opaque node with its code as data; it is refused where it would be built."""
    from workbench.engine import JobError
    from workbench.engine.compile import build_model

    inputs = keras.Input((4,), name="x")
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Lambda(lambda x: x * 2, name="evil")(inputs)))
    model.save(tmp_path / "m.keras")
    imported = import_model(tmp_path / "m.keras")
    assert list(imported.opaque) == ["evil"]
    graph = imported.project.graphs["model"]
    assert "function" in graph.node(graph.find_name("evil")).params["config"]
    with pytest.raises(JobError, match="evil"):
        build_model(graph, 0)


def test_a_custom_layer_stays_with_config_and_weights(keras, tmp_path):
    @keras.saving.register_keras_serializable("tests")
    class Scale(keras.layers.Layer):  # type: ignore[misc, name-defined]
        def __init__(self, start=2.0, **kwargs):
            super().__init__(**kwargs)
            self.start = start

        def build(self, _):
            self.factor = self.add_weight(shape=(3,), name="factor", initializer="ones")

        def call(self, x):
            return x * self.factor

        def get_config(self):
            return {**super().get_config(), "start": self.start}

    inputs = keras.Input((3,), name="x")
    model = keras.Model(inputs, keras.layers.Dense(2, name="after")(Scale(5.0, name="scale")(inputs)))
    model.save(tmp_path / "m.keras")
    imported = import_model(tmp_path / "m.keras")
    graph = imported.project.graphs["model"]
    node = graph.node(graph.find_name("scale"))
    assert node.type == "opaque"
    assert node.params["config"]["start"] == 5.0
    assert node.params["registered_name"] == "tests>Scale"
    assert node.params["output_specs"] == [[[3], "float32"]]
    assert [key for key in imported.weights if key.startswith("scale:")] == ["scale:000.0"]
    assert "(tests>Scale), whose code the file does not hold" in imported.opaque["scale"]
    assert "a plugin's layer in its place" in imported.opaque["scale"]


FOREIGN = {
    "net.onnx": (b"\x08\x08\x12\x07pytorch\x1a\x05", "an ONNX model"),
    "net.tflite": (b"\x1c\0\0\0TFL3" + bytes(40), r"a LiteRT \(TensorFlow Lite\) model"),
    "net.safetensors": (b"\x40\0\0\0\0\0\0\0" + b'{"w":{"dtype":"F32"}}', "a safetensors file. Weights of PyTorch"),
    "old.pth": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "a pickle of Python, as older PyTorch checkpoints are"),
    "model.json": (b'{"format": "layers-model", "modelTopology": {}}', "a TensorFlow.js model"),
    "config.json": (b'{"class_name": "Sequential", "config": []}', "a model's configuration without its weights"),
    "frozen.pb": (b"\n\x12\n\x05input", "a graph of TensorFlow"),
    "page.h5": (b"<!DOCTYPE html><html>", "a web page or XML text"),
    "pointer.h5": (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer. Fetch the file itself"),
    "packed.tar.gz": (b"\x1f\x8b\x08\0", "a compressed archive. Unpack it"),
    "noise.h5": (b"\xde\xad\xbe\xef" * 8, "a file of another kind"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_other_formats_are_named(tmp_path, name):
    content, told = FOREIGN[name]
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, f"Received: {told}")
    with pytest.raises(ModelFileError) as caught:
        import_model(tmp_path / name)
    assert "\\x" not in str(caught.value)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        (("archive/data.pkl", "archive/data/0"), "a PyTorch checkpoint"),
        (("net/constants.pkl", "net/data.pkl", "net/code/x.py"), "a TorchScript model"),
        (("x.npy", "y.npy"), "a NumPy archive of arrays"),
        (("config.json", "metadata.json"), "a .keras archive without model.weights.h5"),
    ],
)
def test_other_archives_are_named_without_their_members(tmp_path, members, told):
    path = archive_of(tmp_path / "m.pt", dict.fromkeys(members, b"x"))
    refused(path, told)
    with pytest.raises(ModelFileError) as caught:
        import_model(path)
    assert members[0] not in str(caught.value)


def test_folders_are_named(tmp_path):
    folder = tmp_path / "exported"
    folder.mkdir()
    refused(folder, "Received: a folder")
    (folder / "saved_model.pb").write_bytes(b"x")
    refused(folder, "Received: a SavedModel folder. It holds operations of TensorFlow")


def test_arrays_that_were_never_written_are_not_made(sound, tmp_path):
    """HDF5 fills up chunks that are not there: a few kilobytes declare gigabytes."""
    content = members(sound)
    stream = io.BytesIO(content["model.weights.h5"])
    with h5py.File(stream, "r+") as file:
        group = file["layers/dense/vars"]
        del group["0"]
        group.create_dataset("0", shape=(16, 50_000_000), dtype="float32", chunks=(16, 1000))
    content["model.weights.h5"] = stream.getvalue()
    refused(archive_of(tmp_path / "m.keras", content), r"arrays take 3,200,000,008 bytes, of which the file stores \d+")
