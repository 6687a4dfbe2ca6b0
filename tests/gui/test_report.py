"""The model report in the window."""

import csv
from io import StringIO

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from workbench.analysis.tables import to_csv
from workbench.graph import edits
from workbench.project import SetTraining, assign
from workbench.templates import get_template
from workbench.ui.panels.report.rows import BAR_ROLE, COLUMNS

LEFT = Qt.MouseButton.LeftButton
TITLES = [column.title for column in COLUMNS]


@pytest.fixture
def window(open_window):
    window = open_window(get_template("resnet18").build({"input": [64, 64, 3], "classes": 10}))
    window.show_panel("report")
    return window


def click_heading(report, title: str) -> None:
    header = report.table.horizontalHeader()
    section = TITLES.index(title)
    report.table.scrollTo(report.table.model().index(0, section))
    at = header.sectionViewportPosition(section) + 8
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(at, 8))


def test_every_layer_is_listed_with_totals(window):
    report = window.report
    assert report.rows[0].name == "input"
    assert len(report.rows) > 60
    assert f"{window.document.graph_analysis.totals.params:,} parameters" in report.totals.text()


def test_a_click_on_a_heading_sorts_by_number_and_a_third_brings_the_order_back(window):
    report = window.report
    drawn = [row.path for row in report.rows]
    click_heading(report, "Parameters")
    first = [row.params for row in report.rows]
    click_heading(report, "Parameters")
    second = [row.params for row in report.rows]
    assert {tuple(first), tuple(second)} == {tuple(sorted(first)), tuple(sorted(first, reverse=True))}
    click_heading(report, "Parameters")
    assert [row.path for row in report.rows] == drawn


def test_bars_compare_layers_and_tips_tell_the_share(window):
    model = window.report.table.model()
    column = TITLES.index("Parameters")
    bars = [model.index(row, column).data(BAR_ROLE) for row in range(model.rowCount())]
    params = [row.params for row in window.report.rows]
    assert bars == [count / max(params) for count in params]
    assert model.index(0, TITLES.index("Name")).data(BAR_ROLE) is None
    largest = model.index(params.index(max(params)), column)
    assert largest.data(Qt.ItemDataRole.ToolTipRole) == f"{max(params) / sum(params):.1%} of parameters"


def test_a_click_shows_the_block_that_a_layer_is_in(window, qtbot):
    report = window.report
    row = next(number for number, row in enumerate(report.rows) if row.name.startswith("conv4_block1."))
    index = report.table.model().index(row, 0)
    report.table.scrollTo(index)
    QTest.mouseClick(report.table.viewport(), LEFT, pos=report.table.visualRect(index).center())
    assert window.selection == (window.document.graph.find_name("conv4_block1"),)


def test_it_follows_edits_and_keeps_what_is_selected(window, qtbot):
    report = window.report
    dense = window.document.graph.find_name("predictions")
    report.table.selectRow(3)
    graph = window.document.graph
    window.document.edit(edits.set_params(graph, dense, {"units": 20}, {}))
    qtbot.waitUntil(lambda: report.rows[-1].output == "20")
    assert [index.row() for index in report.table.selectionModel().selectedRows()] == [3]


def test_largest_batch_grows_with_memory(window):
    memory = window.report.memory
    memory.available.setValue(1.0)
    small = int(memory.largest.text().replace(",", ""))
    memory.available.setValue(2.0)
    assert int(memory.largest.text().replace(",", "")) > 2 * small > 0
    memory.available.setValue(0.1)
    assert memory.largest.text() == "none fits"
    assert "Adam" in memory.parts.text()


def test_export_and_copy(window, tmp_path):
    report = window.report
    report.write(tmp_path / "report.csv", to_csv)
    rows = list(csv.DictReader(StringIO((tmp_path / "report.csv").read_text())))
    assert [row["name"] for row in rows] == [row.name for row in report.rows]
    copy = next(action for action in report.export.menu().actions() if action.text() == "Copy as Markdown")
    copy.trigger()
    assert QGuiApplication.clipboard().text().startswith("| name |")


def test_a_place_that_cannot_be_written_is_told(window, tmp_path):
    window.report.write(tmp_path / "missing" / "report.csv", to_csv)
    (notice,) = window.board.notices
    assert "Cannot be written" in notice.message


def test_the_status_bar_tells_memory_at_the_batch_size(window, qtbot):
    qtbot.waitUntil(lambda: "to train at batch 32" in window.status._memory.text())
    assert "gradients" in window.status._memory.toolTip()


def test_the_status_bar_says_whether_it_fits_into_what_the_device_has_free(open_window, qtbot, monkeypatch):
    monkeypatch.setattr("workbench.ui.document.available_memory", lambda: 3 * 2**30)
    monkeypatch.setattr("workbench.ui.main_window.available_memory", lambda: 3 * 2**30)
    window = open_window(script="gpu")
    text, problems = window.status._memory.text, lambda: [p.code for p in window.document.analysis.diagnostics]
    qtbot.waitUntil(lambda: "fits in 40.0 MiB free, at most batch" in text(), timeout=10_000)
    window.document.do(SetTraining(assign(window.document.project.training, {"batch_size": 100_000})))
    qtbot.waitUntil(lambda: "does not fit in 40.0 MiB free" in text())
    assert problems() == ["memory.too-large"]
    qtbot.waitUntil(lambda: window.status.problems.text() == "1 problem")
    window.preferences.device = "cpu"
    qtbot.waitUntil(lambda: "does not fit in 3.0 GiB free" in text())
    window.document.history.undo()
    qtbot.waitUntil(lambda: ": fits in 3.0 GiB free" in text())
    assert problems() == []
    assert window.status.problems.text() == "0 problems"
