"""Blocks on the canvas: how they look, what is inside, and the tabs that show it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from workbench.analysis import Severity
from workbench.graph import NodeId, edits
from workbench.project import InGraph, collapse
from workbench.templates import get_template
from workbench.ui.document import REFUSAL
from workbench.ui.places import Place

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def resnet(open_window):
    return open_window(get_template("resnet50").build({"input": [64, 64, 3], "classes": 10}))


@pytest.fixture
def own_block(open_window):
    """LeNet with its second convolution and pooling made a block of one's own."""
    window = open_window(get_template("lenet5").build())
    graph = window.document.graph
    chosen = [graph.find_name(name) for name in ("c3", "s4")]
    window.document.do(collapse(window.document.graph_analysis, chosen, "feature maps"))
    return window


def node(window, name: str) -> NodeId:
    found = window.document.graph.find_name(name)
    assert found is not None
    return found


def on_screen(window, name: str) -> QPoint:
    window.canvas.center_on(node(window, name))
    return window.canvas.mapFromScene(window.canvas.canvas_scene.nodes[node(window, name)].body.center())


def double_click(window, name: str) -> None:
    QTest.mouseDClick(window.canvas.viewport(), LEFT, pos=on_screen(window, name))


def titles(window) -> list[str]:
    return [window.tabs.bar.tabText(index) for index in range(window.tabs.bar.count())]


def test_a_block_says_what_it_is_how_often_and_what_is_inside(resnet):
    scene = resnet.canvas.canvas_scene
    look = scene.nodes[node(resnet, "conv3_blocks")].look
    assert look.is_block
    assert look.repeat == 3
    assert look.summary == "Residual bottleneck 128"
    resnet.canvas.show_card(node(resnet, "conv3_blocks"), QPoint(0, 0))
    card = resnet.canvas.card.text()
    assert "3 times" in card
    assert "3 Conv2D" in card
    assert "847,104" in card


def test_a_double_click_looks_inside_a_built_in_block_and_nothing_there_can_be_changed(resnet, qtbot):
    double_click(resnet, "conv3_blocks")
    assert titles(resnet) == ["model", "model › conv3_blocks"]
    inside = {node.name for node in resnet.document.graph}
    assert "add" in inside
    assert resnet.document.graph_analysis.report(NodeId("add")).outputs["output"].shape[-1] == 512
    assert all(problem.severity is Severity.WARNING for problem in resnet.document.graph_analysis.diagnostics)
    before = resnet.document.history.undo_label
    resnet.canvas.select_all()
    QTest.keyClick(resnet.canvas, Qt.Key.Key_Delete)
    assert {node.name for node in resnet.document.graph} == inside
    assert resnet.document.history.undo_label == before
    assert resnet.canvas.notice.text() == REFUSAL
    resnet.palette_panel.add_requested.emit("keras.layers.Dropout")
    assert {node.name for node in resnet.document.graph} == inside


def test_what_is_dragged_inside_a_built_in_block_goes_back(resnet):
    double_click(resnet, "conv3_blocks")
    item = resnet.canvas.canvas_scene.nodes[NodeId("add")]
    place = item.pos()
    resnet.canvas.operations.move({NodeId("add"): (place.x() + 80, place.y())})
    assert item.pos() == place


def test_a_look_inside_follows_the_block_and_leaves_with_it(resnet):
    double_click(resnet, "conv3_blocks")
    (block,) = resnet.document.place.inside
    update = edits.set_params(resnet.document.project.graphs["model"], block, {"activation": "elu"}, {})
    resnet.document.do(InGraph("model", update))
    assert resnet.document.graph.node(NodeId("1_act")).params["activation"] == "elu"
    resnet.document.do(InGraph("model", edits.Remove((block,))))
    assert resnet.document.place == Place("model")
    assert resnet.tabs.isHidden()


def test_enter_goes_in_and_control_up_comes_out_with_the_block_selected(resnet):
    resnet.canvas.select([node(resnet, "conv3_blocks")])
    resnet.canvas.setFocus()
    QTest.keyClick(resnet.canvas, Qt.Key.Key_Return)
    assert resnet.document.place.read_only
    QTest.keyClick(resnet.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert resnet.document.place == Place("model")
    assert resnet.selection == (node(resnet, "conv3_blocks"),)


def test_a_block_of_ones_own_opens_to_be_edited_with_the_shapes_of_its_instance(own_block):
    window = own_block
    double_click(window, "feature_maps_1")
    assert titles(window) == ["model", "feature maps"]
    analysis = window.document.graph_analysis
    assert str(analysis.report(node(window, "c3")).outputs["output"]) == "10x10x16"
    window.canvas.select([node(window, "c3")])
    field = window.inspector.form.rows["filters"].field
    field.line.setText("8")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    QTest.mouseClick(window.tabs.bar, LEFT, pos=window.tabs.bar.tabRect(0).center())
    assert str(window.document.graph_analysis.report(node(window, "feature_maps_1")).outputs["output"]) == "5x5x8"


def test_undo_shows_where_it_was(own_block):
    window = own_block
    window.document.show(Place("user:feature maps"))
    window.canvas.select([node(window, "c3")])
    window.canvas.delete_selection()
    window.document.show(Place("model"))
    window.commands["undo"].trigger()
    assert window.document.place == Place("user:feature maps")
    assert "c3" in {node.name for node in window.document.graph}
    window.commands["undo"].trigger()
    assert window.document.place == Place("model")
    assert {node.name for node in window.document.graph} >= {"c3", "s4"}
    assert window.tabs.isHidden()


def test_a_gan_has_a_tab_for_each_graph_and_they_cannot_be_closed(open_window):
    window = open_window(get_template("dcgan").build())
    assert titles(window) == ["generator", "discriminator"]
    QTest.mouseClick(window.tabs.bar, LEFT, pos=window.tabs.bar.tabRect(1).center())
    assert window.document.place == Place("discriminator")
    assert node(window, "logit") in window.canvas.canvas_scene.nodes
    window.tabs.close_tab(1)
    assert titles(window) == ["generator", "discriminator"]


def test_closing_a_tab_goes_back_to_where_it_was_opened_from(resnet):
    double_click(resnet, "conv3_blocks")
    resnet.tabs.close_tab(1)
    assert resnet.document.place == Place("model")
    assert resnet.tabs.isHidden()


def test_port_types_and_the_block_itself_are_offered_where_they_make_sense(own_block):
    window = own_block
    keys = {kind.key for kind in window.document.offered}
    assert "user:feature maps" in keys
    assert "block_input" not in keys
    window.document.show(Place("user:feature maps"))
    keys = {kind.key for kind in window.document.offered}
    assert "block_input" in keys
    assert not {"user:feature maps", "input"} & keys
