"""Masks in the preview: moved with their images, of the size of the network's output, and as training gets them."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.engine.drawings import chain
from tests.engine.segmenting import mask_folders, pixelwise
from workbench.data.grid import visible
from workbench.data.source import VOID
from workbench.data.sources import open_source
from workbench.graph.edits import set_params
from workbench.project import AugmentationSettings, DatasetSettings, Project, SetAugmentation, SetDataset
from workbench.project.augmentation_presets import new_step
from workbench.project.feeds import project_feeds
from workbench.ui.document import Document
from workbench.ui.images.pictures import picture
from workbench.ui.panels.augmentation import AugmentationPanel

LEFT = Qt.MouseButton.LeftButton
MOVES = AugmentationSettings((new_step("rotation"), new_step("mirror_horizontal")))


@pytest.fixture
def make(qtbot, theme, tmp_path):
    """A panel before a project with masks, its dataset opened as the Data panel does it."""
    made = []

    def make(graph, augmentation=MOVES, **data):
        spec = mask_folders(tmp_path, 12)
        document = Document(Project([graph], DatasetSettings(spec=spec, **data)))
        document.do(SetAugmentation(augmentation))
        panel = AugmentationPanel(document, theme)
        qtbot.addWidget(panel)
        panel.resize(1400, 800)
        panel.show()
        panel.use_source(document.project.dataset, open_source(spec))
        grid = panel.view.grid
        qtbot.waitUntil(lambda: grid.seen is not None and len(grid.seen.rows) > 1 and not panel.preview.busy)
        made.append((panel, document))
        return panel, document

    yield make
    for panel, document in made:
        panel.close_work()
        document.close()
        document.deleteLater()


def layer(cell):
    """Which pixels of a cell's layer are coloured."""
    image = cell.layer
    return np.array([[image.pixelColor(x, y).alpha() > 0 for x in range(image.width())] for y in range(image.height())])


def expected(document, epoch, output=None):
    """The masks that training gets of the images that the preview shows first."""
    source = open_source(document.project.dataset.spec)
    feeds = project_feeds(document.project, source, (24, 32, 1), output)
    return feeds.training.batch(feeds.training.order(0)[:2], epoch).targets


def test_masks_are_those_of_training_in_every_epoch(make):
    panel, document = make(pixelwise())
    for epoch in (0, 2):
        targets = expected(document, epoch)
        for row in (0, 1):
            cell = panel.view.grid.seen.rows[row][1 + epoch]
            np.testing.assert_array_equal(layer(cell), targets[row] == 1)
            assert cell.place == (0, 0, 1, 1)
            assert cell.told.startswith("mask 24 x 32: ")
            assert f"object {(targets[row] == 1).mean():.0%}" in cell.caption
    assert (expected(document, 0) == VOID).any(), "rotation brings pixels of no class in"
    assert "no class" in panel.view.grid.seen.rows[0][1].told + panel.view.grid.seen.rows[1][1].told


def test_the_mask_of_a_valid_network_is_its_middle(make):
    panel, document = make(pixelwise(padding="valid"), AugmentationSettings())
    cell = panel.view.grid.seen.rows[0][0]
    assert (cell.layer.height(), cell.layer.width()) == (22, 30)
    assert cell.place == pytest.approx((1 / 32, 1 / 24, 30 / 32, 22 / 24))
    np.testing.assert_array_equal(layer(cell), expected(document, 0)[0] == 1)


def test_a_change_of_the_network_changes_the_masks_at_once(make, qtbot):
    panel, document = make(pixelwise(padding="valid"), AugmentationSettings())
    conv = next(node for node in document.graph if node.name == "conv")
    document.edit(set_params(document.graph, conv.id, {"kernel_size": 5}, {}))
    qtbot.waitUntil(lambda: panel.view.grid.seen.rows[0][0].layer.height() == 20, timeout=15_000)
    assert panel.view.grid.seen.rows[0][0].layer.width() == 28
    document.undo()
    qtbot.waitUntil(lambda: panel.view.grid.seen.rows[0][0].layer.height() == 22, timeout=15_000)


def test_the_opacity_changes_what_is_seen(make, qtbot):
    panel, _ = make(pixelwise())
    view = panel.view
    assert view.opacity.isVisible()
    assert "object" in view.legend.text()
    assert not view.classes.isVisible()
    grabs = []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(view.opacity.slider, key)
        grabs.append(view.grid.grab().toImage())
    box = view.grid.cell_rect(0, 0)
    inside = layer(view.grid.seen.rows[0][0])
    row, column = np.argwhere(inside)[len(np.argwhere(inside)) // 2]
    picture = view.grid._scaled(view.grid.seen.rows[0][0]).picture
    left, top = box.center().x() - picture.width() // 2, box.center().y() - picture.height() // 2
    x, y = left + (column + 0.5) * picture.width() / 32, top + (row + 0.5) * picture.height() / 24
    bare, covered = (grab.pixelColor(int(x), int(y)).getRgb()[:3] for grab in grabs)
    assert max(bare) - min(bare) <= 2, "the image is grey"
    assert covered == (230, 97, 0)


def test_mixed_masks_show_mixtures(make):
    panel, document = make(pixelwise(), AugmentationSettings((new_step("mixup", 1.0),)))
    targets = expected(document, 0)
    assert targets.dtype == np.float32
    image = panel.view.grid.seen.rows[0][1].layer
    share = targets[0][..., 1]
    alphas = np.array([[image.pixelColor(x, y).alphaF() for x in range(32)] for y in range(24)])
    np.testing.assert_allclose(alphas, share, atol=0.01)
    assert ((share > 0.05) & (share < 0.95)).any()


def test_target_images_can_be_laid_over_their_inputs(make, qtbot):
    decoder = chain(
        ("input", "image", {"shape": [24, 32, 1]}),
        ("keras.layers.Conv2D", "out", {"filters": 1, "kernel_size": 3, "padding": "same", "activation": "sigmoid"}),
    )
    panel, document = make(decoder, AugmentationSettings((new_step("gaussian_noise"),)))
    assert panel.view.opacity.label.text() == "Mask"
    settings = DatasetSettings(spec="digits", target="image")
    document.do(SetDataset(settings))
    qtbot.waitUntil(lambda: not panel.preview.busy and panel.view.grid.seen.target == "image", timeout=15_000)
    assert panel.view.opacity.label.text() == "Target"
    assert panel.view.opacity.value == 0
    feeds = project_feeds(document.project, open_source("digits"), (24, 32, 1))
    images, targets = feeds.training.batch(feeds.training.order(0)[:2], 1)
    assert (np.abs(images - targets) > 0.02).any(), "the target is without the noise"
    for row in (0, 1):
        cell = panel.view.grid.seen.rows[row][2]
        assert cell.picture == picture(visible(images[row], "0..1"))
        assert cell.layer == picture(visible(targets[row], "0..1"))
