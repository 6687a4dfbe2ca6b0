"""What is seen: zoom, pan, fit, minimap, themes, looks, and following the document."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem

from tests.gui.canvas.conftest import K, MakePerson, Person, chain_graph, node
from workbench.graph import Graph, Node, NodeId, Wire, edits
from workbench.project import Project
from workbench.ui.canvas.layer_search import LayerSearch
from workbench.ui.canvas.overlays import card_html
from workbench.ui.canvas.painting import OVERVIEW_BELOW
from workbench.ui.theme import Theme, ThemeChoice

MIDDLE = Qt.MouseButton.MiddleButton


def turn_wheel(person: Person, at: QPoint, notches: int) -> None:
    there = QPointF(person.view.viewport().mapToGlobal(at))
    event = QWheelEvent(
        QPointF(at), there, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(person.view.viewport(), event)


@pytest.mark.parametrize("notches", [3, -3])
def test_the_wheel_zooms_at_the_mouse(person: Person, notches: int):
    at = QPoint(200, 150)
    place, before = person.view.mapToScene(at), person.view.camera.zoom
    turn_wheel(person, at, notches)
    assert (person.view.camera.zoom > before) is (notches > 0)
    assert (person.view.mapToScene(at) - place).manhattanLength() < 4 / person.view.camera.zoom


def test_zoom_has_ends(person: Person):
    for _ in range(60):
        person.view.zoom_in()
    assert person.view.camera.zoom == pytest.approx(4.0)
    for _ in range(60):
        person.view.zoom_out()
    assert person.view.camera.zoom == pytest.approx(0.04)


def test_zoom_by_keyboard(person: Person):
    before = person.view.camera.zoom
    person.key(Qt.Key.Key_Minus)
    assert person.view.camera.zoom < before
    person.key(Qt.Key.Key_Plus)
    assert person.view.camera.zoom == pytest.approx(before)


def test_the_middle_button_drags_the_paper(person: Person):
    before = person.view.camera.seen().center()
    person.drag(QPointF(0, 300), QPointF(50, 340), button=MIDDLE)
    moved = person.view.camera.seen().center() - before
    assert moved.x() == pytest.approx(-50, abs=2)
    assert moved.y() == pytest.approx(-40, abs=2)


def test_space_and_drag_pan_over_a_node_without_moving_it(person: Person):
    before = person.view.camera.seen().center()
    QTest.keyPress(person.view, Qt.Key.Key_Space)
    person.drag(person.middle("conv_1"), person.middle("conv_1") + QPointF(60, 0))
    QTest.keyRelease(person.view, Qt.Key.Key_Space)
    assert person.view.camera.seen().center().x() == pytest.approx(before.x() - 60, abs=2)
    assert person.node("conv_1").position == (240, 0)


def test_fit_shows_everything(person: Person):
    person.view.operations.move({NodeId("add_1"): (5000, 3000)})
    assert not person.view.camera.seen().contains(person.view.canvas_scene.bounds())
    person.key(Qt.Key.Key_F)
    assert person.view.camera.seen().contains(person.view.canvas_scene.bounds())


def test_the_minimap_is_there_while_something_is_out_of_sight(person: Person, qtbot):
    qtbot.waitUntil(person.view.minimap.isHidden)
    person.view.operations.move({NodeId("add_1"): (5000, 3000)})
    qtbot.waitUntil(person.view.minimap.isVisible)
    person.view.minimap.grab()
    QTest.mouseClick(person.view.minimap, Qt.MouseButton.LeftButton, pos=person.view.minimap.rect().bottomRight())
    assert person.view.camera.seen().center().x() > 4000
    person.key(Qt.Key.Key_M)
    assert person.view.minimap.isHidden()


def test_center_on_brings_a_node_to_the_middle(person: Person):
    person.view.operations.move({NodeId("add_1"): (5000, 3000)})
    person.view.fit()
    person.view.center_on(NodeId("add_1"))
    assert (person.view.camera.seen().center() - person.middle("add_1")).manhattanLength() < 4
    assert person.view.camera.zoom >= 0.75
    person.view.center_on(NodeId("gone"))


def test_from_afar_items_leave_the_painting_to_the_background(person: Person):
    flag = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents
    item = person.view.canvas_scene.nodes[NodeId("conv_1")]
    assert not item.flags() & flag
    while person.view.camera.zoom >= OVERVIEW_BELOW:
        person.view.zoom_out()
    assert item.flags() & flag
    picture = person.view.viewport().grab().toImage()
    at = person.at(person.middle("conv_1"))
    assert picture.pixelColor(at) != person.view.canvas_scene.ink.canvas
    person.view.zoom_to_life_size()
    assert not item.flags() & flag


def test_a_node_can_be_moved_and_selected_from_afar(person: Person):
    while person.view.camera.zoom >= OVERVIEW_BELOW:
        person.view.zoom_out()
    start = person.middle("add_1")
    person.drag(start, start + QPointF(160, 240))
    x, y = person.node("add_1").position
    assert x == pytest.approx(400, abs=16)
    assert y == pytest.approx(400, abs=16)
    assert person.selected() == ["add_1"]


def test_what_changes_from_afar_is_seen(person: Person, qtbot):
    """What the view itself repaints, not what a fresh picture of it would show."""
    while person.view.camera.zoom >= OVERVIEW_BELOW:
        person.view.zoom_out()
    painted: list[int] = []
    person.view.canvas_scene.changed.connect(lambda regions: painted.append(len(regions)))
    for change in (
        lambda: person.select("conv_1"),
        lambda: person.view.operations.set_trainable(False),
        lambda: person.view.operations.move({NodeId("conv_1"): (320, 400)}),
        lambda: person.view.canvas_scene.put({NodeId("conv_1"): (400, 480)}),
    ):
        QApplication.processEvents()
        painted.clear()
        change()
        qtbot.waitUntil(lambda: bool(painted))


def colors_of(person: Person) -> set[int]:
    image = person.view.grab().toImage()
    return {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


def test_looks_follow_the_theme(person: Person, theme: Theme):
    light, before = theme.color("canvas"), colors_of(person)
    theme.choose(ThemeChoice.DARK)
    dark, after = theme.color("canvas"), colors_of(person)
    assert light.rgb() in before
    assert dark.rgb() in after
    assert light.rgb() not in after


def test_a_node_tells_what_it_does_and_costs(person: Person):
    look = person.view.canvas_scene.nodes[NodeId("conv_1")].look
    assert (look.name, look.summary, look.cost) == ("conv_1", "6 @ 5x5", "156 params")
    flatten = person.view.canvas_scene.nodes[NodeId("flatten_1")].look
    assert (flatten.summary, flatten.cost) == ("Flatten", "")


def test_looks_follow_the_analysis(person: Person):
    change = edits.set_params(person.graph, NodeId("conv_1"), {"filters": 12}, {})
    person.document.edit(change)
    assert person.view.canvas_scene.nodes[NodeId("conv_1")].look.summary == "12 @ 5x5"
    assert person.view.canvas_scene.nodes[NodeId("conv_1")].look.cost == "312 params"
    person.undo()
    assert person.view.canvas_scene.nodes[NodeId("conv_1")].look.cost == "156 params"


def test_a_wire_downstream_takes_its_new_shape(person: Person):
    person.view.operations.connect(Wire(NodeId("conv_1"), NodeId("flatten_1")))
    wire = person.view.canvas_scene.wires[Wire(NodeId("conv_1"), NodeId("flatten_1"))]
    thin = wire.look.width
    person.document.edit(edits.set_params(person.graph, NodeId("conv_1"), {"filters": 512}, {}))
    assert wire.look.label == "28x28x512"
    assert wire.look.width > thin


def test_problems_are_counted_on_the_node_and_go_when_mended(person: Person):
    item = person.view.canvas_scene.nodes[NodeId("dense_1")]
    assert item.look.errors == 1
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    person.drag(person.port("flatten_1", "output"), person.port("dense_1", "input"))
    assert item.look.errors == 0
    person.undo()
    assert item.look.errors == 1


def test_an_error_is_red_and_badged(person: Person):
    ink = person.view.canvas_scene.ink
    person.view.zoom_to_life_size()
    badge = person.at(person.view.canvas_scene.nodes[NodeId("flatten_1")].body.topRight() + QPointF(-8, 1))
    picture = person.view.viewport().grab().toImage()
    assert QColor(picture.pixel(badge)).rgb() == ink.error.rgb()


def test_a_merge_with_one_wire_does_not_blame_that_wire(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("add_1", "inputs"))
    wire = person.view.canvas_scene.wires[Wire(NodeId("conv_1"), NodeId("add_1"), target_port="inputs")]
    assert wire.look.fits


def test_a_wire_whose_shape_is_not_known_is_dashed(person: Person):
    person.drag(person.port("dense_1", "output"), person.port("flatten_1", "input"))
    wire = person.view.canvas_scene.wires[Wire(NodeId("dense_1"), NodeId("flatten_1"))]
    assert not wire.look.known
    assert wire.pen().style() is Qt.PenStyle.CustomDashLine


def test_an_unknown_type_is_drawn_with_its_recorded_ports(person_on: MakePerson):
    graph = Graph("model")
    graph.add_node(
        Node(
            NodeId("odd"), "plugin:maker/Odd", "odd", inputs=("left", "right"), outputs=("output",),
            specs=(("output", (4, 4, 8), "float32"),),
        )
    )  # fmt: skip
    graph.add_node(node("flatten_1", K + "Flatten", (240, 0)))
    graph.connect(Wire(NodeId("odd"), NodeId("flatten_1")))
    person = person_on(graph)
    look = person.view.canvas_scene.nodes[NodeId("odd")].look
    assert [port.name for port in look.shape.inputs] == ["left", "right"]
    assert look.summary == "Odd"
    assert look.errors == 1
    wire = next(iter(person.view.canvas_scene.wires.values()))
    assert wire.look.label == "4x4x8"
    assert "plugin:maker/Odd" in card_html(
        person.document.graph_analysis, NodeId("odd"), person.view.canvas_scene.problems_of(NodeId("odd"))
    )


def test_resting_on_a_node_tells_about_it(person: Person, qtbot):
    QTest.mouseMove(person.view.viewport(), person.at(person.middle("conv_1")))
    qtbot.waitUntil(person.view.card.isVisible, timeout=3000)
    text = person.view.card.text()
    for fact in ("conv_1", "Conv2D", "32x32x1", "28x28x6", "156", "MACs", "5x5"):
        assert fact in text
    QTest.mouseMove(person.view.viewport(), person.at(QPointF(-60, 330)))
    assert not person.view.card.isVisible()


def test_names_are_shown_as_they_are_written(person: Person):
    person.view.operations.rename(NodeId("conv_1"), "<b>x")
    html = card_html(
        person.document.graph_analysis, NodeId("conv_1"), person.view.canvas_scene.problems_of(NodeId("conv_1"))
    )
    assert "&lt;b&gt;x" in html


def test_another_project_takes_the_place_of_the_old(person: Person):
    person.select("conv_1")
    other = Graph("model")
    other.add_node(node("only", K + "Dense", (0, 0), units=3))
    person.document.replace(Project([other]))
    assert set(person.view.canvas_scene.nodes) == {NodeId("only")}
    assert person.view.canvas_scene.wires == {}
    assert person.selected() == []
    person.view.grab()


def test_another_project_in_the_middle_of_a_gesture(person: Person):
    start = person.port("conv_1", "output")
    person.press(start)
    person.move(start + QPointF(50, 50))
    person.document.replace(Project([Graph("model")]))
    person.release(QPointF(0, 0))
    assert not person.view.popup.isVisible()
    assert person.view.hint.isVisible()


def test_undo_of_everything_and_redo_leaves_scene_and_graph_alike(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    person.drag(person.port("flatten_1", "output"), person.port("dense_1", "input"))
    person.select("flatten_1")
    person.key(Qt.Key.Key_Delete)
    for step in (person.undo, person.undo, person.undo, person.redo, person.redo, person.redo):
        step()
        scene = person.view.canvas_scene
        assert set(scene.nodes) == {node.id for node in person.graph}
        assert set(scene.wires) == set(person.graph.wires)


def test_tab_stays_and_shift_tab_leaves(person: Person):
    QTest.keyClick(person.view, Qt.Key.Key_Tab)
    assert person.view.popup.isVisible()
    QTest.keyClick(person.view.popup.line, Qt.Key.Key_Escape)
    assert person.view.hasFocus()
    assert isinstance(person.view._search, LayerSearch)


def test_a_long_wire_goes_around_what_stands_between(person_on: MakePerson):
    graph = chain_graph()
    graph.add_node(node("far", K + "Flatten", (720, 0)))
    graph.connect(Wire(NodeId("input_1"), NodeId("far")))
    person = person_on(graph)
    path = person.view.canvas_scene.wires[Wire(NodeId("input_1"), NodeId("far"))].path()
    for name in ("conv_1", "flatten_1"):
        body = person.view.canvas_scene.nodes[NodeId(name)].body
        assert not any(body.contains(path.pointAtPercent(step / 200)) for step in range(201))


def test_a_long_wire_makes_way_for_a_node_that_comes_and_straightens_when_it_goes(person_on: MakePerson):
    graph = Graph("model")
    graph.add_node(node("input_1", "input", (0, 0), shape=[8, 8, 1]))
    graph.add_node(node("flatten_1", K + "Flatten", (960, 0)))
    graph.add_node(node("dense_1", K + "Dense", (480, 320), units=3))
    graph.connect(Wire(NodeId("input_1"), NodeId("flatten_1")))
    person = person_on(graph)
    wire = next(iter(person.view.canvas_scene.wires.values()))

    def bent() -> bool:
        return wire.path().boundingRect().height() > 20

    assert not bent()
    person.drag(person.middle("dense_1"), QPointF(560, 60))
    assert person.wires() == {("input_1", "flatten_1")}
    assert bent()
    person.undo()
    assert not bent()
    person.drop_layer(K + "Add", QPointF(560, 70))
    assert bent()
    person.undo()
    assert not bent()
