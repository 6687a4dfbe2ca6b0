"""Panels around the canvas: where each stands at first, and what is remembered of where they were put."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabWidget, QWidget

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
_STATE_VERSION = 2
_EXTENT = {LEFT: 232, RIGHT: 304, BOTTOM: 264}


@dataclass(frozen=True)
class Panel:
    """A widget with a place. Panels of one area stand in tabs; `front` is the one that shows at first."""

    name: str
    title: str
    area: Qt.DockWidgetArea
    widget: QWidget
    front: bool = False


class Docks:
    """The dock widgets of a window, by panel name."""

    def __init__(self, window: QMainWindow, panels: Iterable[Panel]) -> None:
        self._window = window
        self._panels = tuple(panels)
        self._docks = {panel.name: _dock(panel, window) for panel in self._panels}
        window.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.reset()

    def __getitem__(self, name: str) -> QDockWidget:
        return self._docks[name]

    def reset(self) -> None:
        """Puts every panel back to its first place."""
        last: dict[Qt.DockWidgetArea, QDockWidget] = {}
        for panel in self._panels:
            dock = self._docks[panel.name]
            dock.setFloating(False)
            self._window.addDockWidget(panel.area, dock)
            if panel.area in last:
                self._window.tabifyDockWidget(last[panel.area], dock)
            last[panel.area] = dock
            dock.show()
        for panel in self._panels:
            if panel.front:
                self._docks[panel.name].raise_()
        for area, dock in last.items():
            along = Qt.Orientation.Vertical if area == BOTTOM else Qt.Orientation.Horizontal
            self._window.resizeDocks([dock], [_EXTENT[area]], along)

    def show(self, name: str) -> None:
        """Brings a panel to the front."""
        self._docks[name].show()
        self._docks[name].raise_()

    def fill_menu(self, menu: QMenu) -> None:
        """An entry for each panel that shows and hides it."""
        for dock in self._docks.values():
            menu.addAction(dock.toggleViewAction())

    def state(self) -> QByteArray:
        """Where everything is, for `restore`."""
        return self._window.saveState(_STATE_VERSION)

    def restore(self, state: QByteArray | None) -> None:
        """Puts everything where it was; a state of another version is left alone."""
        if state is not None:
            self._window.restoreState(state, _STATE_VERSION)


def _dock(panel: Panel, window: QMainWindow) -> QDockWidget:
    dock = QDockWidget(panel.title, window)
    dock.setObjectName(panel.name)
    dock.setWidget(panel.widget)
    if panel.area == BOTTOM:
        _let_tab_be_title(dock)
    return dock


def _let_tab_be_title(dock: QDockWidget) -> None:
    """Among tabs a title would only say again what the tab says; a floating panel needs it."""
    untitled = QWidget(dock)

    def follow(floats: bool) -> None:
        dock.setTitleBarWidget(None if floats else untitled)  # type: ignore[arg-type]  # None is Qt's own title bar

    dock.topLevelChanged.connect(follow)
    follow(False)
