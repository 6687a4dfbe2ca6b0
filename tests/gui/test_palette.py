"""Finding a layer and adding it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem

from workbench.layers import CATALOGUE
from workbench.ui import mime
from workbench.ui.panels.palette import PalettePanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def palette(qtbot, document, theme) -> PalettePanel:
    panel = PalettePanel(document, theme)
    qtbot.addWidget(panel)
    panel.resize(240, 800)
    panel.show()
    return panel


def rows(palette: PalettePanel) -> list[str]:
    return [item.text(0) for item in palette.tree.every_item()]


def find(palette: PalettePanel, label: str) -> QTreeWidgetItem:
    return next(item for item in palette.tree.every_item() if item.text(0) == label)


def place(palette: PalettePanel, label: str) -> QPoint:
    return palette.tree.visualItemRect(find(palette, label)).center()


def test_every_layer_is_there_under_its_category(palette):
    labels = rows(palette)
    ports = {"Block input", "Block output"}  # they make sense in the definition of a block only
    assert {layer.label for layer in CATALOGUE} - ports <= set(labels)
    assert not ports & set(labels)
    assert labels.index("Blocks") < labels.index("Residual") < labels.index("Residual bottleneck")
    assert labels.index("Convolution") < labels.index("Conv2D") < labels.index("Pooling")


def test_searching_and_enter_adds_the_best_match(palette):
    added = []
    palette.add_requested.connect(added.append)
    QTest.keyClicks(palette.search, "average")
    first, second = rows(palette)[:2]
    assert first.startswith("Average")
    assert second.startswith("Average")
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert [CATALOGUE[key].label for key in added] == [second]


def test_words_of_the_field_find_layers(palette):
    QTest.keyClicks(palette.search, "fully connected")
    assert rows(palette)[0] == "Dense"
    assert "Conv2D" not in rows(palette)


def test_nothing_found_says_so_and_offers_to_clear(palette, qtbot):
    QTest.keyClicks(palette.search, "blockchain")
    assert not palette.tree.isVisible()
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.tree.isVisible()
    assert "Conv2D" in rows(palette)


def test_a_double_click_adds(palette):
    added = []
    palette.add_requested.connect(added.append)
    at = place(palette, "Conv2D")
    QTest.mouseClick(palette.tree.viewport(), LEFT, pos=at)
    QTest.mouseDClick(palette.tree.viewport(), LEFT, pos=at)
    assert added == ["keras.layers.Conv2D"]


def test_a_dragged_layer_carries_its_key(palette):
    data = palette.tree.mimeData([find(palette, "Dense")])
    assert bytes(data.data(mime.LAYER).data()) == b"keras.layers.Dense"


def test_a_category_folds_at_a_click(palette):
    at = place(palette, "Pooling")
    QTest.mouseClick(palette.tree.viewport(), LEFT, pos=at)
    assert not find(palette, "Pooling").isExpanded()
    QTest.mouseClick(palette.tree.viewport(), LEFT, pos=at)
    assert find(palette, "Pooling").isExpanded()
