"""The learning rate of the training that runs, to be changed while it does."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from workbench.ui.fields.field import Line
from workbench.ui.theme import figures
from workbench.ui.training.buttons import follow
from workbench.ui.training.job_actions import JobActions
from workbench.ui.training.session import EngineSession

_WIDTH = 80
_BUTTONS = (("halve-rate", "½"), ("double-rate", "×2"), ("schedule-rate", ""))


class RateControls(QWidget):
    """A field with the rate that holds, and buttons; takes no room while no training runs."""

    written = Signal(float)

    def __init__(self, session: EngineSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.field = Line(self)
        self.field.setFont(figures(self.font()))
        self.field.setFixedWidth(_WIDTH)
        self.field.setAccessibleName("Learning rate now")
        self.field.setToolTip("The learning rate from the next batch on; the schedule keeps its shape")
        self.field.written.connect(self._commit)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(QLabel("Rate", self))
        self._row.addWidget(self.field)
        self.hide()
        session.changed.connect(self._show)

    def use(self, actions: JobActions) -> None:
        """Puts the buttons of the rate's actions beside the field."""
        for name, text in _BUTTONS:
            button = QToolButton(self)
            button.setAccessibleName(actions[name].text().replace("&", ""))
            follow(button, actions[name], text)
            if text:
                button.setIcon(actions[name].icon())
            self._row.addWidget(button)

    def _show(self) -> None:
        job = self._session.job
        self.setVisible(job is not None and job.trains and job.rate is not None)
        if job is not None and job.rate is not None and not (self.field.hasFocus() and self.field.touched):
            text = f"{job.rate:.4g}"
            if text != self.field.text():
                self.field.show_text(text)

    def _commit(self) -> None:
        """A number over 0 goes to the engine; anything else is marked."""
        try:
            rate = float(self.field.text())
        except ValueError:
            rate = 0.0
        refused = not 0 < rate < float("inf")
        self.field.setProperty("invalid", refused)
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
        if refused:
            self.field.setToolTip("Expected a number over 0, as 0.001")
        else:
            self.field.show_text(self.field.text())
            self.written.emit(rate)
