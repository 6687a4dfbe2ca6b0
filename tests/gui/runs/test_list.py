"""The table of runs, used as a person would."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from tests.gui.runs.conftest import LEFT, add, cell, click, click_heading, names, press, shown
from workbench.graph.edits import rename
from workbench.runs import RunStatus, read_labels, read_note, trashed_runs
from workbench.ui.panels.runs import RunsPanel
from workbench.ui.panels.runs.actions import run_menu
from workbench.ui.panels.runs.rows import COLUMNS
from workbench.ui.training.export_dialog import ExportDialog

CTRL = Qt.KeyboardModifier.ControlModifier


def open_menu(panel, name):
    at = cell(panel, name, "Status")
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.RightButton, pos=at)
    where = panel.table.viewport().mapToGlobal(at)
    QApplication.sendEvent(panel.table.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, where))
    return QApplication.activePopupWidget()


def choose(panel, name, text):
    menu = open_menu(panel, name)
    action = next(action for action in menu.actions() if action.text() == text)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_every_run_is_listed_newest_first(panel, folders):
    assert names(panel) == ["third", "second", "first"]
    assert shown(panel, "second", "Best") == "Accuracy 90.0 %"
    assert shown(panel, "second", "Parameters") == "62,558"
    assert shown(panel, "third", "Status") == "failed"
    assert shown(panel, "first", "Epochs") == "3/3"
    assert panel.count.text() == "3 runs"


def test_a_click_on_a_heading_sorts_and_keeps_what_is_selected(panel):
    click(panel, "first")
    click_heading(panel, "Best")
    assert names(panel) == ["first", "third", "second"]
    click_heading(panel, "Best")
    assert names(panel) == ["second", "third", "first"]
    assert [entry.name.partition("-")[0] for entry in panel.selected] == ["first"]
    click_heading(panel, "Best")
    assert names(panel) == ["third", "second", "first"]


def test_searching_and_filters(panel, qtbot):
    QTest.mouseClick(panel.search, LEFT)
    QTest.keyClicks(panel.search, "status:failed")
    qtbot.waitUntil(lambda: names(panel) == ["third"])
    assert panel.count.text() == "1 of 3 runs"
    panel.search.clear()
    QTest.keyClicks(panel.search, "accuracy>0.75 -memory")
    qtbot.waitUntil(lambda: names(panel) == ["second"])


def test_renaming_in_place_keeps_the_folder(panel, qtbot, folders):
    click(panel, "second")
    press(panel, Qt.Key.Key_F2)
    editor = panel.table.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Wider first layer")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(panel, "second", "Name") == "Wider first layer")
    assert folders[1].is_dir()
    assert read_labels(folders[1]).title == "Wider first layer"


def test_a_click_on_the_star(panel, qtbot, folders):
    QTest.mouseClick(panel.table.viewport(), LEFT, pos=cell(panel, "first", "★"))
    qtbot.waitUntil(lambda: panel.model.rows[2].starred)
    assert read_labels(folders[0]).starred
    assert not panel.selected
    click(panel, "first")
    press(panel, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not read_labels(folders[0]).starred)


def test_delete_and_undo(panel, qtbot, store):
    click(panel, "third")
    click(panel, "first", modifier=CTRL)
    press(panel, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(panel) == ["second"])
    qtbot.waitUntil(panel.deleted.isVisible)
    assert "2 runs" in panel.deleted.text.text()
    assert len(trashed_runs(store.root)) == 2
    QTest.mouseClick(panel.deleted.undo, LEFT)
    qtbot.waitUntil(lambda: names(panel) == ["third", "second", "first"])
    assert not panel.deleted.isVisible()


def test_ctrl_z_in_the_list_brings_back_what_was_deleted(panel, qtbot, open_window):
    click(panel, "third")
    press(panel, Qt.Key.Key_Delete)
    qtbot.waitUntil(panel.deleted.isVisible)
    assert [entry.name.partition("-")[0] for entry in panel.selected] == ["second"]
    press(panel, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: names(panel) == ["third", "second", "first"])


def test_the_trash_is_listed_and_emptied_after_a_question(panel, qtbot, store, answer):
    click(panel, "third")
    press(panel, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: panel.trash_button.text() == "Deleted (1)")
    menu = panel.trash_button.menu()
    menu.aboutToShow.emit()
    restore, empty = menu.actions()[0], menu.actions()[-1]
    assert restore.text().startswith("Restore third-")
    answer(lambda box: QTest.mouseClick(next(b for b in box.buttons() if b.text() == "Remove for good"), LEFT))
    empty.trigger()
    qtbot.waitUntil(lambda: not trashed_runs(store.root))


def test_a_run_that_trains_is_not_offered_for_deletion(panel, qtbot, store):
    with store.create("busy", "{}", 0, epochs_planned=3) as run:
        panel._store.refresh()
        qtbot.waitUntil(lambda: "busy" in names(panel))
        assert shown(panel, "busy", "Status") == "running"
        click(panel, "busy")
        press(panel, Qt.Key.Key_Delete)
        menu = open_menu(panel, "busy")
        assert "Delete" not in [action.text() for action in menu.actions()]
        menu.close()
        run.finish(RunStatus.FINISHED)
    assert (store.root / run.name).is_dir()


def test_a_running_run_is_followed(panel, qtbot, store):
    with store.create("busy", "{}", 0, epochs_planned=3) as run:
        panel._store.refresh()
        qtbot.waitUntil(lambda: "busy" in names(panel))
        run.update(epochs=2)
        qtbot.waitUntil(lambda: shown(panel, "busy", "Epochs") == "2/3", timeout=6000)
        run.finish(RunStatus.FINISHED)
    qtbot.waitUntil(lambda: shown(panel, "busy", "Status") == "finished", timeout=6000)


def test_notes_keep_themselves(panel, qtbot, folders):
    click(panel, "second")
    press(panel, Qt.Key.Key_N)
    assert panel.note.text.hasFocus()
    QTest.keyClicks(panel.note.text, "wider helps")
    qtbot.waitUntil(lambda: read_note(folders[1]) == "wider helps")
    qtbot.waitUntil(lambda: shown(panel, "second", "Note") == "wider helps")
    QTest.keyClicks(panel.note.text, " a lot")
    click(panel, "first")  # at once, before the editor would keep it by itself
    assert panel.note.text.toPlainText() == ""
    qtbot.waitUntil(lambda: read_note(folders[1]) == "wider helps a lot")
    assert read_note(folders[0]) == ""
    click(panel, "second")
    qtbot.waitUntil(lambda: panel.note.text.toPlainText() == "wider helps a lot")


def test_a_note_is_kept_when_the_window_closes(panel, qtbot, folders):
    click(panel, "second")
    press(panel, Qt.Key.Key_N)
    QTest.keyClicks(panel.note.text, "last words")
    panel.window().document.history.mark_saved()
    panel.window().close()
    assert read_note(folders[1]) == "last words"


def test_the_exact_project_is_opened_as_a_new_one(panel, folders):
    window = panel.window()
    click(panel, "second")
    QTest.mouseDClick(panel.table.viewport(), LEFT, pos=cell(panel, "second", "Status"))
    graph = window.document.graph
    assert graph.node(graph.find_name("c1")).params["filters"] == 8
    assert window.document.project.training.learning_rate == 0.5
    assert window.document.path is None, "saving must not change the run's own project"


def test_changes_are_asked_about_before_another_project_is_opened(panel, answer):
    window = panel.window()
    graph = window.document.graph
    window.document.edit(rename(graph, graph.find_name("c1"), "mine"))
    answer(lambda box: QTest.mouseClick(box.button(box.StandardButton.Cancel), LEFT))
    click(panel, "second")
    press(panel, Qt.Key.Key_Return)
    assert window.document.graph.find_name("mine")


def test_copying_names_and_paths(panel, folders):
    click(panel, "second")
    press(panel, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == folders[1].name
    choose(panel, "second", "Copy path")
    assert Path(QGuiApplication.clipboard().text()) == folders[1]


def test_a_damaged_run_is_shown_with_its_problem_and_can_only_be_deleted(panel, qtbot, store):
    (store.root / "broken").mkdir()
    (store.root / "broken" / "run.json").write_text("{")
    panel._store.refresh()
    qtbot.waitUntil(lambda: "broken" in names(panel))
    assert names(panel)[-1] == "broken"
    index = panel.model.index(3, 1)
    assert "run.json" in index.data(Qt.ItemDataRole.ToolTipRole)
    click(panel, "broken")
    menu = open_menu(panel, "broken")
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    menu.close()
    assert texts == ["Copy name", "Copy path", "Open folder", "Delete"]


def test_nothing_is_offered_that_nobody_does(panel, qtbot):
    window = panel.window()
    alone = RunsPanel(window.document, window.theme, window.training.store, window.sweeps)
    qtbot.addWidget(alone)
    alone.table.select([alone.model.rows[0].folder])
    heard = []
    alone.evaluate_requested.connect(heard.append)
    menu = run_menu(alone.selected, alone.act, alone._is_offered, window.theme, alone)
    offered = [action.objectName() for action in menu.actions()]
    assert "evaluate" in offered
    assert not {"resume", "add-epochs", "branch", "export"} & set(offered)
    next(action for action in menu.actions() if action.objectName() == "evaluate").trigger()
    assert heard == [(alone.model.rows[0].folder,)]
    menu.deleteLater()


def test_a_run_is_resumed_or_branched_from_here(panel, answer, folders):
    session = panel.window().training.session
    commands = []
    session.begin = commands.append
    choose(panel, "third", "Resume training")
    answer(lambda dialog: dialog.accept())
    choose(panel, "third", "Train more epochs…")
    answer(lambda dialog: dialog.accept())
    choose(panel, "third", "Branch from an epoch…")
    assert [command.resume for command in commands] == [str(folders[2])] * 3
    assert [command.epochs_more for command in commands][:2] == [0, 3]
    assert [command.branch_epoch for command in commands] == [0, 0, 3]
    menu = open_menu(panel, "first")
    assert "Resume training" not in [action.text() for action in menu.actions()], "it is finished"
    menu.close()


def test_export_begins_with_the_run_that_is_selected(panel, qtbot):
    choose(panel, "second", "Export as SavedModel…")
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ExportDialog))
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.findChildren(QComboBox)[0].currentText().startswith("second-")
    dialog.reject()


def test_an_empty_store_says_what_it_is_for_and_trains(open_window, qtbot, store):
    window = open_window()
    window.show_panel("runs")
    qtbot.waitUntil(lambda: window.runs._layers.currentIndex() == 0)
    button = next(b for b in window.runs.findChildren(type(window.runs.sweep_button)) if "Train the open" in b.text())
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: [row.status for row in window.runs.model.rows] == ["finished"], timeout=15000)


def test_a_store_that_cannot_be_read_says_why(open_window, qtbot, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "file"))
    window = open_window()
    window.show_panel("runs")
    qtbot.waitUntil(lambda: "cannot read the run store" in window.runs.count.text())


def test_hundreds_of_runs(open_window, qtbot, store):
    folder = add(store, "one")
    for number in range(300):
        copy = store.root / f"copy-{number}"
        copy.mkdir()
        for name in ("run.json", "project.workbench"):
            (copy / name).write_bytes((folder / name).read_bytes())
    window = open_window()
    window.show_panel("runs")
    qtbot.waitUntil(lambda: len(window.runs.model.rows) == 301, timeout=20000)
    click_heading(window.runs, "Name")
    assert [row.name for row in window.runs.model.rows] == sorted(row.name for row in window.runs.model.rows)


@pytest.fixture(autouse=True)
def close_menus():
    yield
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()


def test_keys_of_the_list_do_not_reach_the_canvas(panel, qtbot):
    window = panel.window()
    window.canvas.select([window.document.graph.find_name("c1")])
    click(panel, "first")
    press(panel, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(panel) == ["third", "second"])
    assert window.document.graph.find_name("c1")


def test_a_dataset_is_shown_by_the_name_of_its_folder(store, open_window, qtbot):
    add(store, "photos", data="/home/someone/a/long/path/flowers")
    window = open_window()
    window.show_panel("runs")
    panel = window.runs
    qtbot.waitUntil(lambda: len(panel.model.rows) == 1)
    assert shown(panel, "photos", "Dataset") == "flowers"
    tip = panel.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "/home/someone/a/long/path/flowers" in tip


def test_columns_can_be_chosen(panel):
    assert shown(panel, "second", "Rate") == "0.5"
    menu = panel.table.column_menu()
    action = next(action for action in menu.actions() if action.text() == "Rate")
    action.trigger()
    section = [column.title for column in COLUMNS].index("Rate")
    assert panel.table.isColumnHidden(section)
    action.trigger()
    assert not panel.table.isColumnHidden(section)
    menu.deleteLater()
