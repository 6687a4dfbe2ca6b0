"""The grid of thumbnails: only what is seen is read, off the window's thread."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workbench.ui.images.pictures import fitted, picture
from workbench.ui.images.thumbnails import Thumbnail, ThumbnailGrid

MANY = 60_000


@pytest.fixture
def grid(qtbot, theme):
    grid = ThumbnailGrid(theme)
    qtbot.addWidget(grid)
    grid.resize(500, 300)
    grid.show()
    yield grid
    grid.close_reading()


def thumbnails(count):
    return [Thumbnail(index, f"image {index}") for index in range(count)]


class Reader:
    def __init__(self, broken=()):
        self.read_indices = []
        self.threads = set()
        self.broken = set(broken)

    def read(self, index):
        self.read_indices.append(index)
        self.threads.add(threading.current_thread())
        if index in self.broken:
            raise ValueError(f"row {index} is damaged")
        return np.full((8, 8, 1), index % 256, np.uint8)


def test_only_what_is_seen_is_read_and_never_in_the_windows_thread(grid, qtbot):
    reader = Reader()
    grid.show_images(thumbnails(MANY), reader.read)
    qtbot.waitUntil(lambda: grid.images.loader.image(0) is not None)
    qtbot.wait(100)
    assert len(reader.read_indices) < 100
    assert threading.main_thread() not in reader.threads
    grid.scrollToBottom()
    qtbot.waitUntil(lambda: grid.images.loader.image(MANY - 1) is not None)
    assert len(reader.read_indices) < 300
    assert not any(1000 < index < MANY - 1000 for index in reader.read_indices)


def test_what_cannot_be_read_says_why_and_others_are_shown(grid, qtbot):
    grid.show_images(thumbnails(3), Reader(broken=[1]).read)
    loader = grid.images.loader
    qtbot.waitUntil(lambda: loader.image(2) is not None and bool(loader.problem(1)))
    tip = grid.model().index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "row 1 is damaged" in tip


def test_another_source_forgets_the_pictures_of_the_first(grid, qtbot):
    grid.show_images(thumbnails(3), Reader().read)
    qtbot.waitUntil(lambda: grid.images.loader.image(1) is not None)
    grid.show_images(thumbnails(3), lambda index: np.full((8, 8, 1), 200, np.uint8))
    qtbot.waitUntil(lambda: grid.images.loader.image(1) is not None)
    assert grid.images.loader.image(1).pixelColor(3, 3).red() == 200


def test_arrows_and_return_pick(grid, qtbot):
    picked = []
    grid.picked.connect(picked.append)
    grid.show_images(thumbnails(5), Reader().read)
    grid.setCurrentIndex(grid.model().index(0, 0))
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert picked == [1]


def test_arrays_become_pictures():
    rgb = np.zeros((2, 3, 3), np.uint8)
    rgb[0, 2] = (255, 128, 0)
    image = picture(rgb)
    assert (image.width(), image.height()) == (3, 2)
    assert image.pixelColor(2, 0).getRgb() == (255, 128, 0, 255)
    floats = np.array([[-5.0, 127.6], [300.0, np.nan]], np.float32)
    grey = picture(floats)
    assert [[grey.pixelColor(x, y).red() for x in range(2)] for y in range(2)] == [[0, 128], [255, 0]]


def test_small_pictures_grow_in_whole_pixels_and_wide_ones_stay_wide():
    small = fitted(picture(np.array([[0, 255]], np.uint8)), 64)
    assert (small.width(), small.height()) == (64, 32)
    assert {small.pixelColor(x, 5).red() for x in range(64)} == {0, 255}
