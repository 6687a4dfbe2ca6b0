"""`python -m tests.benchmarks.canvas`: what a canvas of 1,000 nodes costs, beside the ways to avoid (DESIGN section 4).

Every number is the median of repeated runs in this process; the last column compares with the line it names.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QGraphicsItem, QGraphicsScene, QGraphicsView

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Project
from workbench.ui.canvas import CanvasView
from workbench.ui.canvas.geometry import Position
from workbench.ui.document import Document
from workbench.ui.theme import Theme, ThemeChoice

NODES = 1000
COLUMNS = 40
SIZE = (1920, 1080)
K = "keras.layers."
STEM = (("Conv2D", {"filters": 16, "kernel_size": 3, "padding": "same"}), ("BatchNormalization", {}), ("ReLU", {}))


def big_graph(count: int = NODES) -> Graph:
    """A chain of convolutions, normalisations and activations, folded into rows."""
    graph = Graph("model")
    previous: NodeId | None = None
    for index in range(count):
        kind, params = STEM[index % len(STEM)]
        key = K + kind if index else "input"
        values = params if index else {"shape": [32, 32, 16]}
        position = (index % COLUMNS * 240.0, index // COLUMNS * 160.0)
        node = Node(NodeId(f"n{index}"), key, f"layer_{index}", values, position=position)
        graph.add_node(node)
        if previous is not None:
            graph.connect(Wire(previous, node.id))
        previous = node.id
    return graph


def frame(view: QGraphicsView, image: QImage) -> None:
    """One whole frame, as the screen would get it."""
    painter = QPainter(image)
    view.render(painter)
    painter.end()


def milliseconds(action: Callable[[], object], runs: int = 15) -> float:
    """Median time of an action, after one run to warm up."""
    action()
    times = []
    for _ in range(runs):
        start = perf_counter()
        action()
        times.append(1000 * (perf_counter() - start))
    return median(times)


def plain_view(positions: list[Position]) -> QGraphicsView:
    """What a canvas costs at the least in Python: an item a node that fills a rectangle, and nothing else."""
    scene = QGraphicsScene()

    class Box(QGraphicsItem):
        def boundingRect(self) -> QRectF:
            return QRectF(0, 0, 160, 72)

        def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
            painter.fillRect(QRectF(0, 0, 160, 72), Qt.GlobalColor.blue)

    for x, y in positions:
        box = Box()
        box.setPos(x, y)
        scene.addItem(box)
    view = QGraphicsView(scene)
    scene.setParent(view)
    return view


def show(view: QGraphicsView) -> None:
    view.resize(*SIZE)
    view.show()
    QApplication.processEvents()


def drag_step(view: CanvasView, node: NodeId) -> Callable[[], None]:
    """Moves one node as the mouse does, and paints what that made stale."""
    x, y = view.document.graph.node(node).position
    step = 0

    def drag() -> None:
        nonlocal step
        step += 1
        view.canvas_scene.put({node: (x + 8 * (step % 5), y)})
        QApplication.processEvents()

    return drag


def rows(application: QApplication) -> list[tuple[str, float, str, float]]:
    """(what, milliseconds, compared with, milliseconds of that)."""
    theme = Theme(ThemeChoice.LIGHT)
    theme.dress(application)
    graph = big_graph()
    document = Document(Project([graph]))
    start = perf_counter()
    view = CanvasView(document, theme)
    created = 1000 * (perf_counter() - start)
    start = perf_counter()
    plain = plain_view([node.position for node in graph])
    plainly = 1000 * (perf_counter() - start)
    for shown in (view, plain):
        show(shown)
    view.fit()
    plain.setTransform(view.transform())
    plain.centerOn(view.camera.seen().center())
    image = QImage(*SIZE, QImage.Format.Format_RGB32)

    all_seen = milliseconds(lambda: frame(view, image))
    plain_frame = milliseconds(lambda: frame(plain, image))
    view.canvas_scene.show_as_overview(False)
    item_by_item = milliseconds(lambda: frame(view, image), runs=5)
    view.canvas_scene.show_as_overview(True)
    far_drag = milliseconds(drag_step(view, NodeId("n500")))
    view.camera.zoom_by(1 / view.camera.zoom)
    view.center_on(NodeId("n500"))
    QApplication.processEvents()
    near = milliseconds(lambda: frame(view, image))
    near_drag = milliseconds(drag_step(view, NodeId("n500")))
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
    full_drag = milliseconds(drag_step(view, NodeId("n500")))
    view.camera.zoom_by(0.56 / view.camera.zoom)
    middling = milliseconds(lambda: frame(view, image))
    document.close()
    return [
        (f"create the canvas, {NODES:,} nodes and {NODES - 1:,} wires", created, "plain boxes", plainly),
        ("a frame with all of them in view", all_seen, "plain boxes, no wires", plain_frame),
        ("the same", all_seen, "each item paints itself", item_by_item),
        ("a frame at life size", near, "all in view", all_seen),
        ("a frame at 56 %, just before details go", middling, "all in view", all_seen),
        ("drag one node, all in view", far_drag, "a whole frame", all_seen),
        ("drag one node, life size", near_drag, "FullViewportUpdate", full_drag),
    ]


def main() -> int:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    print(f"{'':52}{'ms':>8}   {'beside':26}{'ms':>8}{'ratio':>8}")
    for what, took, beside, theirs in rows(application):
        print(f"{what:52}{took:8.1f}   {beside:26}{theirs:8.1f}{took / theirs:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
