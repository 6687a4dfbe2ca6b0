"""A window with panels around a canvas, most of them made when they come into sight or after the first frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow

from workbench.graph import NodeId
from workbench.project import Project
from workbench.ui.canvas import CanvasView
from workbench.ui.docks import BOTTOM, LEFT, RIGHT, Docks, Panel
from workbench.ui.document import Document
from workbench.ui.model_comparison import ModelComparison
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.panels.inspector import InspectorPanel
from workbench.ui.panels.palette import PalettePanel
from workbench.ui.panels.problems import ProblemsPanel
from workbench.ui.places import Place
from workbench.ui.preferences import Preferences
from workbench.ui.session import Session, first_gan
from workbench.ui.status_bar import StatusBar
from workbench.ui.theme import Theme
from workbench.ui.training import TrainingController
from workbench.ui.weights import WeightAdoption

if TYPE_CHECKING:
    from workbench.ui.panels.augmentation import AugmentationPanel
    from workbench.ui.panels.dataset import DatasetPanel
    from workbench.ui.panels.evaluation import EvaluationPanel
    from workbench.ui.panels.freezing import FreezingPanel
    from workbench.ui.panels.gan import GanPanel
    from workbench.ui.panels.report import ReportPanel
    from workbench.ui.panels.runs import RunsPanel
    from workbench.ui.panels.runs.sweep_queue import SweepQueue


class PanelWindow(QMainWindow):
    """Each panel with what it asks of the others. Panels do not know one another: they meet here."""

    document: Document
    theme: Theme
    preferences: Preferences
    board: NoticeBoard
    session: Session
    canvas: CanvasView
    training: TrainingController
    status: StatusBar
    docks: Docks
    weights: WeightAdoption
    comparison: ModelComparison
    palette_panel: PalettePanel
    inspector: InspectorPanel
    problems: ProblemsPanel

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[Callable[[], object]] = []
        """What panels want done before the window closes."""

    # -- panels that are made late
    @cached_property
    def data(self) -> DatasetPanel:
        """The dataset."""
        from workbench.ui.panels.dataset import DatasetPanel

        panel = DatasetPanel(self.document, self.theme, self.preferences)
        panel.dataset.changed.connect(self._share_data)
        panel.told.connect(self._post(Level.OK, "data"))
        panel.warned.connect(self._post(Level.ERROR, "data"))
        self.status.add_work(panel.tasks.work)
        self._ends.append(panel.close_work)
        return panel

    @cached_property
    def augmentation(self) -> AugmentationPanel:
        """What images go through on their way to the network."""
        from workbench.ui.panels.augmentation import AugmentationPanel

        panel = AugmentationPanel(self.document, self.theme)
        self._ends.append(panel.close_work)
        return panel

    @cached_property
    def freezing(self) -> FreezingPanel:
        """Which layers train."""
        from workbench.ui.panels.freezing import FreezingPanel

        panel = FreezingPanel(self.document, self.theme)
        panel.nodes_picked.connect(self._select_drawn)
        self.canvas.selection_changed.connect(panel.select_nodes)
        self._ends.append(panel.close_work)
        return panel

    @cached_property
    def evaluation(self) -> EvaluationPanel:
        """What runs make of images."""
        from workbench.ui.panels.evaluation import EvaluationPanel

        panel = EvaluationPanel(self.theme, self.preferences, self.training.session, self.training.runs)
        panel.failed.connect(self._post(Level.WARNING, "evaluation"))
        self._ends.append(panel.close_work)
        return panel

    @cached_property
    def gan(self) -> GanPanel:
        """What a generator makes."""
        from workbench.ui.panels.gan import GanPanel

        panel = GanPanel(self.document, self.theme, self.preferences, self.training)
        panel.project_asked.connect(self._start_gan)
        panel.noticed.connect(self.board.post)
        self._ends.append(panel.close_work)
        return panel

    @cached_property
    def sweeps(self) -> SweepQueue:
        """Trainings that follow one another."""
        from workbench.ui.panels.runs.sweep_queue import SweepQueue

        return SweepQueue(self.training.session, self.training.store, self.preferences, self)

    @cached_property
    def runs(self) -> RunsPanel:
        """The run store."""
        from workbench.ui.panels.runs import RunsPanel

        panel = RunsPanel(self.document, self.theme, self.training.store, self.sweeps)
        panel.open_requested.connect(self.session.open_copy)
        panel.export_requested.connect(self.training.export_run)
        panel.resume_requested.connect(self.training.resume)
        panel.add_epochs_requested.connect(self.training.add_epochs)
        panel.branch_requested.connect(self.training.branch)
        panel.evaluate_requested.connect(self.evaluate)
        panel.weights_requested.connect(self.weights.take_run)
        panel.canvas_requested.connect(self.comparison.open)
        panel.train_requested.connect(self.training.train)
        panel.noticed.connect(self.board.post)
        header = panel.table.horizontalHeader()
        if (state := self.preferences.window_state("run-columns")) is not None:
            header.restoreState(state)
        self._ends.append(lambda: self.preferences.keep_window_state("run-columns", header.saveState()))
        self._ends.append(panel.close_panel)
        return panel

    @cached_property
    def report(self) -> ReportPanel:
        """Every layer with what it costs."""
        from workbench.ui.panels.report import ReportPanel

        panel = ReportPanel(self.document, self.theme)
        panel.node_picked.connect(self._show_drawn)
        panel.failed.connect(self._post(Level.ERROR, "report"))
        return panel

    def _panels(self) -> tuple[Panel, ...]:
        return (
            Panel("palette", "Palette", LEFT, lambda: self.palette_panel),
            Panel("inspector", "Inspector", RIGHT, lambda: self.inspector),
            Panel("problems", "Problems", BOTTOM, lambda: self.problems),
            Panel("training", "Training", BOTTOM, lambda: self.training.panel, front=True),
            Panel("data", "Data", BOTTOM, lambda: self.data),
            Panel("augmentation", "Augmentation", BOTTOM, lambda: self.augmentation),
            Panel("freezing", "Freezing", BOTTOM, lambda: self.freezing),
            Panel("evaluation", "Evaluation", BOTTOM, lambda: self.evaluation),
            Panel("gan", "GAN", BOTTOM, lambda: self.gan),
            Panel("runs", "Runs", BOTTOM, lambda: self.runs),
            Panel("report", "Report", BOTTOM, lambda: self.report),
            Panel("console", "Console", BOTTOM, lambda: self.training.console),
        )

    # -- what panels ask of one another
    def _post(self, level: Level, topic: str) -> Callable[[str], None]:
        return lambda text: self.board.post(Notice(level, text, topic=topic))

    def _share_data(self) -> None:
        samples = self.data.dataset.samples
        if samples is not None:
            self.augmentation.use_source(self.document.project.dataset, samples.source)
            self.freezing.use_source(self.document.project.dataset, samples.source)

    def _show_node(self, graph: str, node: NodeId) -> None:
        self.document.show(Place(graph))
        self._show_drawn(node)

    def _start_gan(self) -> None:
        self.start(first_gan())

    def start(self, project: Project | None) -> bool:
        """Opens a new project, if there is one and the one that is open may go."""
        if project is None or not self.session.start(project):
            return False
        self.canvas.fit()
        return True

    def _select_drawn(self, nodes: list[NodeId]) -> None:
        self.canvas.select([node for node in nodes if node in self.document.graph])

    def _show_drawn(self, node: NodeId) -> None:
        self.canvas.select([node])
        self.canvas.center_on(node)

    def _show_layer(self, path: str) -> None:
        """The drawn node of a layer, or the block that it is in."""
        node = NodeId(path.partition("/")[0])
        graph = next((name for name, drawn in self.document.project.graphs.items() if node in drawn), None)
        if graph is not None:
            self._show_node(graph, node)

    def _show_named(self, layer: str) -> None:
        """The drawn node of a layer by its name; a layer in a block is shown by the block."""
        for name, graph in self.document.project.graphs.items():
            found = graph.find_name(layer) or graph.find_name(layer.partition(".")[0])
            if found is not None:
                self._show_node(name, found)
                return

    def _show_activations(self, node: NodeId) -> None:
        """What a drawn node makes of the image that was picked in the Evaluation panel."""
        place = self.document.place
        graph = self.document.project.graph(place.graph)
        outer = [graph.node(place.inside[0]).name] if place.inside else []
        self.docks.show("evaluation")
        if not self.evaluation.show_activations(".".join([*outer, self.document.graph.node(node).name])):
            told = "Pick an image first: evaluate a run, or drop images on the Evaluation panel."
            self._post(Level.INFO, "evaluation")(told)

    def evaluate(self, folders: tuple[Path, ...]) -> None:
        """Evaluates runs in the Evaluation panel, in front."""
        self.docks.show("evaluation")
        self.evaluation.setup.choose(folders)
        self.evaluation.evaluate()
