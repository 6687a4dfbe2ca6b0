"""The names of a run folder's files, and writing them so that a crash leaves the old or the new one whole."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

RECORD = "run.json"
PROJECT = "project.workbench"
METRICS = "metrics.csv"
LOG = "engine.log"
LOCK = ".lock"
LABELS = "labels.json"
"""What people call the run, and its sweep: apart from the record, which the training process rewrites."""
NOTE = "notes.md"
CHECKPOINT = "checkpoint.h5"
"""Everything a resume needs, at the end of the last completed epoch."""
BEST = "best.h5"
"""The model's variables after its best epoch."""
STOPPED = "stopped.h5"
"""The model's variables where training was stopped, within an epoch."""
AVERAGED = "averaged.h5"
"""The model with the running means of its weights, after the last completed epoch, where such are kept."""
EPOCHS = "epochs"
"""Folder of every epoch's checkpoint, where they are kept: `0007.h5`."""
SAMPLES = "samples"
"""Folder of a GAN's images from fixed noise, a grid an epoch: `0007.png`, beside `grid.json`."""
TENSORBOARD = "tensorboard"
"""Folder of the TensorBoard log."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a temporary sibling to write, and puts it in the place of `path` if no exception comes."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        yield temporary
        _sync(temporary, os.O_RDONLY)
        temporary.replace(path)
        _sync(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Replaces a file's content. Raises OSError and leaves the old content."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
