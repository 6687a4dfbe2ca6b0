"""What a person can do with training, as a table, and the Qt actions made from it, which say why where they cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from workbench.ui import icons
from workbench.ui.theme import Theme
from workbench.ui.training.progress import stop_help

if TYPE_CHECKING:
    from workbench.ui.training.controller import TrainingController


@dataclass(frozen=True)
class JobAction:
    """One thing to do. `refusal` gives the reason why it cannot be done now, or ""; `look` another text and icon."""

    id: str
    text: str
    icon: str
    shortcut: str
    tip: str
    run: Callable[[TrainingController], None]
    refusal: Callable[[TrainingController], str]
    look: Callable[[TrainingController], tuple[str, str, str]] | None = None
    """(text, icon, tip) as they are now."""


def _busy(training: TrainingController) -> str:
    return "Something runs already: wait for it or stop it" if training.busy else ""


def _drawn(training: TrainingController) -> str:
    if refusal := _busy(training):
        return refusal  # asked twenty times a second: the problems are not gone through meanwhile
    blocked = training.blocked
    return f"Training waits until the network is whole:\n{blocked}" if blocked else training.lacks_data


def _triable(training: TrainingController) -> str:
    return "Trials are for one network with one loss; a GAN has two" if training.adversarial else _drawn(training)


def _nothing_runs(training: TrainingController) -> str:
    return "" if training.busy else "Nothing runs"


def _no_training(training: TrainingController) -> str:
    job = training.session.job
    if job is None or not job.trains:
        return "No training runs"
    return "" if job.progress else "The training has not begun yet"


def _no_rate_by_hand(training: TrainingController) -> str:
    job = training.session.job
    return _no_training(training) or ("" if job and job.by_hand else "The rate is the schedule's")


def _no_rate(training: TrainingController) -> str:
    job = training.session.job
    return _no_training(training) or ("" if job and job.rate else "The rate is not known yet")


def _nothing_to_resume(training: TrainingController) -> str:
    return _busy(training) or ("" if training.resumable else "No run was stopped or interrupted after a whole epoch")


def _nothing_to_lengthen(training: TrainingController) -> str:
    return _busy(training) or ("" if training.runs.continuable else "Train first: no run holds a whole epoch")


def _nothing_to_export(training: TrainingController) -> str:
    return _busy(training) or ("" if training.runs.exportable else "Train first: there is no run to export")


def _stop(training: TrainingController) -> tuple[str, str, str]:
    job = training.session.job
    return ("End &now" if job and job.stopping else "&Stop", "stop", stop_help(job) if job else "Nothing runs")


def _pause(training: TrainingController) -> tuple[str, str, str]:
    job = training.session.job
    if job and (job.paused or job.pausing):
        return "&Continue", "train", "Go on with the training"
    return "&Pause", "pause", "Hold the training between two batches; its memory stays taken"


def _resume(training: TrainingController) -> tuple[str, str, str]:
    row = training.resumable
    return "&Resume run", "resume", f"Go on with {row.name} after its last whole epoch" if row else "Go on with a run"


def _export(training: TrainingController) -> tuple[str, str, str]:
    row = training.exports.row
    what = row.name if row else "a trained run"
    return "&Trained run…", "export", f"Export {what} as SavedModel, .keras or LiteRT"


ACTIONS = (
    JobAction("train", "&Train", "train", "Ctrl+R", "Train the network on this computer", lambda t: t.train(), _drawn),
    JobAction("pause", "&Pause", "pause", "Ctrl+P", "", lambda t: t.pause_or_go_on(), _no_training, _pause),
    JobAction("stop", "&Stop", "stop", "Ctrl+.", "", lambda t: t.stop(), _nothing_runs, _stop),
    JobAction(
        "halve-rate",
        "&Halve the learning rate",
        "halve",
        "Ctrl+Shift+Down",
        "From the next batch on; the schedule keeps its shape",
        lambda t: t.scale_rate(0.5),
        _no_rate,
    ),
    JobAction(
        "double-rate",
        "&Double the learning rate",
        "double",
        "Ctrl+Shift+Up",
        "From the next batch on; the schedule keeps its shape",
        lambda t: t.scale_rate(2.0),
        _no_rate,
    ),
    JobAction(
        "schedule-rate",
        "Rate by the s&chedule again",
        "reset",
        "",
        "Give the learning rate back to the schedule",
        lambda t: t.set_rate(None),
        _no_rate_by_hand,
    ),
    JobAction(
        "overfit-batch",
        "&Overfit one batch",
        "overfit",
        "Ctrl+Shift+O",
        "A sound network learns one batch by heart; one that does not will not learn the rest",
        lambda t: t.overfit_batch(),
        _triable,
    ),
    JobAction(
        "find-rate",
        "Find &learning rate",
        "find-rate",
        "Ctrl+Shift+L",
        "Raises the rate over a hundred batches and watches the loss",
        lambda t: t.find_rate(),
        _triable,
    ),
    JobAction(
        "find-batch",
        "Find largest &batch",
        "find-batch",
        "Ctrl+Shift+B",
        "Tries how many images at once fit in memory",
        lambda t: t.find_batch(),
        _triable,
    ),
    JobAction("resume", "&Resume run", "resume", "Ctrl+Shift+R", "", lambda t: t.resume(), _nothing_to_resume, _resume),
    JobAction(
        "add-epochs",
        "Add &epochs…",
        "add-epochs",
        "",
        "Train a run for longer, from where it ended",
        lambda t: t.ask_epochs(),
        _nothing_to_lengthen,
    ),
    JobAction(
        "branch",
        "Bra&nch from an epoch…",
        "branch",
        "Ctrl+B",
        "A new run that begins with what another one had learned",
        lambda t: t.ask_branch(),
        _nothing_to_lengthen,
    ),
    JobAction(
        "export",
        "&Trained run…",
        "export",
        "Ctrl+E",
        "",
        lambda t: t.export(),
        _nothing_to_export,
        _export,
    ),
)
MENU = (
    *("train", "pause", "stop", "-"),
    *("halve-rate", "double-rate", "schedule-rate", "-"),
    *("overfit-batch", "find-rate", "find-batch", "-"),
    *("resume", "add-epochs", "branch"),
)
"""The Train menu."""


class JobActions(QObject):
    """The Qt actions of the table, by id; `refresh` asks every row again."""

    def __init__(self, training: TrainingController, theme: Theme) -> None:
        super().__init__(training)
        self._training = training
        self._theme = theme
        self._made = {row.id: self._make(row) for row in ACTIONS}
        self._icons: dict[str, str] = {}
        theme.changed.connect(self._paint)

    def __getitem__(self, action: str) -> QAction:
        return self._made[action]

    def all(self) -> tuple[QAction, ...]:
        """Every action, in the table's order."""
        return tuple(self._made.values())

    def refresh(self) -> None:
        """Texts, icons, and whether each can be done, with the reason in the tool tip."""
        for row in ACTIONS:
            action = self._made[row.id]
            text, icon, tip = row.look(self._training) if row.look else (row.text, row.icon, row.tip)
            refusal = row.refusal(self._training)
            key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setEnabled(not refusal)
            action.setText(text)
            action.setToolTip(refusal or (f"{tip} ({key})" if key else tip))
            if self._icons.get(row.id) != icon:
                self._icons[row.id] = icon
                action.setIcon(icons.icon(icon, self._theme))

    def _make(self, row: JobAction) -> QAction:
        action = QAction(row.text, self)
        action.setObjectName(row.id)
        action.setShortcut(row.shortcut)
        action.triggered.connect(lambda: row.run(self._training))
        return action

    def _paint(self) -> None:
        self._icons.clear()
        self.refresh()
