"""Preferences: theme, device, runs folder, autosave."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench import locations
from workbench.ui.preferences import AUTOSAVE_RANGE, DEVICES, Preferences
from workbench.ui.theme import ThemeChoice

_THEMES = {ThemeChoice.SYSTEM: "As the system", ThemeChoice.LIGHT: "Light", ThemeChoice.DARK: "Dark"}
_DEVICE_WORDS = {"auto": "Automatic (a GPU if there is one)", "cpu": "CPU"}
_WIDTH = 520


class PreferencesDialog(QDialog):
    """Edits the preferences and puts them into force when accepted. `devices`: (id, name) as the engine found them."""

    def __init__(
        self, preferences: Preferences, devices: Sequence[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setMinimumWidth(_WIDTH)
        self._preferences = preferences
        self.theme = _combo([(choice.value, words) for choice, words in _THEMES.items()], preferences.theme.value)
        self.device = _combo(_devices(devices, preferences.device), preferences.device)
        self.runs = QLineEdit(str(preferences.runs_folder))
        self.browse = QPushButton("Browse…")
        self.default = QPushButton("Default")
        self.autosave = QSpinBox()
        self.autosave.setRange(*AUTOSAVE_RANGE)
        self.autosave.setSuffix(" s after a change")
        self.autosave.setValue(preferences.autosave_seconds)
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        self._lay_out()
        self._tell_about_environment()
        self.browse.clicked.connect(self._browse)
        self.default.clicked.connect(lambda: self.runs.setText(str(locations.user_data() / "runs")))

    def accept(self) -> None:
        """Puts everything into force, or says why it cannot."""
        problem = self._keep_runs_folder()
        if problem:
            self.problem.setText(problem)
            self.problem.show()
            return
        self._preferences.theme = ThemeChoice(self.theme.currentData())
        self._preferences.device = self.device.currentData()
        self._preferences.autosave_seconds = self.autosave.value()
        super().accept()

    def _keep_runs_folder(self) -> str | None:
        if not self.runs.isEnabled() or self.runs.text() == str(self._preferences.runs_folder):
            return None
        text = self.runs.text().strip()
        if not text:
            return "Expected a folder for the runs. Received: nothing"
        folder = Path(text).expanduser()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return f"Runs folder: {folder} cannot be created ({error.strerror})"
        if not os.access(folder, os.W_OK | os.X_OK):
            return f"Runs folder: {folder} cannot be written"
        try:
            self._preferences.runs_folder = None if folder == locations.user_data() / "runs" else folder
        except OSError as error:
            return f"The choice cannot be written down in {locations.settings_folder()} ({error.strerror})"
        return None

    def _tell_about_environment(self) -> None:
        given = bool(os.environ.get(locations.RUNS_VARIABLE))
        for part in (self.runs, self.browse, self.default):
            part.setEnabled(not given)
        text = f"Set by the environment variable {locations.RUNS_VARIABLE}." if given else ""
        self._note.setText(text or "Where trainings keep their weights and logs; the command line uses it too.")

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Runs folder", self.runs.text())
        if folder:
            self.runs.setText(folder)

    def _lay_out(self) -> None:
        folder = QHBoxLayout()
        folder.addWidget(self.runs, 1)
        folder.addWidget(self.browse)
        folder.addWidget(self.default)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow("&Theme", self.theme)
        form.addRow("&Device", self.device)
        label = QLabel("&Runs folder")
        label.setBuddy(self.runs)
        form.addRow(label, folder)
        form.addRow("", self._note)
        form.addRow("&Autosave", self.autosave)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addStretch(1)
        column.addWidget(buttons)


def _devices(found: Sequence[tuple[str, str]], chosen: str) -> list[tuple[str, str]]:
    """What can be chosen: what always can, what was found, and what was chosen on another day."""
    words = {device: _DEVICE_WORDS[device] for device in DEVICES} | dict(found)
    words.setdefault(chosen, f"{chosen} (not found now)")
    return list(words.items())


def _combo(choices: Sequence[tuple[str, str]], current: str) -> QComboBox:
    combo = QComboBox()
    for value, words in choices:
        combo.addItem(words, value)
    combo.setCurrentIndex(combo.findData(current))
    return combo
