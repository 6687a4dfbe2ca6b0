"""The form of the parameters that some nodes have in common: what matters first, the rest folded away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QToolButton, QVBoxLayout, QWidget

from workbench.layers import Param
from workbench.ui import icons
from workbench.ui.panels.inspector.rows import ParamRow
from workbench.ui.theme import Theme


class ParamForm(QWidget):
    """Rows for a fixed set of parameters."""

    committed = Signal(object, object)
    """A `Param` and its new value."""
    promoted = Signal(object, bool)
    """A `Param` that should be one of the block's, or (False) have its own value again."""
    bound = Signal(object, str)
    """A `Param` and the expression that it should follow."""

    def __init__(self, params: tuple[Param, ...], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.params = params
        self._theme = theme
        self.rows: dict[str, ParamRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._fill(self, [param for param in params if not param.advanced])
        self.fold = QToolButton(self)
        self._folded = QWidget(self)
        self._add_advanced([param for param in params if param.advanced])
        theme.changed.connect(self._paint)

    def show_values(self, values: Mapping[str, tuple[Any, ...]], problems: Mapping[str, str]) -> None:
        """Shows, for every parameter by name, the nodes' values and what is wrong with them."""
        for name, row in self.rows.items():
            row.show_values(values[name], problems.get(name, ""))
        if any(row.problem for name, row in self.rows.items() if row.param.advanced):
            self.fold.setChecked(True)

    def show_bindings(self, bindings: Mapping[str, str] | None) -> None:
        """Shows which parameters follow the block's; None where there is no block to follow."""
        for name, row in self.rows.items():
            row.show_binding((bindings or {}).get(name), offered=bindings is not None)

    def _add_advanced(self, params: list[Param]) -> None:
        self.fold.setVisible(bool(params))
        self._folded.hide()
        if not params:
            return
        self.fold.setText("Advanced")
        self.fold.setCheckable(True)
        self.fold.setProperty("role", "fold")
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.toggled.connect(self._folded.setVisible)
        self.fold.toggled.connect(self._paint)
        column = QVBoxLayout(self._folded)
        column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.fold)
        self._column.addWidget(self._folded)
        self._fill(self._folded, params)
        self._paint()

    def _fill(self, parent: QWidget, params: list[Param]) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(8)
        for param in params:
            row = ParamRow(param, self._theme, form, parent)
            row.committed.connect(lambda value, param=param: self.committed.emit(param, value))
            row.promotion.toggled.connect(lambda on, param=param: self.promoted.emit(param, on))
            row.promotion.bound.connect(lambda text, param=param: self.bound.emit(param, text))
            self.rows[param.name] = row
        layout = parent.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(form)

    def _paint(self) -> None:
        self.fold.setIcon(icons.icon("chevron-down" if self.fold.isChecked() else "chevron-right", self._theme))
