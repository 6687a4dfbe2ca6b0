"""The whole window with an engine that only pretends, and small parts of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from tests.gui.training.scripted_engine import ScriptedEngine
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Project
from workbench.templates import get_template
from workbench.ui.document import Document
from workbench.ui.main_window import MainWindow
from workbench.ui.preferences import Preferences
from workbench.ui.theme import Theme, ThemeChoice

K = "keras.layers."


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts as on a new computer."""
    for name in ("config", "data"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(ThemeChoice.LIGHT)
    yield theme
    theme.deleteLater()


def small_project() -> Project:
    """An input, two convolutions and batch normalisation in a chain; ids equal names."""
    graph = Graph("model")
    nodes = (
        Node(NodeId("image"), "input", "image", {"shape": [28, 28, 1]}),
        Node(NodeId("conv_1"), K + "Conv2D", "conv_1", {"filters": 6, "kernel_size": 5}),
        Node(NodeId("conv_2"), K + "Conv2D", "conv_2", {"filters": 16, "kernel_size": 3}),
        Node(NodeId("norm"), K + "BatchNormalization", "norm"),
    )
    for number, node in enumerate(nodes):
        graph.add_node(node)
        if number:
            graph.connect(Wire(nodes[number - 1].id, node.id))
    return Project([graph], title="small")


@pytest.fixture
def document(qapp: QApplication) -> Iterator[Document]:
    document = Document(small_project())
    yield document
    document.close()
    document.deleteLater()


@pytest.fixture
def open_window(qtbot) -> Iterator[Callable[..., MainWindow]]:
    """Opens a window as a start without a file does; several calls are several starts.

    The engine follows a script; without one it is the real engine.
    """
    opened: list[MainWindow] = []

    def open_one(project: Project | None = None, script: str = "quick") -> MainWindow:
        preferences = Preferences()
        theme = Theme(preferences.theme)
        document = Document(project or get_template("lenet5").build())
        scripted = (lambda on_line: ScriptedEngine(script, on_line)) if script else None
        window = MainWindow(document, preferences, theme, scripted)
        for part in (preferences, theme, document):
            part.setParent(window)
        opened.append(window)
        with qtbot.waitSignal(window.painted):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield open_one
    for window in opened:
        window.document.history.mark_saved()
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window) -> MainWindow:
    return open_window()


@pytest.fixture
def answer(qapp: QApplication) -> Callable[[Callable[..., None]], None]:
    """Deals with the next modal dialog: `answer(act)` calls `act(dialog)` when one is open."""

    def when_open(act: Callable[..., None]) -> None:
        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is None or not dialog.isActiveWindow():
                QTimer.singleShot(20, look)
                return
            try:
                act(dialog)
            finally:  # a test that fails must not wait for ever
                if isValid(dialog) and dialog.isVisible():
                    dialog.close()

        QTimer.singleShot(20, look)

    return when_open
