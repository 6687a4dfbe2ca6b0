"""The Augmentation panel, used as a person does."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench.data.feed import Batch
from workbench.data.grid import visible
from workbench.data.sources import open_source
from workbench.project import AugmentationSettings, DatasetSettings, Project, SetAugmentation, SetDataset, assign
from workbench.project.augmentation_presets import PRESETS, new_step
from workbench.project.feeds import project_feeds
from workbench.templates import get_template
from workbench.ui.document import Document
from workbench.ui.panels.augmentation import AugmentationPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document(qapp):
    document = Document(get_template("lenet5").build())
    yield document
    document.close()
    document.deleteLater()


@pytest.fixture
def panel(qtbot, document, theme):
    panel = AugmentationPanel(document, theme)
    qtbot.addWidget(panel)
    panel.resize(1200, 320)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(lambda: panel.view.grid.seen is not None and not panel.preview.busy)
    yield panel
    panel.close_work()


@pytest.fixture
def settled(qtbot, panel):
    """Waits until the preview shows what was asked for."""
    return lambda: qtbot.waitUntil(lambda: not panel.preview.busy and not panel.opening.runs)


def operations(document):
    return [step.operation for step in document.project.augmentation.steps]


def use(document, *keys):
    document.do(SetAugmentation(AugmentationSettings(tuple(new_step(key) for key in keys))))


def click_row(panel, row, at=120):
    box = panel.steps.visualItemRect(panel.steps.item(row))
    QTest.mouseClick(panel.steps.viewport(), LEFT, pos=QPoint(at, box.center().y()))


def test_a_step_is_found_by_search_and_added_by_enter(panel, document, qtbot):
    QTest.mouseClick(panel.add_button, LEFT)
    qtbot.waitUntil(panel.add_menu.isVisible)
    QTest.keyClicks(panel.add_menu.search, "flip")
    QTest.keyClick(panel.add_menu.search, Qt.Key.Key_Down)
    QTest.keyClick(panel.add_menu.search, Qt.Key.Key_Return)
    assert operations(document) == ["mirror_vertical"]
    assert not panel.add_menu.isVisible()
    assert panel.steps.currentRow() == 0
    assert panel.form.heading.text() == "Mirror top and bottom"
    assert document.history.undo_label == "Add Mirror top and bottom"
    document.undo()
    assert operations(document) == []
    assert panel.steps.count() == 0


def test_a_step_is_added_by_the_mouse_after_the_current_one(panel, document, qtbot):
    use(document, "rotation", "shift")
    click_row(panel, 0)
    QTest.mouseClick(panel.add_button, LEFT)
    qtbot.waitUntil(panel.add_menu.isVisible)
    item = next(item for item in panel.add_menu.rows() if item.text(0) == "Zoom")
    panel.add_menu.tree.scrollToItem(item)
    QTest.mouseClick(panel.add_menu.tree.viewport(), LEFT, pos=panel.add_menu.tree.visualItemRect(item).center())
    assert operations(document) == ["rotation", "zoom", "shift"]
    assert panel.steps.currentRow() == 1


def test_presets_replace_everything_and_can_be_undone(panel, document):
    menu = panel.preset_button.menu()
    for action in menu.actions():
        action.trigger()
        assert document.project.augmentation == PRESETS[action.text()]
    document.undo()
    assert document.project.augmentation == PRESETS["Photographs, strong"]


def test_switching_off_by_the_box_and_by_the_space_bar(panel, document):
    use(document, "rotation", "shift")
    box = panel.steps.visualItemRect(panel.steps.item(1))
    QTest.mouseClick(panel.steps.viewport(), LEFT, pos=QPoint(box.left() + 12, box.center().y()))
    assert [step.enabled for step in document.project.augmentation.steps] == [True, False]
    panel.steps.setFocus()
    click_row(panel, 0)
    QTest.keyClick(panel.steps, Qt.Key.Key_Space)
    assert [step.enabled for step in document.project.augmentation.steps] == [False, False]
    assert document.history.undo_label == "Switch off rotation"


def test_keys_move_double_and_delete(panel, document):
    use(document, "rotation", "shift", "zoom")
    click_row(panel, 2)
    QTest.keyClick(panel.steps, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert operations(document) == ["rotation", "zoom", "shift"]
    assert panel.steps.currentRow() == 1
    QTest.keyClick(panel.steps, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert operations(document) == ["rotation", "zoom", "zoom", "shift"]
    QTest.keyClick(panel.steps, Qt.Key.Key_Delete)
    QTest.mouseClick(panel.delete_button, LEFT)
    assert operations(document) == ["rotation", "zoom"]
    for _ in range(4):
        document.undo()
    assert operations(document) == ["rotation", "shift", "zoom"]


def slide(slider, steps):
    """Takes the handle and draws it along, with moves between."""
    from PySide6.QtWidgets import QStyle, QStyleOptionSlider

    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    part = QStyle.SubControl.SC_SliderHandle
    at = slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, slider).center()
    QTest.mousePress(slider, LEFT, pos=at)
    for step in range(1, steps + 1):
        QTest.mouseMove(slider, at + QPoint(4 * step, 0))
        QApplication.processEvents()
    return at + QPoint(4 * steps, 0)


def test_a_drawn_slider_is_one_step_and_the_preview_follows_it(panel, document, settled):
    use(document, "rotation")
    settled()
    before = panel.view.grid.seen
    slider = panel.form.fields["degrees"].slider
    end = slide(slider, 8)
    settled()
    assert document.project.augmentation.steps[0].params["degrees"] == 10
    during = panel.view.grid.seen
    assert during.wanted.augmentation.steps[0].params["degrees"] > 10
    assert during.rows[0][1].picture != before.rows[0][1].picture
    QTest.mouseRelease(slider, LEFT, pos=end)
    degrees = document.project.augmentation.steps[0].params["degrees"]
    assert degrees == during.wanted.augmentation.steps[0].params["degrees"]
    document.undo()
    assert document.project.augmentation.steps[0].params["degrees"] == 10
    assert panel.form.fields["degrees"].line.text() == "10"


def test_a_held_arrow_key_is_one_step(panel, document, qtbot):
    use(document, "rotation")
    slider = panel.form.fields["degrees"].slider
    slider.setFocus()
    for _ in range(5):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: document.project.augmentation.steps[0].params["degrees"] > 10)
    document.undo()
    assert document.project.augmentation.steps[0].params["degrees"] == 10


def test_a_written_value_counts_and_a_refused_one_is_told(panel, document, qtbot):
    use(document, "rotation")
    line = panel.form.fields["degrees"].line
    for text in ("25", "400"):
        qtbot.mouseClick(line, LEFT)
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert document.project.augmentation.steps[0].params["degrees"] == 25
    assert panel.form.told.text() == "Expected a number from 0.0 to 180.0. Received: degrees=400.0"
    assert panel.form.told.isVisible()


def shown_pixels(cell):
    picture = cell.picture
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return rows[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3)


def test_the_preview_is_the_tensors_of_the_feed(panel, document, settled):
    """Mixup and cutmix included; the same that training gets, by its own call."""
    use(document, "rotation", "brightness", "cutout", "mixup", "cutmix")
    panel.view.columns.setValue(3)
    QTest.mouseClick(panel.view.again, LEFT)
    settled()
    seen = panel.view.grid.seen
    feeds = project_feeds(document.project, open_source("digits"), (32, 32, 1))
    positions = feeds.training.order(0)[: len(seen.rows)]
    assert seen.wanted.epoch == 3
    for column in range(3):
        batch: Batch = feeds.training.batch(positions, 3 + column)
        expected = visible(batch.images, "0..1")
        for row, cells in enumerate(seen.rows):
            np.testing.assert_array_equal(shown_pixels(cells[column + 1]), expected[row])
            shares = (
                {part.split()[1]: float(part.split()[0]) for part in cells[column + 1].told.split(" + ")}
                if ("+" in cells[column + 1].told)
                else {cells[column + 1].told: 1.0}
            )
            for name, share in shares.items():
                assert batch.targets[row][int(name)] == pytest.approx(share, abs=6e-4)
    before = feeds.training.with_augmentation(None).batch(positions, 0)
    np.testing.assert_array_equal(shown_pixels(seen.rows[0][0]), visible(before.images, "0..1")[0])


def test_a_class_and_other_images(panel, document, settled):
    panel.view.classes.setCurrentIndex(4)
    panel.view.classes.activated.emit(4)
    settled()
    assert {cell.caption for cells in panel.view.grid.seen.rows for cell in cells} == {"3"}
    first = panel.view.grid.seen.rows[0][0].picture
    QTest.mouseClick(panel.view.other, LEFT)
    settled()
    assert panel.view.grid.seen.rows[0][0].picture != first
    assert {cell.caption for cells in panel.view.grid.seen.rows for cell in cells} == {"3"}


def test_the_cost_is_told_and_warnings_are(panel, document, settled):
    assert panel.view.cost.text() == "not varied"
    use(document, "mirror_horizontal", "saturation", "rotation")
    settled()
    assert panel.view.cost.text().endswith("ms an image")
    marks = [panel.steps.item(row).icon().isNull() for row in range(3)]
    assert marks == [False, False, True]
    click_row(panel, 0)
    assert "mirrored digit" in panel.form.told.text()
    click_row(panel, 1)
    assert "the images are grey" in panel.form.told.text()
    click_row(panel, 2)
    assert not panel.form.told.isVisible()


def test_other_data_is_not_read_unasked(panel, document, tmp_path, settled):
    for name, value in (("cat", 40), ("dog", 200)):
        folder = tmp_path / "pets" / name
        folder.mkdir(parents=True)
        from workbench.data.opencv import cv2

        for number in range(3):
            cv2.imwrite(str(folder / f"{number}.png"), np.full((10, 12, 3), value, np.uint8))
    spec = str(tmp_path / "pets")
    document.do(SetDataset(assign(document.project.dataset, {"spec": spec})))
    assert panel.view.open_button.isVisible()
    assert spec in panel.view.empty._text.text()
    QTest.mouseClick(panel.view.open_button, LEFT)
    settled()
    assert {cells[0].caption for cells in panel.view.grid.seen.rows} <= {"cat", "dog"}
    assert panel.view.grid.isVisible()


def test_a_dataset_that_is_open_already_is_used(panel, document, settled):
    source = open_source("digits")
    document.do(SetDataset(DatasetSettings(spec="somewhere/else")))
    assert panel.view.open_button.isVisible()
    panel.use_source(document.project.dataset, source)
    settled()
    assert panel.view.grid.isVisible()


def test_opening_can_be_cancelled(panel, document, qtbot, monkeypatch):
    from workbench.project import feeds

    def endless(settings, progress, cancel):
        progress(3, 100, "Listing images")
        assert cancel.wait(20)
        raise AssertionError("the answer of cancelled work is dropped")

    monkeypatch.setattr(feeds, "open_dataset", endless)
    document.do(SetDataset(DatasetSettings(spec="/a/large/folder")))
    QTest.mouseClick(panel.view.open_button, LEFT)
    bar = panel.view._progress
    qtbot.waitUntil(bar.isVisible)
    qtbot.waitUntil(lambda: "3 of 100" in bar.text.text())
    QTest.mouseClick(bar.cancel, LEFT)
    assert not panel.opening.runs
    assert panel.view.open_button.isVisible()


def test_data_that_is_not_there_is_told(panel, document, settled):
    document.do(SetDataset(DatasetSettings(spec="/no/such/folder")))
    QTest.mouseClick(panel.view.open_button, LEFT)
    settled()
    assert "/no/such/folder" in panel.view.empty._text.text()
    document.undo()
    settled()
    assert panel.view.grid.isVisible()


def test_a_step_that_nobody_knows_is_told_and_can_be_deleted(panel, document, settled):
    from workbench.project import AugmentationStep

    document.do(SetAugmentation(AugmentationSettings((AugmentationStep("warp9"), new_step("rotation")))))
    assert "warp9" in panel.view.empty._text.text()
    click_row(panel, 0)
    assert "Received: 'warp9'" in panel.form.told.text()
    QTest.mouseClick(panel.delete_button, LEFT)
    settled()
    assert operations(document) == ["rotation"]
    assert panel.view.grid.isVisible()


def test_a_network_without_images_says_what_it_needs(panel, document):
    document.replace(Project([type(document.graph)("model")]))
    assert "Draw an Input" in panel.view.empty._text.text()


def test_dragging_a_step_asks_for_its_new_place(panel, document, qtbot):
    """Qt's own drag needs a window system's loop; the drop is what the list answers to."""
    from PySide6.QtCore import QMimeData, QPointF
    from PySide6.QtGui import QDropEvent

    use(document, "rotation", "shift", "zoom")
    click_row(panel, 0)

    class Drop(QDropEvent):
        def source(self):
            return panel.steps

    box = panel.steps.visualItemRect(panel.steps.item(2))
    event = Drop(
        QPointF(60, box.bottom() + 20), Qt.DropAction.MoveAction, QMimeData(), LEFT, Qt.KeyboardModifier.NoModifier
    )
    panel.steps.dropEvent(event)
    assert operations(document) == ["shift", "zoom", "rotation"]
    assert panel.steps.currentRow() == 2
    document.undo()
    assert operations(document) == ["rotation", "shift", "zoom"]


def test_the_panel_is_in_the_window(window, qtbot):
    window.docks.show("augmentation")
    qtbot.waitUntil(lambda: window.augmentation.view.grid.seen is not None)
    window.augmentation.use_preset("Digits and letters")
    window.commands["undo"].trigger()
    assert window.document.project.augmentation == AugmentationSettings()
