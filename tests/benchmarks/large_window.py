"""How long the window stands still with 10,000 nodes in it: python -m tests.benchmarks.large_window [--shots FOLDER]

A project is opened in the real window on a new Xvfb display, and a person's gestures are made in it one after another,
with one panel or another in front. A 10 ms timer runs beside them. Printed are its longest gap, the most processor
time of the window's thread between two of its ticks, which other work on the machine does not lengthen, and how much
processor time it took until nothing was left to do. Wanted: at most 100 ms between two ticks, but for opening.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from tests.benchmarks.display import virtual_display

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from workbench.graph import Graph, NodeId
    from workbench.ui.main_window import MainWindow

NODES = 10_000
COLUMNS = 100
PERIOD_MS = 10
IDLE_MS = 400
"""The window is at rest when it had next to nothing to do for so long."""
BUSY_MS = 8
WANTED_MS = 100
K = "keras.layers."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=Path, help="a folder for pictures of the window")
    parser.add_argument("--panel", choices=("report", "problems", "training"), help="only with this one in front")
    parser.add_argument("--role", choices=("chain", "branches"), help="used by the benchmark itself")
    options = parser.parse_args()
    if options.role:
        _measure(options.role, options.panel, options.shots)
        return
    with virtual_display() as environment:
        for role in ("chain", "branches"):
            for panel in (options.panel,) if options.panel else ("training", "report", "problems"):
                _apart(role, panel, options.shots, environment)


def _apart(role: str, panel: str, shots: Path | None, environment: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as home:
        private = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "WORKBENCH_RUNS": home}
        command = [sys.executable, "-m", "tests.benchmarks.large_window", "--role", role, "--panel", panel]
        command += ["--shots", str(shots)] if shots else []
        done = subprocess.run(command, env=environment | private, stdout=subprocess.PIPE, text=True, check=True)
    title = f"{NODES:,} nodes, {role}, {panel} in front"
    print(f"{title:46}{'longest gap':>14}{'of processor time':>20}{'in all':>10}   ms")
    for line in done.stdout.splitlines():
        what, gap, busy, whole = json.loads(line)
        told = f"   wanted: {WANTED_MS}" if busy > WANTED_MS and what != "open" else ""
        print(f"  {what:44}{gap:14.0f}{busy:20.0f}{whole:10.0f}{told}", flush=True)


# -- projects
def branched_graph(count: int = NODES) -> Graph:
    """Blocks of five layers: each splits in two and is added up again."""
    from workbench.graph import Graph, Node, NodeId, Wire

    graph = Graph("model")
    steps = (
        ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": "same"}, (-1,)),
        ("BatchNormalization", {}, (-1,)),
        ("ReLU", {}, (-1,)),
        ("Conv2D", {"filters": 16, "kernel_size": 1}, (-4,)),
        ("Add", {}, (-2, -1)),
    )
    graph.add_node(Node(NodeId("n0"), "input", "input", {"shape": [32, 32, 16]}))
    for index in range(1, count):
        kind, params, behind = steps[(index - 1) % len(steps)]
        place = (index % COLUMNS * 240.0, index // COLUMNS * 160.0)
        node = Node(NodeId(f"n{index}"), K + kind, f"layer_{index}", params, position=place)
        graph.add_node(node)
        port = "input" if len(behind) == 1 else "inputs"
        for order, step in enumerate(behind):
            graph.connect(Wire(NodeId(f"n{index + step}"), node.id, target_port=port, order=order))
    return graph


def _graph(role: str) -> Graph:
    from tests.benchmarks.canvas import big_graph

    return branched_graph() if role == "branches" else big_graph(NODES)


# -- measuring
def _measure(role: str, panel: str, shots: Path | None) -> None:
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from workbench.project import Project, save_project
    from workbench.ui.app import make_application, open_window

    application = make_application()
    window = open_window(None, application)
    window.painted.disconnect()  # no engine: it is not what is measured
    window.docks.show(panel)
    ticks: list[tuple[float, float]] = []
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=PERIOD_MS)
    timer.timeout.connect(lambda: ticks.append((perf_counter(), thread_time())))
    timer.start()

    def settle() -> None:
        """Until ticks come with little work between them."""
        quiet = 0
        while quiet < IDLE_MS / PERIOD_MS:
            seen = len(ticks)
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if len(ticks) > max(seen, 1):
                busy = ticks[-1][1] - ticks[-2][1] > BUSY_MS / 1000 or window.document.graph_analysis.busy
                quiet = 0 if busy else quiet + 1

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{role}.workbench"
        save_project(Project([_graph(role)]), path)
        settle()
        for what, act in _acts(window, path):
            ticks[:] = [(perf_counter(), thread_time())]
            act()
            settle()
            gap, busy = (max(later[i] - earlier[i] for earlier, later in pairwise(ticks)) for i in (0, 1))
            print(json.dumps([what, 1000 * gap, 1000 * busy, 1000 * (thread_time() - ticks[0][1])]), flush=True)
            if shots:
                window.grab().save(str(shots / f"{role}-{panel}-{what.replace(' ', '_').replace(',', '')}.png"))
    window.document.history.mark_saved()
    window.close()


def _acts(window: MainWindow, path: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    from workbench.graph import NodeId
    from workbench.ui.canvas.measures import OVERLAYS

    canvas = window.canvas
    yield "open", lambda: window.session.open(path)
    yield "zoom in to life size", canvas.zoom_to_life_size
    yield "go to the middle", lambda: canvas.center_on(NodeId("n5000"))
    yield "pan, 40 steps", lambda: _each_at_once(40, lambda: canvas.pan_by(24, 7))
    yield "zoom out and in, 40 steps", lambda: _each_at_once(20, lambda: (canvas.zoom_out(), canvas.zoom_in()))
    yield "select a node", lambda: (canvas.center_on(NodeId("n5000")), canvas.select([NodeId("n5000")]))
    yield "drag it, 20 steps", lambda: _drag(window, NodeId("n5000"))
    yield "undo the drag", window.document.undo
    yield "an edit that changes no shape", lambda: _set(window, "n5000", {"trainable": False})
    yield "an error in the first layer", lambda: _set(window, "n1", {"nonsense": 24})
    yield "undo the error", window.document.undo
    yield "another input size: every shape changes", lambda: _set(window, "n0", {"shape": [64, 64, 16]})
    yield "undo it", window.document.undo
    yield "redo it", window.document.redo
    yield "select another node", lambda: canvas.select([NodeId("n7000")])
    yield "delete it", canvas.delete_selection
    yield "undo the deletion", window.document.undo
    yield "select all", canvas.select_all
    yield "select none", lambda: canvas.select([])
    yield "see all of it", canvas.fit
    yield "pan from afar, 20 steps", lambda: _each_at_once(20, lambda: canvas.pan_by(9, 4))
    yield "drag one from afar, 20 steps", lambda: _drag(window, NodeId("n5050"))
    yield "tint by parameters", lambda: window.overlays.choose(OVERLAYS[0])
    yield "autosave", window.keeper.keep_aside
    yield "save", lambda: window.session.save_to(path)


def _each_at_once(times: int, act: Callable[[], object]) -> None:
    """As from a mouse: the window shows every step."""
    from PySide6.QtWidgets import QApplication

    for _ in range(times):
        act()
        QApplication.processEvents()


def _set(window: MainWindow, node: str, values: dict[str, object]) -> None:
    from dataclasses import replace

    from workbench.graph import NodeId, edits

    graph = window.document.graph
    old = graph.node(NodeId(node))
    if "trainable" in values:
        window.document.edit(edits.Update((replace(old, trainable=bool(values["trainable"])),), "Freeze"))
    else:
        window.document.edit(edits.set_params(graph, old.id, values, {}))


def _drag(window: MainWindow, node: NodeId) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    canvas = window.canvas
    body = canvas.canvas_scene.nodes[node].body
    start: QPoint = canvas.mapFromScene(body.center())
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas.viewport(), left, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 21):
        QTest.mouseMove(canvas.viewport(), start + QPoint(3 * step, 2 * step))
        QApplication.processEvents()
    QTest.mouseRelease(canvas.viewport(), left, Qt.KeyboardModifier.NoModifier, start + QPoint(60, 40))


if __name__ == "__main__":
    main()
