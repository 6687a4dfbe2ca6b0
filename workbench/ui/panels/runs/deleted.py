"""What was deleted: a line to take it back at once, and a menu of what is in the trash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QMessageBox, QPushButton, QToolButton, QWidget

from workbench.ui import icons, quantities
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.runs import Trashed

_LISTED = 20


class DeletedBar(QFrame):
    """Deletes runs and says so, with a button that brings the last ones back."""

    def __init__(self, store: RunStoreModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._theme = theme
        self._last: Sequence[Trashed] = ()
        self.text = QLabel(self)
        self.undo = QPushButton("Undo", self)
        self.undo.clicked.connect(self.take_back)
        self._close = QToolButton(self, autoRaise=True)
        self._close.setAccessibleName("Dismiss")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.text, 1)
        row.addWidget(self.undo)
        row.addWidget(self._close)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    @property
    def can_take_back(self) -> bool:
        """Whether there is something that Undo would bring back."""
        return bool(self._last)

    def delete(self, folders: Sequence[Path]) -> None:
        """Moves runs to the store's trash."""
        self._store.do(lambda: _delete(folders), self._take)

    def take_back(self) -> None:
        """Brings the runs back that were deleted last."""
        last, self._last = self._last, ()
        self.hide()
        if last:
            self._store.do(lambda: _restore(last))

    def fill(self, menu: QMenu) -> None:
        """What is in the trash, the last deleted first."""
        menu.clear()
        trashed = self._store.trashed
        for item in trashed[:_LISTED]:
            action = menu.addAction(f"Restore {item.name}")
            action.triggered.connect(lambda _=False, item=item: self._store.do(lambda: _restore([item])))
        if len(trashed) > _LISTED:
            menu.addAction(f"and {len(trashed) - _LISTED:,} more").setEnabled(False)
        if not trashed:
            menu.addAction("The trash is empty").setEnabled(False)
        menu.addSeparator()
        empty = menu.addAction("Empty the trash…")
        empty.setEnabled(bool(trashed))
        empty.triggered.connect(self._ask_to_empty)

    def _ask_to_empty(self) -> None:
        """The one thing here that cannot be undone, so it is asked."""
        box = QMessageBox(self.window())
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Empty the trash")
        box.setText(f"Remove {quantities.counted(len(self._store.trashed), 'deleted run')} for good?")
        box.setInformativeText("This cannot be undone. Deleted runs are removed by themselves after 30 days.")
        remove = box.addButton("Remove for good", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        chosen = box.clickedButton()
        box.deleteLater()
        if chosen is remove:
            self._last = ()
            self.hide()
            root = self._store.root
            self._store.do(lambda: _empty(root))

    def _take(self, done: tuple[Sequence[Trashed], str]) -> None:
        deleted, problem = done
        if deleted:
            self._last = deleted
            what = deleted[0].name if len(deleted) == 1 else quantities.counted(len(deleted), "run")
            self.text.setText(f"Deleted {what} at {datetime.now():%H:%M}.")
            self.show()
        if problem:
            self._store.failed.emit(problem)

    def _paint(self) -> None:
        self._close.setIcon(icons.icon("close", self._theme))
        self.setObjectName("deleted")
        ground, line = self._theme.color("info_surface").name(), self._theme.color("info").name()
        self.setStyleSheet(f"#deleted {{ background: {ground}; border: none; border-bottom: 1px solid {line}; }}")


# -- in the store's thread
def _delete(folders: Sequence[Path]) -> tuple[list[Trashed], str]:
    from workbench.runs import RunStoreError, delete

    done: list[Trashed] = []
    problem = ""
    for folder in folders:
        try:
            done.append(delete(folder))
        except RunStoreError as error:
            problem = str(error)
    return done, problem


def _restore(trashed: Sequence[Trashed]) -> None:
    from workbench.runs import restore

    for item in trashed:
        restore(item)


def _empty(root: Path) -> None:
    from workbench.runs import empty_trash

    empty_trash(root)
