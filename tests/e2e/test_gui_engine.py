"""The window and its real engine process: what is imported, a killed engine, a broken TensorFlow."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt cannot be loaded", exc_type=ImportError)

pytestmark = pytest.mark.gui

PRELUDE = """
import json, os, signal, sys, time
from workbench.project import SetTraining, assign
from workbench.project.file import dumps
from workbench.ui.app import make_application, open_window

application = make_application()
window = open_window(None, application)
training, document = window.training, window.document
said = {}

def wait(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited too long; the panel says {headline()!r}"
        application.processEvents()
        time.sleep(0.005)

def headline():
    return training.panel.headline.text.text() + " " + training.panel.headline.hint.text()

def epochs(count):
    document.do(SetTraining(assign(document.project.training, {"epochs": count})))

def heavy():
    return [name for name in ("tensorflow", "keras") if name in sys.modules]

def statuses():
    return sorted(row.status for row in training.runs.rows)

def end():
    document.history.mark_saved()
    window.close()
    print("SAID " + json.dumps(said))
"""

KILLED = """
early = ("numpy", "pyqtgraph", "h5py", "cv2", "tensorflow", "keras")
window.painted.disconnect()
window.painted.connect(lambda: said.setdefault("at the first frame", [n for n in early if n in sys.modules]))
window.painted.connect(training.warm_up)
wait(lambda: "at the first frame" in said)
epochs(1000)
before = dumps(document.project)
training.panel.train_button.click()
wait(lambda: training.session.job.progress is not None)
os.kill(training.session._thread._engine.pid, signal.SIGKILL)
wait(lambda: not training.busy)
said["killed"] = headline()
said["visible"] = window.isVisible()
said["same project"] = dumps(document.project) == before
wait(lambda: statuses() == ["interrupted"])
epochs(1)
training.panel.train_button.click()
wait(lambda: not training.busy)
said["next"] = headline()
wait(lambda: statuses() == ["finished", "interrupted"])
said["after two trainings"] = heavy()
end()
"""

STEERED = """
wait(lambda: training.session.state.value == "ready")
epochs(1000)
training.panel.train_button.click()
layers = training.panel.layers.model
wait(lambda: layers.layers)
said["layers"] = [layer.name for layer in layers.layers]
said["norms"] = all(layer.norms.weights > 0 for layer in layers.layers)
said["states"] = sorted(document.graph.node(node).name for node in window.canvas.canvas_scene.runs)
said["line"] = 0 < window.canvas.progress.share < 1
training.panel.pause_button.click()
wait(lambda: training.session.job.paused)
said["paused"] = headline()
training.panel.pause_button.click()
wait(lambda: not training.session.job.paused)
training.set_rate(0.0004)
wait(lambda: training.session.job.by_hand and training.session.job.rate < 0.001)
done = training.session.job.progress.epoch
wait(lambda: training.session.job.progress.epoch > done)
said["rate"] = training.session.job.rate
training.panel.stop_button.click()
wait(lambda: not training.busy)
said["stopped"] = headline()
epochs(2)
training.actions["find-rate"].trigger()
wait(lambda: not training.busy)
said["finder"] = headline()
end()
"""

BROKEN = """
wait(lambda: training.session.state.value == "unavailable")
said["at rest"] = headline()
said["nodes"] = len(document.graph)
training.panel.train_button.click()
wait(lambda: not training.busy)
said["after Train"] = headline()
said["notices"] = [notice.message for notice in window.board.notices]
said["device"] = training.device_text
end()
"""


def run_window(program, tmp_path, monkeypatch):
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "WORKBENCH_RUNS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-c", PRELUDE + program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0
    return json.loads(done.stdout.splitlines()[-1].removeprefix("SAID "))


def test_a_killed_engine_and_the_next_training(tmp_path, monkeypatch):
    said = run_window(KILLED, tmp_path, monkeypatch)
    assert said["at the first frame"] == []
    assert "signal SIGKILL (the system does that when memory runs out)" in said["killed"]
    assert "listed as interrupted" in said["killed"]
    assert said["visible"]
    assert said["same project"]
    assert "Trained 1 epoch" in said["next"]
    assert said["after two trainings"] == []


def test_a_training_is_followed_paused_and_steered(tmp_path, monkeypatch):
    said = run_window(STEERED, tmp_path, monkeypatch)
    assert said["layers"] == said["states"] == ["c1", "c3", "c5", "f6", "output"]
    assert said["norms"]
    assert said["line"]
    assert "Paused after epoch" in said["paused"]
    assert said["rate"] == pytest.approx(0.0004, rel=0.05)  # the schedule goes on from there
    assert "is kept" in said["stopped"]
    assert "A good learning rate is" in said["finder"]


def test_a_broken_tensorflow_is_told_where_training_would_start(tmp_path, monkeypatch):
    package = tmp_path / "broken" / "tensorflow"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('raise ImportError("libbroken.so.1: cannot open shared object file")')
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    said = run_window(BROKEN, tmp_path, monkeypatch)
    assert "TensorFlow is installed but does not start: libbroken.so.1" in said["at rest"]
    assert "pip install" in said["at rest"]
    assert said["nodes"] == 9
    assert said["after Train"] == said["at rest"]
    assert len(said["notices"]) == 1
    assert "libbroken.so.1" in said["notices"][0]
    assert said["device"] == "No TensorFlow: why?"


PHASED = """
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
epochs(2)
window.docks.show("freezing")
freezing = window.freezing
wait(lambda: not freezing._stale and freezing.found.layers)
QTest.mouseClick(freezing.schedule.two, Qt.MouseButton.LeftButton)
said["phases"] = str(document.project.training.fine_tuning)
training.panel.train_button.click()
wait(lambda: training.session.job.progress is not None)
wait(lambda: not training.busy)
said["done"] = headline()
wait(lambda: statuses() == ["finished"])
from pathlib import Path
said["log"] = next(Path(os.environ["WORKBENCH_RUNS"]).glob("*/*.log")).read_text()
end()
"""


def test_the_two_phase_button_trains_in_two_phases_within_one_run(tmp_path, monkeypatch):
    said = run_window(PHASED, tmp_path, monkeypatch)
    assert said["phases"] == "head for 1; last 30% for 1 at 0.1"
    assert "Trained 2 epochs" in said["done"]
    assert "phase 1 of 2: head" in said["log"]
    assert "phase 2 of 2: last 30%" in said["log"]
