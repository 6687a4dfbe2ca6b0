import os
import signal
import time

from PySide6.QtCore import Qt

from tests.gui.training.scripted_engine import BATCHES, EPOCHS, RATE
from workbench.graph.edits import Remove
from workbench.project.file import dumps
from workbench.runs import RunStore

LEFT = Qt.MouseButton.LeftButton


def press(bench, button):
    bench.qtbot.mouseClick(button, LEFT)


def drawn(item):
    """The points of a line that pyqtgraph draws."""
    x, y = item.getOriginalDataset()
    return [] if x is None else list(zip(x, y, strict=True))


def test_train_runs_and_says_how_it_ended(bench):
    b = bench()
    b.wait_for("The engine is not running yet")
    press(b, b.panel.train_button)
    assert not b.panel.train_button.isEnabled()
    assert b.panel.stop_button.isEnabled()
    assert b.training.progress.isVisible()
    b.wait_for("Trained 2 epochs in 0:03. Best held-out accuracy 97.5 % (epoch 2).")
    assert not b.training.progress.isVisible()
    assert b.panel.train_button.isEnabled()
    b.wait(lambda: [status for _, status in b.listed] == ["finished"])
    assert b.listed[0][0].startswith("lenet5-")


def _all_drawn(charts) -> bool:
    """Charts are drawn in turn, so one may be ahead of another."""
    return all(len(drawn(curve)) == EPOCHS for chart in charts for curve in (chart.train, chart.held_out))


def test_curves_move_for_training_and_held_out_images(bench):
    b = bench()
    press(b, b.panel.train_button)
    b.wait_for("Trained")
    b.wait(lambda: b.panel.curves.charts and _all_drawn(b.panel.curves.charts[:2]))
    loss, accuracy, rate, speed = b.panel.curves.charts
    assert drawn(loss.train) == [(1, 1.0), (2, 0.5)]
    assert drawn(accuracy.held_out) == [(1, 0.45), (2, 0.9)]
    assert len(drawn(loss.batch)) == EPOCHS * BATCHES
    assert drawn(loss.batch)[-1][0] == EPOCHS
    assert "90.0 %" in accuracy.legend.text()
    b.panel.curves._area.ensureWidgetVisible(rate)
    b.wait(lambda: len(drawn(rate.batch)) == len(drawn(speed.batch)) == EPOCHS * BATCHES)
    assert {y for _, y in drawn(rate.batch)} == {RATE}
    assert "1,240" in speed.legend.text()


def test_a_second_training_begins_with_empty_curves(bench):
    b = bench()
    press(b, b.panel.train_button)
    b.wait_for("Trained")
    b.engine.script = "endless"
    b.training.session._thread.kill()
    b.wait_for("The engine process is gone")
    press(b, b.panel.train_button)
    b.wait(lambda: b.panel.curves.history.batch and not b.panel.curves.history.train)


def test_progress_tells_images_per_second_and_time_left(bench):
    b = bench("endless")
    press(b, b.panel.train_button)
    b.wait_for("epoch 1/2  batch 5/5  1,240 images/s  0:12 left")
    assert b.training.progress.text.text() in b.headline
    assert 0 < b.training.progress.bar.value() < b.training.progress.bar.maximum()
    press(b, b.training.progress.cancel)
    b.wait_for("The run lenet5-")
    assert "is kept" in b.headline
    b.wait(lambda: [status for _, status in b.listed] == ["stopped"])


def test_an_engine_that_does_not_stop_can_be_ended(bench):
    b = bench("deaf")
    press(b, b.panel.train_button)
    b.wait_for("batch 5/5")
    press(b, b.panel.stop_button)
    b.wait_for("Stopping at the end of this batch")
    assert "End now" in b.panel.stop_button.text().replace("&", "")
    press(b, b.panel.stop_button)
    b.wait_for("SIGKILL")


def test_killing_the_engine_keeps_window_and_project_and_the_next_train_works(bench):
    b = bench("endless")
    before = dumps(b.document.project)
    press(b, b.panel.train_button)
    b.wait_for("batch 5/5")
    os.kill(b.engine.pid, signal.SIGKILL)
    b.wait_for("signal SIGKILL (the system does that when memory runs out)")
    assert "listed as interrupted" in b.headline
    assert b.window.isVisible()
    assert dumps(b.document.project) == before
    b.wait(lambda: [status for _, status in b.listed] == ["interrupted"])
    assert [notice.level.value for notice in b.notices] == ["error"]
    b.engine.script = "quick"
    press(b, b.panel.train_button)
    b.wait_for("Trained 2 epochs")
    b.wait(lambda: sorted(status for _, status in b.listed) == ["finished", "interrupted"])


def test_an_engine_that_dies_at_rest_is_told_and_replaced(bench):
    b = bench()
    b.training.warm_up()
    b.wait_for("Ready to train")
    os.kill(b.engine.pid, signal.SIGTERM)
    b.wait_for("signal SIGTERM")
    assert b.training.device_text == "Engine stopped"
    press(b, b.panel.train_button)
    b.wait_for("Trained 2 epochs")


def test_a_missing_tensorflow_is_told_where_training_would_start(bench):
    b = bench("unavailable")
    b.training.warm_up()
    b.wait_for("TensorFlow is not installed.\nInstall it.")
    assert b.training.device_text == "No TensorFlow: why?"
    assert "Install it." in b.training.device_details
    b.engine.script = "quick"  # installed in the meantime
    press(b, b.panel.train_button)
    b.wait_for("Trained 2 epochs")


def test_training_without_tensorflow_ends_with_the_reason(bench):
    b = bench("unavailable")
    press(b, b.panel.train_button)
    b.wait_for("TensorFlow is not installed.")
    assert not b.training.busy
    assert "trace" in b.notices[0].detail
    assert "trace" not in b.headline


def test_a_failed_training_says_what_to_do(bench):
    b = bench("failing")
    press(b, b.panel.train_button)
    b.wait_for("Training failed: out of memory\nMake the batch smaller.")
    assert b.panel.train_button.isEnabled()


def test_the_device_and_why_there_is_no_gpu(bench):
    b = bench()
    b.training.warm_up()
    b.wait_for("Ready to train\nOn the CPU: no card. Install its driver.")
    assert b.training.device_text == "CPU (no GPU: why?)"
    assert "No GPU: no card." in b.training.device_details


def test_a_broken_network_says_why_it_cannot_be_trained(bench):
    b = bench()
    graph = b.document.graph
    wire = graph.wires_into(graph.find_name("c3"))[0]
    b.document.edit(Remove(wires=(wire,)))
    assert not b.panel.train_button.isEnabled()
    assert "c3: Expected one wire into input" in b.panel.train_button.toolTip()
    assert "c3: Expected one wire into input" in b.headline
    b.training.train()
    assert not b.training.busy
    b.document.history.undo()
    assert b.panel.train_button.isEnabled()


def test_what_the_engine_prints_is_in_the_console(bench):
    b = bench()
    press(b, b.panel.train_button)
    b.wait(lambda: "the engine prints" in b.training.console.text.toPlainText())


def test_events_reach_the_window_at_most_twenty_times_a_second(bench):
    b = bench("flood")
    updates = []
    b.training.state_changed.connect(lambda: updates.append(time.monotonic()))
    press(b, b.panel.train_button)
    began = time.monotonic()
    b.wait_for("Trained 2 epochs")
    assert len(b.panel.curves.history.batch["loss"].x) > 400
    assert len(updates) < 25 * (time.monotonic() - began) + 15


def test_closing_the_window_while_training_keeps_the_run(bench):
    b = bench("endless")
    press(b, b.panel.train_button)
    b.wait_for("batch 5/5")
    b.training.close()
    assert not b.engine.alive
    assert [run.status for run in RunStore(b.preferences.runs_folder).list()] == ["stopped"]


def test_old_bad_news_go_when_the_next_job_begins(bench):
    b = bench("failing")
    withdrawn = []
    b.training.withdrawn.connect(withdrawn.append)
    press(b, b.panel.train_button)
    b.wait_for("Training failed")
    press(b, b.panel.train_button)
    assert withdrawn.count(b.notices[0].topic) == 2
    b.wait(lambda: len(b.notices) == 2)


def test_the_console_aligns_lines_that_belong_together(bench):
    b = bench()
    b.training.console.add("first\nsecond")
    first, second = b.training.console.text.toPlainText().splitlines()
    assert first.endswith("  first")
    assert second.index("second") == first.index("first")


def test_a_training_asked_for_while_the_engine_dies_is_trained_or_told(bench):
    b = bench()
    b.training.warm_up()
    b.wait_for("Ready to train")
    for _ in range(3):
        os.kill(b.engine.pid, signal.SIGKILL)
        press(b, b.panel.train_button)
        assert b.training.busy
        b.wait(lambda: not b.training.busy)
        assert "Trained 2 epochs" in b.headline or "The engine process is gone" in b.headline
        press(b, b.panel.train_button)
        b.wait_for("Trained 2 epochs")
