"""The library that draws curves, imported piece by piece while the window goes on."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets


def imported() -> Iterator[None]:
    """Imports numpy and pyqtgraph, for the window's own thread.

    PySide6 makes its types when they are first asked for, and pyqtgraph asks for all of them. In another thread,
    beside a window that makes widgets, that ended the process with a segmentation fault (PySide6 6.11).
    """
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)
            yield
    import numpy  # noqa: F401

    yield
    import pyqtgraph

    pyqtgraph.setConfigOptions(antialias=True, exitCleanup=False)
