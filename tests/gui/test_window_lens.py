"""The window lens: pixels are pointed at with mouse and keyboard, and it follows the parameters live."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Project
from workbench.ui.document import Document
from workbench.ui.panels.inspector import InspectorPanel
from workbench.ui.panels.inspector.lens_frame import Spot

K = "keras.layers."
LAYERS = (
    ("conv", "Conv2D", {"filters": 2, "kernel_size": 3, "padding": "same"}),
    ("pool", "MaxPooling2D", {}),
    ("up", "Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}),
    ("point", "Conv2D", {"filters": 2, "kernel_size": 1}),
    ("huge", "AveragePooling2D", {"pool_size": 65}),
)


@pytest.fixture
def inspector(qtbot, theme):
    graph = Graph("model")
    graph.add_node(Node(NodeId("image"), "input", "image", {"shape": [80, 80, 1]}))
    before = NodeId("image")
    for name, kind, params in LAYERS:
        graph.add_node(Node(NodeId(name), K + kind, name, params))
        graph.connect(Wire(before, NodeId(name)))
        before = NodeId(name)
    document = Document(Project([graph]))
    panel = InspectorPanel(document, theme)
    qtbot.addWidget(panel)
    panel.resize(320, 900)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    yield panel
    document.close()
    document.deleteLater()


def shown(inspector: InspectorPanel, node: str):
    inspector.show_nodes([NodeId(node)])
    return inspector.lens


def middle(grids, spot: Spot) -> QPoint:
    side = grids.places.output if spot.of_output else grids.places.input
    return side.rect(spot.row, spot.column).center().toPoint()


def lit(grids, spot: Spot) -> bool:
    """Whether a position is drawn as one that meets what is looked at."""
    at = middle(grids, spot) + QPoint(2, 2)
    color = grids.grab().toImage().pixelColor(at * grids.devicePixelRatioF())
    return color.red() > color.blue() + 25


def point_at(qtbot, grids, spot: Spot) -> None:
    qtbot.waitUntil(lambda: grids.visibleRegion().boundingRect() == grids.rect())  # laid out
    QTest.mouseMove(grids, middle(grids, spot))
    qtbot.waitUntil(lambda: grids.spot == spot)


def test_an_output_lights_up_what_it_reads_and_an_input_what_it_reaches(inspector, qtbot):
    lens = shown(inspector, "conv")
    point_at(qtbot, lens.grids, Spot(True, 4, 2))
    assert lens.spot.text() == "Output 4, 2 reads 9 inputs: rows 3 to 5, columns 1 to 3"
    assert lit(lens.grids, Spot(False, 3, 1))
    assert lit(lens.grids, Spot(False, 5, 3))
    assert not lit(lens.grids, Spot(False, 6, 3))
    point_at(qtbot, lens.grids, Spot(False, 0, 5))
    assert lens.spot.text() == "Input 0, 5 reaches 6 outputs: rows 0 to 1, columns 4 to 6"
    assert lit(lens.grids, Spot(True, 1, 4))
    assert not lit(lens.grids, Spot(True, 2, 4))


def test_padding_is_told(inspector, qtbot):
    lens = shown(inspector, "conv")
    point_at(qtbot, lens.grids, Spot(True, 0, 0))
    assert lens.spot.text().endswith("; 5 more of padding")


def test_the_keyboard_moves_crosses_over_and_scrolls_to_the_end(inspector, qtbot):
    lens = shown(inspector, "up")
    grids = lens.grids
    grids.setFocus()
    assert grids.spot == Spot(False, 1, 1)
    QTest.keyClick(grids, Qt.Key.Key_Right)
    QTest.keyClick(grids, Qt.Key.Key_Down)
    QTest.keyClick(grids, Qt.Key.Key_Down)
    assert lens.spot.text() == "Input 3, 2 reaches 9 outputs: rows 6 to 8, columns 4 to 6"
    QTest.keyClick(grids, Qt.Key.Key_Space)
    assert lens.spot.text() == "Output 7, 5 reads 1 input: row 3, column 2"
    QTest.keyClick(grids, Qt.Key.Key_End)
    assert grids.spot == Spot(True, 80, 80)
    assert grids.places.output.at(middle(grids, grids.spot).toPointF()) == (80, 80)
    QTest.keyClick(grids, Qt.Key.Key_Home)
    assert grids.spot == Spot(True, 0, 0)
    assert "row 0, column 0" in grids.accessibleName()


def test_a_pressed_pixel_stays_when_the_mouse_leaves(inspector, qtbot):
    grids = shown(inspector, "pool").grids
    qtbot.waitUntil(lambda: grids.visibleRegion().boundingRect() == grids.rect())
    QTest.mouseClick(grids, Qt.MouseButton.LeftButton, pos=middle(grids, Spot(True, 2, 3)))
    point_at(qtbot, grids, Spot(False, 0, 0))
    QTest.mouseMove(inspector, QPoint(5, 5))
    qtbot.waitUntil(lambda: grids.spot == Spot(True, 2, 3))


def test_the_checkerboard_goes_when_the_kernel_is_a_multiple_of_the_stride(inspector, qtbot):
    lens = shown(inspector, "up")
    assert lens.legend.levels == (1, 2, 4)
    assert "a checkerboard" in lens.pattern.text()
    qtbot.waitUntil(lens.legend.isVisible)
    for part in inspector.form.rows["kernel_size"].field.parts():
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(part, "4")
        QTest.keyClick(part, Qt.Key.Key_Return)
    assert lens.legend.isHidden()
    assert lens.pattern.text() == "Every output adds up 4 products: no checkerboard."


def test_layers_without_windows_or_with_huge_ones_have_no_lens(inspector):
    for name in ("point", "huge", "image"):
        assert shown(inspector, name).isHidden()
    inspector.show_nodes([NodeId("conv"), NodeId("pool")])
    assert inspector.lens.isHidden()


def test_it_folds_away(inspector, qtbot):
    lens = shown(inspector, "conv")
    qtbot.waitUntil(lens.grids.isVisible)
    QTest.mouseClick(lens.fold, Qt.MouseButton.LeftButton)
    assert not lens.grids.isVisible()
