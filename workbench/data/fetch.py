"""Files from the network: resumed where they broke off, verified, cancelled at once; standard library only."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from threading import Event
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from filelock import FileLock, Timeout

from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError

_SECONDS_OF_SILENCE = 10
_PIECE = 1 << 16
_CANNOT_RESUME = 416
_ALGORITHMS = {32: "md5", 64: "sha256"}
"""By the number of hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of the network and what it has to be: `digest` is its MD5 or SHA-256 in hexadecimal digits, "" where none
    is published."""

    url: str
    digest: str
    cached_as: str
    """Path in the cache folder."""
    folder: str = "datasets"
    """Which of Keras's folders."""

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.url.rpartition("/")[2]


def cache_folder(name: str = "datasets") -> Path:
    """Keras's own folder for datasets, or another of them, so that what one has fetched the other has."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / name


def fetched(file: RemoteFile, progress: Progress | None = None, cancel: Event | None = None) -> Path:
    """The file in the cache, fetched where it is not there, and verified. What a broken or cancelled fetch has got is
    kept beside it as `.part` and gone on from.

    Raises DatasetError, and Cancelled.
    """
    path = cache_folder(file.folder) / file.cached_as
    try:
        if path.is_file():
            if file.digest and _digest(file, path, progress, cancel) != file.digest:
                raise DatasetError(
                    f"{path}: the file is damaged or another than {file.url}. Delete it to fetch it again"
                )
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=1):
            if not path.is_file():
                _fetch(file, path, progress, cancel)
    except Timeout:
        raise DatasetError(f"{path}: another program is fetching this file. Try again when it is done") from None
    except OSError as error:
        raise DatasetError(f"{path}: the file cannot be read or written ({error.strerror or error})") from None
    return path


def _fetch(file: RemoteFile, path: Path, progress: Progress | None, cancel: Event | None) -> None:
    part = path.with_name(path.name + ".part")
    try:
        with _answer(file, _size(part)) as answer:
            _receive(file, answer, part, progress, cancel)
    except HTTPError as error:
        if error.code != _CANNOT_RESUME:
            raise DatasetError(
                f"{file.url}: the server answers {error.code} {error.reason}. {_by_hand(path)}"
            ) from None
    except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
        raise DatasetError(_no_network(file, path, part, error)) from None
    if file.digest:
        _verify(file, part, progress, cancel)
    part.replace(path)


def _answer(file: RemoteFile, have: int) -> HTTPResponse:
    headers = {"User-Agent": "cnn-workbench"} | ({"Range": f"bytes={have}-"} if have else {})
    answer: HTTPResponse = urlopen(Request(file.url, headers=headers), timeout=_SECONDS_OF_SILENCE)
    return answer


def _receive(
    file: RemoteFile, answer: HTTPResponse, part: Path, progress: Progress | None, cancel: Event | None
) -> None:
    resumes = answer.status == 206
    have = _size(part) if resumes else 0
    length = answer.headers.get("Content-Length")
    total = have + int(length) if length and length.isdecimal() else None
    steps = Steps(f"Fetching {file.name}", total, progress, cancel)
    steps.to(have)
    with part.open("ab" if resumes else "wb") as out:
        while piece := _piece(answer):
            out.write(piece)
            steps.more(len(piece))
    if total is not None and steps.done < total:
        raise ConnectionResetError("the connection was closed")


def _piece(answer: HTTPResponse) -> bytes:
    try:
        return answer.read1(_PIECE)
    except OSError as error:  # of the network; those of the disk come from writing
        raise ConnectionResetError(error.strerror or str(error) or "the server has gone silent") from None


def _verify(file: RemoteFile, part: Path, progress: Progress | None, cancel: Event | None) -> None:
    digest = _digest(file, part, progress, cancel)
    if digest != file.digest:
        part.unlink()
        raise DatasetError(
            f"{file.url}: Expected the {_ALGORITHMS[len(digest)].upper()} {file.digest}. Received: {digest}. "
            "What came is not kept; try again"
        )


def _digest(file: RemoteFile, path: Path, progress: Progress | None, cancel: Event | None) -> str:
    """The digest of what came, of the kind that is published."""
    digest = hashlib.new(_ALGORITHMS[len(file.digest)])
    steps = Steps(f"Verifying {file.name}", _size(path), progress, cancel)
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
            steps.more(len(piece))
    return digest.hexdigest()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _no_network(file: RemoteFile, path: Path, part: Path, error: Exception) -> str:
    reason = getattr(error, "reason", error)
    why = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    kept = _size(part)
    if kept:
        return f"{file.url}: the connection broke ({why}); {kept:,} bytes are kept, the next try goes on from there"
    return f"{file.url} cannot be reached: there is no network or no way to the server ({why}). {_by_hand(path)}"


def _by_hand(path: Path) -> str:
    return f"Try again with a network, or put the file there yourself: {path}"
