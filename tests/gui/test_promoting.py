"""A block's own parameters, and what an instance keeps for itself, in the inspector."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from workbench.graph import NodeId
from workbench.project import collapse
from workbench.project.file import dumps
from workbench.templates import get_template
from workbench.ui.places import Place

LEFT = Qt.MouseButton.LeftButton
KEY = "user:maps"


@pytest.fixture
def window(open_window):
    """LeNet-5 with c3 and s4 as the block `maps`, whose definition is shown with c3 selected."""
    window = open_window(get_template("lenet5").build())
    graph = window.document.graph
    chosen = [graph.find_name(name) for name in ("c3", "s4")]
    window.document.do(collapse(window.document.graph_analysis, chosen, "maps"))
    window.document.show(Place(KEY))
    window.canvas.select([node(window, "c3")])
    return window


def node(window, name: str) -> NodeId:
    found = window.document.graph.find_name(name)
    assert found is not None
    return found


def row(window, param: str):
    return window.inspector.form.rows[param]


def promote(window, param: str) -> None:
    button = row(window, param).promotion.button
    QTest.mouseClick(button, LEFT, pos=QPoint(8, 8))


def write(line, text: str) -> None:
    line.setText(text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def instance_output(window) -> str:
    analysis = window.document.analysis.of("model")
    return str(analysis.report(analysis.graph.find_name("maps_1")).outputs["output"])


def test_a_promoted_parameter_appears_on_the_instance_and_changes_only_it(window):
    promote(window, "filters")
    assert not row(window, "filters").field.isEnabled()
    assert row(window, "filters").promotion.line.text() == "filters"
    window.document.show(Place("model"))
    window.canvas.select([node(window, "maps_1")])
    assert list(window.inspector.form.rows) == ["filters", "repeat"]
    write(row(window, "filters").field.line, "24")
    assert instance_output(window) == "5x5x24"
    assert window.document.project.blocks[KEY].settings.promotions[0].default == 16


def test_an_expression_is_arithmetic_and_a_mistake_is_told_beside_it(window):
    promote(window, "filters")
    line = row(window, "filters").promotion.line
    write(line, "filters *")
    assert "Expected arithmetic such as filters * 4" in row(window, "filters").problem
    assert line.text() == "filters *"
    assert instance_output(window) == "5x5x16"
    write(line, "filters * 2")
    assert row(window, "filters").problem == ""
    assert instance_output(window) == "5x5x32"
    assert window.document.graph.node(node(window, "c3")).params["filters"] == 32


def test_what_is_no_single_value_says_so(window):
    window.document.history.mark_saved()
    write(row(window, "kernel_size").field.parts()[0], "3")
    write(row(window, "kernel_size").field.parts()[1], "5")
    promote(window, "kernel_size")
    assert "Expected one number" in row(window, "kernel_size").problem
    assert not row(window, "kernel_size").promotion.button.isChecked()


def test_pressing_again_gives_the_parameter_its_own_value(window):
    before = dumps(window.document.project)
    promote(window, "filters")
    promote(window, "filters")
    assert row(window, "filters").field.isEnabled()
    assert dumps(window.document.project) == before


def test_names_and_defaults_are_edited_where_nothing_is_selected(window):
    promote(window, "filters")
    window.canvas.select([])
    page = window.inspector.block
    assert page.isVisible()
    write(page.names["filters"], "width")
    write(page.defaults["width"], "20")
    assert instance_output(window) == "5x5x20"
    write(page.names["width"], "2x")
    assert "Expected a name of letters" in page.problem.text()
    window.commands["undo"].trigger()
    window.commands["undo"].trigger()
    assert list(page.names) == ["filters"]


def test_promotion_is_offered_in_definitions_only(window):
    assert row(window, "filters").promotion.button.isVisible()
    window.document.show(Place("model"))
    window.canvas.select([node(window, "c1")])
    assert not row(window, "filters").promotion.button.isVisible()


def test_a_layer_inside_is_frozen_in_one_instance(window):
    window.document.show(Place("model"))
    window.canvas.select([node(window, "maps_1")])
    inside = window.inspector.inside
    trainable = window.document.graph_analysis.totals.trainable_params
    inside.fold.click()
    (item,) = [inside.tree.topLevelItem(index) for index in range(inside.tree.topLevelItemCount())]
    assert (item.text(0), item.text(1)) == ("c3", "2,416")
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert window.document.graph_analysis.totals.trainable_params == trainable - 2416
    assert "1 frozen" in inside.fold.text()
    window.commands["undo"].trigger()
    assert window.document.graph_analysis.totals.trainable_params == trainable


def test_layers_in_blocks_in_blocks_are_frozen_by_their_path(window):
    window.document.show(Place("model"))
    outer = [node(window, name) for name in ("maps_1",)]
    window.document.do(collapse(window.document.graph_analysis, outer, "outer"))
    instance = node(window, "outer_1")
    window.canvas.select([instance])
    trainable = window.document.graph_analysis.totals.trainable_params
    item = window.inspector.inside.tree.topLevelItem(0)
    assert item.text(0) == "maps_1.c3"
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert window.document.graph_analysis.totals.trainable_params == trainable - 2416
    assert window.document.graph.node(instance).overrides
