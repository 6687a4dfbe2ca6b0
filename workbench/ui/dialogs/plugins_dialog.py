"""The plugins: what they offer, where they are from, whether they are on, and what is wrong with them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.plugins import Plugin, Shelf, user_folder
from workbench.ui.folders import open_folder

_SIZE = (760, 440)
_COLUMNS = ("Plugin", "Version", "Offers", "From", "State")
_KINDS = {"layer": "layers", "block": "blocks", "template": "templates", "pretrained": "pretrained weights"}
_ABOUT = (
    "A plugin adds layers, blocks, templates or pretrained weights. One of your own is a folder with a plugin.toml; it "
    "is code that runs with your rights, so it stays off until you switch it on."
)


class PluginsDialog(QDialog):
    """`changed` once a plugin was switched on or off."""

    def __init__(self, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Plugins")
        self.resize(*_SIZE)
        self.changed = False
        self._shelf = shelf
        self.list = QTreeWidget()
        self.list.setAccessibleName("Plugins")
        self.list.setHeaderLabels(list(_COLUMNS))
        self.list.setRootIsDecorated(False)
        self.list.setAllColumnsShowFocus(True)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.detail = QLabel(wordWrap=True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.setMinimumHeight(4 * self.detail.fontMetrics().lineSpacing())
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("role", "error")
        self.switch = QPushButton("Switch on")
        self.folder = QPushButton("Open the folder of your plugins")
        self.again = QPushButton("Look again")
        self.again.setToolTip("Finds plugins that were added or changed")
        self._lay_out()
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self.switch.clicked.connect(self._switch)
        self.folder.clicked.connect(_open_folder)
        self.again.clicked.connect(self._look)
        self._fill()

    @property
    def current(self) -> Plugin | None:
        """The plugin that is picked."""
        item = self.list.currentItem()
        return item.data(0, Qt.ItemDataRole.UserRole) if item else None

    def _look(self) -> None:
        self._shelf.look()
        self.changed = True
        self._fill()

    def _fill(self) -> None:
        before = self.current.folder if self.current else None
        self.list.clear()
        for plugin in self._shelf.plugins:
            plugin.contents()  # so that what is wrong with it is known
            item = QTreeWidgetItem(self.list, _row(plugin))
            item.setData(0, Qt.ItemDataRole.UserRole, plugin)
            if plugin.folder == before:
                self.list.setCurrentItem(item)
        first = self.list.topLevelItem(0)
        if self.list.currentItem() is None and first is not None:
            self.list.setCurrentItem(first)
        self._show()

    def _show(self) -> None:
        plugin = self.current
        self.switch.setEnabled(plugin is not None and plugin.manifest is not None)
        self.switch.setText("Switch off" if plugin and plugin.enabled else "Switch on")
        self.detail.setText(_details(plugin) if plugin else f"There are no plugins. Your own go into {user_folder()}")
        self.problem.setText(f"It does not work: {plugin.problem}" if plugin and plugin.problem else "")
        self.problem.setVisible(bool(self.problem.text()))

    def _switch(self) -> None:
        plugin = self.current
        if plugin is None:
            return
        try:
            self._shelf.choose(plugin.name, not plugin.enabled)
        except OSError as error:
            QMessageBox.warning(self, "Plugins", f"The choice cannot be kept: {error.strerror or error}")
            return
        self.changed = True
        self._fill()

    def _lay_out(self) -> None:
        about = QLabel(_ABOUT, wordWrap=True)
        about.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.switch)
        row.addStretch(1)
        row.addWidget(self.folder)
        row.addWidget(self.again)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(about)
        column.addWidget(self.list, 1)
        column.addWidget(self.detail)
        column.addWidget(self.problem)
        column.addLayout(row)
        column.addWidget(close)


def _row(plugin: Plugin) -> list[str]:
    about = plugin.manifest.about if plugin.manifest else None
    offers = ", ".join(_KINDS[kind] for kind in plugin.manifest.kinds) if plugin.manifest else ""
    state = "does not work" if plugin.problem else "on" if plugin.enabled else "off"
    origin = "the program" if plugin.bundled else "you"
    return [about.title if about else plugin.name, about.version if about else "", offers, origin, state]


def _details(plugin: Plugin) -> str:
    """What it says of itself, what it offers by name, and its folder."""
    if plugin.manifest is None:
        return str(plugin.folder)
    manifest, about = plugin.manifest, plugin.manifest.about
    names = [entry.label for entry in (*manifest.layers, *manifest.blocks)]
    names += [entry.title for entry in manifest.templates]
    names += [entry.title for entry in manifest.pretrained]
    by = " · ".join(text for text in (about.author, about.licence) if text)
    return "\n".join(text for text in (about.summary, "; ".join(names), by, str(plugin.folder)) if text)


def _open_folder() -> None:
    folder = user_folder()
    folder.mkdir(parents=True, exist_ok=True)
    open_folder(folder)
