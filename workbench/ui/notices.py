"""Messages that do not stand in the way: a stack of bars above the canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import icons
from workbench.ui.theme import Theme

KEPT = 4
"""Bars shown at once; the oldest makes room."""
_PASSING_MS = 8000
_DETAIL_HEIGHT = 160


class Level(StrEnum):
    """What kind of message it is; also the name of its icon and the stem of its colours."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Notice:
    """One message. `topic`: a newer notice of the same topic takes its place. Good news passes by itself."""

    level: Level
    message: str
    detail: str = ""
    buttons: tuple[tuple[str, Callable[[], object]], ...] = ()
    topic: str = ""
    of_project: bool = True
    """It goes when another project comes into the window."""

    @property
    def passes(self) -> bool:
        """True when it may disappear unread."""
        return self.level in (Level.OK, Level.INFO) and not self.buttons


class NoticeBoard(QWidget):
    """Shows notices until they are read, and takes no room while there are none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: list[_Bar] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        theme.changed.connect(self._paint)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown, oldest first."""
        return tuple(bar.notice for bar in self._bars)

    def post(self, notice: Notice) -> None:
        """Shows a notice below the others."""
        if notice.topic:
            self.withdraw(notice.topic)
        while len(self._bars) >= KEPT:
            self._remove(self._bars[0])
        bar = _Bar(notice, self._theme, self)
        bar.closed.clicked.connect(lambda: self._remove(bar))
        for button in bar.buttons:
            button.clicked.connect(lambda: self._remove(bar))
        self._bars.append(bar)
        self._layout.addWidget(bar)
        self.show()
        if notice.passes:
            QTimer.singleShot(_PASSING_MS, bar, lambda: self._remove(bar))

    def withdraw(self, topic: str) -> None:
        """Takes down the notice of a topic, if there is one."""
        for bar in [bar for bar in self._bars if bar.notice.topic == topic]:
            self._remove(bar)

    def forget_project(self) -> None:
        """Takes down what was said of the project that is no longer in the window."""
        for bar in [bar for bar in self._bars if bar.notice.of_project]:
            self._remove(bar)

    def _remove(self, bar: _Bar) -> None:
        if bar not in self._bars:
            return
        self._bars.remove(bar)
        self._layout.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        self.setVisible(bool(self._bars))

    def _paint(self) -> None:
        for bar in self._bars:
            bar.paint()


class _Bar(QFrame):
    def __init__(self, notice: Notice, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._theme = theme
        self.setObjectName("notice")
        self._symbol = QLabel(self)
        self._text = QLabel(notice.message, self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.closed = QToolButton(self, autoRaise=True)
        self.closed.setToolTip("Dismiss")
        self.closed.setAccessibleName("Dismiss")
        self.buttons = [self._button(text, act) for text, act in notice.buttons]
        self._detail = QPlainTextEdit(notice.detail, self, readOnly=True)
        self._detail.setMaximumHeight(_DETAIL_HEIGHT)
        self._detail.hide()
        self._lay_out()
        self.paint()

    def paint(self) -> None:
        """Colours and icons of the theme in force."""
        level = self.notice.level.value
        self.setStyleSheet(
            f"#notice {{ background: {self._theme.color(f'{level}_surface').name()};"
            f" border: none; border-bottom: 1px solid {self._theme.color(level).name()}; }}"
        )
        self._symbol.setPixmap(icons.pixmap(level, self._theme.color(level), 16, self.devicePixelRatioF()))
        self.closed.setIcon(icons.icon("close", self._theme))

    def _button(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda: act())
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._symbol, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        for button in self.buttons:
            row.addWidget(button)
        if self.notice.detail:
            details = QPushButton("Details", self)
            details.setCheckable(True)
            details.toggled.connect(self._detail.setVisible)
            row.addWidget(details)
        row.addWidget(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.addLayout(row)
        column.addWidget(self._detail)
