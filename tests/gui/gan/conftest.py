import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu

from tests.engine.generating.tiny import tiny_gan
from workbench.project import Project, SetTraining, assign, save_project
from workbench.project.file import dumps
from workbench.runs import Checkpoint, RunStatus, RunStore
from workbench.templates import get_template

LEFT = Qt.MouseButton.LeftButton
LONG = 120
COLUMNS, ROWS, COUNT, SIDE = 5, 4, 18, 8


def grid_picture(epoch):
    """Every tile of its own grey, brighter with the epochs."""
    tiles = (np.arange(COLUMNS * ROWS) * 5 + epoch * 20).astype(np.uint8).reshape(ROWS, COLUMNS)
    return tiles.repeat(SIDE, axis=0).repeat(SIDE, axis=1)


def write_epoch(folder, epoch):
    """What training leaves after an epoch: the grid, and a row of metrics."""
    samples = Path(folder) / "samples"
    samples.mkdir(exist_ok=True)
    Image.fromarray(grid_picture(epoch)).save(samples / f"{epoch:04d}.png")
    facts = {"columns": COLUMNS, "rows": ROWS, "height": SIDE, "width": SIDE, "count": COUNT, "seed": 11}
    (samples / "grid.json").write_text(json.dumps(facts))


def stored_gan(root, name="watched", epochs=3):
    """A run of a GAN as far as the panel's files go."""
    with RunStore(root).create(name, dumps(tiny_gan()).decode(), 11, epochs_planned=5) as run:
        for epoch in range(epochs + 1):
            write_epoch(run.folder, epoch)
            if epoch:
                row = {"generator_loss": 1 + epoch / 10, "discriminator_loss": 0.5, "real_score": 0.7}
                run.add_epoch({"epoch": epoch, **row, "fake_score": 0.3, "diversity": 0.9 - epoch / 10})
        run.save_checkpoint(Checkpoint({}))
        run.finish(RunStatus.STOPPED, epochs=epochs)
    return run.folder


@pytest.fixture(scope="session")
def trained_runs(tmp_path_factory):
    """A store with a conditional GAN and a classifier of the digits, trained by the command line."""
    root = tmp_path_factory.mktemp("trained")
    lenet = get_template("lenet5").build()
    lenet.apply(SetTraining(assign(lenet.training, {"epochs": 3})))
    for name, project in (("judge", lenet), ("tiny", tiny_gan(conditional=True))):
        save_project(project, root / f"{name}.workbench")
        command = [sys.executable, "-m", "workbench", "train", f"{name}.workbench", "--runs", "runs"]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
    return root / "runs"


class Person:
    """Uses the panel as somebody who sits before it."""

    def __init__(self, window, qtbot):
        self.window = window
        self.panel = window.gan
        self.qtbot = qtbot
        window.show_panel("gan")
        window.resize(1280, 800)

    def wait(self, condition, seconds=LONG):
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=seconds * 1000)

    def click(self, widget, place=None):
        QTest.mouseClick(widget, LEFT, pos=place or widget.rect().center())

    def tab(self, title):
        tabs = self.panel.tabs
        index = next(number for number in range(tabs.count()) if tabs.tabText(number) == title)
        self.click(tabs.tabBar(), tabs.tabBar().tabRect(index).center())

    def drag(self, slider, share):
        """The handle of a slider to a place along it."""
        from PySide6.QtWidgets import QStyle, QStyleOptionSlider

        option = QStyleOptionSlider()
        slider.initStyleOption(option)
        handle = slider.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
        )
        to = QPoint(round(share * (slider.width() - 1)), handle.center().y())
        QTest.mousePress(slider, LEFT, pos=handle.center())
        for step in range(1, 9):
            QTest.mouseMove(slider, handle.center() + (to - handle.center()) * step / 8)
        QTest.mouseRelease(slider, LEFT, pos=to)

    def pick(self, grid, number):
        self.click(grid, grid.rect_of(number).center())

    def write(self, spin, text):
        spin.setFocus()
        spin.selectAll()
        QTest.keyClicks(spin, text)
        QTest.keyClick(spin, Qt.Key.Key_Return)

    def choose(self, combo, text):
        combo.setFocus()
        combo.setCurrentIndex(combo.findText(text))
        combo.activated.emit(combo.currentIndex())

    def save(self, button, entry, path, monkeypatch):
        """Chooses an entry of a Save menu, and a name."""
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        menu: QMenu = button.menu()
        action = next(action for action in menu.actions() if entry in action.text())
        assert button.isEnabled()
        action.trigger()

    def sample(self):
        """Presses Sample and waits for the images."""
        before = self.panel.samples.made
        self.click(self.panel.samples.controls.sample)
        self.wait(lambda: self.panel.samples.made is not before and not self.panel.questions.busy)
        return self.panel.samples.made


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """A store with one GAN that was trained for three of five epochs."""
    root = tmp_path / "runs"
    monkeypatch.setenv("WORKBENCH_RUNS", str(root))
    return stored_gan(root)


@pytest.fixture
def person(open_window, qtbot):
    """Opens the window; with `script=""` the engine is the real one."""

    def make(project: Project | None = None, script="quick"):
        return Person(open_window(project, script), qtbot)

    return make


@pytest.fixture
def gan(person, trained_runs, monkeypatch):
    """The panel with the trained GAN and the real engine."""
    monkeypatch.setenv("WORKBENCH_RUNS", str(trained_runs))
    made = person(script="")
    made.wait(lambda: made.panel.history is not None)
    return made
