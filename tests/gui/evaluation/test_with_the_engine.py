"""The panel with the real engine: trained for an epoch, judged, and looked into."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.evaluation.test_panel import drop
from workbench.project import SetTraining, assign
from workbench.runs import RunStore

LEFT = Qt.MouseButton.LeftButton
SECONDS = 120


@pytest.fixture
def window(open_window, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    return open_window(script="")


def test_a_run_is_trained_evaluated_explained_and_predicts(window, qtbot, images, tmp_path):
    def wait(condition):
        qtbot.waitUntil(lambda: bool(condition()), timeout=SECONDS * 1000)

    window.document.do(SetTraining(assign(window.document.project.training, {"epochs": 1})))
    window.training.train()
    wait(lambda: not window.training.busy and window.training.runs.exportable)
    window.show_panel("evaluation")
    panel = window.evaluation
    wait(lambda: panel.setup.chosen)
    QTest.mouseClick(panel.setup.evaluate, LEFT)
    wait(lambda: panel.results is not None)
    best = RunStore(tmp_path / "runs").resolve("latest").record.best
    assert panel.results.report.accuracy == pytest.approx(best["val_accuracy"], abs=1e-6)

    confusion = panel.results.report.confusion
    mistakes = confusion - np.diag(np.diag(confusion))
    true, guess = divmod(int(mistakes.argmax()), 10)
    matrix, grid = panel.confusion.matrix, panel.confusion.grid
    QTest.mouseClick(matrix, LEFT, pos=matrix.rect_of(true, guess).center())
    assert grid.model().rowCount() == confusion[true, guess]
    QTest.mouseClick(grid.viewport(), LEFT, pos=grid.visualRect(grid.model().index(0, 0)).center())
    detail = panel.detail
    wait(lambda: detail.picture.overlay is not None)
    assert detail.layer.currentText() == "s4"
    assert detail.bars.rows[0][0] == str(guess)
    detail.kind.setCurrentText("Activations")
    detail.layer.setCurrentText("c3")
    wait(lambda: "c3: 16 maps of 10 x 10" in detail.status.text())

    drop(panel, images)
    wait(lambda: panel.predictions.predictions is not None)
    assert panel.predictions.model.rowCount() == 3
    assert "broken.png" in panel.predictions.problems.text()
