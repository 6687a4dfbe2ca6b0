"""Judging masks in the window: worst first, overlays, error maps, and masks of dropped images; as a person does it."""

import csv
import json

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.evaluation.conftest import LEFT, Bench
from tests.gui.evaluation.mask_run import FALSE_ROWS, NAMES, SIDE, guess_of, image_of, mask_run, truth_of
from tests.gui.evaluation.test_panel import drop
from workbench.evaluation import MaskReport, read_mask_predictions
from workbench.ui.images import masks

GREY = 3


class MaskBench(Bench):
    """The window before a run that tells pixels apart."""

    def __init__(self, qtbot, folder):
        super().__init__(qtbot, "masks", runs=1)
        self.folder = folder
        self.evaluate()
        self.viewer = self.panel.masks.browser.viewer
        self.wait(lambda: self.viewer.view.layer is not None)


@pytest.fixture
def b(qtbot, tmp_path, monkeypatch):
    root = tmp_path / "runs"
    monkeypatch.setenv("WORKBENCH_RUNS", str(root))
    root.mkdir()
    bench = MaskBench(qtbot, mask_run(root, tmp_path / "data"))
    yield bench
    bench.close()


def captions(grid):
    return [item.caption for item in grid.images.items]


def seen(view, row, column):
    """The colour that a person sees in a pixel of the image."""
    place, image = view.place, view.image
    at = place.topLeft() + QPointF(
        place.width() * (column + 0.5) / image.width(), place.height() * (row + 0.5) / image.height()
    )
    return np.array(view.grab().toImage().pixelColor(at.toPoint()).getRgb()[:3], float)


def covered(grey, colour, opacity):
    return np.array([grey] * 3) * (1 - opacity) + np.array(colour) * opacity


def choose(combo, text, qtbot):
    """As a person does it: with the arrows, from the top."""
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(combo.findText(text) - combo.currentIndex()):
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() == text


def report(b):
    return MaskReport(read_mask_predictions(b.folder / "evaluations" / "made.npz"))


def test_the_worst_image_comes_first_with_its_iou(b):
    page = b.panel.masks
    assert b.shown == "Masks"
    expected = report(b)
    values = sorted(expected.image_iou)
    assert captions(page.browser.grid) == [f"IoU {value:.3f}" for value in values]
    assert page.browser.index == int(np.argmin(expected.image_iou)) == 1
    assert b.viewer.title.text().startswith(f"1: IoU {values[0]:.3f}, loss 0.200")
    words = b.panel.headline.text.text()
    assert f"Mean IoU {expected.mean_iou:.3f}" in words
    assert f"pixel accuracy {expected.pixel_accuracy * 100:.1f} %" in words
    tabs = b.panel._tabs
    assert not tabs.isTabVisible(tabs.indexOf(b.panel.curves))


def test_other_orders_and_the_iou_of_one_class(b, qtbot):
    page, grid = b.panel.masks, b.panel.masks.browser.grid
    choose(page.order, "Best first", qtbot)
    assert captions(grid)[0] == f"IoU {report(b).image_iou.max():.3f}"
    choose(page.order, "Largest loss", qtbot)
    assert [item.index for item in grid.images.items] == [3, 0, 1, 2]
    choose(page.order, "As in the dataset", qtbot)
    assert [item.index for item in grid.images.items] == [0, 1, 2, 3]
    choose(page.order, "Worst first", qtbot)
    choose(page.target, "cell", qtbot)
    cell = [(guess_of(i) == 1).sum() / (truth_of(i) == 1).sum() for i in range(4)]
    assert captions(grid) == [f"IoU {value:.3f}" for value in sorted(cell)]


def test_the_error_map_tells_agreement_missed_and_false(b, qtbot):
    """Of the image in which some of the cell is missed, and edge is falsely there."""
    choose(b.panel.masks.order, "Largest loss", qtbot)
    b.wait(lambda: b.viewer.title.text().startswith("3:"))
    view, opacity, grey = b.viewer.view, b.viewer.opacity.value, int(image_of(3)[0, 0])
    assert b.viewer.shown.currentText() == "Errors"
    agreement, missed, false = masks.ERROR_COLOURS[1:4]
    for row, column, colour in ((2, 0, agreement), (2, 2, agreement), (2, 6, missed), (SIDE - 1, 12, false)):
        np.testing.assert_allclose(seen(view, row, column), covered(grey, colour, opacity), atol=GREY)
    np.testing.assert_allclose(seen(view, 2, 12), grey, atol=GREY)
    truth, guess = truth_of(3), guess_of(3)
    shares = {
        "Agreement": ((truth > 0) & (guess > 0)).mean(),
        "Missed": ((truth > 0) & (guess == 0)).mean(),
        "False": ((truth == 0) & (guess > 0)).mean(),
        "Other class": ((truth > 0) & (guess > 0) & (truth != guess)).mean(),
    }
    assert shares["False"] == FALSE_ROWS * SIDE / 2 / SIDE**2
    legend = b.viewer.error_legend
    agreed = shares["Agreement"] - shares["Other class"]
    told = [agreed, shares["Missed"], shares["False"], shares["Other class"]]
    assert legend.names == tuple(shares)
    assert legend.numbers(1) == tuple(f"{value * 100:.1f} %" for value in told)
    choose(b.viewer.target, "cell", qtbot)
    np.testing.assert_allclose(seen(view, 2, 0), grey, atol=GREY)
    np.testing.assert_allclose(seen(view, SIDE - 1, 12), grey, atol=GREY)
    np.testing.assert_allclose(seen(view, 2, 6), covered(grey, missed, opacity), atol=GREY)


def test_prediction_and_truth_over_the_image_with_an_opacity_and_a_legend(b, qtbot):
    view, viewer, grey = b.viewer.view, b.viewer, int(image_of(1)[0, 0])
    choose(viewer.shown, "Prediction", qtbot)
    cell = viewer.legend.colours[1]
    np.testing.assert_allclose(seen(view, 3, 1), covered(grey, cell, 0.6), atol=GREY)
    np.testing.assert_allclose(seen(view, 3, 5), grey, atol=GREY)
    assert viewer.legend.numbers(1)[1] == f"{(guess_of(1) == 1).mean() * 100:.1f} %"
    choose(viewer.shown, "Truth", qtbot)
    np.testing.assert_allclose(seen(view, 3, 5), covered(grey, cell, 0.6), atol=GREY)
    viewer.opacity.slider.setFocus()
    qtbot.keyClick(viewer.opacity.slider, Qt.Key.Key_Home)
    np.testing.assert_allclose(seen(view, 3, 5), grey, atol=GREY)
    qtbot.keyClick(viewer.opacity.slider, Qt.Key.Key_End)
    np.testing.assert_allclose(seen(view, 3, 5), cell, atol=GREY)
    assert viewer.legend.names == NAMES
    assert viewer.legend.shown == (False, True, True)
    box = viewer.legend.row_rect(1)
    QTest.mouseClick(viewer.legend.viewport(), LEFT, pos=box.topLeft() + QPoint(8, box.height() // 2))
    np.testing.assert_allclose(seen(view, 3, 5), grey, atol=GREY)
    np.testing.assert_allclose(seen(view, 3, 0), viewer.legend.colours[2], atol=GREY)
    choose(viewer.shown, "Image only", qtbot)
    np.testing.assert_allclose(seen(view, 3, 0), grey, atol=GREY)
    assert not viewer.opacity.isEnabled()


def test_arrows_in_the_list_and_a_pointer_over_the_image(b, qtbot):
    grid, viewer = b.panel.masks.browser.grid, b.viewer
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    second = grid.images.items[1].index
    b.wait(lambda: viewer.title.text().startswith(f"{second}:"))
    place = viewer.view.place
    row, column = 3, 7
    at = QPointF(place.x() + place.width() * (column + 0.5) / SIDE, place.y() + place.height() * (row + 0.5) / SIDE)
    QTest.mouseMove(viewer.view, at.toPoint())
    b.wait(lambda: viewer.pointed.text() == "Row 3, column 7: background, in truth cell")


def test_the_wheel_comes_closer_dragging_moves_and_a_double_click_shows_all(b):
    view = b.viewer.view
    before = view.place
    at = QPointF(before.x() + before.width() * 0.25, before.y() + before.height() * 0.25)
    wheel = QWheelEvent(
        at,
        QPointF(view.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 360),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)
    closer = view.place
    assert closer.width() == pytest.approx(before.width() * 1.25**3, abs=2)
    under = (at.y() - closer.y()) / closer.height()
    assert under == pytest.approx(0.25, abs=0.02)
    middle = view.rect().center()
    QTest.mousePress(view, LEFT, pos=middle)
    QTest.mouseMove(view, middle + QPoint(0, -30))
    QTest.mouseRelease(view, LEFT, pos=middle + QPoint(0, -30))
    assert view.place.y() == pytest.approx(closer.y() - 30, abs=2)
    QTest.mouseDClick(view, LEFT, pos=middle)
    assert view.place == before


def test_a_cell_of_the_pixel_confusion_leads_to_the_images_with_most_of_it(b):
    b.tab("Confusion matrix")
    b.pick_cell(1, 0)
    missed = sum(int(((truth_of(i) == 1) & (guess_of(i) == 0)).sum()) for i in range(4))
    assert f"cell taken for background: {missed:,} pixels" in b.panel.confusion.title.text()
    assert [item.index for item in b.panel.confusion.grid.images.items] == [1, 3, 0]
    b.pick_image(1)
    assert b.shown == "Masks"
    b.wait(lambda: b.viewer.title.text().startswith("3:"))


def test_classes_are_told_by_overlap_and_lead_to_their_errors(b, tmp_path):
    b.tab("Classes")
    model = b.panel.classes.table.model()
    headings = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert headings[:4] == ["Class", "Pixels", "IoU", "Dice"]
    row = [model.index(1, column).data() for column in range(4)]
    assert row == ["cell", f"{4 * 7 * SIDE:,}", f"{report(b).iou[1]:.3f}", f"{report(b).dice[1]:.3f}"]
    path = tmp_path / "classes.csv"
    b.panel.classes.write(path, b.panel.classes._class_rows)
    assert list(csv.reader(path.open()))[2][:2] == ["cell", f"{report(b).iou[1]:.6g}"]
    b.panel.classes.table.setFocus()
    b.panel.classes.table.selectRow(1)
    QTest.keyClick(b.panel.classes.table, Qt.Key.Key_Return)
    assert b.shown == "Masks"
    assert (b.panel.masks.target.currentText(), b.viewer.target.currentText()) == ("cell", "cell")


def test_dropped_images_are_shown_under_their_masks_and_saved(b, tmp_path, monkeypatch):
    drop(b.panel, tmp_path / "data" / "large.png")
    page = b.panel.predictions
    b.wait(lambda: page.masks is not None and page.browser.viewer.view.layer is not None)
    assert b.shown == "Predictions"
    assert captions(page.browser.grid) == ["large.png", "1.png"]
    viewer = page.browser.viewer
    assert "64 x 64, predicted at its own size, 25 tiles" in viewer.title.text()
    np.testing.assert_allclose(seen(viewer.view, 12, 12), covered(60, viewer.legend.colours[1], 0.6), atol=GREY)
    assert not viewer.shown.model().item(viewer.shown.findData("errors")).isEnabled()
    assert "broken.png: the file is empty" in page.problems.text()
    wanted = tmp_path / "kept"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(wanted))
    b.click(page.save)
    with Image.open(wanted / "large.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), np.kron(truth_of(0), np.ones((4, 4), np.uint8)))
    assert json.loads((wanted / "predictions.json").read_text())["images"][1]["mask"] == "1.png"
    told = []
    b.panel.failed.connect(told.append)
    b.click(page.save)
    assert "there is a file of this name already" in told[0]
    page.write(tmp_path / "shares.csv")
    assert next(csv.reader((tmp_path / "shares.csv").open()))[4:] == list(NAMES)


def test_masks_that_are_gone_are_told(b, qtbot):
    for mask in (b.folder / "evaluations" / "made-masks").glob("*.png"):
        mask.unlink()
    grid = b.panel.masks.browser.grid
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    b.wait(lambda: "cannot be read" in b.viewer.view._message)
