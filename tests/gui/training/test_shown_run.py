"""Which run the Training panel is about: curves, export and resume are of the run that a person means."""

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.training.scripted_engine import EPOCHS
from workbench.project import SetDataset
from workbench.runs import RunStatus, RunStore
from workbench.templates import get_template

LEFT = Qt.MouseButton.LeftButton
ROWS = [{"epoch": float(epoch), "loss": 1 / epoch, "val_accuracy": epoch / 10} for epoch in (1, 2, 3, 4)]


def older_run(b, stem="other"):
    """A run of another project, of four epochs."""
    with RunStore(b.preferences.runs_folder).create(stem, "{}", 0, epochs_planned=4) as run:
        for row in ROWS:
            run.add_epoch(row)
        run.finish(RunStatus.FINISHED, epochs=4, best={"val_mean_iou": 0.459}, monitor="val_mean_iou", best_epoch=4)
    return run.folder


def train(b):
    b.qtbot.mouseClick(b.panel.train_button, LEFT)
    b.wait_for("Trained 2 epochs")
    b.wait(lambda: any(status == "finished" and name.startswith("lenet5") for name, status in b.listed))


def click(b, name):
    table = b.panel.runs_list.table
    item = next(
        table.topLevelItem(n) for n in range(table.topLevelItemCount()) if table.topLevelItem(n).text(0) == name
    )
    b.qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualItemRect(item).center())


def held_out(b, name="accuracy"):
    curve = b.panel.curves.history.held_out.get(name)
    return [] if curve is None else curve.y


def test_the_run_that_begins_is_selected_whatever_was_clicked_before(bench):
    b = bench()
    folder = older_run(b)
    b.training.warm_up()
    b.wait(lambda: len(b.listed) == 1)
    click(b, folder.name)
    assert b.training.runs.selected == folder
    train(b)
    selected = b.training.runs.selected
    assert selected is not None
    assert selected.name.startswith("lenet5-")
    assert selected.name in b.training.actions["export"].toolTip()


def test_a_click_on_a_run_draws_its_whole_history_and_back(bench):
    b = bench()
    folder = older_run(b)
    train(b)
    mine = b.training.runs.selected
    assert held_out(b) == [0.45, 0.9]
    click(b, folder.name)
    b.wait(lambda: held_out(b) == [0.1, 0.2, 0.3, 0.4])
    assert b.panel.curves.history.epochs == 4
    click(b, mine.name)
    b.wait(lambda: held_out(b) == [0.45, 0.9])
    assert len(b.panel.curves.history.batch["loss"].x) > EPOCHS  # the live curves, with their batches


def test_the_metric_that_is_monitored_is_listed_with_its_name(bench):
    b = bench()
    folder = older_run(b)
    b.training.warm_up()
    b.wait(lambda: len(b.listed) == 1)
    assert b.panel.runs_list.table.topLevelItem(0).text(2) == "Mean IoU 45.9 %"
    assert b.training.runs.row_of(folder).result == "Mean IoU 45.9 %"


def test_a_resumed_run_is_drawn_from_its_first_epoch(bench):
    b = bench("endless")
    b.qtbot.mouseClick(b.panel.train_button, LEFT)
    b.wait_for("batch 5/5")
    b.qtbot.mouseClick(b.panel.stop_button, LEFT)
    b.wait_for("is kept")
    b.wait(lambda: b.training.actions["resume"].isEnabled())
    b.engine.script = "quick"
    b.training.session._thread.kill()
    b.wait_for("The engine process is gone")
    b.training.actions["resume"].trigger()
    b.wait_for("Trained 2 epochs")
    b.wait(lambda: held_out(b) == [0.45, 0.9])


def test_another_project_shows_nothing_of_the_last(bench):
    b = bench()
    train(b)
    b.training.actions["find-rate"].trigger()
    b.wait_for("A good learning rate")
    b.document.replace(get_template("lenet5").build())
    assert b.training.runs.selected is None
    assert not b.panel.curves.history.epochs
    assert b.panel.curves.empty.isVisible()
    assert "A good learning rate" not in b.headline
    assert not b.panel.trials.chart.isVisible()


def test_a_project_with_a_file_shows_its_last_run(bench, tmp_path):
    b = bench()
    train(b)
    run = b.training.runs.selected
    b.document.replace(get_template("lenet5").build())
    assert b.training.runs.selected is None
    b.document.replace(get_template("lenet5").build(), tmp_path / "lenet5.workbench")
    assert b.training.runs.selected == run
    b.wait(lambda: held_out(b) == [0.45, 0.9])


def test_a_window_that_opens_shows_the_last_run_of_its_project(bench):
    first = bench()
    train(first)
    run = first.training.runs.selected
    again = bench()
    again.training.warm_up()
    again.wait(lambda: again.training.runs.selected == run)
    again.wait(lambda: held_out(again) == [0.45, 0.9])


def test_a_run_that_is_held_is_paused_in_the_list(bench):
    b = bench("endless")
    b.qtbot.mouseClick(b.panel.train_button, LEFT)
    b.wait_for("batch 5/5")
    b.qtbot.mouseClick(b.panel.pause_button, LEFT)
    b.wait(lambda: [status for _, status in b.listed] == ["paused"])
    b.qtbot.mouseClick(b.panel.pause_button, LEFT)
    b.wait(lambda: [status for _, status in b.listed] == ["running"])
    b.training.stop()
    b.wait_for("is kept")


def test_without_data_training_waits_with_a_button_that_leads_to_them(bench):
    b = bench()
    b.document.do(SetDataset(msgspec.structs.replace(b.document.project.dataset, spec="")))
    assert "No data chosen" in b.headline
    assert not b.panel.train_button.isEnabled()
    assert "No data chosen" in b.panel.train_button.toolTip()
    asked = []
    b.panel.form.data_asked.connect(lambda: asked.append(True))
    b.qtbot.mouseClick(b.panel.headline.choose, LEFT)
    assert asked
    b.training.train()
    QTest.qWait(50)
    assert not b.training.busy
    b.document.undo()
    assert b.panel.train_button.isEnabled()
    assert not b.panel.headline.choose.isVisible()
