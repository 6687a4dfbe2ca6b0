"""Panels around the canvas: where each stands at first, and what is remembered of where they were put."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenu,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
_STATE_VERSION = 2
_EXTENT = {LEFT: 232, RIGHT: 304, BOTTOM: 264}


@dataclass(frozen=True)
class Panel:
    """A widget with a place, made when it first comes into sight.

    Panels of one area stand in tabs; `front` is the one that shows at first.
    """

    name: str
    title: str
    area: Qt.DockWidgetArea
    make: Callable[[], QWidget]
    front: bool = False


class Docks:
    """The dock widgets of a window, by panel name."""

    def __init__(self, window: QMainWindow, panels: Iterable[Panel]) -> None:
        self._window = window
        self._panels = tuple(panels)
        self._docks = {panel.name: _Dock(panel, window) for panel in self._panels}
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
        last: dict[Qt.DockWidgetArea, _Dock] = {}
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
        """Brings a panel to the front, and the keyboard to what it lists."""
        dock = self._docks[name]
        dock.show()
        dock.raise_()
        dock.bring_in_sight(True)
        dock.take_keyboard()

    def make_rest(self) -> None:
        """Makes the panels that nobody has looked at yet, one whenever the window has nothing else to do."""
        dock = next((dock for dock in self._docks.values() if not dock.made), None)
        if dock is not None:
            dock.make()
            QTimer.singleShot(0, self._window, self.make_rest)

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


class _Dock(QDockWidget):
    """A panel behind another one's tab is hidden, as Qt only moves it out of sight: so it need not keep up."""

    def __init__(self, panel: Panel, window: QMainWindow) -> None:
        super().__init__(panel.title, window)
        self.setObjectName(panel.name)
        self._make = panel.make
        self._panel: QWidget | None = None
        holder = QWidget(self)
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setWidget(holder)
        self.visibilityChanged.connect(self.bring_in_sight)
        if panel.area == BOTTOM:
            _let_tab_be_title(self)

    @property
    def made(self) -> bool:
        """Whether the panel is there."""
        return self._panel is not None

    def make(self) -> QWidget:
        """The panel, hidden where it was not there yet. Its size counts in either case: tabs do not jump."""
        if self._panel is None:
            self._panel = panel = self._make()
            policy = panel.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            panel.setSizePolicy(policy)
            panel.hide()
            self._column.addWidget(panel)
        return self._panel

    def bring_in_sight(self, seen: bool) -> None:
        """Shows the panel, or hides it."""
        if not seen:
            self._let_go_of_keyboard()
        if seen or self._panel is not None:
            self.make().setVisible(seen)

    def take_keyboard(self) -> None:
        """Gives the keyboard to the panel's first list, else to the panel itself: never to a field by chance."""
        panel = self.make()
        lists = (each for each in panel.findChildren(QAbstractItemView) if each.isVisible())
        (next(lists, None) or panel).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _let_go_of_keyboard(self) -> None:
        """Qt hands the keyboard of what is hidden to the next field in line, in whichever panel that is: the next key
        would edit something there.
        """
        writing = QApplication.focusWidget()
        if writing is not None and self.isAncestorOf(writing):
            self.window().setFocus()


def _let_tab_be_title(dock: QDockWidget) -> None:
    """Among tabs a title would only say again what the tab says; a floating panel needs it."""
    untitled = QWidget(dock)

    def follow(floats: bool) -> None:
        dock.setTitleBarWidget(None if floats else untitled)  # type: ignore[arg-type]  # None is Qt's own title bar

    dock.topLevelChanged.connect(follow)
    follow(False)
