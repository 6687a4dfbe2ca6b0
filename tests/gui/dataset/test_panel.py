"""Choosing, looking, filtering and dividing, as a person does it."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from tests.gui.dataset.conftest import CLASSES, is_open, write_images
from workbench.analysis import Severity
from workbench.data.opencv import cv2
from workbench.data.sources import open_source
from workbench.project import SetDataset, assign
from workbench.ui.background import BackgroundBar
from workbench.ui.panels.dataset.opening import State

LONG = list(CLASSES)[2]


def click_class(panel, qtbot, row):
    index = panel.classes.model().index(row, 0)
    qtbot.mouseClick(panel.classes.viewport(), Qt.MouseButton.LeftButton, pos=panel.classes.visualRect(index).center())


def cells(panel, role=0):
    model = panel.classes.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def test_nothing_is_read_before_somebody_looks(window, qtbot):
    assert window.data.dataset.state is State.CLOSED
    window.show_panel("data")
    qtbot.waitUntil(lambda: is_open(window.data))
    assert len(window.data.dataset.samples) == 1797


def test_a_typed_folder_is_one_undoable_edit_and_shows_its_images(window, panel, type_spec, images, qtbot):
    type_spec(images)
    assert window.document.project.dataset.spec == str(images)
    assert len(panel.dataset.samples) == 13
    qtbot.waitUntil(lambda: panel.grid.complete)
    index = panel.dataset.samples.source.keys.index("cat/000")
    picture = panel.grid.thumbnails.picture(index)
    pixel = open_source(str(images)).read(index)[3, 4]
    color = picture.pixelColor(4, 3)
    assert (color.red(), color.green(), color.blue()) == tuple(pixel)
    assert panel.filters.count.text() == "13 images"
    assert window.preferences.recent_data[0] == str(images)
    window.document.undo()
    qtbot.waitUntil(lambda: is_open(panel))
    assert panel.dataset.samples.spec == "digits"
    assert panel.chooser.line.text() == "digits"


def test_a_dropped_folder_is_opened(window, panel, images, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(images))])
    copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    panel.dropEvent(QDropEvent(QPointF(5, 5), copy, data, button, Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: is_open(panel) and panel.dataset.samples.spec == str(images))


def test_a_wrong_spec_is_told_in_one_line_with_a_way_out(panel, type_spec, tmp_path, qtbot):
    type_spec(tmp_path / "nowhere")
    assert panel.dataset.state is State.FAILED
    assert "nowhere" in panel.no_images.problem
    assert "\n" not in panel.dataset.problem
    assert panel.no_images.isVisible()
    assert not panel.buttons.check.isEnabled()
    write_images(tmp_path / "nowhere")
    again = next(b for b in panel.no_images.findChildren(type(panel.buttons.check)) if b.text() == "Try again")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_open(panel))


def test_classes_are_counted_by_part_as_the_split_says(panel, type_spec, images):
    type_spec(images)
    samples = panel.dataset.samples
    split = samples.division.split
    labels = samples.source.labels
    for row, name in enumerate(samples.class_names):
        counts = [int((labels[part] == row).sum()) for part in (split.training, split.validation, split.test)]
        assert cells(panel)[row][:5] == [name, str(sum(counts)), *map(str, counts)]
    assert sum(int(row[1]) for row in cells(panel)) == 13


def test_weights_are_those_of_scikit_learn(panel, type_spec, images):
    weights = pytest.importorskip("sklearn.utils.class_weight").compute_class_weight
    type_spec(images)
    samples = panel.dataset.samples
    training = samples.source.labels[samples.division.split.training]
    wanted = weights("balanced", classes=np.unique(training), y=training)
    assert samples.weights() == pytest.approx(tuple(wanted))


def test_a_click_on_a_class_filters_and_a_second_click_shows_all(panel, type_spec, images, qtbot):
    type_spec(images)
    click_class(panel, qtbot, 1)
    name, total = cells(panel)[1][:2]
    assert panel.filters.count.text() == f"{total} images"
    assert panel.filters.classes.currentText() == f"{name} ({total})"
    labels = panel.dataset.samples.source.labels[panel.grid.indices]
    assert set(labels.tolist()) == {1}
    click_class(panel, qtbot, 1)
    assert panel.filters.count.text() == "13 images"


def test_only_held_out_images(panel, qtbot):
    combo = panel.filters.parts
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_V)
    assert combo.currentText() == "Validation (360)"
    QTest.keyClick(combo, Qt.Key.Key_Return)
    combo.activated.emit(combo.currentIndex())
    split = panel.dataset.samples.division.split
    assert sorted(panel.grid.indices.tolist()) == split.validation.tolist()


def test_another_share_divides_again_without_reading_again(window, panel, qtbot):
    source = panel.dataset.samples.source
    line = panel.settings.fields["validation_share"].line
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "0.5")
    with qtbot.waitSignal(panel.dataset.divided):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert window.document.project.dataset.validation_share == 0.5
    assert panel.dataset.samples.source is source
    assert panel.filters.parts.itemText(2) == "Validation (899)"


def test_a_refused_share_is_told_and_changes_nothing(window, panel, qtbot):
    line = panel.settings.fields["test_share"].line
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert panel.settings.refused.isVisible()
    assert panel.settings.refused.text().startswith("Test: Expected")
    assert window.document.project.dataset.test_share == 0


def test_keys_walk_and_return_looks_closer(panel, qtbot):
    grid = panel.grid
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.current == panel.grid.indices[1]
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert panel.detail.isVisible()
    qtbot.waitUntil(lambda: panel.detail.facts["Size"].text() == "8 × 8, grey")
    assert panel.detail.facts["Class"].text() == "0"
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == panel.grid.indices[-1]
    qtbot.waitUntil(lambda: panel.detail.facts["Class"].text() == "9")
    assert grid.rectangle(grid.current).intersects(grid.viewport().rect())


def test_a_clicked_image_says_what_it_is_and_its_path_can_be_copied(panel, type_spec, images, qtbot):
    type_spec(images)
    index = panel.dataset.samples.source.keys.index("dog/001")
    panel.grid.go_to(index)
    place = panel.grid.rectangle(index).center()
    qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: panel.detail.facts["Size"].text() == "12 × 10, RGB")
    assert panel.detail.facts["Class"].text() == "dog"
    pixels = open_source(str(images)).read(index)
    assert f"mean {pixels.mean():.4g}" in panel.detail.facts["Values"].text()
    qtbot.mouseClick(panel.detail.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == str(images / "dog" / "001.png")


def test_the_slider_and_the_wheel_change_the_size_and_keep_the_current_image_in_sight(panel, qtbot):
    panel.grid.setFocus()
    qtbot.keyClick(panel.grid, Qt.Key.Key_End)
    current = panel.grid.current
    for side in (120, 30):
        panel.filters.slider.setValue(side)
        assert panel.grid.side == side
        assert panel.grid.current == current
        assert panel.grid.rectangle(current).intersects(panel.grid.viewport().rect())


def test_a_click_finds_the_image_under_it_wherever_the_list_is_scrolled(panel, qtbot):
    bar = panel.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    qtbot.waitUntil(lambda: panel.grid.complete)
    view = panel.grid.viewport().rect().adjusted(0, 60, 0, 0)
    centres = {int(index): panel.grid.rectangle(int(index)).center() for index in panel.grid.indices}
    seen = {index: centre for index, centre in centres.items() if view.contains(centre)}
    assert seen
    index, place = list(seen.items())[-1]
    qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.grid.current == index


def test_facts_are_those_of_numpy(panel, type_spec, images, qtbot):
    type_spec(images)
    qtbot.waitUntil(lambda: panel.facts.measured is not None)
    source = open_source(str(images))
    pixels = np.stack([source.read(i) for i in range(len(source))]) / 255
    shown = [float(text) for text in panel.facts.labels["Mean"].text().partition(" of")[0].split(", ")]
    assert shown == pytest.approx(pixels.mean(axis=(0, 1, 2)), abs=6e-5)
    deviations = [float(text) for text in panel.facts.labels["Deviation"].text().split(", ")]
    assert deviations == pytest.approx(pixels.std(axis=(0, 1, 2)), abs=6e-5)
    assert panel.facts.labels["Size"].text() == "12 × 10 (height × width), all"
    into = panel.facts.labels["Into the network"].text()
    assert into == "12×10×3 → 32×32×1: proportions change, enlarged (bilinear), colour made grey by luma"


def test_an_opened_folder_lets_the_analysis_see_that_the_outputs_do_not_fit(window, panel, type_spec, images):
    analysis = window.document.analysis
    assert not analysis.errors
    type_spec(images)
    (problem,) = analysis.errors
    assert problem.code == "output.classes"
    assert problem.severity is Severity.ERROR
    assert "Expected an output of 3" in problem.message
    assert window.problems.table.topLevelItem(0).text(0) == problem.message


def test_a_project_does_not_have_its_data_read_unasked(window, panel, images, qtbot):
    project = window.document.project
    window.document.do(SetDataset(assign(project.dataset, {"spec": str(images)})))
    assert panel.dataset.state is State.CLOSED
    button = panel.no_images.closed.findChild(type(panel.buttons.check))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_open(panel))


def test_no_data_offers_the_digits(window, panel, qtbot):
    window.document.do(SetDataset(assign(window.document.project.dataset, {"spec": ""})))
    assert panel.dataset.state is State.NONE
    button = panel.no_images.none.findChild(type(panel.buttons.check))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_open(panel))
    assert window.document.project.dataset.spec == "digits"


def test_the_training_form_tells_of_the_opened_data_and_leads_to_it(window, panel, type_spec, images, qtbot):
    window.show_panel("training")
    form = window.training.panel.form
    assert form.facts.text().startswith("1,797 images")
    qtbot.mouseClick(form.data, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.isVisible)
    type_spec(images)
    held_out = len(panel.dataset.samples.division.split.validation)
    assert form.facts.text() == f"13 images, 3 classes; {held_out} held out; 1 batch an epoch"


def test_the_augmentation_panel_sees_the_opened_data_without_opening_it_again(window, panel, type_spec, images, qtbot):
    type_spec(images)
    shown = []
    window.augmentation.preview.seen.connect(shown.append)
    window.show_panel("augmentation")
    qtbot.waitUntil(lambda: bool(shown), timeout=10_000)
    assert shown[-1].class_names == panel.dataset.samples.class_names


def test_masks_lie_over_the_image_and_can_be_taken_off(window, panel, type_spec, tmp_path, qtbot):
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    for number in range(4):
        cv2.imwrite(str(tmp_path / "images" / f"{number}.png"), np.full((8, 8, 3), 100, np.uint8))
        mask = np.zeros((8, 8), np.uint8)
        mask[:4] = 1
        cv2.imwrite(str(tmp_path / "masks" / f"{number}.png"), mask)
    type_spec(f"{tmp_path / 'images'}::{tmp_path / 'masks'}")
    (error,) = window.document.analysis.errors
    assert error.code == "output.map", "a classifier gives no map; that there are masks is known now"
    panel.grid.setFocus()
    qtbot.keyClick(panel.grid, Qt.Key.Key_Home)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    detail = panel.detail
    qtbot.waitUntil(lambda: detail.legend.numbers(1) == ("50.0 %", "50.0 %"))
    assert detail.legend.names == ("background", "object")
    assert not panel.filters.classes.isVisible()
    assert detail.legend.shown == (False, True)

    def seen(row):
        """What a person sees in a row of the image."""
        place = detail.picture.place
        at = place.topLeft() + QPointF(place.width() * 0.3, place.height() * (row + 0.5) / 8)
        return detail.picture.grab().toImage().pixelColor(at.toPoint()).getRgb()[:3]

    orange = detail.legend.colours[1]
    assert seen(6) == (100, 100, 100)
    assert all(abs(got - (100 + wanted) / 2) <= 2 for got, wanted in zip(seen(1), orange, strict=True))
    qtbot.keyClick(detail.opacity.slider, Qt.Key.Key_End)
    assert seen(1) == orange
    box = detail.legend.row_rect(1)
    qtbot.mouseClick(
        detail.legend.viewport(), Qt.MouseButton.LeftButton, pos=box.topLeft() + QPoint(8, box.height() // 2)
    )
    assert detail.legend.shown == (False, False)
    assert seen(1) == (100, 100, 100)


def test_a_mask_of_another_size_is_told_and_its_image_still_shown(panel, type_spec, tmp_path, qtbot):
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    for number in range(4):
        cv2.imwrite(str(tmp_path / "images" / f"{number}.png"), np.full((8, 8, 3), 100, np.uint8))
        mask = np.eye(8 if number else 6, dtype=np.uint8)
        cv2.imwrite(str(tmp_path / "masks" / f"{number}.png"), mask)
    type_spec(f"{tmp_path / 'images'}::{tmp_path / 'masks'}")
    panel.grid.setFocus()
    qtbot.keyClick(panel.grid, Qt.Key.Key_Home)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "8 x 8. Received: 6 x 6" in panel.detail.facts["Note"].text())
    assert panel.detail.picture.image is not None
    assert not panel.detail.legend.isVisible()
    qtbot.keyClick(panel.grid, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: panel.detail.legend.isVisible())


def test_opening_shows_progress_and_can_be_cancelled(window, panel, qtbot, monkeypatch):
    began, ended = threading.Event(), threading.Event()

    def fetch(settings, seed, report, cancel):
        began.set()
        while not cancel.wait(0.002):
            report(3, 10, "Downloading")
        ended.set()

    monkeypatch.setattr("workbench.ui.panels.dataset.samples.opened", fetch)
    panel.chooser.line.setFocus()
    panel.chooser.line.selectAll()
    qtbot.keyClicks(panel.chooser.line, "cifar10")
    qtbot.keyClick(panel.chooser.line, Qt.Key.Key_Return)
    bar = panel.no_images.findChild(BackgroundBar)
    qtbot.waitUntil(lambda: bar.isVisible() and bar.text.text().startswith("Downloading 3 of 10"))
    assert began.is_set()
    qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    assert panel.dataset.state is State.CLOSED
    assert ended.wait(5)
    assert panel.no_images.closed.isVisible()
    assert window.document.project.dataset.spec == "cifar10"


def test_data_used_before_is_offered_in_the_list(panel, type_spec, images, qtbot):
    type_spec(images)
    type_spec("digits")
    combo = panel.chooser.combo
    place = combo.findData(str(images))
    assert place > 0
    combo.showPopup()
    view = combo.view()
    qtbot.waitUntil(view.isVisible)
    view.setCurrentIndex(combo.model().index(place, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_open(panel) and panel.dataset.samples.spec == str(images))


def test_a_group_column_of_a_csv_keeps_groups_together(window, panel, type_spec, images, tmp_path, qtbot):
    rows = [f"{images / 'cat' / f'{n:03}.png'},cat,p{n // 2}" for n in range(6)]
    rows += [f"{images / 'dog' / f'{n:03}.png'},dog,q{n}" for n in range(3)]
    table = tmp_path / "table.csv"
    table.write_text("image,label,patient\n" + "\n".join(rows) + "\n")
    type_spec(table)
    line = panel.settings.fields["group"].line
    line.setFocus()
    qtbot.keyClicks(line, "patient")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_open(panel) and any(panel.dataset.samples.source.groups))
    samples = panel.dataset.samples
    parts = {}
    for group, part in zip(samples.source.groups, samples.part_of.tolist(), strict=True):
        parts.setdefault(group, set()).add(part)
    assert all(len(found) == 1 for found in parts.values())
    qtbot.keyClicks(line, "s")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.dataset.state is State.FAILED)
    assert "'spatient'" in panel.dataset.problem
