"""The program's own start and end, in a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

from tests.benchmarks.display import virtual_display
from workbench.project import find_recoveries
from workbench.ui.app import INTERRUPTED
from workbench.ui.keeper import recovery_folder

HEAVY = ("numpy", "cv2", "pyqtgraph", "h5py", "keras", "tensorflow", "PySide6.QtNetwork", "PySide6.QtQml")
FIRST_FRAME = """
import json, os, sys
from workbench.ui.app import make_application, open_window
application = make_application()
window = open_window(None, application)
window.painted.disconnect()
def tell():
    names = sorted(node.name for node in window.document.graph)
    print(json.dumps([names, [name for name in sys.argv[1:] if name in sys.modules]]), flush=True)
    os._exit(0)
window.painted.connect(tell)
application.exec()
"""
INTERRUPTED_WINDOW = """
import os, signal, sys
from PySide6.QtCore import QTimer
from workbench.graph import edits
from workbench.ui import app, main_window
main_window.TrainingController.warm_up = lambda self: None
opened = app.open_window
def open_and_change(path, application):
    window = opened(path, application)
    def change_and_interrupt():
        graph = window.document.graph
        window.document.edit(edits.rename(graph, graph.find_name("c1"), "renamed"))
        os.kill(os.getpid(), int(sys.argv[1]))
    QTimer.singleShot(200, change_and_interrupt)
    return window
app.open_window = open_and_change
sys.exit(app.run_gui(None))
"""
FAULTY_WINDOW = """
import sys
from PySide6.QtCore import QTimer
from workbench.ui import app, main_window
main_window.TrainingController.warm_up = lambda self: None
opened = app.open_window
def open_and_fail(path, application):
    window = opened(path, application)
    def look():
        print([notice.message for notice in window.board.notices], flush=True)
        window.close()
    QTimer.singleShot(100, lambda: 1 / 0)
    QTimer.singleShot(600, look)
    return window
app.open_window = open_and_fail
sys.exit(app.run_gui(None))
"""


ON_A_SCREEN = """
import os, sys
from PySide6.QtCore import QTimer
from workbench.ui import app, main_window
main_window.TrainingController.warm_up = lambda self: None
application = app.make_application()
window = app.open_window(None, application)
def look():
    assert application.platformName() == "xcb"
    canvas = window.canvas
    shown = application.primaryScreen().grabWindow(window.winId()).toImage()
    for node in window.document.graph:
        body = canvas.mapFromScene(canvas.canvas_scene.nodes[node.id].body).boundingRect()
        corner = canvas.viewport().mapTo(window, body.center())
        left = canvas.viewport().mapTo(window, body.topLeft()).x()
        row = {shown.pixelColor(left + x, corner.y()).name() for x in range(10)}
        print(node.name, len(row) > 1, window.rect().contains(corner))
    window.close()
window.painted.connect(lambda: QTimer.singleShot(300, look))
sys.exit(application.exec())
"""


def run(program: str, *words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_nothing_heavy_is_loaded_before_the_first_frame():
    done = run(FIRST_FRAME, *HEAVY)
    assert done.returncode == 0, done.stderr
    names, loaded = json.loads(done.stdout)
    assert names == ["c1", "c3", "c5", "f6", "flatten", "input", "output", "s2", "s4"]
    assert loaded == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_window_keeps_what_is_not_saved(number):
    done = run(INTERRUPTED_WINDOW, int(number))
    assert done.returncode == INTERRUPTED, done.stderr
    assert "Traceback" not in done.stderr
    (recovery,) = find_recoveries(recovery_folder())
    assert recovery.load().project.graphs["model"].find_name("renamed")


def test_a_fault_in_the_program_is_a_notice_and_the_window_lives():
    done = run(FAULTY_WINDOW)
    assert done.returncode == 0, done.stderr
    assert "ZeroDivisionError" in done.stdout
    assert "Your project is kept" in done.stdout


def test_the_variables_that_opencv_leaves_are_dropped():
    program = "import os, sys; from workbench.ui import app; app.make_application = lambda: sys.exit(print(os.environ))"
    os_environ = {**os.environ, "QT_QPA_FONTDIR": "/somewhere/cv2/qt/fonts"}
    command = [sys.executable, "-c", f"{program}; app.run_gui(None)"]
    done = subprocess.run(command, env=os_environ, capture_output=True, text=True, timeout=60, check=False)
    assert "QT_QPA_FONTDIR" not in done.stdout
    assert "PATH" in done.stdout


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="no Xvfb")
def test_the_window_really_shows_lenet_on_a_screen():
    with virtual_display() as environment:
        command = [sys.executable, "-c", ON_A_SCREEN]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 9
    assert all(line.endswith("True True") for line in lines), done.stdout
