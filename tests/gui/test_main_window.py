"""The parts of the window work together, by mouse and by keyboard."""

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QLineEdit, QPushButton

from tests.gui.conftest import small_project
from workbench.graph import NodeId, Wire, edits
from workbench.project import save_project
from workbench.runs import RunStatus, RunStore
from workbench.ui.commands import COMMANDS
from workbench.ui.dialogs.new_project import NewProjectDialog
from workbench.ui.dialogs.preferences_dialog import PreferencesDialog
from workbench.ui.dialogs.shortcuts import key_table
from workbench.ui.main_window import MainWindow
from workbench.ui.theme import ThemeChoice

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def names(window: MainWindow) -> set[str]:
    return {node.name for node in window.document.graph}


def ok(dialog) -> None:
    QTest.mouseClick(dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok), LEFT)


def test_first_start_shows_lenet_ready_to_train(window):
    assert window.document.project.dataset.spec == "digits"
    assert window.document.analysis.errors == ()
    assert window.status._params.text() == "61,706 parameters"
    assert window.commands["train"].isEnabled()
    assert not window.document.modified
    assert window.canvas.mapFromScene(window.canvas.sceneRect()).boundingRect().width() > 0


def test_palette_canvas_inspector_and_undo(window):
    palette = window.palette_panel
    QTest.keyClick(window.canvas, Qt.Key.Key_F, CONTROL)
    assert palette.search.hasFocus()
    QTest.keyClicks(palette.search, "dropout")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert "dropout_1" in names(window)
    assert window.inspector.header.name.text() == "dropout_1"
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CONTROL)
    assert "dropout_1" not in names(window)
    QTest.keyClick(window.canvas, Qt.Key.Key_Y, CONTROL)
    assert "dropout_1" in names(window)


def test_copy_and_paste_by_keyboard_is_one_step(window):
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_A, CONTROL)
    before = len(window.document.graph)
    QTest.keyClick(window.canvas, Qt.Key.Key_C, CONTROL)
    QTest.keyClick(window.canvas, Qt.Key.Key_V, CONTROL)
    assert len(window.document.graph) == 2 * before
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CONTROL)
    assert len(window.document.graph) == before


def test_keys_that_edit_text_leave_the_network_alone(window):
    window.canvas.select([window.document.graph.find_name("c1")])
    search = window.palette_panel.search
    search.setFocus()
    QTest.keyClicks(search, "fm")
    QTest.keyClick(search, Qt.Key.Key_Backspace)
    QTest.keyClick(search, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(search, Qt.Key.Key_Delete)
    assert search.text() == ""
    assert "c1" in names(window)


def test_a_problem_leads_to_its_node(window):
    graph = window.document.graph
    c3 = graph.find_name("c3")
    window.document.edit(edits.set_params(graph, c3, {"kernel_size": 50}, {}))
    assert window.status.problems.text() == "1 problem"
    assert not window.commands["train"].isEnabled()
    QTest.mouseClick(window.status.problems, LEFT)
    assert window.problems.isVisible()
    item = window.problems.table.topLevelItem(0)
    QTest.mouseClick(window.problems.table.viewport(), LEFT, pos=window.problems.table.visualItemRect(item).center())
    assert window.selection == (c3,)
    assert "Expected a window of at most 14" in window.inspector.form.rows["kernel_size"].problem


def test_edit_actions_are_offered_only_where_they_can_act(window):
    enabled = {name: window.commands[name].isEnabled() for name in ("undo", "redo", "cut", "copy", "rename", "stop")}
    assert not any(enabled.values())
    window.canvas.select([window.document.graph.find_name("c1")])
    assert window.commands["copy"].isEnabled()
    assert window.commands["rename"].isEnabled()
    window.document.edit(edits.rename(window.document.graph, window.document.graph.find_name("c1"), "first"))
    assert window.commands["undo"].text() == "&Undo Rename c1 to first"


def test_no_two_actions_share_a_key():
    keys = [key for command in COMMANDS for key in command.shortcut.split("; ") if key]
    assert len(keys) == len(set(keys))


def test_every_action_stands_in_a_menu(window):
    def entries(menu):
        for action in menu.actions():
            yield from entries(action.menu()) if action.menu() else [action]

    listed = set(entries(window.menuBar()))
    missing = [command.id for command in COMMANDS if window.commands[command.id] not in listed]
    assert missing == []


def test_new_project_from_a_template_with_other_parameters(window, answer):
    def choose(dialog: NewProjectDialog) -> None:
        assert dialog.list.item(0).text() == "LeNet-5"
        line = dialog.fields["classes"].parts()[0]
        line.setFocus()
        QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
        QTest.keyClicks(line, "0")
        ok(dialog)
        assert "Expected a whole number" in dialog.problem.text()
        QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
        QTest.keyClicks(line, "26")
        ok(dialog)

    answer(choose)
    window.commands["new"].trigger()
    output = window.document.graph.node(window.document.graph.find_name("output"))
    assert output.params["units"] == 26


def test_an_empty_project_can_be_begun(window, answer):
    def choose(dialog: NewProjectDialog) -> None:
        dialog.list.setCurrentRow(dialog.list.count() - 1)
        ok(dialog)

    answer(choose)
    window.commands["new"].trigger()
    assert names(window) == set()
    assert not window.commands["fit"].isEnabled()
    window.palette_panel.add_requested.emit("input")
    assert names(window) == {"input_1"}


def test_preferences_are_put_into_force_and_remembered(window, answer, open_window, tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_RUNS", raising=False)
    runs = tmp_path / "my runs"

    def edit(dialog: PreferencesDialog) -> None:
        dialog.theme.setCurrentIndex(dialog.theme.findText("Dark"))
        dialog.device.setCurrentIndex(dialog.device.findText("CPU"))
        dialog.runs.clear()
        QTest.keyClicks(dialog.runs, str(runs))
        dialog.autosave.setValue(60)
        ok(dialog)

    answer(edit)
    window.commands["preferences"].trigger()
    assert window.theme.is_dark
    window.close()
    again = open_window()
    assert again.theme.is_dark
    assert (again.preferences.device, again.preferences.autosave_seconds) == ("cpu", 60)
    assert again.preferences.runs_folder == runs


def test_a_runs_folder_that_cannot_be_made_is_refused_in_the_dialog(window, answer, tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_RUNS", raising=False)
    (tmp_path / "file").touch()
    problems = []

    def edit(dialog: PreferencesDialog) -> None:
        dialog.runs.setText(str(tmp_path / "file" / "runs"))
        ok(dialog)
        problems.append(dialog.problem.text())
        dialog.reject()

    answer(edit)
    window.commands["preferences"].trigger()
    assert "cannot be created" in problems[0]


def test_panels_are_where_they_were_left(open_window):
    window = open_window()
    window.docks["palette"].hide()
    window.docks.show("console")
    window.close()
    again = open_window()
    assert not again.docks["palette"].isVisible()
    assert again.training.console.isVisible()
    again.commands["reset-layout"].trigger()
    assert again.docks["palette"].isVisible()
    assert again.training.panel.isVisible()


def test_a_project_dropped_on_the_window_opens(window, tmp_path):
    path = tmp_path / "dropped.workbench"
    save_project(small_project(), path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, event)
    assert window.document.title == "dropped"


def test_the_theme_changes_while_running(window, qapp):
    def ground() -> int:
        return window.grab().toImage().pixelColor(4, window.height() - 4).lightness()

    window.theme.dress(qapp)
    try:
        before = ground()
        window.preferences.theme = ThemeChoice.DARK
        assert before > 200 > 80 > ground()
    finally:
        window.preferences.theme = ThemeChoice.LIGHT
        qapp.setStyleSheet("")


def test_training_runs_from_the_tool_bar_and_says_how_it_went(window, qtbot, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    qtbot.waitUntil(lambda: "CPU" in window._device.text(), timeout=20_000)
    window.commands["train"].trigger()
    qtbot.waitUntil(lambda: window.training.busy)
    qtbot.waitUntil(lambda: not window.training.busy, timeout=20_000)
    qtbot.waitUntil(window.commands["export"].isEnabled)  # the list of runs is read in the background
    assert not window.document.modified


@pytest.mark.parametrize("command", ["shortcuts", "about"])
def test_help_opens_and_closes(window, qtbot, command):
    window.commands[command].trigger()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_a_cut_wire_is_told_in_all_places(open_window):
    window = open_window(small_project())
    window.document.edit(edits.Remove(wires=(Wire(NodeId("conv_1"), NodeId("conv_2")),)))
    window.canvas.select(["conv_2"])
    assert "Expected one wire into input" in window.inspector.header.problem
    assert window.problems.table.topLevelItemCount() == len(window.document.analysis.diagnostics)


def test_every_button_and_field_has_a_name_for_a_screen_reader(window):
    window.canvas.select([window.document.graph.find_name("c1")])
    nameless = [
        widget
        for kind in (QPushButton, QComboBox, QLineEdit)
        for widget in window.inspector.findChildren(kind) + window.palette_panel.findChildren(kind)
        if not (widget.accessibleName() or getattr(widget, "text", str)() or isinstance(widget.parent(), QComboBox))
    ]
    assert nameless == []


def test_an_engine_killed_while_training_leaves_window_and_project_alive(open_window, qtbot, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    window = open_window(script="endless")
    window.commands["train"].trigger()
    qtbot.waitUntil(lambda: window.training.session.job is not None and bool(window.training.session.job.run))
    (engine,) = psutil.Process().children()
    engine.kill()
    qtbot.waitUntil(lambda: bool(window.board.notices), timeout=10_000)
    (notice,) = window.board.notices
    assert "SIGKILL" in notice.message
    assert "interrupted" in notice.message
    assert names(window) >= {"c1", "output"}
    assert [run.status for run in RunStore(tmp_path / "runs").list()] == [RunStatus.INTERRUPTED]
    assert window.commands["train"].isEnabled()
    window.commands["train"].trigger()
    qtbot.waitUntil(lambda: window.training.session.job is not None and bool(window.training.session.job.run))
    window.commands["stop"].trigger()
    qtbot.waitUntil(lambda: not window.training.busy, timeout=10_000)


def test_the_list_of_keys_holds_the_canvas_keys_once(window):
    rows = key_table(window.commands.all(), {"F": "fit", "Home": "fit", "0": "zoom_to_life_size"})
    assert ("Fit", "F") in rows
    assert ("Train", "Ctrl+R") in rows
    assert rows[-2:] == [("Canvas: fit", "Home"), ("Canvas: zoom to life size", "0")]


def test_undo_takes_a_committed_value_back_while_the_keyboard_is_in_its_field(window):
    node = window.document.graph.find_name("c1")
    window.canvas.select([node])
    line = window.inspector.form.rows["filters"].field.parts()[0]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "8")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert window.document.graph.node(node).params["filters"] == 8
    QTest.keyClick(line, Qt.Key.Key_Z, CONTROL)
    assert window.document.graph.node(node).params["filters"] == 6
    QTest.keyClick(line, Qt.Key.Key_Y, CONTROL)
    assert window.document.graph.node(node).params["filters"] == 8
    QTest.keyClicks(line, "1")
    QTest.keyClick(line, Qt.Key.Key_Z, CONTROL)  # what is being written is the field's own
    assert window.document.graph.node(node).params["filters"] == 8


def test_another_panel_in_front_never_puts_the_keyboard_into_the_inspector(window, qtbot):
    window.canvas.select([window.document.graph.find_name("output")])
    window.docks.show("data")
    first = window.docks["data"].make().findChild(QLineEdit)
    (first or window.docks["data"].make()).setFocus()
    before = window.document.history.can_undo
    window.commands["runs"].trigger()
    qtbot.wait(20)
    focus = QApplication.focusWidget()
    assert focus is None or not window.inspector.isAncestorOf(focus)
    QTest.keyClick(focus or window, Qt.Key.Key_Up)
    QTest.keyClicks(focus or window, "7")
    QTest.keyClick(focus or window, Qt.Key.Key_Return)
    assert window.document.history.can_undo == before
    assert focus is window or window.docks["runs"].isAncestorOf(focus)


def test_lists_open_whole(window, qtbot):
    window.canvas.select([window.document.graph.find_name("c1")])
    combo = window.inspector.form.rows["padding"].field.parts()[0]
    combo.showPopup()
    view = combo.view()
    qtbot.waitUntil(view.isVisible)
    rows = sum(view.sizeHintForRow(row) for row in range(combo.count()))
    assert view.viewport().height() >= min(rows, view.sizeHintForRow(0) * combo.maxVisibleItems())
    combo.hidePopup()
