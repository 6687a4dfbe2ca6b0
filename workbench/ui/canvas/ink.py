"""The theme's colours as the pens, brushes and fonts that painting needs, made once for each theme."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPen

from workbench.layers import Category
from workbench.ui.canvas.measures import LEVELS
from workbench.ui.theme import Theme, figures

NAME_PIXELS = 12
TEXT_PIXELS = 12
SMALL_PIXELS = 11
_WARMEST = 0.55
"""Share of the accent in the strongest tint: text can still be read on it."""

_TONE = 0.3
"""Share of a comparison's colour in the ground of a node."""


def _pen(color: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(color, width, style)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`share` of one colour in the other."""
    pairs = ((one.redF(), other.redF()), (one.greenF(), other.greenF()), (one.blueF(), other.blueF()))
    return QColor.fromRgbF(*(a * share + b * (1 - share) for a, b in pairs))


class Ink:
    """Everything to draw with. Make another one when the theme changes."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        color = theme.color
        self.canvas = color("canvas")
        self.text = color("text")
        self.muted = color("text_muted")
        self.on_accent = color("text_on_accent")
        self.accent = color("accent")
        self.error = color("error")
        self.warning = color("warning_mark")
        self.frozen = color("frozen")
        self.wire = color("wire")
        self.wire_unknown = color("wire_unknown")
        self.selection = color("selection")
        self.category = {category: theme.category(category) for category in Category}

        self.node = QBrush(color("node"))
        self.node_frozen = QBrush(color("frozen_tint"))
        self.shadow = QBrush(color("shadow"))
        self.port = QBrush(color("port"))
        self.overview = {
            category: QBrush(_mixed(shade, color("node"), 0.72)) for category, shade in self.category.items()
        }
        self.heat = [
            QBrush(_mixed(color("accent"), color("node"), _WARMEST * level / LEVELS)) for level in range(LEVELS + 1)
        ]
        marks = {"added": color("ok"), "changed": color("warning_mark")}
        self.tones = {tone: QBrush(_mixed(shade, color("node"), _TONE)) for tone, shade in marks.items()}
        self.ghost = _pen(self.error, 1.5, Qt.PenStyle.DashLine)
        self.label_ground = QColor(self.canvas)
        self.label_ground.setAlpha(215)

        self.border = _pen(color("node_border"))
        self.border_selected = _pen(self.selection, 2.0)
        self.border_error = _pen(self.error, 2.0)
        self.border_warning = _pen(self.warning, 2.0)
        self.port_outline = _pen(self.wire, 1.5)
        self.port_offered = _pen(self.accent, 2.0)
        # Square and of a whole width: Qt strokes round points one by one, ten times slower than the whole frame's rest.
        self.dots = QPen(color("grid_major"), 2)
        self.dots.setCosmetic(True)
        self.dots.setCapStyle(Qt.PenCapStyle.SquareCap)
        self.band = _pen(self.selection, 0, Qt.PenStyle.DashLine)
        self.band_fill = QColor(self.selection)
        self.band_fill.setAlpha(36)

        self.name_font = _pixels(font, NAME_PIXELS, bold=True)
        self.text_font = figures(_pixels(font, TEXT_PIXELS))
        self.small_font = figures(_pixels(font, SMALL_PIXELS))
        self.badge_font = figures(_pixels(font, SMALL_PIXELS, bold=True))

    def wire_pen(self, width: float, *, known: bool, fits: bool, selected: bool) -> QPen:
        """Red where shapes do not fit, dashed where they are not known, the accent where selected."""
        if not fits:
            color = self.error
        elif selected:
            color = self.selection
        else:
            color = self.wire if known else self.wire_unknown
        pen = _pen(color, width + (1.5 if selected else 0.0))
        if not known:
            pen.setDashPattern([3.0, 3.0])
        return pen


def _pixels(font: QFont, size: int, *, bold: bool = False) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(size)
    sized.setBold(bold)
    return sized
