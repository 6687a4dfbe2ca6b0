"""What the inspector shows of a definition while no layer is selected: the parameters that the block offers."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from workbench.project import SetBlock
from workbench.project.blocks import KINDS, Block, Promotion
from workbench.project.promotions import PromotionError, rename, set_default
from workbench.ui.document import Document
from workbench.ui.fields import codecs
from workbench.ui.fields.field import Line
from workbench.ui.theme import scaled

_NONE = "The block has no parameters of its own yet. Select a layer and press the arrow beside one of its parameters."


class BlockPage(QWidget):
    """Names and defaults can be changed; each is one step to undo."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.title = QLabel(self)
        self.title.setFont(scaled(self.font(), 1.1, bold=True))
        self.doc = Line(self)
        self.doc.setPlaceholderText("What the block is for")
        self.doc.setAccessibleName("What the block is for")
        self.nothing = QLabel(_NONE, self, wordWrap=True)
        self.nothing.setProperty("role", "muted")
        self.problem = QLabel(self, wordWrap=True)
        self.problem.setProperty("role", "error")
        self._rows = QWidget(self)
        self.names: dict[str, Line] = {}
        self.defaults: dict[str, Line] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        for part in (self.title, self.doc, self.nothing, self._rows, self.problem):
            column.addWidget(part)
        column.addStretch(1)
        self.doc.written.connect(self._describe)

    def refresh(self) -> None:
        """Shows the definition as it is now."""
        block = self._document.project.blocks[self._document.place.graph]
        self.title.setText(f"Block {block.name}")
        self.doc.show_text(block.settings.doc, self.doc.placeholderText())
        self.problem.hide()
        self.nothing.setVisible(not block.settings.promotions)
        old, self._rows = self._rows, QWidget(self)
        self.names, self.defaults = {}, {}
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 0)
        for row, promotion in enumerate(block.settings.promotions, 1):
            self._add(grid, row, promotion)
        if block.settings.promotions:
            for at, heading in enumerate(("Parameter", "Default")):
                label = QLabel(heading, self._rows)
                label.setProperty("role", "muted")
                grid.addWidget(label, 0, at, Qt.AlignmentFlag.AlignLeft)
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(old, self._rows)
        old.hide()
        old.deleteLater()

    def _add(self, grid: QGridLayout, row: int, promotion: Promotion) -> None:
        name, default = Line(self._rows), Line(self._rows)
        name.setAccessibleName(f"Name of {promotion.name}")
        default.setAccessibleName(f"Default of {promotion.name}")
        name.show_text(promotion.name)
        default.show_text(codecs.write(KINDS[promotion.kind], promotion.default))
        default.setToolTip(f"Expected: {KINDS[promotion.kind].expected}")
        name.written.connect(partial(self._rename, promotion.name, name))
        default.written.connect(partial(self._set_default, promotion, default))
        grid.addWidget(name, row, 0)
        grid.addWidget(default, row, 1)
        self.names[promotion.name], self.defaults[promotion.name] = name, default

    def _block(self) -> Block:
        return self._document.project.blocks[self._document.place.graph]

    def _rename(self, old: str, line: Line) -> None:
        try:
            self._document.do(rename(self._block(), old, line.text().strip()))
        except PromotionError as error:
            self._state(str(error))

    def _set_default(self, promotion: Promotion, line: Line) -> None:
        try:
            value = codecs.read(KINDS[promotion.kind], line.text())
            self._document.do(set_default(self._block(), promotion.name, value))
        except PromotionError as error:
            self._state(str(error))

    def _describe(self) -> None:
        block = self._block()
        settings = replace(block.settings, doc=self.doc.text().strip())
        self._document.do(SetBlock(block.key, settings, f"Describe {block.name}"))

    def _state(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.show()
