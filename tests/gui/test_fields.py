"""What a person writes into an editor is the value that the document gets."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from workbench.layers import CATALOGUE, REQUIRED, Param
from workbench.layers.params import Axes, Boolean, Choice, Integer, KerasObject, Number, Optional, ShapeOf, Sizes
from workbench.ui.fields import Field, field_for

WRITTEN = [
    (Integer(1), 6, "12", 12),
    (Integer(1), 6, "1,024", 1024),
    (Integer(1), 6, "six", "six"),
    (Integer(1), 6, "2.5", "2.5"),
    (Number(0, 1), 0.5, "0.25", 0.25),
    (Number(0, 1), 0.5, "1e-3", 0.001),
    (Number(0, 1), 0.5, "half", "half"),
    (ShapeOf(), [32, 32, 3], "28x28x1", [28, 28, 1]),
    (ShapeOf(), [32, 32, 3], "?, 28, 1", [None, 28, 1]),
    (ShapeOf(), [32, 32, 3], "(28, 28)", [28, 28]),
    (ShapeOf(), [32, 32, 3], "wide", "wide"),
    (Axes(), -1, "1, 2", [1, 2]),
    (Axes(), [1, 2], "-1", -1),
    (Optional(Integer(0), "from the run"), 3, "", None),
    (Optional(Number(0), "no ceiling"), None, "6", 6.0),
    (KerasObject("an activation", ("relu", "tanh")), "relu", "tanh", "tanh"),
    (KerasObject("an activation", ("relu", "tanh")), "relu", "rleu", "rleu"),
    (
        Optional(KerasObject("a regulariser", ("l2",))),
        None,
        '{"class_name": "L2", "config": {"l2": 0.01}}',
        {"class_name": "L2", "config": {"l2": 0.01}},
    ),
    (Optional(KerasObject("a regulariser", ("l2",))), "l2", "none", None),
]


class Desk:
    """A field in a window, and what it committed."""

    def __init__(self, qtbot, param: Param, value):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.field: Field = field_for(param)
        self.field.setParent(self.window)
        self.field.show_value(value)
        self.committed: list = []
        self.field.committed.connect(self.committed.append)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def line(self) -> QLineEdit:
        line = self.field.parts()[0]
        assert isinstance(line, QLineEdit)
        return line

    def write(self, part: QWidget, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(part, Qt.Key.Key_Delete)
        QTest.keyClicks(part, text)
        QTest.keyClick(part, key)


@pytest.mark.parametrize(("kind", "shown", "text", "expected"), WRITTEN)
def test_a_written_line_is_the_value(qtbot, kind, shown, text, expected):
    desk = Desk(qtbot, Param("p", kind), shown)
    desk.write(desk.field.parts()[0], text)
    assert desk.committed == [expected]


@pytest.mark.parametrize("layer", list(CATALOGUE), ids=lambda layer: layer.label)
def test_every_parameter_of_the_catalogue_can_be_shown_and_given_back(qtbot, layer):
    for param in layer.params:
        value = param.suggested if param.default is REQUIRED else param.default
        field = field_for(param)
        qtbot.addWidget(field)
        field.show_value(value)
        assert param.kind.accepts(value)
        assert all(part.isEnabled() for part in field.parts())


def test_escape_takes_back(qtbot):
    desk = Desk(qtbot, Param("p", Integer(1)), 6)
    line = desk.line
    reverted = []
    desk.field.reverted.connect(lambda: reverted.append(True))
    QTest.keyClicks(line, "99")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert (line.text(), desk.committed, reverted) == ("6", [], [True])


def test_arrow_keys_count_within_the_range(qtbot):
    desk = Desk(qtbot, Param("p", Integer(1, 8)), 6)
    line = desk.line
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(line, key)
    assert desk.committed == [7]


@pytest.mark.parametrize(("default", "expected"), [(1, 3), ([2, 2], [3, 3])])
def test_sizes_commit_once_when_the_keyboard_leaves(qtbot, default, expected):
    desk = Desk(qtbot, Param("p", Sizes(2), default), 5)
    first, second = desk.field.parts()
    desk.write(first, "3", Qt.Key.Key_Tab)
    assert desk.committed == []
    assert second.hasFocus()
    desk.write(second, "3")
    assert desk.committed == [expected]


def test_different_sizes_are_a_list(qtbot):
    desk = Desk(qtbot, Param("p", Sizes(2), 1), 5)
    desk.write(desk.field.parts()[1], "7")
    assert desk.committed == [[5, 7]]


def test_optional_sizes_can_be_emptied(qtbot):
    desk = Desk(qtbot, Param("p", Optional(Sizes(2), "the pool size"), None), [2, 2])
    first, second = desk.field.parts()
    desk.write(first, "", Qt.Key.Key_Tab)
    desk.write(second, "")
    assert desk.committed == [None]


def test_a_choice_is_made_with_the_keyboard(qtbot):
    desk = Desk(qtbot, Param("padding", Choice(("valid", "same")), "valid"), "valid")
    combo = desk.field.parts()[0]
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() == "same"
    assert desk.committed == ["same"]


def test_a_box_is_ticked(qtbot):
    desk = Desk(qtbot, Param("use_bias", Boolean(), True), True)
    QTest.mouseClick(desk.field.parts()[0], Qt.MouseButton.LeftButton, pos=desk.field.parts()[0].rect().center())
    QTest.keyClick(desk.field.parts()[0], Qt.Key.Key_Space)
    assert desk.committed[0] is False


def test_several_values_are_not_a_value(qtbot):
    desk = Desk(qtbot, Param("p", Integer(1)), 6)
    desk.field.show_several()
    line = desk.line
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert (line.text(), desk.committed) == ("", [])
    desk.write(line, "8")
    assert desk.committed == [8]
