"""Colours by meaning: the light and the dark theme as named tokens, and Qt's Fusion style dressed in them."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from workbench import locations
from workbench.layers import Category
from workbench.ui.style_sheet import style_sheet


class ThemeChoice(StrEnum):
    """What the user asked for in Preferences."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_PALETTE_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "surface_raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text_muted",
    QPalette.ColorRole.Button: "surface_raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "text_on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.LinkVisited: "link",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "surface_hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
}
_DIMMED_ROLES = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


@cache
def _tokens(name: str) -> dict[str, Any]:
    text = (locations.resources() / "themes" / f"{name}.json").read_text(encoding="utf-8")
    tokens: dict[str, Any] = json.loads(text)
    return tokens


def system_is_dark() -> bool:
    """True when the desktop asks for light text on a dark ground; a desktop that does not say counts as light."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


class Theme(QObject):
    """The colours in force. Ask for a token by what it is for; `changed` says when every answer is another one."""

    changed = Signal()

    def __init__(self, choice: ThemeChoice = ThemeChoice.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._name = ""
        self._colors: dict[str, QColor] = {}
        self._categories: dict[str, QColor] = {}
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow()

    @property
    def name(self) -> str:
        """`light` or `dark`."""
        return self._name

    @property
    def is_dark(self) -> bool:
        """True for light text on a dark ground."""
        return self._name == "dark"

    @property
    def choice(self) -> ThemeChoice:
        """What was asked for; `name` is what it came to."""
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Forces light or dark, or follows the system again."""
        self._choice = choice
        self._follow()

    def color(self, token: str) -> QColor:
        """The colour of a token in `resources/themes/`. Raises KeyError for one that is not there."""
        return QColor(self._colors[token])

    def category(self, category: Category) -> QColor:
        """The colour of a layer category."""
        return QColor(self._categories[category.value])

    def dress(self, application: QApplication) -> None:
        """Gives the application Fusion, this palette and the few rules a palette cannot say; keeps them current."""
        application.setStyle("Fusion")
        self._dress(application)
        self.changed.connect(lambda: self._dress(application))

    def palette(self) -> QPalette:
        """Qt's palette in this theme's tokens."""
        palette = QPalette()
        for role, token in _PALETTE_ROLES.items():
            palette.setColor(role, self.color(token))
        for role in _DIMMED_ROLES:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("text_disabled"))
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, self.color("border"))
        return palette

    def _dress(self, application: QApplication) -> None:
        application.setPalette(self.palette())
        images = (locations.resources() / "themes" / self._name).as_posix()
        application.setStyleSheet(style_sheet({name: color.name() for name, color in self._colors.items()}, images))

    def _follow(self) -> None:
        name = self._choice.value
        if self._choice is ThemeChoice.SYSTEM:
            name = ThemeChoice.DARK.value if system_is_dark() else ThemeChoice.LIGHT.value
        if name == self._name:
            return
        tokens = _tokens(name)
        self._name = name
        self._colors = {token: QColor(value) for token, value in tokens["colors"].items()}
        self._categories = {category: QColor(value) for category, value in tokens["categories"].items()}
        self.changed.emit()


def figures(font: QFont) -> QFont:
    """The font with figures of one width, for tables and nodes, where it has them."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The font in another size, whether it is set in points or in pixels."""
    other = QFont(font)
    if font.pixelSize() > 0:
        other.setPixelSize(max(1, round(font.pixelSize() * factor)))
    else:
        other.setPointSizeF(font.pointSizeF() * factor)
    other.setBold(bold)
    return other
