"""Selecting, moving, deleting, copying: one step each, and Escape leaves no trace."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.canvas.conftest import K, Person
from workbench.graph import NodeId
from workbench.ui.canvas.geometry import GRID

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_dragging_a_node_moves_it_to_the_grid_in_one_step(person: Person):
    start = person.middle("add_1")
    person.drag(start, start + QPointF(101, 53))
    assert person.node("add_1").position == (344.0, 216.0)
    assert person.document.history.undo_label == "Move add_1"
    person.undo()
    assert person.node("add_1").position == (240, 160)
    assert person.view.canvas_scene.nodes[NodeId("add_1")].pos() == QPointF(240, 160)
    assert not person.document.history.can_undo


def test_the_document_hears_of_a_move_only_at_its_end(person: Person):
    start = person.middle("add_1")
    person.press(start)
    person.move(start + QPointF(0, 80))
    assert person.view.canvas_scene.nodes[NodeId("add_1")].y() == 240
    assert person.node("add_1").position == (240, 160)
    person.key(Qt.Key.Key_Escape)
    assert person.view.canvas_scene.nodes[NodeId("add_1")].y() == 160
    person.release(start + QPointF(0, 80))
    assert person.node("add_1").position == (240, 160)
    assert not person.document.history.can_undo


def test_undo_while_a_node_is_dragged_ends_the_gesture(person: Person):
    person.view.add_layer(K + "Dropout")
    start = person.middle("dropout_1")
    person.press(start)
    person.move(start + QPointF(0, 80))
    person.undo()
    person.move(start + QPointF(0, 160))
    person.release(start + QPointF(0, 160))
    assert len(person.graph) == 5
    assert not person.document.history.can_undo


def test_a_drag_whose_release_was_lost_does_not_stick(person: Person):
    start = person.middle("add_1")
    person.press(start)
    person.move(start + QPointF(0, 80))
    person.click(QPointF(-60, 330))
    assert person.node("add_1").position == (240, 160)
    assert person.view.canvas_scene.nodes[NodeId("add_1")].y() == 160


def test_moving_several_keeps_their_places_to_one_another(person: Person):
    person.select("input_1", "conv_1")
    start = person.middle("conv_1")
    person.drag(start, start + QPointF(0, 320))
    assert person.node("input_1").position == (0, 320)
    assert person.node("conv_1").position == (240, 320)
    assert person.node("add_1").position == (240, 160)
    assert person.document.history.undo_label == "Move 2 nodes"


def test_wires_follow_while_a_node_moves(person: Person):
    wire = next(iter(person.view.canvas_scene.wires.values()))
    start = person.middle("conv_1")
    person.press(start)
    person.move(start + QPointF(0, 160))
    assert wire.chord().p2() == person.port("conv_1", "input")
    person.release(start + QPointF(0, 160))
    assert wire.chord().p2() == person.port("conv_1", "input")


def test_a_click_selects_and_shift_click_adds_and_takes_away(person: Person):
    person.click(person.middle("conv_1"))
    assert person.selected() == ["conv_1"]
    person.click(person.middle("add_1"), SHIFT)
    assert set(person.selected()) == {"conv_1", "add_1"}
    person.click(person.middle("conv_1"), SHIFT)
    assert person.selected() == ["add_1"]
    person.click(QPointF(-60, 330))
    assert person.selected() == []


def test_the_selection_is_told_as_ids(person: Person, qtbot):
    with qtbot.waitSignal(person.view.selection_changed) as told:
        person.click(person.middle("conv_1"))
    assert told.args == [[NodeId("conv_1")]]


def test_a_rubber_band_selects_what_it_touches(person: Person):
    person.drag(QPointF(-40, -40), QPointF(250, 60))
    assert set(person.selected()) == {"input_1", "conv_1"}
    person.drag(QPointF(210, 280), QPointF(300, 170), SHIFT)
    assert set(person.selected()) == {"input_1", "conv_1", "add_1"}
    assert not person.document.history.can_undo


def test_escape_gives_the_old_selection_back(person: Person):
    person.select("add_1")
    person.press(QPointF(-40, -40))
    person.move(QPointF(300, 60))
    assert set(person.selected()) == {"input_1", "conv_1"}
    person.key(Qt.Key.Key_Escape)
    assert person.selected() == ["add_1"]


def test_arrow_keys_nudge_by_the_grid(person: Person):
    person.select("add_1")
    person.key(Qt.Key.Key_Right)
    person.key(Qt.Key.Key_Down, SHIFT)
    assert person.node("add_1").position == (240 + GRID, 160 + 4 * GRID)
    person.undo()
    assert person.node("add_1").position == (240 + GRID, 160)


def test_a_key_held_down_is_one_step(person: Person):
    person.select("add_1")
    for _ in range(5):
        QTest.keyPress(person.view, Qt.Key.Key_Right)
    QTest.keyRelease(person.view, Qt.Key.Key_Right)
    assert person.node("add_1").position == (240 + 5 * GRID, 160)
    person.undo()
    assert person.node("add_1").position == (240, 160)


def test_a_lone_node_dropped_on_a_wire_goes_into_it(person: Person):
    person.view.operations.move({NodeId("conv_1"): (480, -160), NodeId("flatten_1"): (0, 320)})
    wire = next(iter(person.view.canvas_scene.wires.values()))
    start = person.middle("flatten_1")
    person.drag(start, wire.path().pointAtPercent(0.5))
    assert person.wires() == {("input_1", "flatten_1"), ("flatten_1", "conv_1")}
    assert person.document.history.undo_label == "Insert flatten_1"
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}
    assert person.node("flatten_1").position == (0, 320)


def test_a_wired_node_dropped_on_a_wire_stays_as_it_is_wired(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    before = person.wires()
    person.drag(person.middle("flatten_1"), (person.port("input_1", "output") + person.port("conv_1", "input")) / 2)
    assert person.wires() == before


def test_delete_takes_wires_along_and_undo_brings_all_back(person: Person):
    person.select("conv_1", "add_1")
    person.key(Qt.Key.Key_Delete)
    assert {node.name for node in person.graph} == {"input_1", "flatten_1", "dense_1"}
    assert person.wires() == set()
    assert person.view.canvas_scene.wires == {}
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}
    assert len(person.view.canvas_scene.wires) == 1
    assert not person.document.history.can_undo


def test_copy_and_paste_through_the_clipboard_as_text(person: Person):
    person.select("input_1", "conv_1")
    person.key(Qt.Key.Key_C, CONTROL)
    assert "cnn-workbench" in QGuiApplication.clipboard().text()
    person.key(Qt.Key.Key_V, CONTROL)
    assert len(person.graph) == 7
    assert len(person.wires()) == 2
    pasted = person.selected()
    assert len(pasted) == 2
    assert not {"input_1", "conv_1"} & set(pasted)
    person.key(Qt.Key.Key_V, CONTROL)
    positions = [node.position for node in person.graph]
    assert len(set(positions)) == len(positions), "a second paste must not hide the first"
    person.undo()
    person.undo()
    assert len(person.graph) == 5


def test_cut_is_one_step_and_can_be_pasted(person: Person):
    person.select("conv_1")
    person.key(Qt.Key.Key_X, CONTROL)
    assert person.graph.find_name("conv_1") is None
    assert person.document.history.undo_label == "Cut conv_1"
    person.key(Qt.Key.Key_V, CONTROL)
    assert dict(person.node("conv_1").params) == {"filters": 6, "kernel_size": 5}


def test_duplicate_leaves_the_clipboard_alone(person: Person):
    QGuiApplication.clipboard().setText("something else")
    person.select("conv_1")
    person.key(Qt.Key.Key_D, CONTROL)
    assert QGuiApplication.clipboard().text() == "something else"
    assert person.document.history.undo_label == "Duplicate conv_1"
    assert person.selected() == ["conv_2"]


def test_pasting_other_text_says_so(person: Person):
    QGuiApplication.clipboard().setText('{"nodes": []}')
    person.key(Qt.Key.Key_V, CONTROL)
    assert "no layers" in person.view.notice.text()
    assert not person.document.history.can_undo


def test_select_all(person: Person):
    person.key(Qt.Key.Key_A, CONTROL)
    assert len(person.selected()) == 5


def test_along_the_wires_by_keyboard(person: Person):
    person.select("input_1")
    person.key(Qt.Key.Key_Right, CONTROL)
    assert person.selected() == ["conv_1"]
    person.key(Qt.Key.Key_Left, CONTROL)
    assert person.selected() == ["input_1"]


def test_rename_in_place(person: Person):
    person.double_click(person.middle("conv_1"))
    editor = person.view.name_editor
    assert editor.isVisible()
    QTest.keyClicks(editor, "first")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert not editor.isVisible()
    assert person.node("first").id == "conv_1"
    assert person.view.canvas_scene.nodes[NodeId("conv_1")].look.name == "first"
    person.undo()
    assert person.node("conv_1").id == "conv_1"


def test_a_name_that_is_taken_is_refused_and_can_be_mended(person: Person):
    person.select("conv_1")
    person.key(Qt.Key.Key_F2)
    editor = person.view.name_editor
    for text, problem in (("dense_1", "Another layer is called dense_1"), ("a/b", "'/'"), ("", "needs a name")):
        editor.selectAll()
        QTest.keyClicks(editor, text) if text else QTest.keyClick(editor, Qt.Key.Key_Delete)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert problem in person.view.notice.text()
        assert editor.isVisible()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert not person.document.history.can_undo


def test_lay_out_is_one_step(person: Person):
    person.view.operations.move({NodeId("conv_1"): (8, 400)})
    before = {node.id: node.position for node in person.graph}
    person.view.auto_layout()
    assert person.node("conv_1").position[1] == person.node("input_1").position[1]
    person.undo()
    assert {node.id: node.position for node in person.graph} == before


def test_freezing_from_the_menu_shows_and_can_be_undone(person: Person, qtbot):
    at = person.at(person.middle("conv_1"))
    right_click = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, person.view.viewport().mapToGlobal(at))
    QApplication.sendEvent(person.view.viewport(), right_click)
    menu = person.view.findChild(QMenu)
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    freeze = next(action for action in menu.actions() if action.text() == "Freeze")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(freeze).center())
    assert person.view.canvas_scene.nodes[NodeId("conv_1")].look.frozen
    person.undo()
    assert not person.view.canvas_scene.nodes[NodeId("conv_1")].look.frozen


def test_a_band_selects_nothing_new_after_a_plain_click(person: Person):
    person.select("conv_1")
    person.click(QPointF(-60, 330))
    assert person.selected() == []
    person.view.add_layer(K + "Dense")
    assert person.wires() == {("input_1", "conv_1")}
