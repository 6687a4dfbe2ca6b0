import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from workbench.project import SetDataset, SetTraining, TrainingSettings, assign


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
    told = b.panel.form.rows["epochs"].problem
    assert told.isVisible()
    assert told.text().startswith("Expected")
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
    b.document.do(SetDataset(assign(b.document.project.dataset, {"validation_share": 0.5})))
    assert "899 held out" in facts.text()


def training(bench):
    return bench.document.project.training


def unfold(bench, title):
    """Opens a section as a person does, with room to see it."""
    bench.window.resize(1280, 1400)
    section = bench.panel.form.sections[title]
    bench.qtbot.mouseClick(section.fold, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: next(iter(section.rows.values())).field.isVisible())
    return section


def test_every_setting_has_its_place_in_the_form_once(bench):
    b = bench()
    shown = [name for name in b.panel.form.rows if "." not in name]
    known = {name for name in TrainingSettings.__struct_fields__ if not name.endswith("_params")}
    beside_the_layers = {"fine_tuning"}  # in the Freezing panel
    assert b.panel.form.weights.isVisibleTo(b.panel)
    assert sorted(shown) == sorted(known - beside_the_layers - {"initial_weights", "copy_overlap"})


def test_another_optimiser_brings_its_own_arguments(bench):
    b = bench()
    assert "optimizer.beta_1" in b.panel.form.rows
    b.document.do(SetTraining(assign(training(b), {"optimizer": "SGD"})))
    assert "optimizer.momentum" in b.panel.form.rows
    assert "optimizer.beta_1" not in b.panel.form.rows
    unfold(b, "Optimiser")
    write(b, "optimizer.momentum", "0.9")
    assert training(b).optimizer_params == {"momentum": 0.9}
    write(b, "optimizer.momentum", "0")
    assert training(b).optimizer_params == {}
    b.document.undo()
    assert b.panel.form.fields["optimizer.momentum"].line.text() == "0.9"


def test_a_section_tells_its_changes_and_goes_back_to_the_defaults_in_one_step(bench):
    b = bench()
    section = unfold(b, "Regularisation")
    assert section.mark.text() == "● 1 changed"  # the template smooths its labels
    write(b, "label_smoothing", "0.2")
    write(b, "optimizer.clipnorm", "1")
    assert section.mark.text() == "● 2 changed"
    b.qtbot.mouseClick(section.reset, Qt.MouseButton.LeftButton)
    assert training(b).label_smoothing == 0.0
    assert training(b).optimizer_params == {}
    assert not section.reset.isVisible()
    b.document.undo()
    assert (training(b).label_smoothing, training(b).optimizer_params) == (0.2, {"clipnorm": 1})


def test_a_refused_argument_is_told_at_its_field(bench):
    b = bench()
    unfold(b, "Optimiser")
    write(b, "optimizer.beta_1", "2")
    row = b.panel.form.rows["optimizer.beta_1"]
    assert row.problem.isVisible()
    assert "Expected a number from 0 to 1" in row.problem.text()
    assert training(b).optimizer_params == {}


def test_metrics_are_ticked_and_may_decide_which_epoch_is_best(bench):
    b = bench()
    unfold(b, "Loss and metrics")
    box = b.panel.form.fields["metrics"].boxes["f1"]
    b.qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert training(b).metrics == ("accuracy", "f1")
    words = b.panel.form.fields["monitor"].combo
    assert "held-out F1" in [words.itemText(index) for index in range(words.count())]


def test_patience_waits_for_early_stopping(bench):
    b = bench()
    unfold(b, "Stopping and checkpoints")
    assert not b.panel.form.fields["patience"].isEnabled()
    box = b.panel.form.fields["early_stopping"].box
    b.qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert training(b).early_stopping
    assert b.panel.form.fields["patience"].isEnabled()


def test_the_schedule_is_drawn_before_training_and_follows_edits(bench):
    b = bench()
    curve = b.panel.form.curve
    first, last = curve.points[0][1], curve.points[-1][1]
    assert first == pytest.approx(0.002, rel=1e-3)
    assert last < 1e-6
    assert curve.caption() == "0.002 → 0 over 30 epochs"
    b.document.do(SetTraining(assign(training(b), {"schedule.warmup_epochs": 10})))
    rates = dict(curve.points)
    rising = [rate for epoch, rate in rates.items() if epoch < 10]
    assert rising == sorted(rising)
    assert max(rates.values()) == pytest.approx(0.002, rel=1e-2)
    write(b, "learning_rate", "0.01")
    assert max(rate for _, rate in curve.points) == pytest.approx(0.01, rel=1e-2)


def test_the_curve_is_read_out_under_the_mouse(bench):
    b = bench()
    b.document.do(SetTraining(assign(training(b), {"schedule": "constant"})))
    curve = b.panel.form.curve
    assert curve.caption() == "0.002 throughout"
    b.qtbot.mouseMove(curve, curve.rect().center())
    b.qtbot.waitUntil(lambda: curve.caption().startswith("epoch "))
    epoch, rate = curve.caption().removeprefix("epoch ").split(": ")
    assert float(epoch) == pytest.approx(15, abs=0.5)
    assert rate == "0.002"
