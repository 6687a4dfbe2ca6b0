"""A sweep from its dialog to its last trial."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.runs.conftest import LEFT, add
from workbench.runs import RunStore, read_labels
from workbench.sweeps import SweepStore
from workbench.ui.panels.runs.sweep_dialog import SweepDialog


@pytest.fixture
def window(open_window, store, qtbot):
    """The engine's script can be changed between trials: `window.training.session` starts it when it is needed."""
    window = open_window(script="quick")
    window.show_panel("runs")
    qtbot.waitUntil(lambda: window.training.store.was_read)
    return window


def dialog_of(window, qtbot):
    window.runs.ask_sweep()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, SweepDialog))
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def write(dialog, row, text):
    line = dialog.rows[row].values
    line.selectAll()
    QTest.keyClicks(line, text)


def start(window, qtbot, *values):
    dialog = dialog_of(window, qtbot)
    write(dialog, 0, values[0])
    for number, text in enumerate(values[1:], 1):
        QTest.mouseClick(dialog.add, LEFT)
        write(dialog, number, text)
    qtbot.waitUntil(lambda: "training" in dialog.told.text() and dialog.start.isEnabled())
    dialog._look()
    QTest.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: bool(window.sweeps.records))


def statuses(window):
    record = next(iter(window.sweeps.records.values()), None)
    return [str(trial.status) for trial in record.trials] if record else []


def listed(window):
    tree = window.runs.sweeps.tree
    return [tree.topLevelItem(row).text(1) for row in range(tree.topLevelItemCount())]


def test_the_dialog_counts_and_says_what_is_wrong(window, qtbot):
    dialog = dialog_of(window, qtbot)
    assert dialog.told.text().startswith("10 trainings.")
    write(dialog, 0, "0.1,0.01")
    qtbot.waitUntil(lambda: dialog.told.text().startswith("2 trainings."))
    assert not dialog.trials.isEnabled()
    QTest.mouseClick(dialog.add, LEFT)
    assert dialog.rows[1].values.text() == "Adam,SGD,RMSprop"
    qtbot.waitUntil(lambda: dialog.told.text().startswith("6 trainings."))
    write(dialog, 0, "0.1,-1")
    qtbot.waitUntil(lambda: "Received: -1" in dialog.told.text())
    assert not dialog.start.isEnabled()
    QTest.mouseClick(dialog.rows[0].bin, LEFT)
    qtbot.waitUntil(lambda: dialog.told.text().startswith("3 trainings."))
    dialog.reject()


def test_the_dialog_estimates_the_time_by_the_last_run(open_window, store, qtbot):
    add(store, "lenet5")  # 2 s an epoch, and the template trains 30
    window = open_window()
    window.show_panel("runs")
    qtbot.waitUntil(lambda: bool(window.training.store.entries))
    dialog = dialog_of(window, qtbot)
    assert dialog.told.text() == "10 trainings of about 1:00, 10:00 in all."
    dialog.reject()


def test_a_parameter_of_a_layer_can_be_varied(window, qtbot):
    dialog = dialog_of(window, qtbot)
    box = dialog.rows[0].place
    QTest.mouseClick(box.lineEdit(), LEFT)
    box.lineEdit().selectAll()
    QTest.keyClicks(box.lineEdit(), "c1: filters")
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.rows[0].key == "node.c1.filters")
    write(dialog, 0, "4,8")
    qtbot.waitUntil(lambda: dialog.told.text().startswith("2 trainings."))
    assert [trial.values for trial in dialog._plan.trials] == [{"node.c1.filters": 4}, {"node.c1.filters": 8}]
    dialog.reject()


def test_every_trial_is_trained_and_labelled(window, qtbot, store):
    start(window, qtbot, "0.1,0.01", "SGD")
    qtbot.waitUntil(lambda: statuses(window) == ["finished", "finished"], timeout=20000)
    assert listed(window) == ["finished", "finished"]
    qtbot.waitUntil(lambda: not window.sweeps.active)
    assert "2 of 2 trials finished" in window.board.notices[-1].message
    qtbot.waitUntil(lambda: sorted(row.trial for row in window.runs.model.rows) == [1, 2], timeout=20000)
    labels = sorted(
        (read_labels(run.folder).trial, read_labels(run.folder).values) for run in RunStore(store.root).list()
    )
    assert labels == [
        (1, {"learning_rate": 0.1, "optimizer": "SGD"}),
        (2, {"learning_rate": 0.01, "optimizer": "SGD"}),
    ]
    qtbot.waitUntil(lambda: len(SweepStore(store.root).list()) == 1)
    window.training.store.close()
    assert {trial.status for trial in SweepStore(store.root).list()[0].trials} == {"finished"}


def test_a_failed_trial_does_not_stop_the_others(open_window, store, qtbot):
    window = open_window(script="failing")
    window.show_panel("runs")
    qtbot.waitUntil(lambda: window.training.store.was_read)
    start(window, qtbot, "0.1,0.01")
    qtbot.waitUntil(lambda: statuses(window) == ["failed", "failed"], timeout=20000)
    record = next(iter(window.sweeps.records.values()))
    assert "out of memory" in record.trials[0].problem


def running(window, number):
    trial = window.sweeps.running
    job = window.training.session.job
    return trial is not None and trial.number == number and job is not None and bool(job.run)


def test_one_is_cancelled_and_the_next_begins_and_all_can_be_cancelled(open_window, store, qtbot):
    window = open_window(script="endless")
    window.show_panel("runs")
    qtbot.waitUntil(lambda: window.training.store.was_read)
    start(window, qtbot, "0.1,0.2,0.3,0.4")
    qtbot.waitUntil(lambda: running(window, 1), timeout=20000)
    view = window.runs.sweeps
    view.tree.setCurrentItem(view.tree.topLevelItem(2))
    QTest.mouseClick(view.cancel_one, LEFT)
    assert statuses(window)[2] == "cancelled"
    view.tree.setCurrentItem(view.tree.topLevelItem(0))
    QTest.mouseClick(view.cancel_one, LEFT)
    qtbot.waitUntil(lambda: running(window, 2), timeout=20000)
    assert statuses(window)[0] == "cancelled"
    QTest.mouseClick(view.stop, LEFT)
    qtbot.waitUntil(lambda: not window.training.busy and not window.sweeps.active, timeout=20000)
    assert statuses(window) == ["cancelled"] * 4


def test_an_engine_that_dies_takes_one_trial_with_it(open_window, store, qtbot):
    window = open_window(script="endless")
    window.show_panel("runs")
    qtbot.waitUntil(lambda: window.training.store.was_read)
    start(window, qtbot, "0.1,0.2")
    qtbot.waitUntil(lambda: running(window, 1), timeout=20000)
    window.training.session._thread.kill()
    qtbot.waitUntil(lambda: running(window, 2), timeout=20000)
    assert statuses(window)[0] == "failed"
    assert "engine process is gone" in next(iter(window.sweeps.records.values())).trials[0].problem


def test_stop_ends_the_sweep_and_another_window_goes_on(open_window, store, qtbot):
    first = open_window(script="endless")
    first.show_panel("runs")
    qtbot.waitUntil(lambda: first.training.store.was_read)
    start(first, qtbot, "0.1,0.2")
    qtbot.waitUntil(lambda: running(first, 1), timeout=20000)
    first.training.stop()
    qtbot.waitUntil(lambda: not first.sweeps.active, timeout=20000)
    assert statuses(first) == ["stopped", "waiting"]
    first.document.history.mark_saved()
    first.close()
    second = open_window(script="quick")
    second.show_panel("runs")
    second.runs.tabs.setCurrentWidget(second.runs.sweeps)
    go_on = second.runs.sweeps.go_on
    qtbot.waitUntil(go_on.isVisible)
    assert go_on.text() == "Go on with 2 trials"
    QTest.mouseClick(go_on, LEFT)
    qtbot.waitUntil(lambda: statuses(second) == ["finished", "finished"], timeout=20000)


def test_a_sweep_waits_until_the_network_is_whole(window):
    graph = window.document.graph
    from workbench.graph.edits import Remove

    window.document.edit(Remove((graph.find_name("flatten"),)))
    window.runs.ask_sweep()
    assert "waits until the network is whole" in window.board.notices[-1].message
    window.document.history.mark_saved()
