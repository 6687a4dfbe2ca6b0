"""Initial weights and comparisons as a person meets them."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from tests.gui.runs.conftest import click, lenet
from tests.gui.runs.test_list import choose as choose_in_menu
from workbench.graph import Node, NodeId, Wire
from workbench.graph.edits import Add, rename, set_params
from workbench.project import InGraph, SetWeights, save_project
from workbench.project.file import dumps
from workbench.project.weight_matching import layers_with_weights
from workbench.project.weights import shared_store, write_weights
from workbench.runs import Checkpoint, RunStatus, RunStore
from workbench.ui.canvas.measures import DiffOverlay

LEFT = Qt.MouseButton.LeftButton


def arrays_of(project, seed=0):
    random = np.random.default_rng(seed)
    return {key: random.normal(size=s) for layer in layers_with_weights(project) for key, s in layer.wanted.items()}


def add_run(store, stem, project, seed=0):
    """A finished run with weights by layer name, as the engine writes them."""
    arrays = arrays_of(project, seed)
    names = {layer.path: layer.name for layer in layers_with_weights(project)}
    variables = {f"model/{names[key.partition(':')[0]]}/{key.partition(':')[2]}": v for key, v in arrays.items()}
    with store.create(stem, dumps(project).decode(), 0, epochs_planned=1) as run:
        run.save_best(Checkpoint(variables))
        run.finish(RunStatus.FINISHED, best={"val_accuracy": 0.9}, best_epoch=1, epochs=1)
    return run.folder


@pytest.fixture
def store(tmp_path, monkeypatch):
    root = tmp_path / "runs"
    monkeypatch.setenv("WORKBENCH_RUNS", str(root))
    return RunStore(root)


@pytest.fixture
def run(store):
    return add_run(store, "earlier", lenet())


@pytest.fixture
def window(open_window, run, qtbot):
    window = open_window()
    window.show_panel("runs")
    qtbot.waitUntil(lambda: len(window.runs.model.rows) == 1)
    return window


def box(window):
    return window.training.panel.form.weights


def texts(window):
    choice = box(window).choice
    return [choice.itemText(index) for index in range(choice.count())]


def choose(window, text):
    """Opens the list and picks an entry with the keyboard."""
    window.show_panel("training")
    choice = box(window).choice
    choice.setFocus()
    (at,) = [index for index, shown in enumerate(texts(window)) if shown.startswith(text)]
    choice.showPopup()
    view = choice.view()
    view.setCurrentIndex(choice.model().index(at, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)


def popup(qtbot):
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    return QApplication.activePopupWidget()


def continue_from_run(window, qtbot):
    choose_in_menu(window.runs, "earlier", "Continue from this run's weights")
    qtbot.waitUntil(lambda: window.document.project.weights is not None)


def test_a_run_s_weights_are_taken_over_in_one_step(window, qtbot, run):
    assert box(window).choice.currentText() == "From scratch"
    continue_from_run(window, qtbot)
    assert box(window).choice.currentText() == f"Of run {run.name}"
    qtbot.waitUntil(lambda: "5 layers keep their weights" in box(window).told.text())
    assert window.document.history.undo_label == f"Begin with the weights of run {run.name}"
    window.commands["undo"].trigger()
    assert window.document.project.weights is None
    assert box(window).choice.currentText() == "From scratch"


def test_the_engine_is_given_the_file_of_the_weights(window, qtbot):
    continue_from_run(window, qtbot)
    given = []
    window.training.session.begin = given.append
    window.commands["train"].trigger()
    assert given[0].weights == str(window.document.project.weights.file)
    assert window.document.project.weights.file.is_file()


def test_what_is_kept_follows_the_edits_of_the_network(window, qtbot):
    continue_from_run(window, qtbot)
    document, told = window.document, box(window).told
    graph = document.graph
    c1 = graph.find_name("c1")
    document.edit(rename(graph, c1, "renamed"))
    document.edit(set_params(graph, c1, {"filters": 9}, {}))
    qtbot.waitUntil(lambda: "2 have another shape" in told.text())
    window.show_panel("training")
    assert box(window).copy_part.isVisible()
    QTest.mouseClick(box(window).copy_part, LEFT, pos=QPoint(8, box(window).copy_part.height() // 2))
    assert document.project.training.copy_overlap
    told.linkActivated.emit("layers")
    (report,) = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    rows = {report.list.topLevelItem(i).text(0): report.list.topLevelItem(i).text(1) for i in range(5)}
    assert rows["renamed"] == "copied in part"
    assert rows["c5"] == "kept"
    first = report.list.topLevelItem(0)
    QTest.mouseClick(report.list.viewport(), LEFT, pos=report.list.visualItemRect(first).center())
    assert [document.graph.node(node).name for node in window.selection] == [first.text(0)]
    report.close()
    for _ in range(3):
        document.undo()
    qtbot.waitUntil(lambda: "5 layers keep" in told.text())


def test_from_scratch_and_back(window, qtbot):
    continue_from_run(window, qtbot)
    choose(window, "From scratch")
    assert window.document.project.training.initial_weights == "scratch"
    assert not box(window).told.isVisible()
    choose(window, "Of run")
    assert window.document.project.training.initial_weights == "project"


def test_a_run_is_chosen_in_the_form(window, qtbot, run):
    choose(window, "Of a run")
    menu = popup(qtbot)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(menu.actions()[0]).center())
    qtbot.waitUntil(lambda: window.document.project.weights is not None)
    assert box(window).choice.currentText() == f"Of run {run.name}"


def test_a_file_of_another_network_is_refused_with_layers_of_both(window, qtbot, tmp_path, monkeypatch):
    from tests.gui.conftest import small_project

    other = small_project()
    other.apply(SetWeights(write_weights(shared_store(), arrays_of(other).items())))
    save_project(other, tmp_path / "other.workbench")
    monkeypatch.setattr(
        "workbench.ui.weights.adoption.QFileDialog.getOpenFileName", lambda *_: (str(tmp_path / "other.workbench"), "")
    )
    choose(window, "Of a file")
    qtbot.waitUntil(lambda: any("not taken over" in notice.message for notice in window.board.notices))
    (notice,) = [notice for notice in window.board.notices if "not taken over" in notice.message]
    assert "none of whose layers fits" in notice.message
    assert "c1" in notice.message
    assert "conv_1" in notice.message
    assert window.document.project.weights is None


# -- comparing
def richer():
    """LeNet-5 with one more layer, which nothing needs."""
    project = lenet()
    graph = project.graph("model")
    extra = Node(NodeId("extra"), "keras.layers.ReLU", "extra", position=graph.node(graph.find_name("s2")).position)
    project.apply(InGraph("model", Add((extra,), (Wire(graph.find_name("s2"), extra.id),))))
    return project


@pytest.fixture
def compared(open_window, store, qtbot):
    """The open project, edited and with other weights, beside a run of a richer network; on the canvas."""
    add_run(store, "earlier", richer())
    window = open_window()
    window.show_panel("runs")
    qtbot.waitUntil(lambda: len(window.runs.model.rows) == 1)
    project = window.document.project
    window.document.do(SetWeights(write_weights(shared_store(), arrays_of(project, 1).items())))
    graph = window.document.graph
    window.document.edit(set_params(graph, graph.find_name("c1"), {"activation": "relu"}, {}))
    window.runs.tabs.setCurrentWidget(window.runs.comparison)
    click(window.runs, "earlier")
    view = window.runs.comparison
    qtbot.waitUntil(lambda: "Differs in" in view.same.text())
    QTest.mouseClick(view.on_canvas, LEFT)
    qtbot.waitUntil(lambda: isinstance(window.canvas.canvas_scene.overlay, DiffOverlay))
    return window


def look(window, name):
    return window.canvas.canvas_scene.nodes[window.document.graph.find_name(name)].look


def test_the_canvas_says_what_changed_what_is_gone_and_how_far_weights_moved(compared, qtbot):
    assert look(compared, "c1").measure.tone == "changed"
    assert look(compared, "c1").measure.text.startswith("activation")
    old, new = arrays_of(lenet(), 0), arrays_of(lenet(), 1)
    c5 = lenet().graph("model").find_name("c5")
    keys = [key for key in old if key.startswith(f"{c5}:")]
    apart = np.sqrt(sum(((new[key] - old[key]) ** 2).sum() for key in keys))
    length = np.sqrt(sum((old[key] ** 2).sum() for key in keys))
    assert look(compared, "c5").measure.text == f"weights moved {apart / length:.0%}"
    assert [item.ghost.node.name for item in compared.canvas.canvas_scene.ghosts.items] == ["extra"]
    assert "1 layer changed, 1 layer gone" in compared.board.notices[-1].message
    assert compared.overlays.button.text() == "Overlay: comparison"


def test_it_follows_edits(compared):
    graph = compared.document.graph
    compared.document.edit(set_params(graph, graph.find_name("c3"), {"filters": 17}, {}))
    assert look(compared, "c3").measure.text == "filters 16 → 17"
    compared.document.undo()
    assert look(compared, "c3").measure.tone == ""
    compared.canvas.add_layer("keras.layers.ReLU")
    assert "added" in [
        item.look.measure.tone for item in compared.canvas.canvas_scene.nodes.values() if item.look.measure
    ]


def test_escape_leaves_it(compared):
    assert compared.canvas.hasFocus()
    QTest.keyClick(compared.canvas, Qt.Key.Key_Escape)
    scene = compared.canvas.canvas_scene
    assert scene.overlay is None
    assert not scene.ghosts.items
    assert look(compared, "c1").measure is None
    assert not [notice for notice in compared.board.notices if notice.topic == "comparison"]


def test_another_overlay_ends_it_too(compared):
    (action,) = [action for action in compared.overlays.actions() if action.text() == "Parameters"]
    action.trigger()
    assert compared.comparison.other is None
    assert look(compared, "c5").measure.text.startswith("48.1 k")


def test_distances_stand_in_the_table(compared):
    tree = compared.runs.comparison.tree
    sections = {tree.topLevelItem(i).text(0): tree.topLevelItem(i) for i in range(tree.topLevelItemCount())}
    section = sections["Distance of the weights"]
    shown = {section.child(i).text(0): section.child(i).text(3) for i in range(section.childCount())}
    assert set(shown) == {layer.name for layer in layers_with_weights(lenet())}
    assert all("cos" in text for text in shown.values())


def test_the_open_project_as_the_earlier_side_is_swapped(compared, qtbot):
    QTest.keyClick(compared.canvas, Qt.Key.Key_Escape)
    view = compared.runs.comparison
    QTest.mouseClick(view.swap, LEFT)
    qtbot.waitUntil(lambda: view.before.currentText() == "The open project")
    QTest.mouseClick(view.on_canvas, LEFT)
    qtbot.waitUntil(lambda: isinstance(compared.canvas.canvas_scene.overlay, DiffOverlay))
    assert view.after.currentText() == "The open project"


def test_a_file_is_compared_with_a_run(window, qtbot, tmp_path, monkeypatch):
    other = lenet(filters=8)
    save_project(other, tmp_path / "wider.workbench")
    monkeypatch.setattr(
        "workbench.ui.panels.runs.comparison.QFileDialog.getOpenFileName",
        lambda *_: (str(tmp_path / "wider.workbench"), ""),
    )
    view = window.runs.comparison
    window.runs.tabs.setCurrentWidget(view)
    click(window.runs, "earlier")
    qtbot.waitUntil(lambda: bool(view.same.text()))
    view.after.setFocus()
    view.after.showPopup()
    view.after.view().setCurrentIndex(view.after.model().index(view.after.findText("A file…"), 0))
    QTest.keyClick(view.after.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "1 layer changed" in view.same.text())
    assert view.after.currentText() == "wider.workbench"
    window.document.history.mark_saved()
    QTest.mouseClick(view.on_canvas, LEFT)
    qtbot.waitUntil(lambda: isinstance(window.canvas.canvas_scene.overlay, DiffOverlay))
    assert look(window, "c1").measure.text == "filters 6 → 8"


def test_a_comparison_does_not_outlive_its_project(compared):
    compared.document.replace(lenet())
    assert compared.comparison.other is None
    assert compared.canvas.canvas_scene.overlay is None
