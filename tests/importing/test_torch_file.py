"""Tensors of PyTorch files are read without PyTorch; a pickle that wants anything else is refused before it runs."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest

from workbench.importing.torch_file import TorchFileError, read_torch_tensors

MAGIC = 0x1950A86A20F9469CFC6C
KERNEL = np.arange(24, dtype="<f4")


def global_(module: str, name: str) -> bytes:
    return b"c" + module.encode() + b"\n" + name.encode() + b"\n"


def value(thing) -> bytes:
    """A value's pickle without its frame, protocol and end."""
    return pickle.dumps(thing, 2)[2:-1]


def tensor(key: str, count: int, shape, strides, offset: int = 0, kind: str = "FloatStorage") -> bytes:
    """What PyTorch writes of a tensor: the function, its arguments with a reference to a storage, the call."""
    reference = b"(" + value("storage") + global_("torch", kind) + value(key) + value("cpu") + value(count) + b"NtQ"
    rest = value(offset) + value(shape) + value(strides) + b"\x89" + global_("collections", "OrderedDict") + b")R"
    return global_("torch._utils", "_rebuild_tensor_v2") + b"(" + reference + rest + b"tR"


def state(**tensors: bytes) -> bytes:
    items = b"".join(value(name) + content for name, content in tensors.items())
    return b"\x80\x02" + global_("collections", "OrderedDict") + b")R(" + items + b"u."


def legacy(pickled: bytes, **storages) -> bytes:
    parts = [pickle.dumps(MAGIC, 2), pickle.dumps(1001, 2), pickle.dumps({"little_endian": True}, 2), pickled]
    parts.append(pickle.dumps(list(storages), 2))
    return b"".join([*parts, *(struct.pack("<q", len(each)) + each.tobytes() for each in storages.values())])


def zipped(pickled: bytes, **storages) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("net/data.pkl", pickled)
        archive.writestr("net/byteorder", "little")
        for key, values in storages.items():
            archive.writestr(f"net/data/{key}", values.tobytes())
    return stream.getvalue()


FORMS = pytest.mark.parametrize("form", [legacy, zipped])


@pytest.fixture
def read(tmp_path):
    def read(content: bytes):
        path = tmp_path / "net.pth"
        path.write_bytes(content)
        return read_torch_tensors(path)

    return read


@FORMS
def test_shape_strides_and_offset(read, form):
    content = state(
        plain=tensor("a", 24, (2, 3, 4), (12, 4, 1)),
        turned=tensor("a", 24, (4, 6), (1, 4)),
        part=tensor("a", 24, (2, 2), (4, 1), offset=5),
        count=tensor("b", 1, (), (), kind="LongStorage"),
    )
    found = read(form(content, a=KERNEL, b=np.array([7], "<i8")))
    np.testing.assert_array_equal(found["plain"], KERNEL.reshape(2, 3, 4))
    np.testing.assert_array_equal(found["turned"], KERNEL.reshape(6, 4).T)
    np.testing.assert_array_equal(found["part"], [[5, 6], [9, 10]])
    assert found["count"] == 7
    assert found["turned"].flags["C_CONTIGUOUS"]


CALLS = {
    "os.system": global_("os", "system") + value("touch gone") + b"\x85R",
    "builtins.eval": global_("builtins", "eval") + value("open('gone', 'w')") + b"\x85R",
    "torch.load": global_("torch", "load") + value("x") + b"\x85R",
    "collections.abc": global_("collections", "namedtuple") + b")R",
    "torch._utils._rebuild_parameter": global_("torch._utils", "_rebuild_parameter") + b")R",
    "stack": b"\x8c\x02os\x8c\x06system\x93" + value("touch gone") + b"\x85R",
}


@FORMS
@pytest.mark.parametrize("name", CALLS)
def test_nothing_else_is_called(read, form, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TorchFileError, match="no part of a tensor"):
        read(form(state(x=CALLS[name])))
    assert not (tmp_path / "gone").exists()


@FORMS
@pytest.mark.parametrize(
    "content",
    [
        tensor("a", 24, (100, 100), (100, 1)),
        tensor("a", 24, (2, 2), (1, 1), offset=-5),
        tensor("a", 24, (2, 2), (-1, 1)),
        tensor("a", 24, (2, 2), (1,)),
        tensor("a", 24, ("x",), (1,)),
        tensor("a", 99, (2,), (1,)),
        tensor("a", -1, (2,), (1,)),
        tensor("a", 24, (2,), (1,), kind="UntypedStorage"),
    ],
)
def test_tensors_stay_within_their_numbers(read, form, content):
    with pytest.raises(TorchFileError) as caught:
        read(form(state(x=content), a=KERNEL))
    assert "\n" not in str(caught.value)


@FORMS
def test_truncated_files_are_told_as_such(read, form):
    whole = form(state(x=tensor("a", 24, (24,), (1,))), a=KERNEL)
    for end in range(0, len(whole) - 1, 7):
        with pytest.raises(TorchFileError):
            read(whole[:end])


def test_other_files(read, tmp_path):
    for content in (b"", b"hello", pickle.dumps({"a": 1}), b"\x89HDF\r\n", zipped(pickle.dumps([1, 2], 2))):
        with pytest.raises(TorchFileError, match="Expected tensors that PyTorch saved"):
            read(content)
    with pytest.raises(TorchFileError, match="cannot be read"):
        read_torch_tensors(tmp_path / "nobody.pth")
