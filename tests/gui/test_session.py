"""Opening, saving, leaving and coming back after a crash: nothing is lost, and every failure is said once."""

import subprocess
import sys
import textwrap
from threading import Event

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox, QPushButton

from tests.gui.conftest import small_project
from workbench.graph import Node, NodeId, edits
from workbench.project import Autosave, find_recoveries, load_project, save_project
from workbench.ui.keeper import recovery_folder
from workbench.ui.main_window import MainWindow
from workbench.ui.notices import Level

LEFT = Qt.MouseButton.LeftButton
BAD_FILES = {
    "truncated": (b'{"format": "cnn-workbench project", "version"', "ends too early"),
    "not JSON": (b"conv -> pool", "Expected JSON"),
    "not a project": (b'{"hello": 1}', "Expected a CNN Workbench project"),
    "binary": (b"\x89PNG\xff\xfe", "Expected a text file"),
}


def change(window: MainWindow) -> None:
    window.document.edit(edits.Add((Node(NodeId("more"), "keras.layers.ReLU", "more"),)))


def press(text: str):
    def act(dialog) -> None:
        for button in dialog.findChildren(QPushButton):
            if button.text().replace("&", "") == text:
                QTest.mouseClick(button, LEFT)
                return
        raise AssertionError(f"no button {text}")

    return act


def messages(window: MainWindow) -> list[str]:
    return [notice.message for notice in window.board.notices]


def test_saving_gives_the_window_its_name_and_undo_can_leave_that_state(window, tmp_path):
    path = tmp_path / "net.workbench"
    change(window)
    assert window.isWindowModified()
    assert window.session.save_to(path)
    assert window.windowTitle().startswith("net[*]")
    assert not window.isWindowModified()
    window.document.history.undo()
    assert window.isWindowModified()
    assert "more" in load_project(path).project.graphs["model"]


def test_save_asks_for_a_file_the_first_time_and_adds_the_suffix(window, tmp_path, answer):
    def name_it(dialog: QFileDialog) -> None:
        line = dialog.findChild(QLineEdit)
        assert line is not None
        line.clear()
        QTest.keyClicks(line, str(tmp_path / "first"))
        QTest.keyClick(line, Qt.Key.Key_Return)

    answer(name_it)
    window.commands["save"].trigger()
    assert (tmp_path / "first.workbench").is_file()
    change(window)
    window.commands["save"].trigger()
    assert not window.document.modified
    assert window.preferences.recent == (tmp_path / "first.workbench",)


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_lost(window, tmp_path):
    change(window)
    assert not window.session.save_to(tmp_path / "missing" / "net.workbench")
    assert window.document.modified
    (message,) = messages(window)
    assert message.startswith("Not saved:")
    assert "net.workbench" in message


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_leaves_the_window_as_it_is_and_says_why(window, tmp_path, kind):
    content, expected = BAD_FILES[kind]
    path = tmp_path / "bad.workbench"
    path.write_bytes(content)
    before = window.document.project
    assert not window.session.open(path)
    assert window.document.project is before
    (message,) = messages(window)
    assert expected in message
    assert "bad.workbench" in message


def test_a_missing_file_is_said(window, tmp_path):
    assert not window.session.open(tmp_path / "gone.workbench")
    assert "gone.workbench" in messages(window)[0]


def test_what_had_to_be_left_out_of_a_file_is_listed(window, tmp_path):
    path = tmp_path / "net.workbench"
    save_project(small_project(), path)
    path.write_text(path.read_text().replace('"source": "conv_1"', '"source": "nowhere"'))
    assert window.session.open(path)
    (notice,) = window.board.notices
    assert notice.level is Level.WARNING
    assert "1 part could not be read" in notice.message
    assert "nowhere" in notice.detail
    assert window.document.modified


@pytest.mark.parametrize(("button", "left", "saved"), [("Save", True, True), ("Discard", True, False)])
def test_leaving_with_changes_asks(window, tmp_path, answer, button, left, saved):
    path = tmp_path / "net.workbench"
    window.session.save_to(path)
    change(window)
    answer(press(button))
    assert window.session.start(small_project()) is left
    assert ("more" in load_project(path).project.graphs["model"]) is saved
    assert window.document.title == "small"


def test_cancelling_keeps_the_changes_and_the_window(window, answer):
    change(window)
    answer(press("Cancel"))
    assert not window.close()
    assert window.isVisible()
    assert "more" in window.document.graph


def test_without_changes_nothing_is_asked(window):
    assert window.session.start(small_project())
    assert window.close()


def test_recent_projects_are_offered_newest_first(open_window, tmp_path):
    window = open_window()
    for name in ("one", "two", "one"):
        window.session.save_to(tmp_path / f"{name}.workbench")
    (tmp_path / "three.workbench").touch()
    assert [path.stem for path in window.preferences.recent] == ["one", "two"]
    (tmp_path / "two.workbench").unlink()
    assert [path.stem for path in window.preferences.recent] == ["one"]


def test_a_clean_end_leaves_nothing_to_recover(window):
    change(window)
    assert window.keeper.keep()
    assert list(recovery_folder().iterdir())
    window.document.history.mark_saved()
    window.close()
    assert find_recoveries(recovery_folder()) == []


def test_autosave_follows_a_change_by_itself(window, qtbot):
    window.preferences._file.setValue("preferences/autosave_seconds", "5")
    change(window)
    timer = window.keeper._timer
    assert 0 < timer.remainingTime() <= 5500  # a coarse timer
    timer.start(1)
    qtbot.waitUntil(lambda: recovery_folder().is_dir() and any(recovery_folder().glob("*/0.workbench")))


def test_the_window_answers_while_a_long_autosave_is_written(window, qtbot, monkeypatch):
    slow, ticks = Event(), []
    write = Autosave.save

    def save(*given) -> None:
        assert slow.wait(10)
        write(*given)

    monkeypatch.setattr(Autosave, "save", save)
    change(window)
    window.keeper.keep_aside()
    change_more = edits.set_params(window.document.graph, NodeId("more"), {"negative_slope": 0.5}, {})
    window.document.edit(change_more)  # what is written is the state of before
    QTimer.singleShot(0, lambda: ticks.append(1))
    qtbot.waitUntil(lambda: bool(ticks))
    assert not list(recovery_folder().glob("*/0.workbench"))
    slow.set()
    qtbot.waitUntil(lambda: any(recovery_folder().glob("*/0.workbench")))
    (kept,) = recovery_folder().glob("*/0.workbench")
    qtbot.waitUntil(lambda: not window.keeper._writing)
    assert "negative_slope" not in load_project(kept).project.graphs["model"].node(NodeId("more")).params


def test_what_is_saved_while_an_autosave_is_written_leaves_nothing_to_recover(window, qtbot, tmp_path, monkeypatch):
    slow = Event()
    write = Autosave.save
    monkeypatch.setattr(Autosave, "save", lambda *given: (slow.wait(10), write(*given)))
    change(window)
    window.keeper.keep_aside()
    assert window.session.save_to(tmp_path / "mine.workbench")
    slow.set()
    qtbot.waitUntil(lambda: not window.keeper._writing)
    qtbot.waitUntil(lambda: not list(recovery_folder().glob("*/*.workbench")))


def test_an_autosave_aside_that_cannot_be_written_is_told(window, qtbot, monkeypatch):
    def save(*_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Autosave, "save", save)
    change(window)
    window.keeper.keep_aside()
    qtbot.waitUntil(lambda: bool(window.board.notices))
    assert "No space left on device" in messages(window)[0]


def crash(original) -> None:
    """A process that autosaves a changed project and dies."""
    program = f"""
        import os
        from pathlib import Path
        from tests.gui.conftest import small_project
        from workbench.project import Autosave
        from workbench.ui.keeper import recovery_folder
        Autosave(recovery_folder()).save(small_project(), {f"Path({str(original)!r})" if original else None})
        os._exit(9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, timeout=60)


def test_after_a_crash_the_kept_state_is_offered_and_recovered(open_window, tmp_path, qtbot):
    crash(tmp_path / "mine.workbench")
    window = open_window()
    qtbot.waitUntil(lambda: bool(window.board.notices))
    assert "mine.workbench" in messages(window)[0]
    QTest.mouseClick(next(b for b in window.board.findChildren(QPushButton) if b.text() == "Recover"), LEFT)
    assert "conv_2" in window.document.graph
    assert window.document.modified
    assert window.document.path == tmp_path / "mine.workbench"
    assert not (tmp_path / "mine.workbench").exists()
    # What was recovered is safe again under this window's own autosave, and only there.
    assert len(list(recovery_folder().glob("*/0.workbench"))) == 1


def test_what_another_program_wrote_since_a_crash_is_not_overwritten_unasked(open_window, tmp_path, answer):
    path = tmp_path / "mine.workbench"
    crash(path)
    written_by_another_program(path, "theirs")
    window = open_window()
    (recovery,) = find_recoveries(recovery_folder())
    window.session.recover(recovery)
    assert any("changed by another program" in message for message in messages(window))
    answer(press("Cancel"))
    window.commands["save"].trigger()
    assert "theirs" in names_in(path)
    assert window.document.modified


def test_a_kept_state_remembers_the_file_that_it_came_from(open_window, tmp_path):
    path = tmp_path / "mine.workbench"
    save_project(small_project(), path)
    first = open_window()
    first.session.open(path)
    change(first)
    assert first.keeper.keep()
    first.keeper._autosave._lock.release()  # as a crash sets it free
    window = open_window()
    (recovery,) = find_recoveries(recovery_folder())
    window.session.recover(recovery)
    assert not any("another program" in message for message in messages(window))
    window.commands["save"].trigger()  # nobody else wrote the file: there is nothing to ask
    assert "more" in names_in(path)


def test_a_kept_state_can_be_given_up(open_window, qtbot):
    crash(None)
    window = open_window()
    qtbot.waitUntil(lambda: bool(window.board.notices))
    assert "a project without a file" in messages(window)[0]
    QTest.mouseClick(next(b for b in window.board.findChildren(QPushButton) if b.text() == "Discard"), LEFT)
    assert find_recoveries(recovery_folder()) == []


def test_the_question_names_the_project(window, tmp_path, answer):
    window.session.save_to(tmp_path / "net.workbench")
    change(window)
    asked = []

    def look(dialog: QMessageBox) -> None:
        asked.append(dialog.text())
        press("Cancel")(dialog)

    answer(look)
    window.session.start(small_project())
    assert asked == ["Save the changes to “net”?"]


def test_what_is_being_written_is_saved_too(window, tmp_path):
    path = tmp_path / "net.workbench"
    window.session.save_to(path)
    window.canvas.select([window.document.graph.find_name("c1")])
    line = window.inspector.form.rows["filters"].field.parts()[0]
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "7")
    QTest.keyClick(line, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    graph = load_project(path).project.graphs["model"]
    assert graph.node(graph.find_name("c1")).params["filters"] == 7
    assert line.hasFocus()


# -- a file that another program changes
def written_by_another_program(path, name):
    """As an editor, a version control system or a second window does."""
    project = small_project()
    graph = project.graphs["model"]
    edits.rename(graph, NodeId("conv_1"), name).apply(graph)
    save_project(project, path)


@pytest.fixture
def opened(window, tmp_path):
    path = tmp_path / "net.workbench"
    save_project(small_project(), path)
    assert window.session.open(path)
    return path


def names_in(path):
    return {node.name for node in load_project(path).project.graphs["model"]}


@pytest.mark.parametrize(
    ("button", "in_file", "in_window"),
    [
        ("Overwrite", {"conv_1", "more"}, {"conv_1", "more"}),
        ("Reload", {"theirs"}, {"theirs"}),
        ("Cancel", {"theirs"}, {"conv_1", "more"}),
    ],
)
def test_saving_over_what_another_program_wrote_is_asked(window, opened, answer, button, in_file, in_window):
    change(window)
    written_by_another_program(opened, "theirs")
    answer(press(button))
    window.commands["save"].trigger()
    assert in_file <= names_in(opened)
    assert ("theirs" in names_in(opened)) == ("theirs" in in_file)
    assert in_window <= {node.name for node in window.document.project.graphs["model"]}
    assert window.document.modified == (button == "Cancel")


def test_a_change_on_disk_is_said_when_the_window_comes_to_the_front(window, opened):
    written_by_another_program(opened, "theirs")
    window.session.look_at_the_file()
    (notice,) = window.board.notices
    assert "changed by another program" in notice.message
    dict(notice.buttons)["Reload"]()
    assert "theirs" in {node.name for node in window.document.project.graphs["model"]}
    assert not window.document.modified
    assert window.board.notices == ()


def test_keeping_ones_own_overwrites_with_the_next_saving(window, opened):
    written_by_another_program(opened, "theirs")
    window.session.look_at_the_file()
    dict(window.board.notices[0].buttons)["Keep mine"]()
    assert window.document.modified
    window.commands["save"].trigger()
    assert "conv_1" in names_in(opened)


def test_own_saves_and_a_file_that_was_only_touched_are_no_change(window, opened):
    change(window)
    window.commands["save"].trigger()
    opened.touch()
    window.session.look_at_the_file()
    change_again = edits.rename(window.document.graph, NodeId("more"), "renamed")
    window.document.edit(change_again)
    window.commands["save"].trigger()
    assert window.board.notices == ()
    assert "renamed" in names_in(opened)
