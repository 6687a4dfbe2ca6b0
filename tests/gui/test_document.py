"""The document tells its views what changed, in an order they can rely on."""

from workbench.analysis import graph_analysis
from workbench.graph import NodeId, edits
from workbench.project import Change, Project, SetTraining, assign
from workbench.templates.builder import NetworkBuilder
from workbench.ui.document import Document


def change_filters(document: Document, filters: int) -> None:
    defaults = document.graph_analysis.catalogue["keras.layers.Conv2D"].defaults
    document.edit(edits.set_params(document.graph, NodeId("conv_1"), {"filters": filters}, defaults))


def test_views_hear_of_the_change_before_its_consequences(document: Document):
    heard = []
    document.changed.connect(lambda change: heard.append(change))
    document.analysed.connect(lambda ids: heard.append(ids))
    change_filters(document, 8)
    change, ids = heard
    assert isinstance(change, Change)
    assert ids == {"conv_1", "conv_2"}


def test_settings_are_told_too(document: Document):
    heard = []
    document.changed.connect(lambda change: heard.append(change.sections))
    document.analysed.connect(heard.append)
    document.do(SetTraining(assign(document.project.training, {"batch_size": 8})))
    assert heard == [{"training"}, frozenset()]
    assert document.graph_analysis.context.batch_size == 8


def test_another_project_is_followed_and_the_old_one_is_not(document: Document):
    from tests.gui.conftest import small_project

    old, new = document.project, small_project()
    heard = []
    document.changed.connect(heard.append)
    document.replace(new)
    old.apply(SetTraining(assign(old.training, {"epochs": 3})))
    assert heard == []
    document.do(SetTraining(assign(new.training, {"epochs": 3})))
    assert len(heard) == 1


def test_modified_follows_undo_and_save(document: Document, tmp_path):
    change_filters(document, 8)
    assert document.modified
    document.mark_saved(tmp_path / "a.workbench")
    assert (document.modified, document.title) == (False, "a")
    document.history.undo()
    assert document.modified
    document.history.redo()
    assert not document.modified


def test_a_large_graph_is_analysed_in_slices_and_told_when_each_is_done(qtbot, monkeypatch):
    monkeypatch.setattr(graph_analysis, "SLICE", -1.0)
    build = NetworkBuilder()
    last = build.input([8, 8, 1])
    for number in range(200):
        last = build.layer("Activation", f"a{number}", last, activation="relu")
    document = Document(Project([build.graph]))
    told: list[frozenset] = []
    document.analysed.connect(told.append)
    assert document.analysis.of("model").busy
    qtbot.waitUntil(lambda: not document.analysis.of("model").busy)
    assert {"a199"} <= set().union(*told)
    assert document.analysis.of("model").report(last).known
    document.close()
