"""The window with its Data panel in front, and folders of images to open in it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from workbench.data.opencv import cv2
from workbench.ui.main_window import MainWindow
from workbench.ui.panels.dataset import DatasetPanel
from workbench.ui.panels.dataset.opening import State

CLASSES = {"cat": 6, "dog": 3, "a class with a name that is much too long for the room there is": 4}


def image(seed: int, shape: tuple[int, ...] = (12, 10, 3)) -> np.ndarray:
    """Noise, as bytes."""
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def write_images(folder: Path, classes: dict[str, int] = CLASSES) -> Path:
    """A folder of class folders, every image another one."""
    number = 0
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for index in range(count):
            number += 1
            cv2.imwrite(str(folder / name / f"{index:03}.png"), image(number))
    return folder


def is_open(panel: DatasetPanel) -> bool:
    """True when there are images to see."""
    return panel.dataset.state is State.OPEN


@pytest.fixture
def images(tmp_path: Path) -> Path:
    return write_images(tmp_path / "animals")


@pytest.fixture
def window(open_window) -> MainWindow:
    return open_window()


@pytest.fixture
def panel(window, qtbot) -> DatasetPanel:
    """In front, with the bundled digits open."""
    window.show_panel("data")
    qtbot.waitUntil(lambda: window.data.dataset.state is State.OPEN)
    return window.data


@pytest.fixture
def type_spec(panel, qtbot) -> Callable[[object], None]:
    """Types a SPEC as a person does and waits until it is open or refused."""

    def act(spec: object) -> None:
        panel.chooser.line.setFocus()
        panel.chooser.line.selectAll()
        qtbot.keyClicks(panel.chooser.line, str(spec))
        qtbot.keyClick(panel.chooser.line, Qt.Key.Key_Return)
        settled = (State.OPEN, State.FAILED, State.NONE)
        qtbot.waitUntil(lambda: panel.dataset.state in settled and not panel.dataset.work.runs)

    return act
