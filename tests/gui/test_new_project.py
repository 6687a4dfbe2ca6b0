"""Every template can be read about and started with."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from workbench.templates import TEMPLATES
from workbench.ui.dialogs.new_project import NewProjectDialog


@pytest.fixture
def dialog(qtbot) -> NewProjectDialog:
    dialog = NewProjectDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def pick(dialog: NewProjectDialog, title: str) -> None:
    (item,) = dialog.list.findItems(title, Qt.MatchFlag.MatchExactly)
    dialog.list.setCurrentItem(item)


def said(dialog: NewProjectDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_says_where_it_is_from_and_what_it_taught(dialog, qtbot, name):
    template = TEMPLATES[name]
    pick(dialog, template.title)
    text = said(dialog)
    assert template.lesson in text
    assert template.paper.url in text
    assert template.implementation in text
    assert list(dialog.fields) == [param.name for param in template.parameters]
    qtbot.waitUntil(lambda: all(field.isVisible() for field in dialog.fields.values()))


def test_a_smaller_resnet_for_other_classes(dialog, qtbot):
    pick(dialog, "ResNet-18")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    for name, text in (("input", "32x32x1"), ("classes", "5"), ("width", "0.5")):
        dialog.fields[name].line.setFocus()
        dialog.fields[name].line.setText(text)
        QTest.keyClick(dialog.fields[name].line, Qt.Key.Key_Tab)
    dialog.accept()
    graph = dialog.project.graphs["model"]
    assert graph.node(graph.find_name("predictions")).params["units"] == 5
    assert graph.node(graph.find_name("conv1_conv")).params["filters"] == 32
