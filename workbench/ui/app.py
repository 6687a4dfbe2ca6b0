"""Starts the window. Nothing slow is imported or done before its first frame."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from workbench.plugins import SHELF
from workbench.ui import icons
from workbench.ui.document import Document
from workbench.ui.faults import Faults
from workbench.ui.interrupts import Interrupts
from workbench.ui.main_window import APPLICATION_NAME, MainWindow
from workbench.ui.notices import Level, Notice
from workbench.ui.preferences import Preferences
from workbench.ui.session import first_project
from workbench.ui.theme import Theme

INTERRUPTED = 130
# Importing cv2 points Qt, and with it child processes, at opencv's own plugins.
_LEFT_BY_CV2 = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def run_gui(path: Path | None) -> int:
    """Opens the window, on a project if one is given, and returns when it is closed: 0, or 130 when interrupted."""
    for variable in _LEFT_BY_CV2:
        if "cv2" in os.environ.get(variable, ""):
            del os.environ[variable]
    application = make_application()
    faults, interrupts = Faults(), Interrupts()
    window = open_window(path, application)
    faults.happened.connect(lambda text, detail: window.board.post(Notice(Level.ERROR, text, detail, topic="fault")))
    interrupts.happened.connect(lambda: _end_at_once(window, application))
    faults.install()
    interrupts.install()
    try:
        return application.exec()
    finally:
        interrupts.remove()
        faults.remove()


def make_application() -> QApplication:
    """The one QApplication."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("cnn-workbench")
    application.setApplicationDisplayName(APPLICATION_NAME)
    application.setDesktopFileName("cnn-workbench")
    application.setWindowIcon(icons.application_icon())
    return application


def open_window(path: Path | None, application: QApplication) -> MainWindow:
    """Shows the window: with the given project, or ready to train LeNet-5 on the digits."""
    SHELF.look()
    preferences = Preferences(application)
    theme = Theme(preferences.theme, application)
    theme.dress(application)
    window = MainWindow(Document(first_project(), application), preferences, theme)
    window.show()
    if path is not None:
        window.session.open(path)
    return window


def _end_at_once(window: MainWindow, application: QApplication) -> None:
    """Nobody can be asked: what is not saved is kept for the next start."""
    try:
        window.keeper.keep()
    finally:
        window.leave()
        application.exit(INTERRUPTED)
