"""The grid over the epochs: scrubbed, played, grown, saved. No engine is needed for it."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from tests.engine.generating.tiny import tiny_gan
from tests.gui.gan.conftest import COLUMNS, COUNT, ROWS, SIDE, grid_picture, stored_gan, write_epoch
from workbench.data.opencv import cv2
from workbench.project import is_adversarial
from workbench.protocol import Samples, Train
from workbench.ui.notices import Level


@pytest.fixture
def before(watched, person):
    """The panel with the stored run."""
    made = person()
    made.wait(lambda: made.panel.history is not None and made.panel.epochs.grid.image is not None)
    return made


def shown(page, number):
    """The grey of a tile, as it is on the screen."""
    place = page.grid.rect_of(number).center()
    return QColor(page.grid.grab().toImage().pixel(place)).red()


def expected(epoch, number):
    return number * 5 + epoch * 20


def test_without_a_gan_the_panel_says_what_it_is_for_and_makes_one(person, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    p = person()
    assert p.panel.empty.isVisible()
    assert "Watch a generator learn" in p.panel.empty._text.text()
    assert not p.panel._train.isVisible()
    p.click(p.panel._make)
    p.wait(lambda: is_adversarial(p.window.document.project))
    assert p.window.document.project.dataset.spec == "fashion_mnist"
    assert not p.window.document.analysis.errors
    assert not p.panel._make.isVisible()
    assert p.panel._train.isVisible()


def test_a_gans_project_is_trained_from_the_empty_panel(person, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    p = person(tiny_gan())
    p.wait(lambda: p.window.training.can_train)
    asked = []
    monkeypatch.setattr(p.window.training.session, "begin", asked.append)
    p.click(p.panel._train)
    (command,) = asked
    assert isinstance(command, Train)
    assert '"generator"' in command.project


def test_the_newest_epoch_is_shown_with_its_losses_and_scores(before):
    page = before.panel.epochs
    assert before.panel.tabs.isVisible()
    assert page.label.text() == "epoch 3 of 5"
    assert [shown(page, number) for number in (0, 7, 17)] == [expected(3, number) for number in (0, 7, 17)]
    assert page.losses.legend == (("generator", "1.300"), ("discriminator", "0.500"))
    assert page.scores.legend == (("real", "0.700"), ("fake", "0.300"))
    assert page.diversity.legend == (("samples", "0.600"),)


def test_the_scrubber_is_dragged_and_moved_by_keys(before):
    page = before.panel.epochs
    before.drag(page.scrubber, 0)
    assert page.label.text() == "before epoch 1 of 5"
    assert shown(page, 7) == expected(0, 7)
    QTest.keyClick(page.scrubber, Qt.Key.Key_Right)
    assert page.label.text() == "epoch 1 of 5"
    assert shown(page, 7) == expected(1, 7)
    assert page.losses.legend[0] == ("generator", "1.100")
    QTest.keyClick(page.scrubber, Qt.Key.Key_End)
    assert page.epoch == 3


def test_a_click_on_a_chart_scrubs_too(before):
    page = before.panel.epochs
    plot = page.losses._plot()
    before.click(page.losses, QPoint(round(plot.left() + plot.width() * 2 / 3), round(plot.center().y())))
    assert page.epoch == 2


def test_play_goes_round_and_stops_when_the_scrubber_is_taken(before):
    page = before.panel.epochs
    before.click(page.play)
    seen = set()
    page.scrubber.valueChanged.connect(lambda _: seen.add(page.epoch))
    before.wait(lambda: seen == {0, 1, 2, 3})
    before.click(page.scrubber, QPoint(2, page.scrubber.height() // 2))
    assert not page.play.isChecked()
    before.click(page.play)
    before.tab("Quality")
    assert not page.play.isChecked()


def test_the_grid_grows_while_it_trains_and_a_reader_is_left_alone(before, watched):
    page, session = before.panel.epochs, before.window.training.session
    write_epoch(watched, 4)
    session.answered.emit(None, Samples(epoch=4, path=str(watched / "samples" / "0004.png")))
    before.wait(lambda: page.label.text() == "epoch 4 of 5")
    before.drag(page.scrubber, 0.3)
    looked_at = page.epoch
    assert looked_at in (1, 2)
    write_epoch(watched, 5)
    session.answered.emit(None, Samples(epoch=5, path=str(watched / "samples" / "0005.png")))
    before.wait(lambda: page.scrubber.maximum() == 5)
    assert page.epoch == looked_at


def test_a_run_that_begins_comes_to_the_front_unless_another_was_chosen(before, watched):
    p = before.panel
    newer = stored_gan(watched.parent, "second", epochs=1)
    session = before.window.training.session
    session.answered.emit(None, Samples(epoch=0, path=str(newer / "samples" / "0000.png")))
    before.window.training.store.refresh()
    before.wait(lambda: p.history.folder == newer and p.run.count() == 2)
    before.choose(p.run, watched.name)
    before.wait(lambda: p.history.folder == watched)
    session.answered.emit(None, Samples(epoch=1, path=str(newer / "samples" / "0001.png")))
    before.qtbot.wait(200)
    assert p.history.folder == watched


def test_the_grid_is_saved_as_png_gif_and_mp4(before, tmp_path, monkeypatch):
    page = before.panel.epochs
    before.drag(page.scrubber, 0)
    QTest.keyClick(page.scrubber, Qt.Key.Key_Right)
    path = tmp_path / "grid.png"
    before.save(page.save, "Grid as PNG", path, monkeypatch)
    before.wait(path.exists)
    np.testing.assert_array_equal(np.asarray(Image.open(path)), grid_picture(1))
    before.wait(lambda: f"Saved {path}" in texts(before.window, Level.OK))

    path = tmp_path / "film"
    before.save(page.save, "GIF", path, monkeypatch)
    before.wait(lambda: path.with_suffix(".gif").exists())
    with Image.open(path.with_suffix(".gif")) as film:
        assert film.n_frames == 4  # type: ignore[attr-defined]
        film.seek(2)
        frame = np.asarray(film.convert("L"))
    times = frame.shape[0] // (ROWS * SIDE)
    np.testing.assert_array_equal(frame[::times, ::times], grid_picture(2))

    before.save(page.save, "MP4", path, monkeypatch)
    before.wait(lambda: path.with_suffix(".mp4").exists())
    video = cv2.VideoCapture(str(path.with_suffix(".mp4")))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 4
    video.release()


def test_a_file_that_cannot_be_written_is_told(before, tmp_path, monkeypatch):
    before.save(before.panel.epochs.save, "Grid as PNG", tmp_path / "nowhere" / "grid.png", monkeypatch)
    before.wait(lambda: any("there is no such folder" in text for text in texts(before.window, Level.WARNING)))


def test_a_cancelled_dialog_saves_nothing(before, monkeypatch):
    before.save(before.panel.epochs.save, "Grid as PNG", "", monkeypatch)
    assert not before.panel.saver.work.runs


def test_the_arrows_select_tiles_and_missing_ones_cannot_be_selected(before):
    grid = before.panel.epochs.grid
    before.pick(grid, 6)
    assert grid.current == 6
    for key, number in ((Qt.Key.Key_Right, 7), (Qt.Key.Key_Down, 12), (Qt.Key.Key_Up, 7), (Qt.Key.Key_Left, 6)):
        QTest.keyClick(grid, key)
        assert grid.current == number
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == COUNT - 1
    before.pick(grid, COUNT)
    assert grid.current == COUNT - 1
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current == COUNT - 1
    assert grid.columns == COLUMNS


def test_damaged_files_are_told_where_they_would_show(before, watched):
    (watched / "samples" / "0002.png").write_bytes(b"no picture")
    page = before.panel.epochs
    page._images.clear()
    QTest.keyClick(page.scrubber, Qt.Key.Key_Left)
    assert page.grid.image is None
    assert "0002.png cannot be read" in page.grid._message


def texts(window, level):
    return [notice.message for notice in window.board.notices if notice.level is level]
