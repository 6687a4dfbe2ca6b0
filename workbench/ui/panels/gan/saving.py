"""Pictures, films and arrays to files that a person names, written off the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from workbench.ui.background import Background, Report

FILM_RATE = 12
_FILM_SIDE = 256
"""Pixels of a film's longer side at least: players blur what is smaller."""


@dataclass(frozen=True)
class Kind:
    """A format by its suffix. `write` is called in a thread."""

    title: str
    suffix: str
    write: Callable[[Path, Any, Report, Event], None]


def _write_png(path: Path, picture: Any, report: Report, cancel: Event) -> None:
    from workbench.data.picture_files import write_png

    write_png(path, picture)


def _write_film(path: Path, frames: Any, report: Report, cancel: Event) -> None:
    from workbench.data.mosaic import enlarged
    from workbench.data.picture_files import write_film

    write_film(path, [enlarged(frame, _FILM_SIDE) for frame in frames], FILM_RATE, report, cancel)


def _write_arrays(path: Path, arrays: Any, report: Report, cancel: Event) -> None:
    from workbench.evaluation.predictions import write_arrays

    write_arrays(path, arrays)


PNG = Kind("PNG image", ".png", _write_png)
GIF = Kind("GIF film", ".gif", _write_film)
MP4 = Kind("MP4 film", ".mp4", _write_film)
ARRAYS = Kind("Arrays", ".npz", _write_arrays)


class Saver(QObject):
    """Asks for a name and writes; `work` has progress and cancel."""

    saved = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._folder = Path.home()
        self._path = Path()
        self.work = Background(self)
        self.work.done.connect(lambda _: self.saved.emit(f"Saved {self._path}"))
        self.work.failed.connect(self.failed)

    def save(self, kind: Kind, stem: str, make: Callable[[], Any]) -> None:
        """What `make` gives, called in the thread, as a file of this kind."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, f"Save as {kind.title}", str(self._folder / f"{stem}{kind.suffix}"), _filter(kind)
        )
        if not name:
            return
        path = Path(name)
        path = path if path.suffix.lower() == kind.suffix else path.with_name(path.name + kind.suffix)
        self._folder, self._path = path.parent, path

        def work(report: Report, cancel: Event) -> None:
            kind.write(path, make(), report, cancel)

        self.work.start(f"Saving {path.name}", work, _expected)

    def close(self) -> None:
        """Cancels, and waits."""
        self.work.close()


class SaveButton(QPushButton):
    """What a page can save, as a menu."""

    def __init__(self, entries: Sequence[tuple[str, Callable[[], None]]], parent: QWidget | None = None) -> None:
        super().__init__("Save", parent)
        self.setToolTip("Save what is shown")
        menu = QMenu(self)
        for text, act in entries:
            menu.addAction(text).triggered.connect(lambda _=False, act=act: act())
        self.setMenu(menu)


def _filter(kind: Kind) -> str:
    return f"{kind.title} (*{kind.suffix})"


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.picture_files import CannotWrite

    return (CannotWrite, OSError)
