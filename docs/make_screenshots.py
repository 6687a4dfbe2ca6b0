"""Pictures of the window, light and dark, and of its panels, after a short real training.

    xvfb-run -s "-screen 0 2560x1440x24" python docs/make_screenshots.py [--size 2560x1440] [--epochs 30] [FOLDER]

Settings, runs and recovery go to a temporary folder, so that nobody's own are seen or changed.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from workbench.project import SetTraining, assign
from workbench.ui.app import make_application, open_window
from workbench.ui.main_window import MainWindow
from workbench.ui.theme import ThemeChoice

LONGEST_MS = 300_000
SETTLE_MS = 1200
SHOWN_LAYER = "c3"
PANELS = ("data", "augmentation", "freezing", "evaluation", "gan", "runs", "report")


def wait_until(condition: Callable[[], bool]) -> None:
    """Lets the window work until something is so. Ends the program after five minutes."""
    loop = QEventLoop()
    poll = QTimer(interval=50)
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    poll.start()
    QTimer.singleShot(LONGEST_MS, loop, lambda: sys.exit("waited too long"))
    loop.exec()


def settle() -> None:
    """Lets everything be laid out and painted."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()


def train(window: MainWindow, epochs: int) -> None:
    """Trains as pressing the button does, and waits for the end."""
    settings = window.document.project.training
    if settings.epochs != epochs:
        window.document.do(SetTraining(assign(settings, {"epochs": epochs})))
    window.training.actions["train"].trigger()
    wait_until(lambda: window.training.busy)
    wait_until(lambda: not window.training.busy)


def take(window: MainWindow, folder: Path) -> None:
    """One picture a theme."""
    shown = window.document.graph.find_name(SHOWN_LAYER)
    window.canvas.select([shown] if shown else [])
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        window.theme.choose(choice)
        settle()
        window.grab().save(str(folder / f"window-{choice}.png"))


def show_panels(window: MainWindow, folder: Path) -> None:
    """One picture a panel, with the trained run in it, light."""
    window.theme.choose(ThemeChoice.LIGHT)
    (run,) = window.training.store.entries
    window.runs.table.selectRow(0)
    window.augmentation.use_preset("Digits and letters")
    acts = {"evaluation": lambda: window.evaluate((run.folder,))}
    for name in PANELS:
        window.show_panel(name)
        acts.get(name, lambda: None)()
        settle()
        wait_until(lambda: not window.training.busy)
        settle()
        window.grab().save(str(folder / f"panel-{name}.png"))


def photograph(application: QApplication, folder: Path, size: tuple[int, int], epochs: int) -> None:
    window = open_window(None, application)
    window.resize(*size)
    settle()
    window.canvas.fit()
    train(window, epochs)
    take(window, folder)
    show_panels(window, folder)
    window.document.history.mark_saved()
    window.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "images")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--epochs", type=int, default=30)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "WORKBENCH_RUNS")
        os.environ.update({name: str(Path(home, name)) for name in names})
        photograph(make_application(), options.folder, (width, height), options.epochs)


if __name__ == "__main__":
    main()
