"""Icons of one family: SVG outlines in `resources/icons/`, drawn in the theme's colours."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workbench import locations
from workbench.layers import Category
from workbench.ui.theme import Theme

SIZES = (16, 20)
"""Logical pixels: in menus and lists, and in the tool bar."""
_WINDOW_SIZES = (16, 32, 64, 128)


def category_icon(category: Category) -> str:
    """The name of a category's symbol."""
    return "category-" + category.value.replace("/", "-")


def icon(name: str, theme: Theme, token: str = "text") -> QIcon:
    """An icon in the theme's colours; make it anew when the theme changes."""
    made = QIcon()
    _add(made, name, theme.color(token), QIcon.Mode.Normal)
    _add(made, name, theme.color("text_disabled"), QIcon.Mode.Disabled)
    return made


def tinted(name: str, color: QColor) -> QIcon:
    """An icon in one colour, for a category or a severity."""
    made = QIcon()
    _add(made, name, color, QIcon.Mode.Normal)
    return made


def application_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    made = QIcon()
    for size in _WINDOW_SIZES:
        made.addPixmap(pixmap("application", QColor(Qt.GlobalColor.black), size))
    return made


@lru_cache(maxsize=512)
def _pixmap(name: str, rgba: int, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer(name, QColor.fromRgba(rgba)).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon as a picture of `size` logical pixels a side, at `ratio` device pixels to each."""
    return _pixmap(name, color.rgba(), size, ratio)


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))


def renderer(name: str, color: QColor) -> QSvgRenderer:
    """An icon that paints itself sharply at any zoom. Raises FileNotFoundError for a name that is not there."""
    return _renderer(name, color.name())


@cache
def _source(name: str) -> str:
    return (locations.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _add(target: QIcon, name: str, color: QColor, mode: QIcon.Mode) -> None:
    ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    for size in SIZES:
        target.addPixmap(pixmap(name, color, size, ratio), mode)
