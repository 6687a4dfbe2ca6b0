"""The finder, the largest batch, one batch by heart; going on with runs; jobs that the session has no words for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.training.scripted_engine import LARGEST, SUGGESTION
from workbench.protocol import Export, Failed, Hello, Shutdown, Stopped, Train
from workbench.runs import RunStore
from workbench.ui.notices import Level
from workbench.ui.training.branch_dialog import BranchDialog, EpochsDialog
from workbench.ui.training.outcomes import outcome_of, outcome_of_death

LEFT = Qt.MouseButton.LeftButton


def press(bench, button):
    bench.qtbot.mouseClick(button, LEFT)


def test_a_rate_that_was_found_is_used_by_an_undoable_edit(bench):
    b = bench()
    b.training.actions["find-rate"].trigger()
    b.wait_for(f"A good learning rate is {SUGGESTION:.2g}.")
    trials = b.panel.trials
    assert trials.chart.isVisible()
    assert trials.chart.plot.log
    assert trials.chart.plot.marked == SUGGESTION
    press(b, trials.use)
    assert b.document.project.training.learning_rate == SUGGESTION
    b.document.undo()
    assert b.document.project.training.learning_rate == 0.002


def test_the_curve_is_drawn_while_rates_are_tried(bench):
    b = bench("slow-trials")
    b.training.actions["find-rate"].trigger()
    trials = b.panel.trials
    b.wait(lambda: trials.chart.isVisible() and len(trials.chart.plot.xs) == 41)
    assert trials.chart.plot.log
    assert not trials.use.isVisible()  # there is nothing to suggest yet
    b.training.stop()
    b.wait_for("was stopped")
    b.training.actions["find-rate"].trigger()  # begins with an empty curve
    b.wait(lambda: len(trials.chart.plot.xs) == 41)
    b.training.stop()
    b.wait_for("was stopped")


def test_another_rate_can_be_picked_on_the_curve(bench):
    b = bench()
    b.training.actions["find-rate"].trigger()
    b.wait_for("A good learning rate")
    chart = b.panel.trials.chart
    b.qtbot.mouseClick(chart, LEFT, pos=chart.place_of(0.01).toPoint())
    press(b, b.panel.trials.use)
    assert b.document.project.training.learning_rate == pytest.approx(0.01, rel=0.1)


def test_the_largest_batch_is_used(bench):
    b = bench()
    b.training.actions["find-batch"].trigger()
    b.wait_for(f"Batches of up to {LARGEST} images fit (of 7.8 GiB). Fastest of those tried: 512")
    assert b.panel.trials.sizes.topLevelItemCount() == 6
    press(b, b.panel.trials.use)
    assert b.document.project.training.batch_size == LARGEST


def test_one_batch_learned_by_heart(bench):
    b = bench()
    b.training.actions["overfit-batch"].trigger()
    b.wait_for("Learned by heart in 200 steps.")
    assert len(b.panel.trials.chart.plot.xs) == 200
    assert not b.panel.trials.use.isVisible()


def test_a_trial_tells_how_far_it_is_and_can_be_stopped(bench):
    b = bench("slow-trials")
    b.training.actions["find-rate"].trigger()
    b.wait_for("Trying  41/100  0:12 left")
    assert b.training.progress.bar.value() / b.training.progress.bar.maximum() == pytest.approx(0.41)
    assert b.training.progress.cancel.toolTip() == "Stop the learning-rate finder"
    assert not b.training.actions["pause"].isEnabled()
    press(b, b.training.progress.cancel)
    b.wait_for("The learning-rate finder was stopped. Nothing was changed.")


def test_actions_say_why_they_cannot_act(bench):
    b = bench("endless")
    b.training.warm_up()
    b.wait_for("Ready")
    tips = {name: b.training.actions[name].toolTip() for name in ("resume", "branch", "halve-rate", "stop")}
    assert "No run was stopped" in tips["resume"]
    assert "no run holds a whole epoch" in tips["branch"]
    assert tips["halve-rate"] == "No training runs"
    press(b, b.panel.train_button)
    assert "Something runs already" in b.training.actions["find-rate"].toolTip()


def stopped_run(bench):
    b = bench("endless")
    press(b, b.panel.train_button)
    b.wait_for("batch 5/5")
    press(b, b.panel.stop_button)
    b.wait_for("is kept")
    b.wait(lambda: b.training.actions["resume"].isEnabled())
    b.engine.script = "quick"
    b.training.session._thread.kill()
    b.wait_for("The engine process is gone")
    return b


def asked(b):
    """The command of the next job."""
    commands = []
    b.training.session.answered.connect(lambda command, _: commands.append(command))
    b.wait(lambda: commands)
    return commands[0]


def test_a_stopped_run_goes_on(bench):
    b = stopped_run(bench)
    row = b.training.resumable
    assert row.name in b.training.actions["resume"].toolTip()
    b.training.actions["resume"].trigger()
    command = asked(b)
    assert (command.resume, command.project, command.branch_epoch) == (str(row.folder), "", 0)
    b.wait_for("Trained 2 epochs")


def dialog_of(kind):
    (dialog,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind)]
    return dialog


def test_epochs_are_added_to_a_run(bench):
    b = stopped_run(bench)
    b.training.actions["add-epochs"].trigger()
    dialog = dialog_of(EpochsDialog)
    b.qtbot.waitExposed(dialog)
    QTest.keyClicks(dialog.epochs, "7")
    b.qtbot.keyClick(dialog.epochs, Qt.Key.Key_Return)
    assert asked(b).epochs_more == 7


def test_a_new_run_branches_from_an_epoch(bench):
    b = stopped_run(bench)
    b.training.actions["branch"].trigger()
    dialog = dialog_of(BranchDialog)
    b.qtbot.waitExposed(dialog)
    assert dialog.epoch.currentText().startswith("1 of 1 epoch")
    dialog.more.setValue(4)
    b.qtbot.mouseClick(dialog.accept_button, LEFT)
    command = asked(b)
    assert command.branch_epoch == 1
    planned = RunStore(b.preferences.runs_folder).resolve(b.listed[-1][0]).record.epochs_planned
    assert planned + command.epochs_more == 1 + 4
    b.wait_for("Trained")


def test_a_branch_may_take_the_settings_of_the_project_as_it_is(bench):
    b = stopped_run(bench)
    folder = b.training.runs.continuable[0].folder
    b.training.branch(folder, 1, 4, as_drawn=True)
    command = asked(b)
    assert command.project
    assert b.document.project.training.epochs + command.epochs_more == 5


class MeasureSpeed(Shutdown, frozen=True, tag="measure_speed"):
    """A command that nobody has words for."""


@pytest.mark.parametrize(
    ("command", "event", "text"),
    [
        (MeasureSpeed(), Hello(pid=1), "The job “measure speed” is done."),
        (MeasureSpeed(), Stopped(), "The job “measure speed” was stopped. Nothing was changed."),
        (MeasureSpeed(), Failed(message="no"), "The job “measure speed” failed: no"),
        (Train(project="", runs=""), Failed(message="no"), "Training failed: no"),
        (Export(run="", path=""), Stopped(), "The export was stopped; nothing was written."),
    ],
)
def test_outcomes_are_worded_by_command(command, event, text):
    assert outcome_of(command, event).text == text


def test_the_death_of_an_engine_is_told_by_what_it_did():
    idle = outcome_of_death(None, "", "signal 9", "")
    assert idle.level is Level.WARNING
    unknown = outcome_of_death(MeasureSpeed(), "", "signal 9", "log")
    assert unknown.text == "The job “measure speed” failed. The engine process is gone: signal 9."
    training = outcome_of_death(Train(project="", runs=""), "a", "signal 9", "log")
    assert training.hint.startswith("The run a is listed as interrupted")
