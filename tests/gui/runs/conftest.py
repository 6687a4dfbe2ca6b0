"""A window over a store of made runs."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from workbench.graph.edits import set_params
from workbench.project import InGraph, SetTraining, assign
from workbench.project.file import dumps
from workbench.runs import Checkpoint, RunStatus, RunStore
from workbench.templates import get_template
from workbench.ui.panels.runs.rows import COLUMNS

LEFT = Qt.MouseButton.LeftButton
TITLES = [column.title for column in COLUMNS]
ACCURACIES = (0.7, 0.9, 0.8)


@pytest.fixture
def store(tmp_path, monkeypatch):
    root = tmp_path / "runs"
    monkeypatch.setenv("WORKBENCH_RUNS", str(root))
    return RunStore(root)


def lenet(rate=0.002, filters=6):
    project = get_template("lenet5").build()
    project.apply(SetTraining(assign(project.training, {"learning_rate": rate})))
    graph = project.graph("model")
    project.apply(InGraph("model", set_params(graph, graph.find_name("c1"), {"filters": filters}, {})))
    return project


def add(store, stem, accuracy=0.9, status=RunStatus.FINISHED, project=None, hour=0, data="digits", **facts):
    """A run of three epochs; those of a later hour are newer."""
    project = project or lenet()
    text, settings = dumps(project).decode(), msgspec.to_builtins(project.training)
    with store.create(stem, text, 0, epochs_planned=3, dataset=data, device="cpu", settings=settings) as run:
        for epoch in (1, 2, 3):
            run.add_epoch(
                {"epoch": epoch, "loss": 1 / epoch, "val_loss": 2 / epoch, "val_accuracy": accuracy * epoch / 3}
            )
        run.save_best(Checkpoint({}))
        run.save_checkpoint(Checkpoint({}))
        best = {"val_accuracy": accuracy, "val_loss": 0.1}
        created = f"2026-05-01T{hour:02}:00:00+00:00"
        run.finish(status, best=best, best_epoch=3, epochs=3, seconds=6.0, created=created, **facts)
    return run.folder


@pytest.fixture
def folders(store):
    """Three runs, the newest last: failed ones say why."""
    first = add(store, "first", 0.7, hour=1)
    second = add(store, "second", 0.9, project=lenet(0.5, 8), hour=2)
    third = add(store, "third", 0.8, RunStatus.FAILED, hour=3, problem="out of memory")
    return first, second, third


@pytest.fixture
def panel(open_window, folders, qtbot):
    window = open_window()
    window.show_panel("runs")
    panel = window.runs
    qtbot.waitUntil(lambda: len(panel.model.rows) == len(folders))
    return panel


def names(panel):
    return [row.name.partition("-")[0] for row in panel.model.rows]


def cell(panel, name, title):
    """The place of a run's cell on the screen."""
    row = names(panel).index(name)
    index = panel.model.index(row, TITLES.index(title))
    panel.table.scrollTo(index)
    return panel.table.visualRect(index).center()


def click(panel, name, title="Status", modifier=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(panel.table.viewport(), LEFT, modifier, cell(panel, name, title))


def click_heading(panel, title):
    header = panel.table.horizontalHeader()
    section = TITLES.index(title)
    panel.table.scrollTo(panel.model.index(0, section))
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(header.sectionViewportPosition(section) + 8, 8))


def press(panel, key, modifier=Qt.KeyboardModifier.NoModifier):
    panel.table.setFocus()
    QTest.keyClick(panel.table, key, modifier)


def shown(panel, name, title):
    return panel.model.index(names(panel).index(name), TITLES.index(title)).data()
