"""Curves and differences beside the list."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.runs.conftest import ACCURACIES, LEFT, click
from workbench.ui.panels.runs.curves import MOST

CTRL = Qt.KeyboardModifier.ControlModifier


def tab(panel, title):
    bar = panel.tabs.tabBar()
    number = next(number for number in range(bar.count()) if bar.tabText(number) == title)
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(number).center())


def drawn(panel):
    return [list(item.getOriginalDataset()[1]) for item in panel.curves.chart.items]


def test_curves_of_the_selected_runs_lie_over_one_another(panel, qtbot):
    click(panel, "first")
    click(panel, "second", modifier=CTRL)
    qtbot.waitUntil(lambda: panel.curves.chart is not None and len(panel.curves.chart.items) == 2)
    wanted = [[accuracy * epoch / 3 for epoch in (1, 2, 3)] for accuracy in (ACCURACIES[1], ACCURACIES[0])]
    for line, points in zip(drawn(panel), wanted, strict=True):
        assert line == pytest.approx(points)
    assert "90.0 %" in panel.curves.legend.text()
    colors = {item.opts["pen"].color().name() for item in panel.curves.chart.items}
    assert len(colors) == 2


def test_another_metric(panel, qtbot):
    click(panel, "first")
    qtbot.waitUntil(lambda: panel.curves.chart is not None and len(panel.curves.chart.items) == 1)
    box = panel.curves.choice
    assert box.currentText() == "held-out accuracy"
    box.setFocus()
    while box.currentText() != "loss":
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert drawn(panel) == [pytest.approx([1, 1 / 2, 1 / 3])]
    click(panel, "second")
    qtbot.wait(200)
    assert box.currentText() == "loss", "another run is shown with the metric that was chosen"


def test_the_legend_tells_the_values_under_the_pointer(panel, qtbot):
    click(panel, "second")
    qtbot.waitUntil(lambda: panel.curves.chart is not None and len(panel.curves.chart.items) == 1)
    chart = panel.curves.chart
    chart.hovered.emit(2)
    assert "epoch 2" in panel.curves.legend.text()
    assert "60.0 %" in panel.curves.legend.text()
    scene = chart._box.mapViewToScene(chart._box.viewRect().center())
    chart._on_move(scene)
    assert "epoch 2" in panel.curves.legend.text()
    chart.hovered.emit(None)
    assert "last epoch" in panel.curves.legend.text()


def test_a_name_is_never_markup(panel, qtbot, folders):
    from workbench.runs import change_labels

    change_labels(folders[1], title="<b>x</b>")
    panel._store.refresh()
    click(panel, "second")
    qtbot.waitUntil(lambda: "&lt;b&gt;x" in panel.curves.legend.text())


def rows(panel):
    tree = panel.comparison.tree
    found = {}
    for number in range(tree.topLevelItemCount()):
        section = tree.topLevelItem(number)
        found[section.text(0)] = [
            tuple(section.child(row).text(column) for column in range(4)) for row in range(section.childCount())
        ]
    return found


def test_two_runs_are_compared_the_older_one_first(panel, qtbot):
    tab(panel, "Compare")
    click(panel, "second")
    click(panel, "first", modifier=CTRL)
    qtbot.waitUntil(lambda: "Differs in" in panel.comparison.same.text())
    assert panel.comparison.same.text() == "Differs in 1 setting, 1 layer changed."
    found = rows(panel)
    assert found["Settings"] == [("training.learning_rate", "0.002", "0.5", "changed")]
    assert found["Network “model”"] == [("c1: filters", "6", "8", "changed")]
    assert ("best val_accuracy", "70.0 %", "90.0 %", "+20.0 points") in found["Results"]
    assert ("parameters", "61,706", "62,558", "+852") in found["Cost"]
    QTest.mouseClick(panel.comparison.swap, LEFT)
    qtbot.waitUntil(lambda: ("c1: filters", "8", "6", "changed") in rows(panel).get("Network “model”", ()))


def test_one_run_is_compared_with_the_open_project(panel, qtbot):
    tab(panel, "Compare")
    click(panel, "first")
    qtbot.waitUntil(lambda: panel.comparison.same.text() == "The same settings and the same network.")
    click(panel, "second")
    qtbot.waitUntil(lambda: "Differs in" in panel.comparison.same.text())
    assert panel.comparison.after.currentText() == "The open project"


def test_a_snapshot_that_cannot_be_read_says_so(panel, qtbot, folders):
    (folders[0] / "project.workbench").write_text("{")
    tab(panel, "Compare")
    click(panel, "first")
    qtbot.waitUntil(lambda: "project.workbench" in panel.comparison.same.text())


def test_more_runs_than_can_be_told_apart_are_not_drawn(panel, qtbot, store, folders):
    import shutil

    for number in range(MOST + 2):
        shutil.copytree(folders[0], store.root / f"copy-{number}")
    panel._store.refresh()
    qtbot.waitUntil(lambda: len(panel.model.rows) == MOST + 5)
    click(panel, "first")
    QTest.keyClick(panel.table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: panel.curves.chart is not None and len(panel.curves.chart.items) == MOST)
    assert f"the first {MOST} of {MOST + 5}" in panel.curves.legend.text()
