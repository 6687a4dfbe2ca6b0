"""The Evaluation panel, used as a person would."""

import csv
from io import StringIO

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.gui.evaluation.scripted_engine import LAYERS, expected
from workbench.ui.images.thumbnails import THUMBNAIL_ROLE
from workbench.ui.panels.evaluation.matrix import _fills


def listed(grid):
    """Indices and captions of the thumbnails."""
    model = grid.model()
    items = [model.index(row, 0).data(THUMBNAIL_ROLE) for row in range(model.rowCount())]
    return [(item.index, item.caption) for item in items]


def drop(panel, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, nothing = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), action, mime, Qt.MouseButton.LeftButton, nothing)
    panel.dragEnterEvent(enter)
    if enter.isAccepted():
        panel.dropEvent(QDropEvent(QPointF(5, 5), action, mime, Qt.MouseButton.LeftButton, nothing))
    return enter.isAccepted()


def test_the_newest_run_is_checked_and_evaluated(bench):
    b = bench()
    (folder,) = b.panel.setup.chosen
    assert folder.name.startswith("newer")
    b.evaluate()
    report = expected()
    words = b.panel.headline.text.text()
    assert f"Accuracy {report.accuracy * 100:.1f} %" in words
    assert f"macro F1 {report.averages['macro'].f1:.3f}" in words
    assert "60 images (validation)" in words
    assert b.panel.headline.notes.lines == []
    assert b.shown == "Confusion matrix"


def test_several_runs_are_an_ensemble_with_its_gain_and_notes(bench):
    b = bench()
    table = b.panel.setup.table
    box = table.visualItemRect(table.topLevelItem(1))
    b.click(table.viewport(), QPoint(box.left() + 10, box.center().y()))
    assert b.panel.setup.evaluate.text() == "Evaluate the average of 2"
    b.evaluate()
    assert len(b.panel.results.runs) == 2
    gain, note = b.panel.headline.notes.lines
    assert "Average of 2 runs: +5.0 points over the best single run" in gain
    assert note == "The dataset has changed."


def test_choices_travel_to_the_engine(bench):
    b = bench()
    setup = b.panel.setup
    setup.data.setFocus()
    QTest.keyClicks(setup.data, "fashion_mnist")
    setup.part.setCurrentText("Training")
    setup.crops.setCurrentText("10 crops")
    setup.augmented.setFocus()
    QTest.keyClick(setup.augmented, Qt.Key.Key_Up)
    command = setup.evaluation("cpu")
    assert (command.data, command.part, command.crops, command.augmented) == ("fashion_mnist", "training", 10, 1)


def test_progress_tells_the_time_left_and_cancel_stops(bench):
    b = bench("endless")
    b.click(b.panel.setup.evaluate)
    b.wait(lambda: "20 of 60, 1:15 left" in b.panel.setup.status.text())
    assert b.panel.setup.bar.value() == 333
    assert not b.panel.setup.evaluate.isEnabled()
    b.click(b.panel.setup.cancel)
    b.wait(lambda: b.panel.setup.evaluate.isEnabled())
    assert "Stopped" in b.panel.setup.status.text()
    assert b.panel.results is None


def test_a_failure_is_told_where_it_was_asked(bench):
    b = bench("failing")
    b.click(b.panel.setup.evaluate)
    b.wait(lambda: "does not know: cat" in b.panel.setup.status.text())
    assert b.panel.setup.status.property("role") == "error"
    assert b.panel.setup.evaluate.isEnabled()


def test_an_engine_that_is_killed_is_told(bench):
    b = bench("endless")
    b.click(b.panel.setup.evaluate)
    b.wait(lambda: "left" in b.panel.setup.status.text())
    b.window.training.session._thread.kill()
    b.wait(lambda: "engine was lost" in b.panel.setup.status.text())


def test_a_click_on_a_cell_lists_its_images_the_largest_loss_first(bench):
    b = bench()
    b.evaluate()
    b.pick_cell(3, 5)
    assert listed(b.panel.confusion.grid) == [(13, "5 90%"), (3, "5 60%")]
    assert b.panel.confusion.title.text().startswith("3 taken for 5: 2 images")
    loader = b.panel.confusion.grid.images.loader
    b.wait(lambda: loader.image(13) is not None and loader.image(3) is not None)
    b.pick_cell(8, 0)
    assert listed(b.panel.confusion.grid) == []


def test_the_matrix_is_read_by_keyboard_too(bench):
    b = bench()
    b.evaluate()
    matrix = b.panel.confusion.matrix
    matrix.setFocus()
    for key in (Qt.Key.Key_Down, *[Qt.Key.Key_Down] * 3, *[Qt.Key.Key_Right] * 5, Qt.Key.Key_Return):
        QTest.keyClick(matrix, key)
    assert matrix.cell == (3, 5)
    assert [index for index, _ in listed(b.panel.confusion.grid)] == [13, 3]
    assert "3 taken for 5: 2 images" in matrix.accessibleDescription()


def test_cells_are_coloured_by_share_and_numbers_may_be_percents(bench):
    b = bench()
    b.evaluate()
    matrix = b.panel.confusion.matrix
    fills = _fills(matrix._counts, b.window.theme)
    empty, wrong, right = (fills.pixelColor(*place).name() for place in ((0, 3), (5, 3), (0, 0)))
    assert len({empty, wrong, right}) == 3
    counts = matrix.grab().toImage()
    b.click(b.panel.confusion.shares, QPoint(8, 8))
    assert matrix.grab().toImage() != counts


def test_an_image_opens_with_its_probabilities_and_gradcam(bench):
    b = bench()
    b.evaluate()
    b.pick_cell(3, 5)
    b.pick_image(0)
    assert b.shown == "Image"
    detail = b.panel.detail
    assert "3 taken for 5, loss" in detail.title.text()
    assert detail.bars.rows[0][:2] == ("5", pytest.approx(0.9))
    assert [name for name, _, true in detail.bars.rows if true] == ["3"]
    b.wait(lambda: detail.picture.overlay is not None)
    assert "What speaks for “5” in s4" in detail.status.text()
    assert [detail.layer.itemText(row) for row in range(detail.layer.count())] == list(LAYERS)
    opaque = detail.picture.grab().toImage()
    detail.opacity.setFocus()
    QTest.keyClick(detail.opacity, Qt.Key.Key_Home)
    assert detail.picture.grab().toImage() != opaque
    QTest.keyClick(detail.opacity, Qt.Key.Key_Escape)
    assert b.shown == "Confusion matrix"


def test_another_layer_and_class_are_asked_for(bench):
    b = bench()
    b.evaluate()
    b.pick_cell(3, 5)
    b.pick_image(1)
    detail = b.panel.detail
    b.wait(lambda: detail.picture.overlay is not None)
    detail.layer.setCurrentText("c1")
    detail.target.setCurrentText("8")
    b.wait(lambda: "“8” in c1" in detail.status.text())


def test_activations_and_filters_are_grids(bench):
    b = bench()
    b.evaluate()
    b.pick_cell(3, 8)
    b.pick_image()
    detail = b.panel.detail
    b.wait(lambda: detail.picture.overlay is not None)
    detail.kind.setCurrentText("Activations")
    b.wait(lambda: "6 maps of 4 x 4" in detail.status.text())
    assert len(listed(detail.maps)) == 6
    assert not detail.opacity.isVisible()
    b.wait(lambda: detail.maps.images.loader.image(5) is not None)
    detail.kind.setCurrentText("Filters")
    b.wait(lambda: "kernel of 3 x 3 x 2 x 8" in detail.status.text())
    assert len(listed(detail.maps)) == 8


def test_a_node_on_the_canvas_shows_its_activations(bench):
    b = bench()
    node = b.window.document.graph.find_name("c3")
    b.window.canvas.activations_asked.emit(node)
    assert "Pick an image first" in b.window.board.notices[-1].message
    b.evaluate()
    b.pick_cell(3, 5)
    b.pick_image()
    b.wait(lambda: b.panel.detail.picture.overlay is not None)
    b.window.canvas.select([node])
    menu_of(b.window.canvas, "Show activations").trigger()
    b.wait(lambda: "c3: 6 maps" in b.panel.detail.status.text())


def menu_of(canvas, text):
    from PySide6.QtGui import QContextMenuEvent

    place = canvas.mapFromScene(canvas.canvas_scene.nodes[canvas.canvas_scene.chosen()[0]].body.center())
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.viewport().mapToGlobal(place))
    canvas.contextMenuEvent(event)
    menu = canvas.findChildren(QMenu)[-1]
    menu.hide()
    return next(action for action in menu.actions() if action.text() == text)


def test_classes_sort_and_are_exported(bench, tmp_path):
    b = bench()
    b.evaluate()
    b.tab("Classes")
    table, model = b.panel.classes.table, b.panel.classes.table.model()
    titles = [model.headerData(section, Qt.Orientation.Horizontal) for section in range(model.columnCount())]
    header = table.horizontalHeader()
    recall = titles.index("Recall")
    b.click(header.viewport(), QPoint(header.sectionViewportPosition(recall) + 8, 8))
    values = [float(model.index(row, recall).data()) for row in range(10)]
    assert values in (sorted(values), sorted(values, reverse=True))
    worst = min(range(10), key=lambda row: float(model.index(row, recall).data()))
    assert model.index(worst, 0).data() == "3"
    assert model.index(worst, titles.index("Most often taken for")).data() == "5 (2)"
    b.panel.classes.write(tmp_path / "c.csv", b.panel.classes._class_rows)
    rows = list(csv.DictReader(StringIO((tmp_path / "c.csv").read_text())))
    report = expected()
    assert [float(row["recall"]) for row in rows[:10]] == pytest.approx(report.by_class.recall.tolist(), rel=1e-4)
    b.panel.classes.write(tmp_path / "none" / "c.csv", b.panel.classes._class_rows)
    assert "Cannot be written" in b.window.board.notices[-1].message


def test_tables_are_copied(bench):
    b = bench()
    b.evaluate()
    actions = {action.text(): action for action in b.panel.classes.export.menu().actions()}
    actions["Copy the confusion matrix"].trigger()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    np.testing.assert_array_equal(np.array(rows[1:])[:, 1:].astype(int), expected().confusion)


def test_curves_follow_the_class(bench):
    b = bench()
    b.evaluate()
    b.tab("Curves")
    roc, precision, reliability = b.panel.curves.plots
    report = expected()
    assert f"mean area {report.macro_roc_area:.3f}" in roc.title.text()
    b.panel.curves.choice.setCurrentText("3")
    assert f"area {report.roc_areas[3]:.3f}" in roc.title.text()
    assert f"precision {report.average_precisions[3]:.3f}" in precision.title.text()
    assert f"ECE {report.calibration_error * 100:.1f} %" in reliability.title.text()


def test_dropped_files_are_predicted_and_exported(bench, images, tmp_path):
    b = bench()
    assert drop(b.panel, images)
    page = b.panel.predictions
    b.wait(lambda: page.predictions is not None)
    assert b.shown == "Predictions"
    rows = [[page.model.index(row, column).data() for column in range(3)] for row in range(3)]
    assert rows == [[f"digit{index}.png", str(index), "82.0 %"] for index in range(3)]
    assert "broken.png: the file is empty" in page.problems.text()
    page.write(tmp_path / "p.csv")
    written = list(csv.DictReader(StringIO((tmp_path / "p.csv").read_text())))
    assert [row["predicted"] for row in written] == ["0", "1", "2"]
    assert float(written[1]["1"]) == pytest.approx(0.82)
    b.click(page.table.viewport(), page.table.visualRect(page.model.index(1, 0)).center())
    b.wait(lambda: b.panel.detail.picture.overlay is not None)
    assert b.panel.detail.title.text() == str(images / "digit1.png")
    b.click(b.panel.detail.back)
    assert b.shown == "Predictions"


def test_a_dropped_project_is_the_windows(bench, tmp_path):
    b = bench()
    assert not drop(b.panel, tmp_path / "net.workbench")


def test_without_a_checked_run_nothing_is_predicted(bench, images):
    b = bench()
    b.panel.setup.table.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert not b.panel.setup.evaluate.isEnabled()
    drop(b.panel, images)
    assert "train first, or check a run" in b.window.board.notices[-1].message


def test_what_cannot_be_explained_is_told_and_the_image_stays(bench):
    b = bench()
    b.evaluate()
    b.pick_cell(3, 5)
    b.engine.script = "failing"
    b.window.training.session._thread.kill()
    b.wait(lambda: b.window.training.session.state.value == "died")
    b.pick_image()
    b.wait(lambda: "no layer of which" in b.panel.detail.status.text())
    assert b.panel.detail.picture.image is not None


def test_pages_without_content_cannot_be_chosen(bench, images):
    b = bench()
    drop(b.panel, images)
    b.wait(lambda: b.panel.predictions.predictions is not None)
    tabs = b.panel._tabs
    enabled = {tabs.tabText(number): tabs.isTabEnabled(number) for number in range(tabs.count())}
    assert enabled == {
        "Masks": False,
        "Confusion matrix": False,
        "Classes": False,
        "Curves": False,
        "Before and after": False,
        "Image": False,
        "Predictions": True,
    }
