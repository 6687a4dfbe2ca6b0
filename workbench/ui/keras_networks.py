"""Networks of Keras as projects: the engine builds one, with its weights, and it is imported as any other model."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from workbench.protocol import LAST_OF_JOB, AnyCommand, AnyEvent, ApplicationMade, MakeApplication
from workbench.ui.model_import import ModelImport
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.training.session import EngineSession

_TOPIC = "import"


class KerasNetworks(QObject):
    """One network at a time. Its file lies in a folder of its own until it has been read."""

    def __init__(self, engine: EngineSession, models: ModelImport, board: NoticeBoard, window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._models = models
        self._board = board
        self._window = window
        self._command: MakeApplication | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        engine.answered.connect(self._hear)
        for ended in (models.work.done, models.work.failed, models.work.cancelled):
            ended.connect(self._on_read)

    def choose(self) -> None:
        """Asks for a network and its weights, and has the engine build it."""
        from workbench.ui.dialogs.keras_network import KerasNetworkDialog

        dialog = KerasNetworkDialog(self._window)
        accepted = dialog.exec() == KerasNetworkDialog.DialogCode.Accepted
        network, weights = dialog.network, dialog.weights
        dialog.deleteLater()
        if accepted:
            self.make(network, weights)

    def make(self, network: str, weights: str) -> None:
        """Begins to build a network: `weights` is "imagenet", "" for random ones, or a file's name."""
        self._board.withdraw(_TOPIC)
        if self._engine.job is not None or self._models.work.runs:
            told = f"{network} can be built once what runs now has ended."
            self._board.post(Notice(Level.INFO, told, topic=_TOPIC))
            return
        self._forget()
        self._folder = tempfile.TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True)
        path = Path(self._folder.name) / f"{network}.keras"
        self._command = MakeApplication(network=network, path=str(path), weights=weights)
        self._engine.begin(self._command)

    def close(self) -> None:
        """Lets go of what was built and not read."""
        self._forget()

    def _hear(self, command: AnyCommand, event: AnyEvent) -> None:
        """What failed or was stopped is told by the engine's own notices."""
        if command is not self._command or not isinstance(event, LAST_OF_JOB):
            return
        self._command = None
        if isinstance(event, ApplicationMade):
            self._models.read(Path(event.path), Path(event.path).stem, event.preprocessing)
        else:
            self._forget()

    def _on_read(self, *_: object) -> None:
        if self._command is None:
            self._forget()

    def _forget(self) -> None:
        folder, self._folder, self._command = self._folder, None, None
        if folder is not None:
            folder.cleanup()
