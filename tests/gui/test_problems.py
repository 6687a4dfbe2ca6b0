"""The list of problems leads to the node and to the way out."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from workbench.graph import NodeId, Wire, edits
from workbench.ui.panels.problems import ProblemsPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def problems(qtbot, document, theme) -> ProblemsPanel:
    panel = ProblemsPanel(document, theme)
    qtbot.addWidget(panel)
    panel.resize(900, 240)
    panel.show()
    return panel


def click_row(problems: ProblemsPanel, row: int) -> None:
    item = problems.table.topLevelItem(row)
    assert item is not None
    QTest.mouseClick(problems.table.viewport(), LEFT, pos=problems.table.visualItemRect(item).center())


def texts(problems: ProblemsPanel) -> list[tuple[str, str]]:
    items = [problems.table.topLevelItem(row) for row in range(problems.table.topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in items if item]


def cut(document) -> None:
    document.edit(edits.Remove(wires=(Wire(NodeId("conv_1"), NodeId("conv_2")),)))


def test_problems_come_and_go_with_edits(problems, document):
    before = texts(problems)
    cut(document)
    assert ("Expected one wire into input. Received: none", "conv_2") in texts(problems)
    document.history.undo()
    assert texts(problems) == before


def test_clicking_a_problem_asks_for_its_node(problems, document):
    cut(document)
    picked = []
    problems.node_picked.connect(lambda _, node: picked.append(node))
    row = next(row for row, (_, where) in enumerate(texts(problems)) if where == "conv_2")
    click_row(problems, row)
    assert picked == ["conv_2"]


def test_a_fix_is_a_button_and_one_step(problems, document):
    document.edit(edits.rename(document.graph, NodeId("conv_2"), "conv_1"))
    row = next(row for row, (text, _) in enumerate(texts(problems)) if "every name once" in text)
    click_row(problems, row)
    (button,) = (button for button in problems.findChildren(QPushButton) if button.text().startswith("Rename"))
    QTest.mouseClick(button, LEFT)
    assert document.graph.node(NodeId("conv_2")).name != "conv_1"
    assert not any("every name once" in text for text, _ in texts(problems))
    document.history.undo()
    assert document.graph.node(NodeId("conv_2")).name == "conv_1"


def test_the_picked_problem_stays_picked_while_others_come(problems, document):
    cut(document)
    row = next(row for row, (_, where) in enumerate(texts(problems)) if where == "conv_2")
    click_row(problems, row)
    document.edit(edits.rename(document.graph, NodeId("norm"), "a/b"))
    current = problems.table.currentItem()
    assert current is not None
    assert current.text(1) == "conv_2"


def test_a_problem_between_two_graphs_is_mended_from_the_list(problems, document):
    from workbench.project import SetDataset, assign
    from workbench.templates import get_template

    document.replace(get_template("dcgan").build({"size": 16, "width": 0.1}))
    document.do(SetDataset(assign(document.project.dataset, {"value_range": "0..1"})))
    ((text, where),) = texts(problems)
    assert text.startswith("Expected images in the range of the data, 0..1.")
    assert where == "generator › image"
    click_row(problems, 0)
    (button,) = [button for button in problems.findChildren(QPushButton) if button.text() == "Scale images to -1..1"]
    QTest.mouseClick(button, LEFT)
    assert document.project.dataset.value_range == "-1..1"
    assert texts(problems) == []
    document.history.undo()
    assert len(texts(problems)) == 1
