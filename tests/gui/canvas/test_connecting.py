"""Drawing wires: either direction, one step; what cannot be is refused in words."""

from PySide6.QtCore import QPointF, Qt

from tests.gui.canvas.conftest import Person
from workbench.graph import NodeId, Wire

CONTROL = Qt.KeyboardModifier.ControlModifier


def says(person: Person) -> str:
    return person.view.notice.text() if person.view.notice.isVisible() else ""


def test_from_output_to_input(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    assert ("conv_1", "flatten_1") in person.wires()
    assert says(person) == ""
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}
    assert not person.document.history.can_undo
    person.redo()
    assert ("conv_1", "flatten_1") in person.wires()


def test_from_input_to_output(person: Person):
    person.drag(person.port("flatten_1", "input"), person.port("conv_1", "output"))
    assert ("conv_1", "flatten_1") in person.wires()


def test_dropping_on_a_node_takes_its_free_port(person: Person):
    person.drag(person.port("conv_1", "output"), person.middle("flatten_1"))
    assert ("conv_1", "flatten_1") in person.wires()


def test_the_wire_shows_the_shape(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    look = person.view.canvas_scene.wires[Wire(NodeId("conv_1"), NodeId("flatten_1"))].look
    assert look.label == "28x28x6"
    assert look.known
    assert look.fits


def test_a_port_that_takes_several_keeps_their_order(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("add_1", "inputs"))
    person.drag(person.port("add_1", "inputs") + QPointF(0, 4), person.port("dense_1", "output"))
    into = person.graph.wires_into(NodeId("add_1"))
    assert [(wire.source, wire.order) for wire in into] == [("conv_1", 0), ("dense_1", 1)]
    ends = [person.view.canvas_scene.wires[wire].chord().y2() for wire in into]
    assert ends[0] < ends[1]


def test_a_cycle_is_refused_and_named(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    person.drag(person.port("flatten_1", "output"), person.port("conv_1", "input"))
    assert person.wires() == {("input_1", "conv_1"), ("conv_1", "flatten_1")}
    assert says(person) == "This would close a cycle: conv_1 already leads to flatten_1."


def test_two_outputs_are_refused(person: Person):
    person.drag(person.port("input_1", "output"), person.port("conv_1", "output"))
    assert says(person) == "Both are outputs: a wire joins an output and an input."
    assert not person.document.history.can_undo


def test_a_node_cannot_feed_itself(person: Person):
    person.drag(person.port("dense_1", "output"), person.port("dense_1", "input"))
    assert says(person) == "dense_1 cannot feed itself."


def test_the_same_wire_twice_is_refused(person: Person):
    person.drag(person.port("input_1", "output"), person.port("conv_1", "input"))
    assert says(person) == "input_1 already feeds conv_1."
    assert not person.document.history.can_undo


def test_the_reason_is_there_before_the_button_is_let_go(person: Person):
    person.press(person.port("input_1", "output"))
    person.move(person.port("input_1", "output") + QPointF(30, 30))
    person.move(person.port("conv_1", "output"))
    assert "Both are outputs" in says(person)
    person.key(Qt.Key.Key_Escape)
    assert says(person) == ""


def test_a_full_input_gives_up_its_wire_and_says_so(person: Person):
    person.drag(person.port("dense_1", "output"), person.port("conv_1", "input"))
    assert person.wires() == {("dense_1", "conv_1")}
    assert says(person) == "Replaces the wire from input_1."
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}


def test_shapes_that_do_not_fit_are_refused_unless_insisted_on(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    person.view.add_layer("keras.layers.MaxPooling2D")
    person.undo()
    person.drop_layer("keras.layers.MaxPooling2D", QPointF(80, 330))
    start, end = person.port("flatten_1", "output"), person.port("max_pool_1", "input")
    person.drag(start, end)
    assert ("flatten_1", "max_pool_1") not in person.wires()
    assert says(person).startswith("max_pool_1: Expected")
    assert "Ctrl" in says(person)
    person.drag(start, end, CONTROL)
    assert ("flatten_1", "max_pool_1") in person.wires()
    assert not person.view.canvas_scene.wires[Wire(NodeId("flatten_1"), person.node("max_pool_1").id)].look.fits


def test_two_selected_nodes_are_connected_by_keyboard(person: Person):
    person.select("conv_1", "flatten_1")
    person.key(Qt.Key.Key_W)
    assert ("conv_1", "flatten_1") in person.wires()
    person.key(Qt.Key.Key_W)
    assert says(person) == "conv_1 already feeds flatten_1."
    person.select("conv_1")
    person.key(Qt.Key.Key_W)
    assert "Select" in says(person)


def test_undo_while_a_wire_is_drawn_ends_the_gesture(person: Person):
    person.drag(person.port("conv_1", "output"), person.port("flatten_1", "input"))
    start, end = person.port("flatten_1", "input"), person.port("dense_1", "input")
    person.press(start)
    person.move(end)
    person.undo()
    person.release(end)
    assert person.wires() == {("input_1", "conv_1")}
    person.redo()
    assert ("conv_1", "flatten_1") in person.wires()


def test_escape_leaves_everything_as_it_was(person: Person):
    person.press(person.port("conv_1", "output"))
    person.move(person.port("flatten_1", "input"))
    person.key(Qt.Key.Key_Escape)
    person.release(person.port("flatten_1", "input"))
    assert person.wires() == {("input_1", "conv_1")}
    assert not person.document.history.can_undo
    assert not person.view.popup.isVisible()


def test_a_click_on_a_port_does_nothing(person: Person):
    person.click(person.port("conv_1", "output"))
    assert not person.document.history.can_undo
    assert not person.view.popup.isVisible()


def test_the_end_of_a_wire_can_be_moved_to_another_input(person: Person):
    person.drag(person.port("conv_1", "input"), person.port("flatten_1", "input"))
    assert person.wires() == {("input_1", "flatten_1")}
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}


def test_the_end_of_a_wire_let_go_on_empty_canvas_takes_it_away(person: Person):
    person.drag(person.port("conv_1", "input"), QPointF(100, 320))
    assert person.wires() == set()
    assert person.document.history.undo_label == "Disconnect input_1 from conv_1"
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}


def test_a_wire_put_back_where_it_was_is_no_step(person: Person):
    start = person.port("conv_1", "input")
    person.press(start)
    person.move(start + QPointF(-40, 60))
    person.move(start)
    person.release(start)
    assert person.wires() == {("input_1", "conv_1")}
    assert not person.document.history.can_undo


def test_a_wire_can_be_selected_and_deleted(person: Person):
    person.click((person.port("input_1", "output") + person.port("conv_1", "input")) / 2)
    assert person.view.canvas_scene.chosen_wires() == [Wire(NodeId("input_1"), NodeId("conv_1"))]
    person.key(Qt.Key.Key_Delete)
    assert person.wires() == set()
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}
