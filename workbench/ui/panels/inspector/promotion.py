"""In the definition of a block: a button that makes a layer's parameter one of the block's, and its expression."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from workbench.ui import icons
from workbench.ui.fields.field import Line
from workbench.ui.theme import Theme

_TIP = "Make this a parameter of the block, which every instance sets for itself"
_BOUND_TIP = "Follows the block's parameters: a name, or arithmetic such as filters * 4. Press to give it its own value"


class PromotionPart(QObject):
    """The button beside a field and the expression below it; hidden outside definitions."""

    toggled = Signal(bool)
    """Promote, or give the parameter its own value again."""
    bound = Signal(str)
    """Another expression was written."""

    def __init__(self, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.button = QToolButton(parent)
        self.button.setCheckable(True)
        self.button.setAutoRaise(True)
        self.button.setAccessibleName(f"Promote {name}")
        self.line = Line(parent)
        self.line.setAccessibleName(f"Expression for {name}")
        self.expression = QWidget(parent)
        row = QHBoxLayout(self.expression)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(QLabel("=", self.expression))
        row.addWidget(self.line, 1)
        self.button.clicked.connect(self.toggled)
        self.line.written.connect(lambda: self.bound.emit(self.line.text()))
        theme.changed.connect(self._paint)
        self.show_binding(None, offered=False)
        self._paint()

    def show_binding(self, text: str | None, *, offered: bool) -> None:
        """Shows the expression that the parameter follows, or that it has a value of its own."""
        self.button.setVisible(offered)
        self.button.setChecked(text is not None)
        self.button.setToolTip(_TIP if text is None else _BOUND_TIP)
        self.expression.setVisible(offered and text is not None)
        self.line.show_text(text or "")

    def _paint(self) -> None:
        self.button.setIcon(icons.icon("promote", self._theme))
