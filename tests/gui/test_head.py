"""Another head for another task, as a person gives a network one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from workbench.project.file import dumps
from workbench.templates import get_template

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(open_window):
    return open_window(get_template("vgg16").build({"input": [64, 64, 3], "width": 0.1}))


def press(dialog, which) -> None:
    QTest.mouseClick(dialog.buttons.button(which), Qt.MouseButton.LeftButton)


def write(field, text: str) -> None:
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(field, text)


def rows(dialog) -> list[str]:
    top = [dialog.preview.topLevelItem(row) for row in range(dialog.preview.topLevelItemCount())]
    return [item.text(0) for group in top for item in (group, *(group.child(i) for i in range(group.childCount())))]


def test_the_head_of_vgg_is_replaced_and_comes_back(window, answer):
    before = dumps(window.document.project)

    def act(dialog) -> None:
        assert rows(dialog)[:5] == ["block5_pool", "Goes", "flatten", "fc1", "fc2"]
        write(dialog.classes, "7")
        write(dialog.hidden, "32")
        dialog.pooling.setFocus()
        QTest.keyClick(dialog.pooling, Qt.Key.Key_Down)
        comes = ["head_pooling", "head_dropout", "head_dense", "head_dropout_2", "predictions"]
        assert rows(dialog)[6:] == ["Comes", *comes]
        dialog.freeze.setFocus()
        QTest.keyClick(dialog.freeze, Qt.Key.Key_Space)
        press(dialog, QDialogButtonBox.StandardButton.Ok)

    answer(act)
    QTest.keyClick(window, Qt.Key.Key_H, CONTROL | SHIFT)
    graph = window.document.graph
    predictions = graph.node(graph.find_name("predictions"))
    assert predictions.params == {"units": 7, "activation": "softmax"}
    assert graph.node(graph.find_name("head_pooling")).type == "keras.layers.GlobalMaxPooling2D"
    assert not graph.node(graph.find_name("block1_conv1")).trainable
    assert predictions.trainable
    assert graph.find_name("fc1") is None
    window.commands["undo"].trigger()
    assert dumps(window.document.project) == before


def test_what_is_no_number_of_units_is_said_and_cannot_be_accepted(window, answer):
    before = dumps(window.document.project)

    def act(dialog) -> None:
        write(dialog.hidden, "many")
        assert "Received: many" in dialog.problem.text()
        press(dialog, QDialogButtonBox.StandardButton.Ok)
        assert dialog.isVisible()
        press(dialog, QDialogButtonBox.StandardButton.Cancel)

    answer(act)
    window.commands["replace-head"].trigger()
    assert dumps(window.document.project) == before


def test_a_network_without_a_head_that_can_be_told_says_why(open_window, answer):
    window = open_window(get_template("nin").build())
    said = []

    def act(dialog) -> None:
        said.append(dialog.problem.text())
        assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
        press(dialog, QDialogButtonBox.StandardButton.Cancel)

    answer(act)
    window.commands["replace-head"].trigger()
    assert "mlpconv_3" in said[0]
