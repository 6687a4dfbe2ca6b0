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


@pytest.fixture
def do():
    """Does a job; the events that are no stages are in `do.events`, the stages in `do.stages`."""

    def run(command, stop=None):
        run.events, run.stages = [], []

        def hear(event):
            (run.stages if isinstance(event, Stage) else run.events).append(event)

        return run_job(command, hear, stop or threading.Event())

    return run
