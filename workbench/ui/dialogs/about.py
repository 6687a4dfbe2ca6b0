"""What this program is, and the versions and folders that a bug report needs."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

import workbench
from workbench import locations
from workbench.ui import icons
from workbench.ui.theme import scaled

_SYMBOL = 64
_PACKAGES = ("keras", "tensorflow", "PySide6-Essentials", "networkx", "opencv-python")


class AboutDialog(QDialog):
    """Reads versions from package metadata, so that nothing heavy is imported for it."""

    def __init__(self, device: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About CNN Workbench")
        symbol = QLabel()
        symbol.setPixmap(icons.application_icon().pixmap(_SYMBOL, _SYMBOL))
        title = QLabel(f"CNN Workbench {workbench.__version__}")
        title.setFont(scaled(self.font(), 1.4, bold=True))
        about = QLabel("Draw a convolutional network, see what it costs, train it with Keras, take it away.")
        self.facts = QLabel(_facts(device, details))
        self.facts.setProperty("role", "muted")
        for label in (about, self.facts):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text = QVBoxLayout()
        text.setSpacing(8)
        for label in (title, about, self.facts):
            text.addWidget(label)
        text.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(symbol, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"{title.text()}\n{self.facts.text()}"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(row)
        column.addWidget(buttons)
        self.setMinimumWidth(480)


def _facts(device: str, details: str) -> str:
    lines = [f"Python {platform.python_version()}, Qt {qVersion()}"]
    lines += [f"{package} {_version(package)}" for package in _PACKAGES]
    lines += [f"Device: {device}", details] if details != device else [f"Device: {device}"]
    lines += [f"Runs: {locations.runs_folder()}", f"Settings: {locations.settings_folder()}"]
    return "\n".join(filter(None, lines))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "is not installed"
