"""The Evaluation panel: runs and choices at the left, what came of them at the right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    Evaluate,
    Evaluated,
    Failed,
    ImagesEvaluated,
    ImagesMade,
    Predict,
    Predicted,
    Segmented,
    Stage,
    Stopped,
)
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.evaluation.arrivals import dropped, made, reading, reading_masks
from workbench.ui.panels.evaluation.background import Background
from workbench.ui.panels.evaluation.cells import ConfusionPage
from workbench.ui.panels.evaluation.classes import ClassesPage
from workbench.ui.panels.evaluation.curves import CurvesPage
from workbench.ui.panels.evaluation.detail import DetailPage, Subject
from workbench.ui.panels.evaluation.explainer import Explainer
from workbench.ui.panels.evaluation.headline import Headline
from workbench.ui.panels.evaluation.images_page import ImagesPage, read_images
from workbench.ui.panels.evaluation.mask_page import MaskPage
from workbench.ui.panels.evaluation.mask_results import MaskResults, read_mask_results
from workbench.ui.panels.evaluation.predictions import PredictionsPage
from workbench.ui.panels.evaluation.results import DatasetImages, Results, read_file, read_results
from workbench.ui.panels.evaluation.setup import Setup
from workbench.ui.preferences import Preferences
from workbench.ui.theme import Theme
from workbench.ui.training.recent_runs import RecentRuns
from workbench.ui.training.session import EngineSession

_WIDTHS = (320, 900)
_EMPTY = (
    "How good is a trained run on images that it has not seen, and what does it look at? Evaluate a run, or drop "
    "images or a folder here to see what it takes them for."
)
_RESULTS, _PREDICTIONS, _MASKS, _IMAGES = "results", "predictions", "masks", "images"


class EvaluationPanel(QWidget):
    """Begins jobs of the engine's session and shows what they find; `close_work` waits for its threads."""

    failed = Signal(str)
    """Why something that was asked for did not happen."""

    def __init__(
        self,
        theme: Theme,
        preferences: Preferences,
        session: EngineSession,
        runs: RecentRuns,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._session = session
        self._command: AnyCommand | None = None
        self._images: DatasetImages | None = None
        self._problems: tuple[str, ...] = ()
        self._predicted_by: tuple[Path, ...] = ()
        self._came_from = 0
        self.results: Results | MaskResults | None = None
        self.background = Background(self)
        self.explainer = Explainer(session, self.background, self)
        self.setup = Setup(theme, runs, self)
        self.headline = Headline(self)
        self.confusion = ConfusionPage(theme, self)
        self.classes = ClassesPage(theme, self)
        self.curves = CurvesPage(theme, self)
        self.images = ImagesPage(theme, self)
        self.detail = DetailPage(theme, self.explainer, self.background, self)
        self.masks = MaskPage(theme, self.background, self)
        self.predictions = PredictionsPage(theme, self.background, self)
        self.setAcceptDrops(True)
        self._lay_out(theme)
        self._connect()
        self._allow()

    # -- what can be asked for
    def evaluate(self) -> None:
        """Evaluates the checked runs; nothing while the engine does something else."""
        if self.setup.chosen:
            self._begin(self.setup.evaluation(self._preferences.device))

    def predict(self, paths: list[str]) -> None:
        """Predicts files and folders with the checked runs."""
        if not self.setup.chosen:
            self.failed.emit("Images are predicted by a trained run: train first, or check a run.")
        elif self._session.job is not None:
            self.failed.emit("The engine is busy: drop the images again when it is free.")
        else:
            self._begin(self.setup.prediction(paths, self._preferences.device))

    def show_activations(self, layer: str) -> bool:
        """Shows what a layer, or a block, makes of the image that was picked last; False where none was picked."""
        if self.detail.subject is None:
            return False
        self._show_tab(self.detail)
        self.detail.show_layer(layer)
        return True

    def close_work(self) -> None:
        """Waits for threads that read; call it before the window goes."""
        if self._images is not None:
            self._images.cancel()
        self.confusion.close_reading()
        self.masks.close_reading()
        self.predictions.close_reading()
        self.images.close_reading()
        self.detail.close_reading()
        self.background.close()
        self.explainer.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped; a project is the window's."""
        if dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.predict(dropped(event))

    # -- the engine
    def _begin(self, command: AnyCommand) -> None:
        if self._session.job is not None:
            return
        self.explainer.forget()
        self._command = command
        self.setup.show_progress(None, "Starting…")
        self._session.begin(command)

    def _hear(self, command: AnyCommand, event: AnyEvent) -> None:
        if command != self._command:
            return
        match event:
            case Stage():
                self.setup.show_progress(event)
            case Evaluated():
                self._command = None
                path = Path(event.path)
                read = read_mask_results if event.kind == "masks" else read_results
                self.background.start(_RESULTS, lambda: read(path))
            case Predicted():
                self._command = None
                self._problems = event.problems
                self.background.start(_PREDICTIONS, reading(Path(event.path)))
            case Segmented():
                self._command = None
                self._problems = event.problems
                self.background.start(_MASKS, reading_masks(Path(event.path)))
            case ImagesEvaluated():
                self._command = None
                images = Path(event.path)
                self.background.start(_IMAGES, lambda: read_images(images))
            case ImagesMade():
                told, failed = made(event)
                self._end(told, error=failed)
            case Failed():
                self._end(f"{event.message} {event.hint}".strip(), error=True)
            case Stopped():
                self._end("Stopped; the runs are as they were.")

    def _end(self, text: str = "", *, error: bool = False) -> None:
        self._command = None
        self.setup.show_idle(text, error=error)

    def _on_session(self) -> None:
        job = self._session.job
        if job is None and self._command is not None:
            self._end("The engine was lost; evaluate again.", error=True)
        elif self._command is None and job is not None and isinstance(job.command, Evaluate | Predict):
            self.setup.show_progress(None, can_cancel=True)
        elif self._command is None:
            self._show_waiting()

    def _show_waiting(self) -> None:
        """Another job is waited for; a question about an image is over at once and not worth a word."""
        job = self._session.job
        if job is not None and job.trains:
            self.setup.show_progress(None, "The engine trains: evaluation waits for its end.", can_cancel=False)
        elif not self.setup.evaluate.isEnabled():
            self.setup.show_idle("" if job is None else self.setup.status.text())

    # -- results
    def _take(self, name: str, result: Any) -> None:
        if name == _RESULTS:
            self._end()
            self._show_results(result)
        elif name == _MASKS:
            self._end()
            self.predictions.show_masks(result, self._problems)
            self._allow()
            self._show_tab(self.predictions)
        elif name == _PREDICTIONS:
            self._end()
            self._predicted_by = tuple(map(Path, result.about["runs"]))
            self.predictions.show_predictions(result, self._problems)
            self._allow()
            self._show_tab(self.predictions)

        elif name == _IMAGES:
            self._end()
            self.images.show_results(result)
            self._allow()
            self._show_tab(self.images)

    def _miss(self, name: str, problem: str) -> None:
        if name in (_RESULTS, _PREDICTIONS, _MASKS, _IMAGES):
            self._end(problem, error=True)

    def _show_results(self, results: Results | MaskResults) -> None:
        self.results = results
        if self._images is not None:
            self._images.cancel()
        self.masks.close_images()
        self.classes.show_results(results)
        if isinstance(results, MaskResults):
            self._show_mask_results(results)
            return
        self._images = DatasetImages(results.predictions.about["data"], results.predictions.about["group"])
        self.headline.show_results(results)
        self.confusion.show_results(results, self._images.read)
        self.curves.show_results(results)
        self._allow()
        if self._tabs.currentWidget() in (self.predictions, self.detail, self.masks):
            self._show_tab(self.confusion)
        self._stack.setCurrentIndex(1)

    def _show_mask_results(self, results: MaskResults) -> None:
        """Of pixels: the worst images come first."""
        self._images = None
        self.headline.show_mask_results(results)
        self.masks.show_results(results)
        assert self.masks.images is not None
        self.confusion.show_results(results, self.masks.images.thumbnail)
        self._allow()
        if self._tabs.currentWidget() not in (self.classes, self.confusion):
            self._show_tab(self.masks)
        self._stack.setCurrentIndex(1)

    def _show_sample(self, row: int) -> None:
        """One image of the evaluation, by its row in the predictions."""
        results, images = self.results, self._images
        if isinstance(results, MaskResults):
            self._show_tab(self.masks)
            self.masks.show_row(row)
        if not isinstance(results, Results) or images is None:
            return
        predictions = results.predictions
        true, guess = int(predictions.labels[row]), int(predictions.predicted[row])
        names, index = results.names, int(predictions.indices[row])
        taken = "recognised" if true == guess else f"taken for {names[guess]}"
        self._show_detail(
            Subject(
                title=f"{predictions.keys[row]}: {names[true]} {taken}, loss {float(predictions.losses[row]):.3f}",
                read=lambda: images.read(index),
                runs=results.runs,
                weights=str(predictions.about["weights"]),
                names=names,
                probabilities=tuple(predictions.probabilities[row].tolist()),
                true=true,
            )
        )

    def _show_predicted(self, row: int) -> None:
        """One image that was dropped."""
        predictions = self.predictions.predictions
        if predictions is None:
            return
        path = Path(str(predictions.keys[row]))
        self._show_detail(
            Subject(
                title=str(path),
                read=lambda: read_file(path),
                runs=self._predicted_by,
                weights=str(predictions.about["weights"]),
                names=predictions.class_names,
                probabilities=tuple(predictions.probabilities[row].tolist()),
            )
        )

    def _show_detail(self, subject: Subject) -> None:
        self._came_from = self._tabs.currentIndex()
        self.detail.device = self._preferences.device
        self.detail.show_subject(subject)
        self._allow()
        self._show_tab(self.detail)

    def _show_tab(self, page: QWidget) -> None:
        self._stack.setCurrentIndex(1)
        self._tabs.setCurrentWidget(page)

    def _go_back(self) -> None:
        self._tabs.setCurrentIndex(self._came_from)
        self._tabs.currentWidget().setFocus()

    def _show_class(self, index: int) -> None:
        if isinstance(self.results, MaskResults):
            self.masks.show_class(index)
            self._show_tab(self.masks)
            return
        self.curves.show_class(index)
        self._show_tab(self.curves)

    def _allow(self) -> None:
        """Pages without content cannot be chosen."""
        judged, of_pixels = self.results is not None, isinstance(self.results, MaskResults)
        self._tabs.setTabVisible(self._tabs.indexOf(self.masks), of_pixels)
        self._tabs.setTabVisible(self._tabs.indexOf(self.curves), not of_pixels)
        for other, filled in ((self.detail, self.detail.subject), (self.images, self.images.results)):
            self._tabs.setTabVisible(self._tabs.indexOf(other), not of_pixels or filled is not None)
        content = {
            self.confusion: (judged, "Evaluate a run first"),
            self.classes: (judged, "Evaluate a run first"),
            self.curves: (judged, "Evaluate a run first"),
            self.masks: (of_pixels, "Evaluate a run that gives masks"),
            self.images: (self.images.results is not None, "Evaluate a run whose target is an image"),
            self.detail: (self.detail.subject is not None, "Pick an image first"),
        }
        for page, (there, tip) in content.items():
            index = self._tabs.indexOf(page)
            self._tabs.setTabEnabled(index, there)
            self._tabs.setTabToolTip(index, "" if there else tip)
        self.headline.setVisible(judged and self._tabs.currentWidget() is not self.images)

    # -- putting together
    def _connect(self) -> None:
        self.setup.evaluate_asked.connect(self.evaluate)
        self.setup.cancel_asked.connect(self._session.stop)
        self.confusion.picked.connect(self._show_sample)
        self.classes.picked.connect(self._show_class)
        self.classes.failed.connect(self.failed)
        self.predictions.asked.connect(self.predict)
        self.predictions.picked.connect(self._show_predicted)
        self.predictions.failed.connect(self.failed)
        self.detail.left.connect(self._go_back)
        self._tabs.currentChanged.connect(lambda _: self._allow())
        self.background.done.connect(self._take)
        self.background.failed.connect(self._miss)
        self._session.answered.connect(self._hear)
        self._session.changed.connect(self._on_session)

    def _lay_out(self, theme: Theme) -> None:
        self._tabs = QTabWidget(self)
        self._tabs.setDocumentMode(True)
        for page, title in (
            (self.masks, "Masks"),
            (self.confusion, "Confusion matrix"),
            (self.classes, "Classes"),
            (self.curves, "Curves"),
            (self.images, "Before and after"),
            (self.detail, "Image"),
            (self.predictions, "Predictions"),
        ):
            self._tabs.addTab(page, title)
        self._tabs.setCurrentWidget(self.confusion)
        found = QWidget(self)
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self._tabs, 1)
        empty = EmptyState(theme, "evaluation", _EMPTY, self)
        empty.add_button("Choose images…", self.predictions.choose.click)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(found)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.setup)
        splitter.addWidget(self._stack)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.addWidget(splitter)
