"""The few looks that a palette cannot give to Fusion, as one style sheet over the theme's tokens."""

from collections.abc import Mapping
from string import Template

_RULES = Template("""
QToolTip { color: $text; background: $surface; border: 1px solid $border; padding: 4px; }
QMainWindow::separator { background: $window; width: 6px; height: 6px; }
QMainWindow::separator:hover { background: $accent; }
QToolBar { background: $window; border: none; border-bottom: 1px solid $border; spacing: 4px; padding: 4px 8px; }
QToolBar::separator { background: $border; width: 1px; margin: 4px 4px; }
QToolBar QToolButton { border: 1px solid transparent; border-radius: 4px; padding: 4px 8px; color: $text; }
QToolBar QToolButton:hover:enabled { background: $surface_hover; }
QToolBar QToolButton:pressed, QToolBar QToolButton:checked { background: $accent_surface; }
QToolBar QToolButton:disabled { color: $text_disabled; }
QToolBar QToolButton:focus { border-color: $focus; }
QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QMenuBar { background: $window; }
QDockWidget { font-weight: 600; }
QDockWidget::title { background: $window; padding: 6px 8px; text-align: left; }
QPushButton[primary="true"], QToolButton[primary="true"] {
  background: $accent; color: $text_on_accent; border: 1px solid $accent; border-radius: 4px; padding: 5px 14px;
}
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover { background: $accent_hover; }
QPushButton[primary="true"]:disabled {
  background: $surface_hover; color: $text_disabled; border-color: $border;
}
QPushButton[primary="true"]:focus { border: 2px solid $text; padding: 4px 13px; }
*[invalid="true"] { border: 1px solid $error; border-radius: 2px; }
QLabel[role="muted"] { color: $text_muted; }
QLabel[role="error"] { color: $error; }
QLabel[role="heading"] { font-weight: 600; }
""")


def style_sheet(tokens: Mapping[str, str]) -> str:
    """Qt's style sheet in the given colours, by token name. Raises KeyError for a token that is missing."""
    return _RULES.substitute(tokens)
