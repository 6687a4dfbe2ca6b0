"""A canvas to work on as a person does: by mouse and keyboard."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Project
from workbench.ui import mime
from workbench.ui.canvas import CanvasView
from workbench.ui.canvas.geometry import NODE_WIDTH
from workbench.ui.document import Document
from workbench.ui.theme import Theme, ThemeChoice

K = "keras.layers."
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Person:
    """Hands on a canvas. Places are in the scene; ids are the nodes' names at the start of a test."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.document = view.document

    @property
    def graph(self) -> Graph:
        return self.document.graph

    def at(self, place: QPointF | tuple[float, float]) -> QPoint:
        """A place of the scene on the viewport."""
        return self.view.mapFromScene(place if isinstance(place, QPointF) else QPointF(*place))

    def node(self, name: str) -> Node:
        found = self.graph.find_name(name)
        assert found is not None, f"no node is called {name}"
        return self.graph.node(found)

    def middle(self, name: str) -> QPointF:
        return self.view.canvas_scene.nodes[self.node(name).id].body.center()

    def port(self, name: str, port: str) -> QPointF:
        is_output = port == "output"
        return self.view.canvas_scene.nodes[self.node(name).id].port_place(port, is_output)

    def wires(self) -> set[tuple[str, str]]:
        return {(self.graph.node(w.source).name, self.graph.node(w.target).name) for w in self.graph.wires}

    def press(self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.view.viewport(), button, modifiers, self.at(place))

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        self._move_to(self.at(place), modifiers, button)

    def release(self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self.view.viewport(), button, modifiers, self.at(place))

    def drag(
        self, start: QPointF, end: QPointF, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        """From a place to another; both are taken before the first move, which may pan the view."""
        way = [self.at(start + (end - start) * step / 5) for step in range(6)]
        QTest.mousePress(self.view.viewport(), button, modifiers, way[0])
        for at in way[1:]:
            self._move_to(at, modifiers, button)
        QTest.mouseRelease(self.view.viewport(), button, modifiers, way[-1])

    def _move_to(self, at: QPoint, modifiers: Qt.KeyboardModifier, button: Qt.MouseButton) -> None:
        # QTest.mouseMove takes no buttons; a drag needs them.
        there = QPointF(self.view.viewport().mapToGlobal(at))
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), there, Qt.MouseButton.NoButton, button, modifiers)
        QApplication.sendEvent(self.view.viewport(), event)

    def click(self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, modifiers, self.at(place))

    def double_click(self, place: QPointF | tuple[float, float]) -> None:
        QTest.mouseDClick(self.view.viewport(), LEFT, NONE, self.at(place))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, modifiers)

    def type_in_search(self, text: str) -> None:
        assert self.view.popup.isVisible()
        QTest.keyClicks(self.view.popup.line, text)
        QTest.keyClick(self.view.popup.line, Qt.Key.Key_Return)

    def drop_layer(self, key: str, place: QPointF) -> bool:
        """Drags a layer type from the palette to a place; False when the canvas does not take it."""
        data = QMimeData()
        data.setData(mime.LAYER, key.encode())
        return self.drop(data, place)

    def drop(self, data: QMimeData, place: QPointF) -> bool:
        at, copy = self.at(place), Qt.DropAction.CopyAction
        enter = QDragEnterEvent(at, copy, data, LEFT, NONE)
        QApplication.sendEvent(self.view.viewport(), enter)
        if not enter.isAccepted():
            return False
        QApplication.sendEvent(self.view.viewport(), QDragMoveEvent(at, copy, data, LEFT, NONE))
        drop = QDropEvent(QPointF(at), copy, data, LEFT, NONE)
        QApplication.sendEvent(self.view.viewport(), drop)
        return drop.isAccepted()

    def selected(self) -> list[str]:
        return [self.graph.node(node).name for node in self.view.canvas_scene.chosen()]

    def select(self, *names: str) -> None:
        self.view.select([self.node(name).id for name in names])

    def undo(self) -> None:
        self.document.history.undo()

    def redo(self) -> None:
        self.document.history.redo()


def node(name: str, type_: str, position: tuple[float, float], **params: object) -> Node:
    """A node whose id is its name."""
    return Node(NodeId(name), type_, name, params, position=position)


def chain_graph() -> Graph:
    """input_1 -> conv_1, and dense_1, flatten_1 and add_1 that are not wired yet."""
    graph = Graph("model")
    graph.add_node(node("input_1", "input", (0, 0), shape=[32, 32, 1]))
    graph.add_node(node("conv_1", K + "Conv2D", (240, 0), filters=6, kernel_size=5))
    graph.add_node(node("flatten_1", K + "Flatten", (480, 0)))
    graph.add_node(node("dense_1", K + "Dense", (480, 160), units=10))
    graph.add_node(node("add_1", K + "Add", (240, 160)))
    graph.connect(Wire(NodeId("input_1"), NodeId("conv_1")))
    return graph


MakePerson = Callable[[Graph], Person]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(ThemeChoice.LIGHT)


@pytest.fixture
def person_on(qtbot, theme: Theme) -> Iterator[MakePerson]:
    documents = []

    def make(graph: Graph) -> Person:
        document = Document(Project([graph]))
        documents.append(document)
        view = CanvasView(document, theme)
        qtbot.addWidget(view)
        view.resize(1000, 640)
        view.show()
        qtbot.waitExposed(view)
        view.activateWindow()
        view.setFocus()
        view.fit()
        return Person(view)

    yield make
    for document in documents:
        document.close()


@pytest.fixture
def person(person_on: MakePerson) -> Person:
    """A person before a small network of which some layers are not wired yet."""
    return person_on(chain_graph())


@pytest.fixture
def beginner(person_on: MakePerson) -> Person:
    """A person before an empty canvas."""
    return person_on(Graph("model"))


__all__ = ["NODE_WIDTH", "K", "Person", "chain_graph", "node"]
