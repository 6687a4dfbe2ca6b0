"""The Freezing panel and frozen layers on the canvas, used as a person does."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionSlider

from workbench.data.sources import open_source
from workbench.graph import NodeId
from workbench.project import DatasetSettings, SetDataset
from workbench.project.freezing import totals
from workbench.templates import get_template
from workbench.ui.document import Document
from workbench.ui.panels.freezing import FreezingPanel
from workbench.ui.panels.freezing.layer_tree import NAME, STATE

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document(qapp):
    document = Document(get_template("resnet50").build())
    yield document
    document.close()
    document.deleteLater()


@pytest.fixture
def panel(qtbot, document, theme):
    panel = FreezingPanel(document, theme)
    qtbot.addWidget(panel)
    panel.resize(1200, 420)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() > 0)
    yield panel
    panel.close_work()


@pytest.fixture
def settled(qtbot, panel):
    """Waits until the panel shows the project as it is."""
    return lambda: qtbot.waitUntil(lambda: not panel._stale)


def frozen(panel):
    return [layer.name for layer in panel.found.layers if not layer.trainable]


def row(panel, name):
    path = next(layer.path for layer in panel.found.layers if layer.name == name)
    item = panel.tree.row_of(path)
    if item.parent() is not None:
        item.parent().setExpanded(True)
    panel.tree.scrollToItem(item)
    return item


def click(panel, item, column, modifier=Qt.KeyboardModifier.NoModifier):
    panel.tree.scrollToItem(item)
    box = panel.tree.visualItemRect(item)
    at = QPoint(panel.tree.columnViewportPosition(column) + 40, box.center().y())
    QTest.mouseClick(panel.tree.viewport(), LEFT, modifier, at)


def test_rows_are_in_depth_order_and_blocks_hold_their_layers(panel, document):
    tops = [panel.tree.topLevelItem(index).text(NAME) for index in range(panel.tree.topLevelItemCount())]
    assert tops[:4] == ["conv1_conv", "conv1_bn", "conv2_block1", "conv2_blocks"]
    assert tops[-1] == "predictions"
    block = panel.tree.topLevelItem(2)
    assert block.childCount() == 8
    assert block.text(3) == "76,928"


def test_a_click_freezes_a_layer_and_another_thaws_it(panel, document, settled):
    item = row(panel, "conv1_conv")
    click(panel, item, STATE)
    settled()
    assert frozen(panel) == ["conv1_conv"]
    assert panel.tree.row_of(item_path(panel, "conv1_conv")).text(STATE) == "frozen"
    assert document.history.undo_label == "Freeze conv1_conv"
    click(panel, row(panel, "conv1_conv"), STATE)
    settled()
    assert frozen(panel) == []
    document.undo()
    document.undo()
    assert not document.history.can_undo


def item_path(panel, name):
    return next(layer.path for layer in panel.found.layers if layer.name == name)


def test_a_block_has_three_states(panel, document, settled):
    block = panel.found.layers[2].node
    inner = [layer.name for layer in panel.found.layers if layer.node == block]
    click(panel, row(panel, inner[0]), STATE)
    settled()
    assert panel.tree.row_of_block(block).text(STATE) == f"1 of {len(inner)} frozen"
    click(panel, panel.tree.row_of_block(block), STATE)
    settled()
    assert frozen(panel) == inner
    assert panel.tree.row_of_block(block).text(STATE) == "frozen"
    assert document.graph.node(NodeId(block)).trainable is False
    click(panel, panel.tree.row_of_block(block), STATE)
    settled()
    assert frozen(panel) == []


def test_a_range_by_shift_and_a_single_row_by_control_freeze_together(panel, document, settled):
    tops = [panel.tree.topLevelItem(index) for index in range(5)]
    click(panel, tops[0], NAME)
    click(panel, tops[2], NAME, Qt.KeyboardModifier.ShiftModifier)
    click(panel, tops[4], NAME, Qt.KeyboardModifier.ControlModifier)
    assert len(panel.tree.selectedItems()) == 4
    panel.tree.setFocus()
    QTest.keyClick(panel.tree, Qt.Key.Key_Space)
    settled()
    blocks = {tops[index].text(NAME) for index in (2, 4)}
    assert {name.partition(".")[0] for name in frozen(panel)} == {"conv1_conv", "conv1_bn", *blocks}
    document.undo()
    settled()
    assert frozen(panel) == []


def test_layers_are_frozen_by_regular_expression(panel, document, settled):
    QTest.mouseClick(panel.matches.expression, LEFT)
    QTest.keyClicks(panel.matches.line, "^conv[12]_.*(bn")
    assert panel.matches.told.text() == "not complete"
    assert not panel.matches.freeze.isEnabled()
    QTest.keyClicks(panel.matches.line, ")")
    names = [
        layer.name for layer in panel.found.layers if layer.name.startswith(("conv1_", "conv2_")) and "bn" in layer.name
    ]
    assert len(names) > 3
    assert panel.matches.told.text() == f"{len(names)} match"
    assert row(panel, names[0]).font(NAME).bold()
    assert not row(panel, "conv1_conv").font(NAME).bold()
    QTest.mouseClick(panel.matches.freeze, LEFT)
    settled()
    assert frozen(panel) == names
    assert "inference mode" in panel.note.text()
    QTest.mouseClick(panel.matches.thaw, LEFT)
    settled()
    assert frozen(panel) == []
    document.undo()
    settled()
    assert frozen(panel) == names


def test_a_pattern_freezes_by_enter(panel, settled):
    QTest.keyClicks(panel.matches.line, "conv1_*")
    QTest.keyClick(panel.matches.line, Qt.Key.Key_Return)
    settled()
    assert frozen(panel) == ["conv1_conv", "conv1_bn"]


def test_a_drawn_slider_is_one_step_and_the_totals_follow_it(panel, document, settled):
    before = panel.totals.text()
    assert before.startswith("25,583,592 parameters train, 53,120 do not")
    slider = panel.slider.slider
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    part = QStyle.SubControl.SC_SliderHandle
    at = slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, slider).center()
    QTest.mousePress(slider, LEFT, pos=at)
    for step in range(1, 9):
        QTest.mouseMove(slider, at + QPoint(10 * step, 0))
        QApplication.processEvents()
    count = slider.value()
    assert count > 3
    assert panel.slider.told.text() == f"first {count} of 107 layers"
    assert panel.totals.text() != before
    while_drawn = panel.totals.text()
    assert frozen(panel) == []
    QTest.mouseRelease(slider, LEFT, pos=at + QPoint(80, 0))
    settled()
    assert frozen(panel) == [layer.name for layer in panel.found.layers[:count]]
    assert panel.totals.text() == while_drawn
    told = totals(panel.found, document.project.training)
    assert panel.totals.text().startswith(f"{told.trainable:,} parameters train, {told.frozen:,} do not")
    assert document.history.undo_label == f"Freeze the first {count} of 107 layers"
    document.undo()
    assert not document.history.can_undo
    settled()
    assert panel.totals.text() == before
    assert slider.value() == 0


def test_holding_an_arrow_is_one_step(panel, document, qtbot):
    panel.slider.slider.setFocus()
    for _ in range(5):
        QTest.keyClick(panel.slider.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: len(frozen(panel)) == 5)
    document.undo()
    assert not document.history.can_undo


def test_two_phases_are_one_button_and_one_step(panel, document, settled):
    epochs = document.project.training.epochs
    QTest.mouseClick(panel.schedule.two, LEFT)
    settled()
    phases = document.project.training.fine_tuning.phases
    assert [phase.train for phase in phases] == ["head", "last 30%"]
    assert sum(phase.epochs for phase in phases) == epochs
    assert panel.schedule.told.text().splitlines()[0].startswith(f"Epochs 1 to {phases[0].epochs}: 1 of 107 layers")
    document.undo()
    settled()
    assert document.project.training.fine_tuning.phases == ()
    assert panel.schedule.phases.text() == ""


def test_phases_are_written_and_mistakes_are_told(panel, document, settled):
    QTest.keyClicks(panel.schedule.phases, "head for 2; last ten for")
    QTest.keyClick(panel.schedule.phases, Qt.Key.Key_Return)
    assert "Expected phases as" in panel.schedule.problem.text()
    assert panel.schedule.problem.isVisible()
    assert document.project.training.fine_tuning.phases == ()
    panel.schedule.phases.clear()
    QTest.keyClicks(panel.schedule.phases, "head for 2; last 10 for 3 at 0.1")
    QTest.keyClick(panel.schedule.phases, Qt.Key.Key_Return)
    settled()
    assert str(document.project.training.fine_tuning) == "head for 2; last 10 for 3 at 0.1"
    assert not panel.schedule.problem.isVisible()
    QTest.keyClicks(panel.schedule.rates, "conv2_* at 0.1")
    QTest.keyClick(panel.schedule.rates, Qt.Key.Key_Return)
    settled()
    assert "with a rate of their own" in panel.schedule.told.text()


def choose(box, index, qtbot):
    box.setFocus()
    for _ in range(index):
        QTest.keyClick(box, Qt.Key.Key_Down)


def test_advice_is_given_and_followed_in_one_step(panel, document, settled, qtbot):
    document.do(SetDataset(DatasetSettings(spec="fashion_mnist")))
    settled()
    start = document.history.undo_label
    choose(panel.advice.likeness, 2, qtbot)
    assert panel.advice.title.text() == "Train all, from these weights"
    choose(panel.advice.likeness, 0, qtbot)
    QTest.keyClick(panel.advice.likeness, Qt.Key.Key_Up)
    assert panel.advice.title.text() == "Fine-tune all with a low rate"
    assert "48,000 training images" in panel.advice.reason.text()
    QTest.mouseClick(panel.advice.apply, LEFT)
    settled()
    assert document.project.training.learning_rate == 1e-4
    assert panel.advice.apply.text() == "Applied"
    document.undo()
    assert document.history.undo_label == start


def test_likeness_is_measured(panel, document, settled, qtbot):
    document.do(SetDataset(DatasetSettings(spec="digits")))
    settled()
    panel.use_source(document.project.dataset, open_source("digits"))
    QTest.mouseClick(panel.advice.measure, LEFT)
    qtbot.waitUntil(lambda: panel.advice.similar is False)
    assert panel.advice.measured.text().startswith("Unlike photographs: 100% of the images are grey")
    assert panel.advice.title.text() == "Freeze the early layers, train from the middle on"
    settled()
    QTest.mouseClick(panel.advice.apply, LEFT)
    settled()
    assert len(frozen(panel)) == 53


def test_data_that_cannot_be_opened_are_told(panel, document, settled, qtbot, tmp_path):
    document.do(SetDataset(DatasetSettings(spec=str(tmp_path / "nothing"))))
    settled()
    QTest.mouseClick(panel.advice.measure, LEFT)
    qtbot.waitUntil(lambda: "nothing" in panel.advice.measured.text())


def test_the_selection_is_the_canvas_s_in_both_directions(open_window, qtbot):
    window = open_window(get_template("resnet50").build())
    window.docks.show("freezing")
    panel = window.freezing
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() > 0 and panel.tree.height() > 100)
    click(panel, panel.tree.topLevelItem(1), NAME)
    qtbot.waitUntil(lambda: len(window.selection) == 1)
    assert window.document.graph.node(window.selection[0]).name == "conv1_bn"
    node = window.document.graph.find_name("predictions")
    window.canvas.select([node])
    assert [item.text(NAME) for item in panel.tree.selectedItems()] == ["predictions"]


def test_frozen_layers_and_blocks_look_frozen_on_the_canvas(open_window, qtbot):
    window = open_window(get_template("resnet50").build())
    window.docks.show("freezing")
    panel, scene = window.freezing, window.canvas.canvas_scene
    qtbot.waitUntil(lambda: not panel._stale)
    node = window.document.graph.find_name("conv1_conv")
    assert _share_of(window, node, "frozen_tint") == 0
    panel.slider.slider.setValue(7)
    qtbot.waitUntil(lambda: len(frozen(panel)) == 7)
    looks = {window.document.graph.node(node).name: scene.nodes[node].look for node in scene.nodes}
    assert looks["conv1_conv"].frozen
    assert looks["conv2_block1"].partly_frozen
    assert not looks["conv2_block1"].frozen
    assert not looks["predictions"].any_frozen
    assert _share_of(window, node, "frozen_tint") > 0.02


def _share_of(window, node, token):
    """Share of a node's pixels in a colour of the theme, as the canvas paints it."""
    window.canvas.resetTransform()
    window.canvas.center_on(node)
    QApplication.processEvents()
    image = window.canvas.viewport().grab().toImage().convertToFormat(window.grab().toImage().Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) & 0xFFFFFF
    return np.mean(pixels == (window.theme.color(token).rgb() & 0xFFFFFF))
