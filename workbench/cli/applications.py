"""`application:NETWORK[:WEIGHTS]`: a network of keras.applications, built by the engine, read like any model."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.cli.jobs import quietened, run_job
from workbench.cli.progress import progress
from workbench.protocol import ApplicationMade, MakeApplication

PREFIX = "application:"


@dataclass(frozen=True)
class Application:
    """What is asked for: a network of Keras, and "imagenet", "" (random) or a file of weights."""

    network: str
    weights: str

    @classmethod
    def of(cls, text: str) -> Application:
        """From `application:ResNet50` (random weights), `application:ResNet50:imagenet` or `...:FILE.h5`."""
        network, _, weights = text.removeprefix(PREFIX).partition(":")
        return cls(network, "" if weights == "random" else weights)


@contextlib.contextmanager
def made(application: Application) -> Iterator[tuple[Path, str]]:
    """The network's file while the block runs, and the preprocessing that it expects. Raises InputError."""
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        path = Path(folder) / f"{application.network}.keras"
        command = MakeApplication(application.network, str(path), application.weights)
        with quietened() as people, progress(people) as report:
            done = run_job(command, report)
        if not isinstance(done, ApplicationMade):
            raise KeyboardInterrupt
        yield path, done.preprocessing
