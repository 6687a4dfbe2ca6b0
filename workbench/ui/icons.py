"""Icons of one family: SVG outlines in `resources/icons/`, drawn in the theme's colours."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workbench import locations
from workbench.layers import Category
from workbench.ui.theme import Theme

_WINDOW_SIZES = (16, 32, 64, 128)


def category_icon(category: Category) -> str:
    """The name of a category's symbol."""
    return "category-" + category.value.replace("/", "-")


class _Outline(QIconEngine):
    """Draws one icon when it is asked for: most of a window's icons are not, at the start."""

    def __init__(self, name: str, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._name = name
        self._colors = {QIcon.Mode.Disabled: disabled}
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Fills the rectangle."""
        renderer(self._name, self._colors.get(mode, self._color)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """A picture of `size` device pixels."""
        return _pixmap(self._name, self._colors.get(mode, self._color).rgba(), min(size.width(), size.height()), 1.0)

    def clone(self) -> QIconEngine:
        """Another of the same."""
        return _Outline(self._name, self._color, self._colors[QIcon.Mode.Disabled])


def icon(name: str, theme: Theme, token: str = "text") -> QIcon:
    """An icon in the theme's colours; make it anew when the theme changes."""
    return _icon(name, theme.color(token), theme.color("text_disabled"))


def tinted(name: str, color: QColor) -> QIcon:
    """An icon in one colour, for a category or a severity."""
    return _icon(name, color, color)


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


def _icon(name: str, color: QColor, disabled: QColor) -> QIcon:
    _source(name)  # a name that is not there is told at once
    return QIcon(_Outline(name, color, disabled))
