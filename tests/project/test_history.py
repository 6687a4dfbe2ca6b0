from msgspec.structs import replace

from tests.project.projects import small_project
from workbench.graph import NodeId, edits
from workbench.project import History, InGraph, Project, SetTraining


def training(project: Project, epochs: int) -> SetTraining:
    return SetTraining(replace(project.training, epochs=epochs), f"Train {epochs} epochs")


def test_undo_and_redo_say_what_they_would_do():
    history = History(small_project())
    assert (history.can_undo, history.can_redo, history.undo_label, history.redo_label) == (False, False, "", "")
    history.do(InGraph("model", edits.rename(history.project.graphs["model"], NodeId("conv"), "first")))
    assert (history.undo_label, history.redo_label) == ("Rename conv to first", "")
    history.undo()
    assert (history.undo_label, history.redo_label) == ("", "Rename conv to first")


def test_labels_of_settings_survive_undo_and_redo():
    history = History(small_project())
    history.do(training(history.project, 5))
    history.undo()
    assert history.redo_label == "Train 5 epochs"
    history.redo()
    assert history.undo_label == "Train 5 epochs"


def test_undo_and_redo_of_nothing_do_nothing():
    history = History(small_project())
    heard: list[None] = []
    history.subscribe(lambda: heard.append(None))
    history.undo()
    history.redo()
    assert heard == []
    assert not history.modified


def test_a_new_edit_forgets_what_was_undone():
    history = History(small_project())
    history.do(training(history.project, 5))
    history.undo()
    history.do(training(history.project, 6))
    assert not history.can_redo
    history.redo()
    assert history.project.training.epochs == 6


def test_modified_is_false_exactly_in_the_saved_state():
    history = History(small_project())
    assert not history.modified
    history.do(training(history.project, 5))
    assert history.modified
    history.mark_saved()
    assert not history.modified
    history.undo()
    assert history.modified
    history.redo()
    assert not history.modified


def test_the_saved_state_may_be_lost_for_good():
    history = History(small_project())
    history.do(training(history.project, 5))
    history.mark_saved()
    history.undo()
    history.do(training(history.project, 6))
    assert history.modified
    history.undo()
    assert history.modified
    history.mark_saved()
    assert not history.modified


def test_a_recovered_project_is_modified_whatever_is_undone():
    history = History(small_project())
    history.mark_unsaved()
    assert history.modified
    history.do(training(history.project, 5))
    history.undo()
    assert history.modified


def test_listeners_hear_every_step_once():
    history = History(small_project())
    heard: list[str] = []
    end = history.subscribe(lambda: heard.append(history.undo_label))
    history.do(training(history.project, 5))
    history.undo()
    history.redo()
    history.mark_saved()
    assert heard == ["Train 5 epochs", "", "Train 5 epochs", "Train 5 epochs"]
    end()
    history.undo()
    assert len(heard) == 4


def test_there_is_no_limit_to_undo():
    history = History(small_project())
    for epochs in range(1, 501):
        history.do(training(history.project, epochs))
    for _ in range(500):
        history.undo()
    assert history.project.training.epochs == 3
    assert not history.modified
