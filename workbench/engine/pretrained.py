"""The networks of `keras.applications`, with ImageNet weights from the network, Keras's cache or a file."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras

from workbench.data.fetch import RemoteFile, fetched
from workbench.data.progress import Cancelled
from workbench.engine.errors import JobError, first_line
from workbench.project.preprocessing import MODES
from workbench.protocol import AnyEvent, ApplicationMade, MakeApplication, Stage, Stopped

Report = Callable[[AnyEvent], None]
_OWN = "bytes"
"""Networks that begin with preprocessing of their own."""
_FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "vgg16": "caffe",
        "vgg19": "caffe",
        "resnet": "caffe",
        "resnet_v2": "tf",
        "inception_v3": "tf",
        "inception_resnet_v2": "tf",
        "xception": "tf",
        "mobilenet": "tf",
        "mobilenet_v2": "tf",
        "nasnet": "tf",
        "densenet": "torch",
        "mobilenet_v3": _OWN,
        "efficientnet": _OWN,
        "efficientnet_v2": _OWN,
        "convnext": _OWN,
    }
)
"""Preprocessing by the module that Keras keeps a network in; compared with each `preprocess_input` by a test."""


def application_names() -> tuple[str, ...]:
    """The networks that can be made."""
    found = (name for name in dir(keras.applications) if callable(getattr(keras.applications, name)))
    return tuple(name for name in found if name[0].isupper() and _family(name) in _FAMILIES)


def preprocessing_of(network: str) -> str:
    """What a network expects of its images: a key of `project.preprocessing.MODES`."""
    mode = _FAMILIES[_family(network)]
    assert mode in MODES
    return mode


def make_application(command: MakeApplication, report: Report, stop: threading.Event) -> ApplicationMade | Stopped:
    """Builds the network and writes it. Raises JobError, or DatasetError where its weights cannot be had."""
    try:
        model = application(command, report, stop)
    except Cancelled:
        return Stopped()
    if stop.is_set():
        return Stopped()
    report(Stage(text=f"writing {command.network}"))
    model.save(command.path)
    return ApplicationMade(path=command.path, preprocessing=preprocessing_of(command.network))


def application(command: MakeApplication, report: Report, stop: threading.Event) -> keras.Model:
    """The network as Keras makes it. Raises JobError, DatasetError and Cancelled."""
    names = application_names()
    if command.network not in names:
        raise JobError(f"Expected a network of keras.applications: {', '.join(names)}. Received: {command.network!r}")
    weights = _weights(command.weights)
    options: dict[str, Any] = {"weights": weights, "include_top": command.top}
    if command.shape:
        options["input_shape"] = tuple(command.shape)
    report(Stage(text=f"building {command.network}"))
    with _fetching(_Fetching(report, stop)):
        try:
            return getattr(keras.applications, command.network)(**options)
        except (ValueError, OSError, KeyError) as error:  # a size or a file that does not suit the network
            given = f" with the weights of {command.weights}" if weights not in (None, "imagenet") else ""
            raise JobError(
                f"{command.network} cannot be built{given}: {first_line(error)}", detail=str(error)
            ) from error


def _weights(given: str) -> str | None:
    """What Keras is told: None for random weights, "imagenet", or a file of weights alone, which can run no code."""
    if not given or given == "imagenet":
        return given or None
    path = Path(given).expanduser()
    if not path.is_file() or path.suffix not in (".h5", ".hdf5"):
        raise JobError(f'{given}: Expected "imagenet" or a .h5 file of weights. Received: no such file')
    return str(path)


def _family(network: str) -> str:
    module: str = getattr(keras.applications, network).__module__
    return module.rpartition(".")[2]


class _Fetching:
    """Stands for Keras's `get_file`: the same address, cache and digest, with progress, cancelling and resuming."""

    def __init__(self, report: Report, stop: threading.Event) -> None:
        self._report = report
        self._stop = stop
        self._began = time.monotonic()
        self._what = ""

    def __call__(
        self, fname: str, origin: str, cache_subdir: str = "datasets", file_hash: str | None = None, **_: Any
    ) -> str:
        file = RemoteFile(origin, file_hash or "", fname, cache_subdir)
        return str(fetched(file, self._tell, self._stop))

    def _tell(self, done: int, total: int | None, what: str) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._began, self._first = what, now, done
        came = done - self._first
        left = (now - self._began) / came * (total - done) if total and came else None
        self._report(Stage(text=what[:1].lower() + what[1:], done=done, total=total or 0, seconds_left=left))

    _first = 0


@contextlib.contextmanager
def _fetching(fetch: _Fetching) -> Iterator[None]:
    """Keras asks for its files by `file_utils.get_file`, which can be neither followed nor cancelled.

    WORKAROUND: replaced while a network is built (Keras 3.15); one job runs at a time in this process.
    """
    from keras.src.utils import file_utils

    original = file_utils.get_file
    file_utils.get_file = fetch
    try:
        yield
    finally:
        file_utils.get_file = original
