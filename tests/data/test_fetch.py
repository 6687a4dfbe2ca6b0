"""Fetching, against a server on this machine."""

import hashlib
import io
import tarfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import numpy as np
import pytest

from tests.data.image_files import stored
from tests.data.sources.test_idx import mnist
from workbench.data import fetch, progress
from workbench.data.facts import BUILT_IN
from workbench.data.fetch import RemoteFile, cache_folder, fetched
from workbench.data.progress import Cancelled
from workbench.data.source import DatasetError
from workbench.data.sources import fetched as fetched_sources
from workbench.data.sources import open_source

CONTENT = np.random.default_rng(0).bytes(300_000)


class Server:
    """Serves files; `breaks_after` ends the next answer early, `ranges` says whether parts can be asked for."""

    def __init__(self):
        self.files = {"file.bin": CONTENT}
        self.breaks_after = None
        self.ranges = True
        self.asked = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                name, wanted = self.path.rpartition("/")[2], self.headers.get("Range")
                server.asked.append((name, wanted))
                content = server.files.get(name)
                if content is None:
                    self.send_error(404)
                    return
                start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and server.ranges else 0
                if start and start >= len(content):
                    self.send_error(416)
                    return
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(content) - start))
                self.end_headers()
                end, server.breaks_after = server.breaks_after, None
                self.wfile.write(content[start:end])

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        self.thread = Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def remote(server, content=CONTENT, algorithm="sha256", name="file.bin"):
    return RemoteFile(server.url + name, hashlib.new(algorithm, content).hexdigest(), f"some/{name}")


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_file_is_fetched_once_with_progress(server, algorithm):
    seen = []
    file = remote(server, algorithm=algorithm)
    path = fetched(file, lambda *told: seen.append(told))
    assert path == cache_folder() / "some/file.bin"
    assert path.read_bytes() == CONTENT
    assert seen[0] == (0, len(CONTENT), "Fetching file.bin")
    assert (len(CONTENT), len(CONTENT), "Fetching file.bin") in seen
    assert seen[-1] == (len(CONTENT), len(CONTENT), "Verifying file.bin")
    assert fetched(file) == path
    assert len(server.asked) == 1


def test_a_broken_connection_is_told_and_gone_on_from(server):
    server.breaks_after = 100_000
    with pytest.raises(DatasetError, match=r"the connection broke .*100,000 bytes are kept"):
        fetched(remote(server))
    assert not (cache_folder() / "some/file.bin").exists()
    assert fetched(remote(server)).read_bytes() == CONTENT
    assert server.asked == [("file.bin", None), ("file.bin", "bytes=100000-")]
    assert not (cache_folder() / "some/file.bin.part").exists()


def test_a_server_that_cannot_resume_sends_all_again(server):
    server.breaks_after = 100_000
    with pytest.raises(DatasetError):
        fetched(remote(server))
    server.ranges = False
    assert fetched(remote(server)).read_bytes() == CONTENT


def test_a_part_that_is_whole_already_is_only_verified(server):
    part = cache_folder() / "some/file.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    assert fetched(remote(server)).read_bytes() == CONTENT


def test_another_content_is_refused_and_not_kept(server):
    server.files["file.bin"] = CONTENT[:-1] + b"x"
    with pytest.raises(DatasetError, match=r"Expected the SHA256 .* Received: .*not kept"):
        fetched(remote(server))
    assert [path.name for path in (cache_folder() / "some").iterdir() if path.suffix != ".lock"] == []
    server.files["file.bin"] = CONTENT
    assert fetched(remote(server)).read_bytes() == CONTENT


def test_a_file_that_someone_put_there_is_verified(server):
    path = cache_folder() / "some/file.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert fetched(remote(server)) == path
    path.write_bytes(CONTENT[:-5])
    with pytest.raises(DatasetError, match=r"damaged or another than .* Delete it"):
        fetched(remote(server))
    assert not server.asked


def test_cancelling_keeps_what_has_come(server, monkeypatch):
    monkeypatch.setattr(fetch, "_PIECE", 1000)
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", 0)
    cancel = Event()

    def stop(done, total, what):
        if done >= 1000:
            cancel.set()

    with pytest.raises(Cancelled):
        fetched(remote(server), stop, cancel)
    kept = (cache_folder() / "some/file.bin.part").stat().st_size
    assert 0 < kept < len(CONTENT)
    assert fetched(remote(server)).read_bytes() == CONTENT
    assert server.asked[-1] == ("file.bin", f"bytes={kept}-")


def test_no_network_says_what_to_do(server):
    file = remote(server)
    server.http.server_close()
    with pytest.raises(DatasetError) as caught:
        fetched(file)
    assert "there is no network or no way to the server" in str(caught.value)
    assert f"put the file there yourself: {cache_folder() / 'some/file.bin'}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_the_server_does_not_have_is_told(server):
    with pytest.raises(DatasetError, match=r"the server answers 404 .*put the file there yourself"):
        fetched(remote(server, name="gone.bin"))


def test_a_cache_that_cannot_be_written_is_told(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match="cannot be read or written"):
        fetched(remote(server))


def serve(server, monkeypatch, name, file, content):
    """Puts a file of a table on the server, with its own digest."""
    server.files[file.name] = content
    monkeypatch.setattr(
        fetched_sources, name, RemoteFile(server.url + file.name, hashlib.md5(content).hexdigest(), file.cached_as)
    )


def test_mnist(server, monkeypatch):
    x, y = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype=np.uint8), np.arange(20, dtype=np.uint8) % 10
    stream = io.BytesIO()
    np.savez_compressed(stream, x_train=x[:15], y_train=y[:15], x_test=x[15:], y_test=y[15:])
    serve(server, monkeypatch, "MNIST", fetched_sources.MNIST, stream.getvalue())
    source = open_source("mnist")
    assert (source.name, source.class_names) == ("mnist", BUILT_IN["mnist"].class_names)
    assert source.parts == ("train",) * 15 + ("test",) * 5
    np.testing.assert_array_equal(stored(source)[..., 0], x)


def test_fashion_mnist_where_the_system_has_none(server, monkeypatch, tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    mnist(files, labels=range(10), train=20, t10k=10)
    for path in files.iterdir():
        server.files[path.name] = path.read_bytes()
    served = tuple(
        RemoteFile(server.url + file.name, hashlib.md5(server.files[file.name]).hexdigest(), file.cached_as)
        for file in fetched_sources.FASHION
    )
    monkeypatch.setattr(fetched_sources, "FASHION", served)
    monkeypatch.setattr(fetched_sources, "_SYSTEM_FASHION", tmp_path / "nothing")
    with pytest.raises(DatasetError, match=r"Expected 10 classes of images \(28, 28, 1\)"):
        open_source("fashion_mnist")  # these are 5 x 4; all four came
    assert sorted(name for name, _ in server.asked) == sorted(server.files.keys() - {"file.bin"})


@pytest.mark.parametrize(("spec", "label_bytes"), [("cifar10", 1), ("cifar100", 2)])
def test_cifar(server, monkeypatch, spec, label_bytes):
    cifar = fetched_sources.CIFAR[spec]
    rng = np.random.default_rng(0)
    records = rng.integers(0, 10, (70, label_bytes + 3072), dtype=np.uint8)
    names = (*cifar.training, cifar.test)
    count = 60 // len(cifar.training)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for position, name in reversed(list(enumerate(names))):
            content = (
                records[position * count : (position + 1) * count].tobytes()
                if name != cifar.test
                else records[60:].tobytes()
            )
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        stray = tarfile.TarInfo("../../outside.bin")
        archive.addfile(stray, io.BytesIO())
    served = RemoteFile(
        server.url + "cifar.tar.gz", hashlib.md5(stream.getvalue()).hexdigest(), cifar.archive.cached_as
    )
    server.files["cifar.tar.gz"] = stream.getvalue()
    small = fetched_sources.Cifar(served, cifar.training, cifar.test, label_bytes, 70, 10)
    monkeypatch.setitem(fetched_sources.CIFAR, spec, small)
    for _ in range(2):  # the second time from the unpacked records
        source = open_source(spec)
        assert source.class_names == BUILT_IN[spec].class_names
        assert source.parts == ("train",) * 60 + ("test",) * 10
        np.testing.assert_array_equal(source.labels, records[:, label_bytes - 1])
        for index in (0, 13, 69):
            planes = records[index, label_bytes:].reshape(3, 32, 32)
            np.testing.assert_array_equal(source.read(index), planes.transpose(1, 2, 0))
    assert len(server.asked) == 1
    assert not list(cache_folder().parent.parent.glob("**/outside.bin"))


@pytest.mark.network
def test_mnist_from_its_own_server():
    source = open_source("mnist")
    assert (len(source), stored(source).shape) == (70_000, (70_000, 28, 28, 1))
