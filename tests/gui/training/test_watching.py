"""Pausing, changing the rate, alarms, layers, and what the canvas shows, as a person sees it in the whole window."""

import csv

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QPushButton

from tests.gui.training.scripted_engine import RATE, SEEN_WRONG
from workbench.project import SetTraining, assign
from workbench.protocol import LayerNorms
from workbench.templates import get_template
from workbench.ui.canvas.measures import RUN_OVERLAYS
from workbench.ui.training.canvas_states import drawn_node, worst

LEFT = Qt.MouseButton.LeftButton


def press(bench, button):
    bench.qtbot.mouseClick(button, LEFT)


def trains(bench, script="endless"):
    b = bench(script)
    press(b, b.panel.train_button)
    b.wait_for("batch 5/5")
    return b


def test_pausing_holds_and_going_on_goes_on(bench):
    b = trains(bench)
    assert b.panel.pause_button.text() == "&Pause"
    press(b, b.panel.pause_button)
    b.wait_for("Paused after epoch 1, batch 5")
    assert b.training.progress.isVisible()
    assert b.panel.pause_button.text() == "&Continue"
    press(b, b.panel.pause_button)
    b.wait(lambda: not b.training.session.job.paused)
    assert b.panel.pause_button.text() == "&Pause"
    press(b, b.panel.stop_button)
    b.wait_for("is kept")
    assert not b.panel.pause_button.isEnabled()
    assert b.panel.pause_button.toolTip() == "No training runs"


def test_a_paused_training_can_be_stopped(bench):
    b = trains(bench)
    press(b, b.panel.pause_button)
    b.wait_for("Paused")
    press(b, b.panel.stop_button)
    b.wait_for("is kept")


def test_a_training_that_paused_by_itself_says_what_to_put_right(bench):
    b = bench("full-disk")
    press(b, b.panel.train_button)
    b.wait_for("the disk of the runs folder is full\nMake room, then continue.")
    press(b, b.panel.pause_button)
    b.wait_for("Trained 2 epochs")


def test_the_rate_is_changed_while_the_training_runs(bench):
    b = trains(bench)
    field = b.panel.rate.field
    b.wait(field.isVisible)
    assert field.text() == f"{RATE:g}"
    assert not b.training.actions["schedule-rate"].isEnabled()
    b.training.actions["halve-rate"].trigger()
    b.wait(lambda: field.text() == f"{RATE / 2:g}")
    b.qtbot.mouseDClick(field, LEFT)
    field.selectAll()
    b.qtbot.keyClicks(field, "0.05")
    b.qtbot.keyClick(field, Qt.Key.Key_Return)
    b.wait(lambda: b.training.session.job.rate == 0.05)
    assert b.panel.form.curve.standing.rate == 0.05
    b.training.actions["schedule-rate"].trigger()
    b.wait(lambda: b.training.session.job.rate == RATE)
    assert b.document.project.training.learning_rate == 0.002


@pytest.mark.parametrize("text", ["0", "fast", "-1", "inf", "nan"])
def test_a_rate_that_is_none_is_not_sent(bench, text):
    b = trains(bench)
    field = b.panel.rate.field
    b.wait(field.isVisible)
    field.setFocus()
    field.selectAll()
    b.qtbot.keyClicks(field, text)
    b.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("invalid")
    assert b.training.session.job.rate == RATE


def test_load_is_told_beside_the_metrics(bench):
    b = trains(bench)
    assert "CPU 92%  1.5 GiB of 8.0 GiB" in b.headline


def test_what_is_odd_in_the_first_batch_is_in_the_console(bench):
    b = trains(bench)
    assert "Warning: the batch is small" in b.training.console.text.toPlainText()


def test_curves_are_saved_as_a_table(bench, tmp_path):
    b = bench()
    press(b, b.panel.train_button)
    b.wait_for("Trained")
    b.panel.pages.write(tmp_path / "curves.csv")
    rows = list(csv.DictReader((tmp_path / "curves.csv").open()))
    held_out = [row for row in rows if row["metric"] == "accuracy" and row["of"] == "held out"]
    assert [(row["epoch"], float(row["value"])) for row in held_out] == [("1", 0.45), ("2", 0.9)]
    history = b.panel.curves.history
    history.held_out["=cmd()"] = history.held_out["accuracy"]
    b.panel.pages.write(tmp_path / "curves.csv")
    assert "'=cmd()" in {row["metric"] for row in csv.DictReader((tmp_path / "curves.csv").open())}
    b.panel.pages.write(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    b.panel.pages.write(tmp_path / "none" / "curves.csv")
    assert "curves.csv: No such file" in b.notices[-1].message


def test_smoothing_draws_a_running_mean_of_the_batches(bench):
    b = bench("endless")
    press(b, b.panel.train_button)
    b.wait_for("batch 5/5")
    b.wait(lambda: b.panel.curves.charts)
    chart = b.panel.curves.charts[0]
    raw = b.panel.curves.history.batch["loss"].y
    b.wait(lambda: chart.batch.getOriginalDataset()[1] is not None)
    b.panel.pages.smoothing.setValue(50)
    b.wait(lambda: list(chart.batch.getOriginalDataset()[1]) != raw)
    smooth = list(chart.batch.getOriginalDataset()[1])
    assert smooth[1] == pytest.approx((0.5 * raw[0] + raw[1]) / 1.5)


def test_the_wheel_with_ctrl_zooms_and_a_double_click_shows_all(bench):
    b = bench()
    press(b, b.panel.train_button)
    b.wait_for("Trained")
    b.wait(lambda: b.panel.curves.charts and b.panel.curves.charts[0].view.isVisible())
    chart = b.panel.curves.charts[0]
    b.wait(lambda: chart._range[0] == 2)
    whole = chart._box.viewRange()[0]
    chart._box.scaleBy((0.5, 0.5))
    chart._box.sigRangeChangedManually.emit([True, True])
    chart.show_history(b.panel.curves.history)
    assert chart._box.viewRange()[0] != whole
    b.qtbot.mouseDClick(chart.view.viewport(), LEFT)
    assert chart._box.viewRange()[0] == whole


def test_the_mouse_reads_a_curve_out(bench):
    b = bench()
    press(b, b.panel.train_button)
    b.wait_for("Trained")
    b.wait(lambda: b.panel.curves.charts and b.panel.curves.charts[0]._range[0] == 2)
    chart = b.panel.curves.charts[0]
    at = chart._box.mapViewToScene(QPointF(1.0, 1.0))
    chart.view.pointed.emit(at)
    assert "train 1.000" in chart.legend.text()
    assert "at epoch 1.0" in chart.legend.text()
    chart.view.pointed.emit(None)
    assert "train 0.500" in chart.legend.text()


# -- in the whole window
def alarmed(open_window, qtbot, project=None):
    window = open_window(project, script="alarm")
    window.training.actions["train"].trigger()
    qtbot.waitUntil(lambda: bool(window.training.panel.layers.model.layers), timeout=10_000)
    return window


def look(window, name):
    return window.canvas.canvas_scene.nodes[window.document.graph.find_name(name)].look


def test_an_alarm_names_the_layer_and_shows_it(open_window, qtbot):
    window = alarmed(open_window, qtbot)
    (notice,) = [notice for notice in window.board.notices if notice.topic == "layer"]
    assert notice.message == SEEN_WRONG
    assert look(window, "c3").alarm == SEEN_WRONG
    assert look(window, "c1").alarm == ""
    button = next(button for button in window.board.findChildren(QPushButton) if button.text() == "Show layer")
    qtbot.mouseClick(button, LEFT)
    assert window.selection == (window.document.graph.find_name("c3"),)
    model = window.training.panel.layers.model
    assert [layer.name for layer in model.layers if layer.alarm] == ["c3"]


def test_norms_are_a_tint_and_a_table(open_window, qtbot):
    window = alarmed(open_window, qtbot)
    window.overlays.choose(RUN_OVERLAYS[0])
    assert look(window, "c1").measure.text == "gradient norm 1"
    assert look(window, "c1").measure.level > look(window, "c3").measure.level > look(window, "output").measure.level
    assert look(window, "s2").measure is None
    layers = window.training.panel.layers
    shown = [layers.model.data(layers.model.index(0, column)) for column in range(5)]
    assert shown == ["c1", "2", "1", "0.001", "25%"]
    window.training.panel.pages.show_page(1)
    layers.table.activated.emit(layers.model.index(2, 0))
    assert window.selection == (window.document.graph.find_name("c5"),)


def test_a_line_along_the_canvas_goes_with_the_training(open_window, qtbot):
    window = alarmed(open_window, qtbot)
    assert window.canvas.progress.isVisible()
    assert window.canvas.progress.share == pytest.approx(0.5)
    window.training.stop()
    qtbot.waitUntil(lambda: not window.training.busy, timeout=10_000)
    assert not window.canvas.progress.isVisible()


def test_another_project_has_no_states(open_window, qtbot):
    window = alarmed(open_window, qtbot)
    window.document.history.mark_saved()
    window.session.start(get_template("lenet5").build())
    assert window.canvas.canvas_scene.runs == {}


def test_the_next_training_begins_without_alarms(open_window, qtbot):
    window = alarmed(open_window, qtbot)
    window.training.stop()
    qtbot.waitUntil(lambda: not window.training.busy, timeout=10_000)
    assert look(window, "c3").alarm
    window.document.do(SetTraining(assign(window.document.project.training, {"epochs": 3})))
    window.training._canvas._by_path.clear()
    window.training._canvas._show()
    assert look(window, "c3").alarm == ""


@pytest.mark.parametrize(
    ("path", "inside", "node"),
    [
        ("a", (), "a"),
        ("a/0/b", (), "a"),
        ("a/2/b", ("a",), "b"),
        ("a/1/b/0/c", ("a",), "b"),
        ("a/1/b/0/c", ("a", "b"), "c"),
        ("a", ("a",), None),
        ("z/0/b", ("a",), None),
    ],
)
def test_a_layer_is_drawn_by_its_node_or_the_block_around_it(path, inside, node):
    assert drawn_node(path, inside) == node


def test_a_block_has_the_state_of_its_worst_layer():
    from workbench.ui.canvas.run_states import RunState

    states = [RunState(1.0, 2.0, None), RunState(3.0, 0.5, 0.1, "dead"), RunState(None, None, None, "later")]
    assert worst(states) == RunState(3.0, 2.0, 0.1, "dead")


def test_a_step_beside_the_weights_needs_weights():
    from workbench.ui.training.layers_view import LayerHistory

    assert LayerHistory("a", "a", LayerNorms(0.0, 1.0), 0.1).update is None
    assert LayerHistory("a", "a", LayerNorms(2.0, 1.0), 0.1).update == pytest.approx(0.05)
