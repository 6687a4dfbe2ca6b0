"""The few looks that a palette cannot give to Fusion, as one style sheet over the theme's tokens."""

from collections.abc import Mapping
from string import Template

_RULES = Template("""
QToolTip { color: $text; background: $surface; border: 1px solid $border; padding: 4px; }
QMainWindow::separator { background: $window; width: 6px; height: 6px; }
QMainWindow::separator:hover { background: $accent; }
QToolBar { background: $window; border: none; border-bottom: 1px solid $border; spacing: 4px; padding: 4px 8px; }
QToolBar::separator { background: $border; width: 1px; margin: 4px 4px; }
QToolBar QToolButton { border: 1px solid transparent; border-radius: 4px; padding: 3px 6px; color: $text; }
QToolBar QToolButton:hover:enabled { background: $surface_hover; }
QToolBar QToolButton:pressed, QToolBar QToolButton:checked { background: $accent_surface; }
QToolBar QToolButton:disabled { color: $text_disabled; }
QToolBar QToolButton[popupMode="2"] { padding-right: 20px; }
QToolBar QToolButton::menu-indicator {
  image: url("$images-down.svg"); width: 12px; height: 12px; subcontrol-origin: padding;
  subcontrol-position: right center; right: 4px;
}
QToolBar QToolButton:focus { border-color: $focus; }
QLineEdit, QComboBox, QAbstractSpinBox {
  background: $surface; color: $text; border: 1px solid $border_strong; border-radius: 4px; padding: 2px 6px;
  selection-background-color: $accent; selection-color: $text_on_accent;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 20px; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { border: 2px solid $focus; padding: 1px 5px; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {
  background: $window; color: $text_disabled; border-color: $border;
}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit { border: none; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox QLineEdit { padding: 0 4px; }
QPlainTextEdit { background: $surface; color: $text; border: none; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$images-down.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; selection-background-color: $accent;
  selection-color: $text_on_accent; outline: none; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 18px; background: transparent; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $surface_hover; }
QAbstractSpinBox::up-arrow { image: url("$images-up.svg"); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url("$images-down.svg"); width: 12px; height: 12px; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator, QTreeView::indicator, QListView::indicator {
  width: 14px; height: 14px; border: 1px solid $border_strong; border-radius: 3px; background: $surface;
}
QCheckBox::indicator:checked, QCheckBox::indicator:indeterminate, QTreeView::indicator:checked,
QListView::indicator:checked {
  background: $accent; border-color: $accent;
}
QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {
  image: url("$images-check.svg");
}
QCheckBox::indicator:indeterminate { image: url("$images-dash.svg"); }
QCheckBox::indicator:focus { border: 2px solid $focus; width: 12px; height: 12px; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $border_strong; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $text_muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QTabBar::tab {
  background: transparent; color: $text_muted; border: none; border-bottom: 2px solid transparent; padding: 6px 12px;
}
QTabBar::tab:hover { color: $text; background: $surface_hover; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar::close-button { image: url("$images-close.svg"); border-radius: 4px; }
QTabBar::close-button:hover { background: $surface_hover; }
QPushButton {
  background: $surface_raised; color: $text; border: 1px solid $border_strong; border-radius: 4px; padding: 4px 12px;
}
QPushButton:hover { background: $surface_hover; }
QPushButton:pressed, QPushButton:checked { background: $accent_surface; }
QPushButton:disabled { color: $text_disabled; border-color: $border; }
QPushButton:focus { border: 2px solid $focus; padding: 3px 11px; }
QTreeView, QTableView, QListView {
  background: $surface; alternate-background-color: $surface_raised; outline: none;
  selection-background-color: $accent_surface; selection-color: $text;
}
QTableView[role="padded"]::item { padding: 0 8px; }
QTreeView::item, QListView::item { padding: 3px 2px; border-radius: 4px; }
QTreeView::item:hover, QListView::item:hover { background: $surface_hover; }
QTreeView::item:selected, QListView::item:selected { background: $accent_surface; color: $text; }
QHeaderView::section {
  background: $surface_raised; color: $text_muted; border: none; border-bottom: 1px solid $border; padding: 4px 8px;
}
QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QMenuBar { background: $window; }
QDockWidget {
  font-weight: 600; titlebar-close-icon: url("$images-close.svg"); titlebar-normal-icon: url("$images-float.svg");
}
QDockWidget::close-button, QDockWidget::float-button { border: none; padding: 0; }
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: $surface_hover; }
QDockWidget::title { background: $window; padding: 6px 8px; text-align: left; }
QPushButton[primary="true"], QToolBar QToolButton[primary="true"] {
  background: $accent_surface; border: 1px solid $accent; font-weight: 600;
}
QPushButton[primary="true"]:hover:enabled, QToolBar QToolButton[primary="true"]:hover:enabled {
  background: $surface_hover; border-color: $accent_hover;
}
QPushButton[primary="true"]:focus, QToolBar QToolButton[primary="true"]:focus { border: 2px solid $focus; }
QPushButton[primary="true"]:disabled, QToolBar QToolButton[primary="true"]:disabled {
  background: $surface_raised; color: $text_disabled; border-color: $border;
}
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border: 2px solid $error; padding: 1px 5px; }
QFrame[role="rule"] { background: $border; border: none; max-height: 1px; }
QToolButton[role="fold"] { border: none; background: transparent; padding: 2px 0; font-weight: 600; }
QToolButton[role="fold"]:hover { color: $accent; }
QLabel[role="muted"] { color: $text_muted; }
QLabel[role="error"] { color: $error; }
QLabel[role="heading"] { font-weight: 600; }
""")


def style_sheet(tokens: Mapping[str, str], images: str) -> str:
    """Qt's style sheet in the given colours, by token name. Raises KeyError for a token that is missing.

    `images` is what the paths of the little pictures start with, before `-down.svg` and the like.
    """
    return _RULES.substitute(tokens, images=images)
