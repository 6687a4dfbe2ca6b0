"""What comes into the Evaluation panel: files of results, news of jobs, what is dropped on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent

from workbench.project.file import SUFFIX
from workbench.protocol import ImagesMade
from workbench.ui import quantities


def reading(path: Path) -> Callable[[], object]:
    """Reads predictions, in a thread."""

    def read() -> object:
        from workbench.evaluation import read_predictions

        return read_predictions(path)

    return read


def reading_masks(path: Path) -> Callable[[], object]:
    """Reads the masks of a prediction, in a thread."""

    def read() -> object:
        from workbench.ui.panels.evaluation.predicted_masks import read_predicted

        return read_predicted(path)

    return read


def made(event: ImagesMade) -> tuple[str, bool]:
    """What is said of images that were made, and whether something went wrong."""
    folder = Path(event.files[0][1]).parent if event.files else None
    told = f"{quantities.counted(len(event.files), 'image')} written to {folder}. " if folder else ""
    return told + " ".join(event.problems), bool(event.problems)


def dropped(event: QDragEnterEvent | QDropEvent) -> list[str]:
    """Files and folders, without projects."""
    paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if not path.endswith(SUFFIX)]
