"""Editing parameters: what is committed is one step, what is refused is said and not applied."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from workbench.graph import Graph, Node, NodeId, edits
from workbench.project import Project
from workbench.ui.document import Document
from workbench.ui.panels.inspector import InspectorPanel


@pytest.fixture
def inspector(qtbot, document, theme) -> InspectorPanel:
    panel = InspectorPanel(document, theme)
    qtbot.addWidget(panel)
    panel.resize(320, 800)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def part(inspector: InspectorPanel, param: str) -> Any:
    return inspector.form.rows[param].field.parts()[0]


def write(line: QWidget, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, key)


def params(document: Document, node: str) -> dict:
    return dict(document.graph.node(NodeId(node)).params)


def test_nothing_selected_says_what_the_panel_is_for(inspector):
    assert inspector.empty.isVisible()
    inspector.show_nodes([NodeId("conv_1")])
    assert not inspector.empty.isVisible()


def test_a_committed_value_is_one_step_and_shapes_follow(inspector, document):
    inspector.show_nodes([NodeId("conv_1")])
    assert inspector.facts.facts["out"] == "24x24x6"
    write(part(inspector, "filters"), "32")
    assert params(document, "conv_1")["filters"] == 32
    assert inspector.facts.facts["out"] == "24x24x32"
    assert inspector.facts.facts["parameters"] == "832"
    document.history.undo()
    assert params(document, "conv_1")["filters"] == 6
    assert not document.history.can_undo
    assert part(inspector, "filters").text() == "6"


def test_leaving_a_field_commits_it_too(inspector, document):
    inspector.show_nodes([NodeId("conv_1")])
    write(part(inspector, "filters"), "12", Qt.Key.Key_Tab)
    assert params(document, "conv_1")["filters"] == 12


@pytest.mark.parametrize(("text", "received"), [("0", "filters=0"), ("many", "filters='many'"), ("", "filters=''")])
def test_a_refused_value_is_explained_and_not_applied(inspector, document, text, received):
    inspector.show_nodes([NodeId("conv_1")])
    write(part(inspector, "filters"), text)
    problem = inspector.form.rows["filters"].problem
    assert problem == f"Expected {inspector.form.rows['filters'].param.kind.expected}. Received: {received}"
    assert not document.modified
    QTest.keyClick(part(inspector, "filters"), Qt.Key.Key_Escape)
    assert inspector.form.rows["filters"].problem == ""
    assert part(inspector, "filters").text() == "6"


def test_a_default_is_not_stored(inspector, document):
    inspector.show_nodes([NodeId("conv_1")])
    combo = part(inspector, "padding")
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert params(document, "conv_1")["padding"] == "same"
    QTest.keyClick(combo, Qt.Key.Key_Up)
    assert "padding" not in params(document, "conv_1")


def test_what_analysis_says_stands_at_the_parameter(inspector, document):
    inspector.show_nodes([NodeId("conv_2")])
    write(part(inspector, "kernel_size"), "50", Qt.Key.Key_Tab)
    write(inspector.form.rows["kernel_size"].field.parts()[1], "50")
    assert "Expected a window of at most 24" in inspector.form.rows["kernel_size"].problem
    assert inspector.facts.facts["out"] == "?"


def test_several_nodes_share_what_they_have_in_common(inspector, document):
    inspector.show_nodes([NodeId("conv_1"), NodeId("conv_2")])
    assert part(inspector, "filters").text() == ""
    assert part(inspector, "filters").placeholderText() == "several values"
    write(part(inspector, "filters"), "8")
    assert [params(document, node)["filters"] for node in ("conv_1", "conv_2")] == [8, 8]
    assert document.history.undo_label == "Change filters of 2 nodes"
    document.history.undo()
    assert [params(document, node)["filters"] for node in ("conv_1", "conv_2")] == [6, 16]


def test_nodes_of_different_types_show_only_common_parameters(inspector):
    inspector.show_nodes([NodeId("conv_1"), NodeId("norm")])
    assert set(inspector.form.rows) == {"dtype"}
    assert inspector.facts.facts["parameters"] == "220 (188 trainable)"


def test_renaming(inspector, document):
    inspector.show_nodes([NodeId("conv_1")])
    write(inspector.header.name, "first")
    assert document.graph.node(NodeId("conv_1")).name == "first"
    for bad, expected in (("conv_2", "no other layer has"), ("a/b", "without '/'"), ("", "Expected a name")):
        write(inspector.header.name, bad)
        assert expected in inspector.header.problem
        assert document.graph.node(NodeId("conv_1")).name == "first"
    QTest.keyClick(inspector.header.name, Qt.Key.Key_Escape)
    assert (inspector.header.name.text(), inspector.header.problem) == ("first", "")


def test_freezing(inspector, document):
    inspector.show_nodes([NodeId("conv_1"), NodeId("conv_2")])
    QTest.keyClick(inspector.header.trainable, Qt.Key.Key_Space)
    assert [document.graph.node(NodeId(node)).trainable for node in ("conv_1", "conv_2")] == [False, False]
    assert inspector.facts.facts["parameters"].endswith("(0 trainable)")
    document.history.undo()
    assert document.graph.node(NodeId("conv_1")).trainable


def test_advanced_parameters_are_folded_until_wanted(inspector, qtbot):
    inspector.show_nodes([NodeId("conv_1")])
    qtbot.waitUntil(inspector.form.fold.isVisible)
    assert not part(inspector, "kernel_initializer").isVisible()
    QTest.mouseClick(inspector.form.fold, Qt.MouseButton.LeftButton)
    assert part(inspector, "kernel_initializer").isVisible()


def test_a_problem_among_the_advanced_unfolds_them(inspector, document, qtbot):
    document.edit(edits.set_params(document.graph, NodeId("conv_1"), {"kernel_initializer": "magic"}, {}))
    inspector.show_nodes([NodeId("conv_1")])
    qtbot.waitUntil(part(inspector, "kernel_initializer").isVisible)
    assert "Received: kernel_initializer='magic'" in inspector.form.rows["kernel_initializer"].problem


def test_the_keyboard_keeps_its_place_after_a_commit(inspector):
    inspector.show_nodes([NodeId("conv_1")])
    line = part(inspector, "filters")
    write(line, "7")
    assert part(inspector, "filters") is line
    assert line.hasFocus()


def test_a_deleted_node_is_no_longer_shown(inspector, document):
    inspector.show_nodes([NodeId("norm")])
    document.edit(edits.Remove((NodeId("norm"),)))
    assert inspector.empty.isVisible()


def test_a_layer_type_that_is_not_known_is_kept_as_it_is(qtbot, theme):
    graph = Graph("model")
    graph.add_node(Node(NodeId("odd"), "plugin:lost/Magic", "odd", {"power": 9}))
    document = Document(Project([graph]))
    inspector = InspectorPanel(document, theme)
    qtbot.addWidget(inspector)
    inspector.show()
    inspector.show_nodes([NodeId("odd")])
    assert inspector.form.rows == {}
    assert "plugin:lost/Magic" in inspector.header.problem
    assert params(document, "odd") == {"power": 9}
    document.close()
