"""The main window: puts canvas, panels, actions and status bar together. It holds no state of the project."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton, QVBoxLayout, QWidget

from workbench.graph import NodeId
from workbench.project import SUFFIX
from workbench.ui.actions import ActionSet, fill_menu_bar, fill_tool_bar
from workbench.ui.background import BackgroundBar
from workbench.ui.block_actions import BlockActions
from workbench.ui.canvas import CanvasView
from workbench.ui.canvas.keys import KEYS
from workbench.ui.collector import Collector
from workbench.ui.commands import COMMANDS, TOOL_BAR, menus
from workbench.ui.docks import BOTTOM, LEFT, RIGHT, Docks, Panel
from workbench.ui.document import Document
from workbench.ui.graph_tabs import GraphTabs
from workbench.ui.keeper import Keeper
from workbench.ui.model_import import ModelImport, is_model
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.overlay_menu import OverlayMenu
from workbench.ui.panels.augmentation import AugmentationPanel
from workbench.ui.panels.dataset import DatasetPanel
from workbench.ui.panels.evaluation import EvaluationPanel
from workbench.ui.panels.freezing import FreezingPanel
from workbench.ui.panels.inspector import InspectorPanel
from workbench.ui.panels.palette import PalettePanel
from workbench.ui.panels.problems import ProblemsPanel
from workbench.ui.panels.report import ReportPanel
from workbench.ui.panels.runs import RunsPanel
from workbench.ui.panels.runs.sweep_queue import SweepQueue
from workbench.ui.places import Place
from workbench.ui.preferences import Preferences
from workbench.ui.repeated_parts import RepeatedParts
from workbench.ui.session import Session
from workbench.ui.status_bar import StatusBar
from workbench.ui.theme import Theme
from workbench.ui.training import TrainingController
from workbench.ui.training.engine_thread import MakeEngine

APPLICATION_NAME = "CNN Workbench"
_SIZE = (1280, 800)
_SMALLEST = (960, 640)
_ICON = 20


class MainWindow(QMainWindow):
    """One window with one document in it."""

    document: Document
    session: Session
    canvas: CanvasView
    blocks: BlockActions
    models: ModelImport
    repeats: RepeatedParts
    runs: RunsPanel
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
        self.keeper = Keeper(document, preferences, self.board)
        self.session = Session(document, preferences, self.board, self.keeper, self)
        self.models = ModelImport(self.session, self.board, self)
        self.canvas = CanvasView(document, theme)
        self.palette_panel = PalettePanel(document, theme)
        self.inspector = InspectorPanel(document, theme)
        self.problems = ProblemsPanel(document, theme)
        self.report = ReportPanel(document, theme)
        self.augmentation = AugmentationPanel(document, theme)
        self.freezing = FreezingPanel(document, theme)
        self.training = TrainingController(document, theme, preferences, self, make_engine)
        self.data = DatasetPanel(document, theme, preferences)
        self.evaluation = EvaluationPanel(theme, preferences, self.training.session, self.training.runs)
        self.sweeps = SweepQueue(self.training.session, self.training.store, preferences, self)
        self.runs = RunsPanel(document, theme, self.training.store, self.sweeps)
        self.tabs = GraphTabs(document, theme)
        self.blocks = BlockActions(document, self.canvas, self.board, self)
        self.repeats = RepeatedParts(document, self.board, self)
        self.overlays = OverlayMenu(self.canvas, self)
        self._put_in_the_middle()
        self.docks = Docks(self, self._panels())
        self.commands = ActionSet(COMMANDS, self, theme, self)
        self._add_bars()
        self._connect()
        self._restore()
        self._on_document()
        self._collector = Collector(document, self)  # the last to hear that a project was replaced

    # -- what commands ask for
    def ask_new(self) -> None:
        """Offers the templates and starts with the chosen one."""
        from workbench.ui.dialogs.new_project import ask_for_project

        project, guidance = ask_for_project(self)
        if project is not None and self.session.start(project):
            self.canvas.fit()
            if guidance:
                data = ("Data…", lambda: self.show_panel("data"))
                self.board.post(Notice(Level.INFO, guidance, buttons=(data,), topic="guidance"))

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
        self.runs.close_panel()
        self.training.close()
        self.data.close_work()
        self.models.work.close()
        self.repeats.work.close()
        self.augmentation.close_work()
        self.freezing.close_work()
        self.evaluation.close_work()
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
    def _panels(self) -> tuple[Panel, ...]:
        return (
            Panel("palette", "Palette", LEFT, self.palette_panel),
            Panel("inspector", "Inspector", RIGHT, self.inspector),
            Panel("problems", "Problems", BOTTOM, self.problems),
            Panel("training", "Training", BOTTOM, self.training.panel, front=True),
            Panel("data", "Data", BOTTOM, self.data),
            Panel("augmentation", "Augmentation", BOTTOM, self.augmentation),
            Panel("freezing", "Freezing", BOTTOM, self.freezing),
            Panel("evaluation", "Evaluation", BOTTOM, self.evaluation),
            Panel("runs", "Runs", BOTTOM, self.runs),
            Panel("report", "Report", BOTTOM, self.report),
            Panel("console", "Console", BOTTOM, self.training.console),
        )

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
        self._device.setAutoRaise(True)
        self.status = StatusBar(self.document, self.theme, self)
        self.status.add_part(self.training.progress)
        for work in (self.data.tasks.work, self.models.work, self.repeats.work):
            self.status.add_part(BackgroundBar(work, self.status))
        self.status.add_part(self._device)
        self.setStatusBar(self.status)

    def _connect(self) -> None:
        self.canvas.selection_changed.connect(self._on_selection)
        self.palette_panel.add_requested.connect(self.canvas.add_layer)
        self.palette_panel.edit_requested.connect(lambda key: self.document.show(Place(key)))
        self.palette_panel.delete_requested.connect(self.blocks.delete)
        self.problems.node_picked.connect(self._show_node)
        self.report.node_picked.connect(self._show_drawn)
        self.report.failed.connect(lambda text: self.board.post(Notice(Level.ERROR, text, topic="report")))
        self.freezing.nodes_picked.connect(self._select_drawn)
        self.models.opened.connect(self._on_import)
        self.repeats.folded.connect(self.canvas.fit)
        self.runs.open_requested.connect(self.session.open_copy)
        self.runs.export_requested.connect(self.training.export_run)
        self.runs.resume_requested.connect(self.training.resume)
        self.runs.add_epochs_requested.connect(self.training.add_epochs)
        self.runs.branch_requested.connect(self.training.branch)
        self.runs.evaluate_requested.connect(self._evaluate)
        self.runs.train_requested.connect(self.training.train)
        self.runs.noticed.connect(self.board.post)
        self.data.dataset.changed.connect(self._share_data)
        self.training.panel.form.data_asked.connect(lambda: self.docks.show("data"))
        self.data.told.connect(lambda text: self.board.post(Notice(Level.OK, text, topic="data")))
        self.data.warned.connect(lambda text: self.board.post(Notice(Level.ERROR, text, topic="data")))
        self.evaluation.failed.connect(lambda text: self.board.post(Notice(Level.WARNING, text, topic="evaluation")))
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

    # -- following
    def _on_document(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] — {APPLICATION_NAME}")
        self.setWindowModified(self.document.modified)
        self.setWindowFilePath(str(self.document.path or ""))
        self.commands.refresh()

    def _on_selection(self, ids: list[NodeId]) -> None:
        self.selection = tuple(ids)
        self.inspector.show_nodes(ids)
        self.freezing.select_nodes(ids)
        self.commands.refresh()

    def _on_preference(self, name: str) -> None:
        if name == "theme":
            self.theme.choose(self.preferences.theme)

    def _on_import(self) -> None:
        self.canvas.fit()
        self.repeats.offer()

    def _on_engine(self) -> None:
        self._device.setText(self.training.device_text)
        self._device.setToolTip(self.training.device_details)

    def _share_data(self) -> None:
        samples = self.data.dataset.samples
        if samples is not None:
            self.augmentation.use_source(self.document.project.dataset, samples.source)
            self.freezing.use_source(self.document.project.dataset, samples.source)

    def _explain_device(self) -> None:
        text, details = self.training.device_text, self.training.device_details
        self.board.post(Notice(Level.INFO, details or text, topic="device"))

    def _show_node(self, graph: str, node: NodeId) -> None:
        self.document.show(Place(graph))
        self._show_drawn(node)

    def _select_drawn(self, nodes: list[NodeId]) -> None:
        self.canvas.select([node for node in nodes if node in self.document.graph])

    def _show_drawn(self, node: NodeId) -> None:
        self.canvas.select([node])
        self.canvas.center_on(node)

    def _show_activations(self, node: NodeId) -> None:
        """What a drawn node makes of the image that was picked in the Evaluation panel."""
        place = self.document.place
        graph = self.document.project.graph(place.graph)
        outer = [graph.node(place.inside[0]).name] if place.inside else []
        self.docks.show("evaluation")
        if not self.evaluation.show_activations(".".join([*outer, self.document.graph.node(node).name])):
            told = "Pick an image first: evaluate a run, or drop images on the Evaluation panel."
            self.board.post(Notice(Level.INFO, told, topic="evaluation"))

    def _show_layer(self, path: str) -> None:
        """The drawn node of a layer, or the block that it is in."""
        node = NodeId(path.partition("/")[0])
        graph = next((name for name, drawn in self.document.project.graphs.items() if node in drawn), None)
        if graph is not None:
            self._show_node(graph, node)

    def _evaluate(self, folders: tuple[Path, ...]) -> None:
        self.docks.show("evaluation")
        self.evaluation.setup.choose(folders)
        self.evaluation.evaluate()

    def _list_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.preferences.recent:
            action = menu.addAction(f"{path.stem}  ({path.parent})")
            action.triggered.connect(lambda _=False, path=path: self.session.open(path))
        menu.addSeparator()
        menu.addAction("Clear the list").triggered.connect(self.preferences.forget_recent)
