"""Masks with the real engine: trained for some epochs, judged worst first, and a larger image predicted in tiles."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.engine.segmenting import mask_folders, segmentation
from tests.gui.evaluation.test_panel import drop
from workbench.ui.panels.evaluation.mask_viewer import ERRORS

LEFT = Qt.MouseButton.LeftButton
SECONDS = 120


@pytest.fixture
def window(open_window, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    return open_window(segmentation(mask_folders(tmp_path, 12), epochs=4), script="")


@pytest.mark.slow
def test_a_run_of_masks_is_trained_judged_and_predicts_in_tiles(window, qtbot, tmp_path):
    def wait(condition):
        qtbot.waitUntil(lambda: bool(condition()), timeout=SECONDS * 1000)

    window.training.train()
    wait(lambda: not window.training.busy and window.training.runs.exportable)
    window.show_panel("evaluation")
    panel = window.evaluation
    wait(lambda: panel.setup.chosen)
    QTest.mouseClick(panel.setup.evaluate, LEFT)
    viewer = panel.masks.browser.viewer
    wait(lambda: panel.results is not None and viewer.view.layer is not None)
    assert viewer.shown.currentData() == ERRORS
    listed = [item.index for item in panel.masks.browser.grid.images.items]
    np.testing.assert_array_equal(listed, panel.results.report.worst)
    large = np.zeros((70, 90), np.uint8)
    large[20:50, 30:60] = 230
    Image.fromarray(large).save(tmp_path / "large.png")
    drop(panel, tmp_path / "large.png")
    page = panel.predictions
    wait(lambda: page.masks is not None and page.browser.viewer.view.layer is not None)
    (image,) = page.masks.listing.images
    assert (image.height, image.width, image.own_size) == (70, 90, True)
    assert image.tiles == 4 * 4  # 24 x 32 with at least a quarter in common
