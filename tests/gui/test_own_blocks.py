"""Making blocks of one's own, expanding them, and keeping them in the library."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QMenu

from workbench.project.file import dumps
from workbench.project.library import listed
from workbench.templates import get_template
from workbench.ui.document import REFUSAL

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(open_window):
    return open_window(get_template("lenet5").build())


def select(window, *names: str) -> None:
    window.canvas.select([window.document.graph.find_name(name) for name in names])
    window.activateWindow()  # after a dialog, offscreen, no window is
    QTest.qWait(20)
    window.canvas.setFocus()


def names(window) -> set[str]:
    return {node.name for node in window.document.graph}


def named(name: str):
    def act(dialog) -> None:
        dialog.line.clear()
        QTest.keyClicks(dialog.line, name)
        QTest.keyClick(dialog.line, Qt.Key.Key_Return)

    return act


def make(window, answer, name: str, *layers: str) -> None:
    select(window, *layers)
    answer(named(name))
    QTest.keyClick(window.canvas, Qt.Key.Key_G, CONTROL)


def palette_labels(window) -> list[str]:
    return [item.text(0) for item in window.palette_panel.tree.every_item()]


def test_a_selection_becomes_a_block_and_undo_brings_the_layers_back(window, answer):
    before = dumps(window.document.project)
    totals = window.document.graph_analysis.totals
    make(window, answer, "feature maps", "c3", "s4")
    assert not {"c3", "s4"} & names(window)
    assert "feature_maps_1" in names(window)
    assert window.inspector.header.name.text() == "feature_maps_1"
    assert window.document.graph_analysis.totals == totals
    assert "feature maps" in palette_labels(window)
    assert "Your blocks" in palette_labels(window)
    window.commands["undo"].trigger()
    assert dumps(window.document.project) == before
    assert "feature maps" not in palette_labels(window)


def test_a_name_that_is_taken_cannot_be_accepted(window, answer):
    make(window, answer, "maps", "c3", "s4")
    select(window, "c1", "s2")
    seen = []

    def act(dialog) -> None:
        dialog.line.setText("maps")
        seen.append((dialog.problem.text(), dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()))
        dialog.reject()

    answer(act)
    window.commands["make-block"].trigger()
    assert seen == [("Another block is called maps.", False)]
    assert len(window.document.project.blocks) == 1


def test_a_selection_that_cannot_be_a_block_says_why(window, answer):
    before = names(window)
    make(window, answer, "loop", "c1", "c3")
    assert "Received: a path that leaves the selection and returns" in window.canvas.notice.text()
    assert names(window) == before


def test_expanding_puts_the_layers_back_laid_out_in_one_step(window, answer):
    make(window, answer, "feature maps", "c3", "s4")
    window.canvas.auto_layout()
    before = dumps(window.document.project)
    select(window, "feature_maps_1")
    QTest.keyClick(window.canvas, Qt.Key.Key_G, CONTROL | SHIFT)
    assert names(window) >= {"feature_maps_1.c3", "feature_maps_1.s4"}
    places = [node.position for node in window.document.graph]
    assert len(set(places)) == len(places)
    assert window.document.analysis.errors == ()
    window.commands["undo"].trigger()
    assert dumps(window.document.project) == before


def test_a_built_in_block_expands_and_one_without_inputs_says_what_is_missing(open_window):
    window = open_window(get_template("resnet18").build({"input": [64, 64, 3], "classes": 10}))
    totals = window.document.graph_analysis.totals
    select(window, "conv2_blocks")
    window.commands["expand-block"].trigger()
    assert "conv2_blocks.1.add" in names(window)
    assert window.document.graph_analysis.totals == totals
    window.canvas.canvas_scene.clearSelection()
    window.canvas.add_layer("block:residual.basic")
    window.commands["expand-block"].trigger()
    assert "Expected a block whose inputs are connected" in window.canvas.notice.text()


def test_in_a_look_inside_nothing_can_be_made_or_expanded(open_window):
    window = open_window(get_template("resnet18").build({"input": [64, 64, 3], "classes": 10}))
    select(window, "conv2_blocks")
    window.commands["look-inside"].trigger()
    window.canvas.select_all()
    assert not window.commands["make-block"].isEnabled()
    window.canvas.operations.delete()
    assert window.canvas.notice.text() == REFUSAL


def test_saved_to_the_library_it_can_be_inserted_into_another_project(window, answer, open_window):
    make(window, answer, "feature maps", "c3", "s4")
    window.commands["save-block"].trigger()
    assert [path.stem for path in listed()] == ["feature_maps"]
    other = open_window(get_template("vgg16").build({"input": [32, 32, 3]}))
    menu = next(menu for menu in other.menuBar().findChildren(QMenu) if menu.title() == "&Insert from library")
    menu.aboutToShow.emit()
    (entry,) = menu.actions()
    entry.trigger()
    assert "feature maps" in palette_labels(other)
    assert any(node.type == "user:feature maps" for node in other.document.graph)
    other.commands["undo"].trigger()
    other.commands["undo"].trigger()
    assert not other.document.project.blocks


def test_a_damaged_library_file_is_a_notice(window):
    folder = listed.__globals__["library_folder"]()
    folder.mkdir(parents=True)
    (folder / "bad.json").write_text("{")
    window.blocks.insert(folder / "bad.json")
    (notice,) = window.board.notices
    assert "bad.json" in notice.message


def test_a_deleted_block_leaves_instances_that_say_so_and_undo_brings_it_back(window, answer):
    make(window, answer, "maps", "c3", "s4")
    before = dumps(window.document.project)
    window.palette_panel.edit_requested.emit("user:maps")
    assert window.document.place.is_definition
    window.palette_panel.delete_requested.emit("user:maps")
    assert not window.document.place.is_definition
    assert "maps" not in palette_labels(window)
    assert [problem.code for problem in window.document.analysis.errors] == ["layer.unknown"]
    window.commands["undo"].trigger()
    assert dumps(window.document.project) == before
    assert window.document.analysis.errors == ()
