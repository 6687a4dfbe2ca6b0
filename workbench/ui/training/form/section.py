"""A section of the form that folds, says how many of its settings were changed, and can be set back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from workbench.project import Project, TrainingSettings, is_adversarial
from workbench.ui import icons
from workbench.ui.theme import Theme, figures
from workbench.ui.training.form.row import SettingRow
from workbench.ui.training.form.table import SectionRows, Setting, Settings, default_of, monitors, value_of

_LABEL_WIDTH = 128
_INDENT = 20


class FormSection(QWidget):
    """Rows made anew when another optimiser, schedule or loss has other parameters."""

    committed = Signal(object, object)
    """A `Setting` and what was written."""
    reset_asked = Signal(object)
    """The settings that should have their defaults again."""

    def __init__(self, rows: SectionRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = rows
        self._theme = theme
        self._made: tuple[Setting, ...] = ()
        self.rows: dict[str, SettingRow] = {}
        self.fold = QToolButton(self)
        self.fold.setText(rows.title)
        self.fold.setCheckable(True)
        self.fold.setProperty("role", "fold")
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.mark = QLabel(self)
        self.mark.setProperty("role", "muted")
        self.mark.setFont(figures(self.font()))
        self.reset = QToolButton(self, autoRaise=True)
        self.reset.setToolTip(f"{rows.title}: set all back to the defaults")
        self.reset.setAccessibleName(self.reset.toolTip())
        self.reset.clicked.connect(lambda: self.reset_asked.emit(self._made))
        self._body = QWidget(self)
        self._body.hide()
        self._lay_out()
        self.fold.toggled.connect(self._on_fold)
        theme.changed.connect(self._paint)
        self._paint()

    def show_project(self, project: Project) -> None:
        """Shows the project's settings, as far as its kind of training knows them."""
        settings: Settings = getattr(project, self._about.section)
        adversarial = is_adversarial(project)
        rows = tuple(row for row in self._about.rows(settings) if row.fits(adversarial))
        wanted = self._with_choices(rows, project.training)
        if wanted != self._made:
            self._make(wanted)
        for row in self.rows.values():
            row.show_value(value_of(settings, row.setting), enabled=row.setting.counts(settings))
        changed = sum(value_of(settings, setting) != default_of(setting) for setting in wanted)
        self.mark.setText(f"● {changed} changed" if changed else "")
        self.reset.setVisible(changed > 0)
        self.setVisible(bool(wanted))

    def _with_choices(self, rows: tuple[Setting, ...], settings: TrainingSettings) -> tuple[Setting, ...]:
        """What may be watched depends on the metrics."""
        return tuple(
            Setting(row.name, row.label, monitors(settings), row.doc) if row.name == "monitor" else row for row in rows
        )

    def _make(self, wanted: tuple[Setting, ...]) -> None:
        self._made = wanted
        for row in self.rows.values():
            row.discard()
        self.rows = {}
        for number, setting in enumerate(wanted):
            row = SettingRow(setting, self)
            row.put(self._grid, number, 0)
            row.committed.connect(lambda value, setting=setting: self.committed.emit(setting, value))
            self.rows[setting.key] = row

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self.mark)
        head.addWidget(self.reset)
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(_INDENT, 0, 0, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._body)

    def _on_fold(self, open_now: bool) -> None:
        self._body.setVisible(open_now)
        self._paint()

    def _paint(self) -> None:
        self.fold.setIcon(icons.icon("chevron-down" if self.fold.isChecked() else "chevron-right", self._theme))
        self.reset.setIcon(icons.icon("reset", self._theme))
