"""Adding layers: by search, by drop, from a wire, beside the selection. Each is one step."""

from itertools import pairwise

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtTest import QTest

from tests.gui.canvas.conftest import K, Person
from workbench.graph import NodeId, Wire
from workbench.ui.canvas.geometry import GRID, NODE_WIDTH
from workbench.ui.canvas.overlays import HINT


def test_an_empty_canvas_says_what_to_do_and_stops_saying_it(beginner: Person, qtbot):
    assert beginner.view.hint.isVisible()
    assert beginner.view.hint.text() == HINT
    beginner.view.add_layer("input")
    qtbot.waitUntil(beginner.view.hint.isHidden)
    beginner.undo()
    qtbot.waitUntil(beginner.view.hint.isVisible)


def test_double_click_type_enter_adds_there(beginner: Person):
    beginner.double_click((100, 50))
    beginner.type_in_search("conv")
    conv = beginner.node("conv_1")
    assert conv.type == K + "Conv2D"
    assert dict(conv.params) == {"filters": 32, "kernel_size": 3}
    assert conv.inputs == ("input",)
    assert conv.outputs == ("output",)
    body = beginner.view.canvas_scene.nodes[conv.id].body
    assert body.contains(QPointF(100, 50))
    assert conv.position[0] % GRID == 0
    assert conv.position[1] % GRID == 0
    assert beginner.selected() == ["conv_1"]
    beginner.undo()
    assert len(beginner.graph) == 0
    assert not beginner.document.history.can_undo


def test_the_search_filters_and_arrows_choose(beginner: Person):
    beginner.double_click((0, 0))
    popup = beginner.view.popup
    every = popup.list.count()
    QTest.keyClicks(popup.line, "pool")
    assert 0 < popup.list.count() < every
    QTest.keyClick(popup.line, Qt.Key.Key_Down)
    wanted = popup.list.item(1).text()
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    added = next(iter(beginner.graph))
    assert added.type == K + wanted


def test_a_search_without_an_answer_says_so_and_adds_nothing(beginner: Person):
    beginner.double_click((0, 0))
    beginner.type_in_search("zzz")
    assert beginner.view.popup.nothing.isVisible()
    QTest.keyClick(beginner.view.popup.line, Qt.Key.Key_Escape)
    assert not beginner.view.popup.isVisible()
    assert len(beginner.graph) == 0
    assert not beginner.document.history.can_undo


def test_tab_chains_layers_by_keyboard_alone(beginner: Person):
    for word in ("input", "conv", "flatten", "dense"):
        beginner.key(Qt.Key.Key_Tab)
        beginner.type_in_search(word)
    assert beginner.wires() == {("input_1", "conv_1"), ("conv_1", "flatten_1"), ("flatten_1", "dense_1")}
    places = [beginner.node(name).position for name in ("input_1", "conv_1", "flatten_1", "dense_1")]
    assert all(later[0] >= earlier[0] + NODE_WIDTH for earlier, later in pairwise(places))
    for _ in range(4):
        beginner.undo()
    assert len(beginner.graph) == 0


def test_a_layer_that_would_not_fit_the_selection_is_added_without_a_wire(person: Person):
    person.select("dense_1")
    person.view.add_layer(K + "Conv2D")
    assert ("dense_1", "conv_2") in person.wires(), "shapes are not known yet: nothing speaks against it"
    person.undo()
    person.view.operations.connect(Wire(NodeId("conv_1"), NodeId("flatten_1")))
    person.select("flatten_1")
    person.view.add_layer(K + "Conv2D")
    assert ("flatten_1", "conv_2") not in person.wires()


def test_a_merge_is_fed_by_all_selected_nodes(person: Person):
    person.select("input_1", "conv_1")
    person.view.add_layer(K + "Concatenate")
    assert not {("input_1", "concatenate_1")} & person.wires(), "32x32x1 and 28x28x6 cannot be joined"
    person.undo()
    person.select("conv_1", "flatten_1")
    person.view.add_layer(K + "Concatenate")
    assert {("conv_1", "concatenate_1"), ("flatten_1", "concatenate_1")} <= person.wires()


def test_dropping_from_the_palette(person: Person):
    assert person.drop_layer(K + "Dropout", QPointF(60, 300))
    dropout = person.node("dropout_1")
    assert person.view.canvas_scene.nodes[dropout.id].body.contains(QPointF(60, 300))
    assert person.document.history.undo_label == "Add dropout_1"
    person.undo()
    assert person.graph.find_name("dropout_1") is None


def test_other_things_and_unknown_types_are_not_taken(person: Person):
    text = QMimeData()
    text.setText("hello")
    assert not person.drop(text, QPointF(0, 300))
    assert not person.drop_layer("no.such.Layer", QPointF(0, 300))
    assert not person.document.history.can_undo


def test_dropping_on_a_wire_puts_the_layer_into_it(person: Person):
    person.view.operations.move({NodeId("conv_1"): (400, 0)})
    middle = (person.port("input_1", "output") + person.port("conv_1", "input")) / 2
    person.drop_layer(K + "BatchNormalization", middle)
    assert person.wires() == {("input_1", "batch_norm_1"), ("batch_norm_1", "conv_1")}
    assert person.document.history.undo_label == "Insert batch_norm_1"
    person.undo()
    assert person.wires() == {("input_1", "conv_1")}


def test_a_wire_let_go_on_empty_canvas_offers_what_fits(person: Person):
    person.drag(person.port("conv_1", "output"), QPointF(440, 320))
    popup = person.view.popup
    assert popup.isVisible()
    assert popup.title.text() == "Takes what conv_1 gives"
    labels = {popup.list.item(row).text() for row in range(popup.list.count())}
    assert "Input" not in labels
    assert "Flatten" in labels
    person.type_in_search("max")
    assert ("conv_1", "max_pool_1") in person.wires()
    end = person.port("max_pool_1", "input")
    assert (end - QPointF(440, 320)).manhattanLength() <= 2 * GRID
    person.undo()
    assert person.graph.find_name("max_pool_1") is None


def test_a_wire_from_an_input_offers_what_feeds_it(person: Person):
    person.drag(person.port("dense_1", "input"), QPointF(420, 330))
    assert person.view.popup.title.text() == "Feeds dense_1"
    person.type_in_search("flatten")
    assert ("flatten_2", "dense_1") in person.wires()
    assert person.document.history.undo_label == "Add flatten_2"
    person.undo()
    assert ("flatten_2", "dense_1") not in person.wires()


def test_escape_in_the_search_leaves_no_wire(person: Person):
    before = person.wires()
    person.drag(person.port("conv_1", "output"), QPointF(440, 320))
    QTest.keyClick(person.view.popup.line, Qt.Key.Key_Escape)
    assert person.wires() == before
    assert not person.document.history.can_undo
    assert person.view.hasFocus()
