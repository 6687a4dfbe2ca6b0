"""The emotion workflow as a person does it: New, the template, the table as data, Train, and a photograph's name."""

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QPushButton

from tests.data.fer_table import face, write_fer_table
from tests.gui.evaluation.test_panel import drop
from workbench.data.sources.columns import EMOTIONS
from workbench.templates import get_template
from workbench.ui.panels.dataset.opening import State

LEFT = Qt.MouseButton.LeftButton
SECONDS = 120


@pytest.fixture
def window(open_window, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    return open_window(script="")


def write(line, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def choose_template(dialog) -> None:
    (item,) = dialog.list.findItems("Emotions on faces", Qt.MatchFlag.MatchExactly)
    QTest.mouseClick(dialog.list.viewport(), LEFT, pos=dialog.list.visualItemRect(item).center())
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), LEFT)


def test_from_the_template_to_a_named_emotion(window, qtbot, answer, tmp_path):
    def wait(condition):
        qtbot.waitUntil(lambda: bool(condition()), timeout=SECONDS * 1000)

    table = write_fer_table(tmp_path / "fer2013.csv")
    answer(choose_template)
    window.ask_new()
    assert window.document.project.title == "emotion"
    (notice,) = window.board.notices
    assert notice.message == get_template("emotion").guidance
    (button,) = (button for button in window.board.findChildren(QPushButton) if button.text() == "Data…")
    QTest.mouseClick(button, LEFT)
    wait(window.data.isVisible)
    write(window.data.chooser.line, str(table))
    wait(lambda: window.data.dataset.state is State.OPEN)
    assert window.data.dataset.samples.source.class_names == EMOTIONS

    window.show_panel("training")
    write(window.training.panel.form.fields["epochs"].line, "1")
    wait(window.training.panel.train_button.isEnabled)
    QTest.mouseClick(window.training.panel.train_button, LEFT)
    wait(lambda: not window.training.busy and window.training.runs.exportable)

    photograph = tmp_path / "me.jpg"
    Image.fromarray(face(3, 7)).resize((160, 160)).convert("RGB").save(photograph)
    window.show_panel("evaluation")
    panel = window.evaluation
    wait(lambda: panel.setup.chosen)
    drop(panel, photograph)
    wait(lambda: panel.predictions.predictions is not None)
    predictions = panel.predictions.predictions
    assert predictions.class_names == EMOTIONS
    assert predictions.class_names[int(predictions.predicted[0])] in EMOTIONS
    assert panel.predictions.model.rowCount() == 1
