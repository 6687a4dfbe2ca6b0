import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def write(bench, name, text):
    """As a person does: click, replace what is there, press Return."""
    line = bench.panel.form.fields[name].line
    bench.qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    line.selectAll()
    bench.qtbot.keyClicks(line, text)
    bench.qtbot.keyClick(line, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("epochs", "7", 7), ("batch_size", "64", 64), ("learning_rate", "1e-2", 0.01), ("seed", "42", 42)],
)
def test_a_written_setting_is_one_undoable_edit(bench, name, text, value):
    b = bench()
    before = getattr(b.document.project.training, name)
    write(b, name, text)
    assert getattr(b.document.project.training, name) == value
    b.document.history.undo()
    assert getattr(b.document.project.training, name) == before
    assert float(b.panel.form.fields[name].line.text()) == before
    assert not b.document.history.can_undo


def test_a_setting_picked_by_keyboard(bench):
    b = bench()
    combo = b.panel.form.fields["optimizer"].combo
    combo.setFocus()
    QTest.keyClicks(combo, "S")
    QTest.keyClick(combo, Qt.Key.Key_Return)
    b.qtbot.mouseClick(combo, Qt.MouseButton.LeftButton)
    view = combo.view()
    b.qtbot.waitUntil(view.isVisible)
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert b.document.project.training.optimizer == "SGD"


@pytest.mark.parametrize("text", ["0", "many"])
def test_a_refused_setting_is_told_and_changes_nothing(bench, text):
    b = bench()
    write(b, "epochs", text)
    assert b.document.project.training.epochs == 30
    told = b.panel.form.refused
    assert told.isVisible()
    assert told.text().startswith("Epochs: Expected")
    assert told.text().endswith(f"Received: '{text}'" if text == "many" else f"Received: {text}")
    write(b, "epochs", "5")
    assert not told.isVisible()


def test_what_is_being_written_counts_when_training_starts_by_key(bench):
    b = bench()
    line = b.panel.form.fields["epochs"].line
    b.qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    line.selectAll()
    b.qtbot.keyClicks(line, "3")
    b.training.actions["train"].trigger()
    assert b.document.project.training.epochs == 3


def test_the_dataset_is_told_with_its_facts(bench):
    b = bench()
    facts = b.panel.form.facts
    assert facts.text() == "1,797 images of 8x8x1, 10 classes; 360 held out; 45 batches an epoch"
    write(b, "validation_share", "0.5")
    assert "899 held out" in facts.text()
    assert b.document.project.dataset.validation_share == 0.5
