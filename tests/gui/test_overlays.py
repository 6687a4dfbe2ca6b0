"""Tinting the canvas by what layers cost and see."""

import pytest
from PySide6.QtCore import QPoint

from workbench.graph import Graph, Node, NodeId, Wire, edits
from workbench.project import Project
from workbench.ui.canvas.measures import LEVELS, OVERLAYS
from workbench.ui.theme import ThemeChoice


def choose(window, title: str) -> None:
    (action,) = [action for action in window.overlays.actions() if action.text() == title]
    action.trigger()


def measure(window, name: str):
    return window.canvas.canvas_scene.nodes[window.document.graph.find_name(name)].look.measure


def color(window, name: str) -> str:
    window.canvas.center_on(window.document.graph.find_name(name))
    body = window.canvas.canvas_scene.nodes[window.document.graph.find_name(name)].body
    at = window.canvas.mapFromScene(body.bottomRight()) - QPoint(14, 8)
    return window.canvas.viewport().grab().toImage().pixelColor(at).name()


def test_the_largest_is_tinted_most_and_its_value_is_written(window):
    choose(window, "Parameters")
    assert measure(window, "c5").text == "48.1 k · 78%"
    assert measure(window, "c5").level == LEVELS
    assert measure(window, "s2").level == 0
    assert color(window, "c5") != color(window, "s2")
    assert window.overlays.button.text() == "Overlay: parameters"
    assert window.canvas.legend.isVisible()
    assert window.canvas.legend.most == "48.1 k"


def test_none_takes_the_tints_away(window):
    before = color(window, "c5")
    choose(window, "MACs")
    assert color(window, "c5") != before or color(window, "c3") != before
    choose(window, "None")
    assert color(window, "c5") == before
    assert measure(window, "c5") is None
    assert not window.canvas.legend.isVisible()


def test_shares_follow_edits_of_other_layers(window):
    choose(window, "Parameters")
    graph = window.document.graph
    window.document.edit(edits.set_params(graph, graph.find_name("c5"), {"units": 1200}, {}))
    assert measure(window, "c3").text.endswith("· 0%")


def test_the_receptive_field_is_told_until_it_is_the_whole_input(window):
    choose(window, "Receptive field")
    assert measure(window, "c3").text == "sees 14 positions"
    assert measure(window, "output").text == "sees the whole input"


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda overlay: overlay.id)
def test_every_overlay_in_both_themes_from_near_and_afar(window, overlay):
    choose(window, overlay.title)
    for theme in (ThemeChoice.DARK, ThemeChoice.LIGHT):
        window.preferences.theme = theme
        for zoom in (1.0, 0.1):
            window.canvas.camera.zoom_by(zoom / window.canvas.camera.zoom)
            window.canvas.viewport().grab()
    assert all(item.look.measure for item in window.canvas.canvas_scene.nodes.values())


def test_in_a_large_graph_every_node_is_up_to_date_soon(open_window, qtbot):
    graph = Graph("model")
    graph.add_node(Node(NodeId("0"), "input", "0", {"shape": [8, 8, 1]}))
    for number in range(1, 400):
        position = (240.0 * (number % 20), 120.0 * (number // 20))
        graph.add_node(Node(NodeId(f"{number}"), "keras.layers.ReLU", f"{number}", position=position))
        graph.connect(Wire(NodeId(f"{number - 1}"), NodeId(f"{number}")))
    window = open_window(Project([graph]))
    wires = window.canvas.canvas_scene.wires
    window.document.edit(edits.set_params(graph, NodeId("0"), {"shape": [9, 9, 2]}, {}))
    qtbot.waitUntil(lambda: {item.look.label for item in wires.values()} == {"9x9x2"})
    window.document.edit(edits.set_params(graph, NodeId("0"), {"shape": [7, 7, 2]}, {}))
    window.document.undo()
    qtbot.waitUntil(lambda: {item.look.label for item in wires.values()} == {"9x9x2"})
