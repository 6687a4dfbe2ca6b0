"""The main window: puts canvas, panels, actions and status bar together. It holds no state of the project."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton, QVBoxLayout, QWidget

from workbench.graph import NodeId
from workbench.plugins import SHELF
from workbench.project import SUFFIX, available_memory
from workbench.protocol import Device
from workbench.ui.actions import ActionSet, fill_menu_bar, fill_tool_bar
from workbench.ui.block_actions import BlockActions
from workbench.ui.canvas import CanvasView
from workbench.ui.canvas.keys import KEYS
from workbench.ui.collector import Collector
from workbench.ui.commands import COMMANDS, TOOL_BAR, menus
from workbench.ui.docks import Docks
from workbench.ui.document import Document
from workbench.ui.graph_tabs import GraphTabs
from workbench.ui.keeper import Keeper
from workbench.ui.keras_networks import KerasNetworks
from workbench.ui.model_comparison import ModelComparison
from workbench.ui.model_import import ModelImport, is_model
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.overlay_menu import OverlayMenu
from workbench.ui.panel_window import PanelWindow
from workbench.ui.panels.inspector import InspectorPanel
from workbench.ui.panels.palette import PalettePanel
from workbench.ui.panels.problems import ProblemsPanel
from workbench.ui.places import Place
from workbench.ui.preferences import Preferences
from workbench.ui.repeated_parts import RepeatedParts
from workbench.ui.session import Session
from workbench.ui.status_bar import StatusBar
from workbench.ui.theme import Theme
from workbench.ui.training import TrainingController
from workbench.ui.training.engine_thread import MakeEngine
from workbench.ui.weights import WeightAdoption

APPLICATION_NAME = "CNN Workbench"
_SIZE = (1280, 800)
_SMALLEST = (960, 640)
_ICON = 20


class MainWindow(PanelWindow):
    """One window with one document in it."""

    blocks: BlockActions
    models: ModelImport
    networks: KerasNetworks
    repeats: RepeatedParts
    painted = Signal()
    """The first frame is on the screen: now slower things may start."""

    def __init__(
        self, document: Document, preferences: Preferences, theme: Theme, make_engine: MakeEngine | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_SIZE)
        self.setAcceptDrops(True)
        self.document = document
        self.preferences = preferences
        self.theme = theme
        self.selection: tuple[NodeId, ...] = ()
        self._was_painted = False
        self.board = NoticeBoard(theme)
        document.replaced.connect(self.board.forget_project)
        self.keeper = Keeper(document, preferences, self.board)
        self.session = Session(document, preferences, self.board, self.keeper, self)
        self.models = ModelImport(self.session, self.board, self)
        self.canvas = CanvasView(document, theme)
        self.palette_panel = PalettePanel(document, theme)
        self.inspector = InspectorPanel(document, theme)
        self.problems = ProblemsPanel(document, theme)
        self.training = TrainingController(document, theme, preferences, self, make_engine)
        self.networks = KerasNetworks(self.training.session, self.models, self.board, self)
        self.tabs = GraphTabs(document, theme)
        self.blocks = BlockActions(document, self.canvas, self.board, self)
        self.repeats = RepeatedParts(document, self.board, self)
        self.overlays = OverlayMenu(self.canvas, self)
        self.weights = WeightAdoption(document, self.board, self)
        self.comparison = ModelComparison(self.session, self.canvas, self.overlays, self.board, self)
        self._put_in_the_middle()
        self.docks = Docks(self, self._panels())
        self.commands = ActionSet(COMMANDS, self, theme, self)
        self._add_bars()
        self._connect()
        self._restore()
        self._on_document()
        self._collector = Collector(document, self)

    # -- what commands ask for
    def ask_new(self) -> None:
        """Offers the templates and starts with the chosen one."""
        from workbench.ui.dialogs.new_project import ask_for_project

        project, guidance = ask_for_project(self)
        if self.start(project) and guidance:
            data = ("Data…", lambda: self.show_panel("data"))
            self.board.post(Notice(Level.INFO, guidance, buttons=(data,), topic="guidance"))

    def ask_head(self) -> None:
        """Offers another head for the network that is shown, as one step."""
        from workbench.ui.dialogs.head_dialog import HeadDialog

        document = self.document
        classes = document.observed.classes(document.project.dataset.spec)
        dialog = HeadDialog(document.graph_analysis, classes, self)
        dialog.exec()
        edit = dialog.edit
        dialog.deleteLater()
        if edit is not None:
            before = {node.id for node in document.graph}
            document.edit(edit)
            self.canvas.select([node.id for node in document.graph if node.id not in before])

    def show_plugins(self) -> None:
        """Lists the plugins, to be switched on and off."""
        from workbench.ui.dialogs.plugins_dialog import PluginsDialog

        dialog = PluginsDialog(SHELF, self)
        dialog.exec()
        changed = dialog.changed
        dialog.deleteLater()
        if changed:
            self.document.use_types()

    def ask_preferences(self) -> None:
        """Opens the preferences."""
        from workbench.ui.dialogs.preferences_dialog import PreferencesDialog

        ready = self.training.session.ready
        devices = [(device.id, device.name) for device in ready.devices] if ready else []
        dialog = PreferencesDialog(self.preferences, devices, self)
        dialog.exec()
        dialog.deleteLater()

    def focus_palette(self) -> None:
        """Puts the keyboard into the palette's search."""
        self.docks.show("palette")
        self.palette_panel.search.setFocus()
        self.palette_panel.search.selectAll()

    def show_panel(self, name: str) -> None:
        """Brings a panel to the front."""
        self.docks.show(name)

    def reset_panels(self) -> None:
        """Puts every panel back to its first place."""
        self.docks.reset()

    def toggle_full_screen(self) -> None:
        """To the whole screen and back."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def show_shortcuts(self) -> None:
        """Lists every key."""
        from workbench.ui.dialogs.shortcuts import ShortcutsDialog, key_table

        ShortcutsDialog(key_table(self.commands.all(), KEYS), self).open()

    def show_about(self) -> None:
        """What this is, and which versions."""
        from workbench.ui.dialogs.about import AboutDialog

        AboutDialog(self.training.device_text, self.training.device_details, self).open()

    def fill_recent(self, menu: QMenu) -> None:
        """The submenu of recent projects."""
        submenu = menu.addMenu("Open &recent")
        submenu.aboutToShow.connect(lambda: self._list_recent(submenu))
        self.preferences.changed.connect(lambda _: submenu.setEnabled(bool(self.preferences.recent)))
        submenu.setEnabled(bool(self.preferences.recent))

    def fill_export(self, menu: QMenu) -> None:
        """The submenu of formats to export to."""
        menu.addMenu("&Export").addAction(self.training.actions["export"])

    def fill_overlays(self, menu: QMenu) -> None:
        """The submenu of what the canvas can be tinted by."""
        menu.addMenu(self.overlays)

    def fill_panels(self, menu: QMenu) -> None:
        """An entry for each panel."""
        self.docks.fill_menu(menu)

    # -- events
    def showEvent(self, event: QShowEvent) -> None:
        """Starts with the whole network in sight."""
        super().showEvent(event)
        if not self._was_painted:
            self.canvas.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Notes the first frame."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        """Looks whether another program changed the file while this window was behind others."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self._was_painted:
            self.session.look_at_the_file()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks before changes are lost, then leaves nothing running and nothing to recover."""
        if not self.session.may_leave():
            event.ignore()
            return
        self.leave()
        self.keeper.close()
        event.accept()

    def leave(self) -> None:
        """Remembers the window's arrangement and ends what runs."""
        self.preferences.keep_window_state("geometry", self.saveGeometry())
        self.preferences.keep_window_state("docks", self.docks.state())
        for end in self._ends:
            end()
        self.training.close()
        self.models.work.close()
        self.networks.close()
        self.weights.work.close()
        self.document.close()
        self._collector.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A project or a Keras model may be dropped on the window."""
        names = [url.toLocalFile() for url in event.mimeData().urls()]
        if any(name.endswith(SUFFIX) or is_model(name) for name in names):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Opens a dropped project, or imports a dropped model."""
        names = [url.toLocalFile() for url in event.mimeData().urls()]
        if not any(name.endswith(SUFFIX) for name in names):
            self.models.read_first(names)
        else:
            self.session.open_first(names)

    # -- putting together
    def _put_in_the_middle(self) -> None:
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.board)
        column.addWidget(self.tabs)
        column.addWidget(self.canvas, 1)
        self.setCentralWidget(middle)

    def _add_bars(self) -> None:
        for action in self.training.actions.all():
            self.commands.adopt(action, self)
        self.commands.give_canvas_keys(self.canvas)
        fill_menu_bar(self.menuBar(), menus(self), self.commands)
        bar = QToolBar("Tools", self)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(_ICON, _ICON))
        fill_tool_bar(bar, TOOL_BAR, self.commands)
        bar.insertWidget(self.commands["train"], self.overlays.button)
        bar.insertSeparator(self.commands["train"])
        self.addToolBar(bar)
        self._device = QToolButton(self)
        self._trains_on: Device | None = None
        self._device.setAutoRaise(True)
        self.status = StatusBar(self.document, self.theme, self)
        self.status.add_part(self.training.progress)
        for work in (self.models.work, self.weights.work):
            self.status.add_work(work)
        self.status.add_part(self._device)
        self.setStatusBar(self.status)

    def _connect(self) -> None:
        self.canvas.selection_changed.connect(self._on_selection)
        self.canvas.head_asked.connect(self.ask_head)
        self.palette_panel.add_requested.connect(self.canvas.add_layer)
        self.palette_panel.edit_requested.connect(lambda key: self.document.show(Place(key)))
        self.palette_panel.delete_requested.connect(self.blocks.delete)
        self.problems.node_picked.connect(self._show_node)
        self.models.opened.connect(self._on_import)
        self.repeats.folded.connect(self.canvas.fit)
        self.training.panel.form.data_asked.connect(lambda: self.docks.show("data"))
        initial = self.training.panel.form.weights
        initial.run_chosen.connect(self.weights.take_run)
        initial.file_asked.connect(self.weights.choose_file)
        initial.layer_picked.connect(self._show_named)
        self.canvas.activations_asked.connect(self._show_activations)
        self.status.problems_asked.connect(lambda: self.docks.show("problems"))
        self.document.changed.connect(lambda _: self.commands.refresh())
        self.document.shown.connect(self.commands.refresh)
        self.document.history_changed.connect(self._on_document)
        self.document.replaced.connect(self._on_document)
        self.preferences.changed.connect(self._on_preference)
        self.training.noticed.connect(self.board.post)
        self.training.withdrawn.connect(self.board.withdraw)
        self.training.state_changed.connect(self._on_engine)
        self.training.layer_asked.connect(self._show_layer)
        self.training.show_on(self.canvas)
        self._device.clicked.connect(self._explain_device)
        self.painted.connect(self._after_first_frame)

    def _restore(self) -> None:
        geometry = self.preferences.window_state("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.docks.restore(self.preferences.window_state("docks"))

    def _after_first_frame(self) -> None:
        self.session.offer_recovery()
        self.training.warm_up()
        self.docks.make_rest()

    # -- following
    def _on_document(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] — {APPLICATION_NAME}")
        self.setWindowModified(self.document.modified)
        self.setWindowFilePath(str(self.document.path or ""))
        self.commands.refresh()

    def _on_selection(self, ids: list[NodeId]) -> None:
        self.selection = tuple(ids)
        self.inspector.show_nodes(ids)
        self.commands.refresh()

    def _on_preference(self, name: str) -> None:
        if name == "theme":
            self.theme.choose(self.preferences.theme)
        elif name == "device":
            self._on_engine()

    def _on_import(self) -> None:
        self.canvas.fit()
        self.repeats.offer()

    def _on_engine(self) -> None:
        if self.training.device != self._trains_on:
            self._trains_on = self.training.device
            self.document.use_device(partial(_free_on, self._trains_on))
        self._device.setText(self.training.device_text)
        self._device.setToolTip(self.training.device_details)

    def _explain_device(self) -> None:
        text, details = self.training.device_text, self.training.device_details
        self.board.post(Notice(Level.INFO, details or text, topic="device"))

    def _list_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.preferences.recent:
            action = menu.addAction(f"{path.stem}  ({path.parent})")
            action.triggered.connect(lambda _=False, path=path: self.session.open(path))
        menu.addSeparator()
        menu.addAction("Clear the list").triggered.connect(self.preferences.forget_recent)


def _free_on(device: Device | None) -> int | None:
    """Bytes that training may take: on a GPU what was free when the engine started, else of main memory now."""
    return available_memory() if device is None or device.id == "cpu" else device.memory
