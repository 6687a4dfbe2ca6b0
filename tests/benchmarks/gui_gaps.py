"""How long the window stands still while it trains: python -m tests.benchmarks.gui_gaps

A 10 ms timer runs in the main window from pressing Train on a cold engine to the end of the training, with every panel
in sight, the gradients as an overlay, and all there is to follow: five charts, the console, the canvas. Then it runs in
an empty window while an engine does the same training beside it. Printed are the gaps between the timer's ticks.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from tests.benchmarks.display import virtual_display

if TYPE_CHECKING:
    from workbench.ui.main_window import MainWindow
    from workbench.ui.training.outcomes import Outcome

PERIOD_MS = 10
REST_MS = 3000
WANTED_P99, WANTED_LONGEST = 20, 100
FOLLOWED = {"metrics": ["accuracy", "f1"], "watch_layers": True}
SHOWN_HEIGHT = 420
"""Of the panels below the canvas: room for two rows of charts."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--role", choices=("main", "empty"), help="used by the benchmark itself")
    options = parser.parse_args()
    if options.role:
        print(json.dumps(_gaps_of(options.role, options.epochs)))
        return
    with virtual_display() as environment:
        for _ in range(options.rounds):
            _compare(environment, options.epochs)


def _compare(environment: dict[str, str], epochs: int) -> None:
    p99s = {}
    for role, title in (("main", "main window"), ("empty", "empty window")):
        with tempfile.TemporaryDirectory() as home:
            private = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "WORKBENCH_RUNS": home}
            command = [sys.executable, "-m", "tests.benchmarks.gui_gaps", "--role", role, "--epochs", str(epochs)]
            done = subprocess.run(command, env=environment | private, stdout=subprocess.PIPE, text=True, check=True)
        gaps = sorted(json.loads(done.stdout.splitlines()[-1]))
        p99s[role] = gaps[int(0.99 * len(gaps))], gaps[-1]
        print(
            f"{title:12}: {len(gaps):5} ticks in {sum(gaps) / 1000:5.1f} s, "
            f"p99 {p99s[role][0]:5.1f} ms, longest {p99s[role][1]:5.1f} ms",
            flush=True,
        )
    (p99, longest), (empty_p99, empty_longest) = p99s["main"], p99s["empty"]
    print(
        f"ratio to the empty window: p99 {p99 / empty_p99:.2f}, longest {longest / empty_longest:.2f} "
        f"(wanted: p99 {WANTED_P99} ms and longest {WANTED_LONGEST} ms, or at most twice the empty window)"
    )


def _gaps_of(role: str, epochs: int) -> list[float]:
    from PySide6.QtCore import Qt, QTimer

    from workbench.project import SetTraining, assign
    from workbench.ui.app import make_application, open_window

    application = make_application()
    ticks: list[float] = []
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=PERIOD_MS)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    if role == "empty":
        _train_beside_empty_window(application, timer, epochs)
    else:
        window = open_window(None, application)
        window.document.do(SetTraining(assign(window.document.project.training, {"epochs": epochs, **FOLLOWED})))
        _show_everything(window)
        window.document.history.mark_saved()

        def rest() -> None:
            """All that follows the first frame, but for the engine."""
            window.training.panel.curves.load()
            window.training.store.refresh()
            QTimer.singleShot(REST_MS, press)

        def press() -> None:
            timer.start()
            window.training.panel.train_button.click()

        window.painted.disconnect()
        window.painted.connect(rest)
        window.training.session.concluded.connect(lambda outcome: (timer.stop(), _check(outcome), window.close()))
        application.exec()
    return [1000 * (later - earlier) for earlier, later in pairwise(ticks)]


def _show_everything(window: "MainWindow") -> None:
    """Panels side by side instead of in tabs, the overlay of the gradients, the minimap."""
    from PySide6.QtCore import Qt

    from workbench.ui.canvas.measures import RUN_OVERLAYS
    from workbench.ui.docks import BOTTOM

    first = window.docks["training"]
    for dock in window.tabifiedDockWidgets(first):
        window.addDockWidget(BOTTOM, dock)
        window.splitDockWidget(first, dock, Qt.Orientation.Horizontal)
        dock.show()
    window.resizeDocks([first], [SHOWN_HEIGHT], Qt.Orientation.Vertical)
    window.overlays.choose(RUN_OVERLAYS[0])
    window.canvas.zoom_in()


def _check(outcome: "Outcome") -> None:
    if "Trained" not in outcome.text:
        raise SystemExit(f"the training did not end well: {outcome.text}")


def _train_beside_empty_window(application, timer, epochs: int) -> None:
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    window.resize(1280, 800)
    window.show()
    application.processEvents()
    engine = Thread(target=_train_beside, args=(epochs,))
    timer.timeout.connect(lambda: engine.is_alive() or application.quit())
    timer.start()
    engine.start()
    application.exec()
    timer.stop()


def _train_beside(epochs: int) -> None:
    """The same training, in an engine that nobody watches."""
    from workbench import locations
    from workbench.jobs import EngineProcess
    from workbench.project import Project, assign
    from workbench.project.file import dumps
    from workbench.protocol import LAST_OF_JOB, Train
    from workbench.templates import get_template

    drawn = get_template("lenet5").build()
    settings = assign(drawn.training, {"epochs": epochs, **FOLLOWED})
    project = Project(drawn.graphs.values(), drawn.dataset, settings, drawn.title)
    with EngineProcess() as engine:
        engine.send(Train(project=dumps(project).decode(), runs=str(Path(locations.runs_folder()))))
        while not isinstance(engine.receive().message, LAST_OF_JOB):
            pass


if __name__ == "__main__":
    main()
