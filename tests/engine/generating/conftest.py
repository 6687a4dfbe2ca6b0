import threading

import pytest

from tests.engine.generating.tiny import train_tiny
from tests.engine.projects import project_text
from workbench.engine import run_job
from workbench.protocol import Stage, Train


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    return train_tiny(tmp_path_factory.mktemp("gan"))


@pytest.fixture(scope="session")
def conditional(tmp_path_factory):
    return train_tiny(tmp_path_factory.mktemp("conditional"), conditional=True)


@pytest.fixture(scope="session")
def classifier(tmp_path_factory):
    """A network that tells the digits apart."""
    runs = tmp_path_factory.mktemp("classifier")
    command = Train(project=project_text(epochs=8), runs=str(runs))
    return run_job(command, lambda event: None, threading.Event()).run


class Doing:
    """Does a job; what it told is in `stages` and, what are no stages, in `events`."""

    def __call__(self, command, stop=None):
        self.events, self.stages = [], []
        return run_job(command, self._hear, stop or threading.Event())

    def _hear(self, event):
        (self.stages if isinstance(event, Stage) else self.events).append(event)


@pytest.fixture
def do():
    return Doing()
