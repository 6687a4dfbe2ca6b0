"""Projects and their training, for tests of jobs."""

import threading

from tests.engine.drawings import small_classifier
from workbench.engine import run_job
from workbench.project import DatasetSettings, Project, TrainingSettings
from workbench.project.file import dumps
from workbench.protocol import Train


def small_project(graph=None, **settings):
    """A small network on the digits: an epoch in well under a second."""
    training = TrainingSettings(**{"epochs": 2, "learning_rate": 0.01, **settings})
    return Project([graph or small_classifier()], DatasetSettings(), training, title="small")


def project_text(graph=None, **settings):
    return dumps(small_project(graph, **settings)).decode()


def train_small(runs, report=lambda event: None, stop=None, graph=None, **settings):
    """Trains in this process; returns the last event and those before it."""
    events = []

    def hear(event):
        events.append(event)
        report(event)

    command = Train(project=project_text(graph, **settings), runs=str(runs))
    return run_job(command, hear, stop or threading.Event()), events
