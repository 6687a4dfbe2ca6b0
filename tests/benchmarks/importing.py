"""Opening ResNet-152's .keras file in the window, beside keras.models.load_model: python -m tests.benchmarks.importing

Each round starts a window and a Python with Keras, and measures both once they stand: from asking for the import to
the first frame with the whole network in it, its shapes and costs worked out; and load_model. Neither counts what is
imported before: Qt and the window on one side, TensorFlow on the other. Both find the file in the system's cache.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks.display import virtual_display

TARGET = 0.5
PARAMETERS = 60_419_944
WRITE = """
import sys, keras
keras.applications.ResNet152(weights=None).save(sys.argv[1])
"""
LOAD = """
import sys, time, json, keras
began = time.perf_counter()
model = keras.models.load_model(sys.argv[1])
took = time.perf_counter() - began
print(json.dumps({"whole": took, "parameters": model.count_params()}))
"""
WINDOW = """
import json, os, sys, time
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from workbench.ui.app import make_application, open_window

application = make_application()
window = open_window(None, application)
window.painted.disconnect()
marks = {}

class FirstFrame(QObject):
    def eventFilter(self, watched, event):
        if "opened" in marks and event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, told)  # once it is painted
        return False

def begin():
    marks["began"] = time.perf_counter()
    window.models.read(Path(sys.argv[1]))

def told():
    now, began = time.perf_counter(), marks["began"]
    parameters = window.document.graph_analysis.totals.params
    nodes = len(window.document.graph)
    print(json.dumps({"whole": now - began, "read": marks["opened"] - began, "parameters": parameters, "nodes": nodes,
                      "tensorflow": "tensorflow" in sys.modules}), flush=True)
    os._exit(0)

frames = FirstFrame()
window.canvas.viewport().installEventFilter(frames)
window.models.opened.connect(lambda _: marks.update(opened=time.perf_counter()))
window.models.work.failed.connect(lambda message: (print(message, file=sys.stderr), os._exit(1)))
window.painted.connect(lambda: QTimer.singleShot(300, begin))  # the window is at rest by then
application.exec()
"""


def child(program: str, path: Path, environment: dict[str, str]) -> dict[str, float]:
    """What a Python process with this program prints."""
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[2][:60]!r}… ended with {done.returncode}: {done.stderr[-2000:]}")
    measured: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def main() -> None:
    """Prints a row for each round, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    ratios = []
    with virtual_display() as environment, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resnet152.keras"
        subprocess.run([sys.executable, "-c", WRITE, str(path)], env=quiet, check=True, stderr=subprocess.DEVNULL)
        os.sync()  # else the first round waits for what was written just now
        print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
        print("round   import (read + analysis)   + first frame   load_model   ratio")
        for number in range(rounds):
            home = Path(folder) / f"home{number}"  # a store of its own: nothing is there from the round before
            own = environment | {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "CACHE")}
            window = child(WINDOW, path, own | {"HOME": str(home)})
            keras = child(LOAD, path, quiet)
            assert window["parameters"] == keras["parameters"] == PARAMETERS, (window, keras)
            assert not window["tensorflow"]
            ratios.append(window["whole"] / keras["whole"])
            print(
                f"{number + 1:>5}   {window['read']:>22.2f} s   {window['whole'] - window['read']:>11.2f} s   "
                f"{keras['whole']:>8.2f} s   {ratios[-1]:>5.3f}"
            )
    print(f"ratio: median {median(ratios):.3f}, highest {max(ratios):.3f} (wanted: at most {TARGET})")


if __name__ == "__main__":
    main()
