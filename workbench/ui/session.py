"""Opening, saving and closing projects, as a person goes about it. Every failure is one notice; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget

from workbench.graph import Graph
from workbench.project import (
    SUFFIX,
    FileProblem,
    FileState,
    Loaded,
    Project,
    ProjectFileError,
    Recovery,
    Snapshot,
    load_project,
    save_project,
)
from workbench.templates import get_template
from workbench.ui import quantities
from workbench.ui.aside import done_aside
from workbench.ui.document import Document
from workbench.ui.fields import finish_writing
from workbench.ui.keeper import Keeper, left_behind
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.preferences import Preferences

FILTER = f"CNN Workbench projects (*{SUFFIX})"
FIRST_TEMPLATE = "lenet5"
_TOPIC = "file"
_DISK = "file on disk"


def first_project() -> Project:
    """What a window without a file starts with: LeNet-5 with the bundled digits, ready to train."""
    return get_template(FIRST_TEMPLATE).build()


def first_gan() -> Project:
    """A DCGAN on Fashion-MNIST, ready to train: minutes on a CPU."""
    return get_template("dcgan").build({"size": "28", "channels": 1, "width": 0.5, "data": "fashion_mnist"})


def empty_project() -> Project:
    """An empty canvas."""
    return Project([Graph("model")])


class Session(QObject):
    """What happens to the document as a whole. Questions are asked over `window`."""

    def __init__(
        self, document: Document, preferences: Preferences, board: NoticeBoard, keeper: Keeper, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document = document
        self._preferences = preferences
        self._board = board
        self._keeper = keeper
        self._window = window
        self._saving = False

    def start(self, project: Project, *, saved: bool = True) -> bool:
        """Puts a new project without a file into the window, unless the user would rather keep the old one.

        `saved` says that nothing would be lost by closing it again.
        """
        if not self.may_leave():
            return False
        self._board.withdraw(_TOPIC)
        self._document.replace(project, saved=saved)
        return True

    def choose_and_open(self) -> bool:
        """Asks for a file and opens it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open project", str(self.folder()), FILTER)
        return bool(name) and self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Opens a project. A file that cannot be opened leaves the window as it is and says why."""
        if not self.may_leave():
            return False
        return self._show(path)

    def _show(self, path: Path) -> bool:
        on_disk = FileState.of(path)
        loaded = self._load(path)
        if loaded is None:
            return False
        self._document.replace(loaded.project, path.absolute(), saved=not loaded.problems)
        self._document.on_disk = on_disk
        self._board.withdraw(_DISK)
        self._preferences.remember(path)
        self._tell_left_out(path, loaded.problems)
        return True

    def open_copy(self, path: Path) -> bool:
        """Opens what a file holds as a new project without a file: a run's own project stays as it was trained."""
        if not self.may_leave():
            return False
        loaded = self._load(path)
        if loaded is None:
            return False
        self._document.replace(loaded.project)
        self._tell_left_out(path, loaded.problems)
        return True

    def open_first(self, names: Iterable[str]) -> bool:
        """Opens the first project among some files that were dropped on the window."""
        projects = (Path(name) for name in names if name.endswith(SUFFIX))
        first = next(projects, None)
        return first is not None and self.open(first)

    def save(self) -> bool:
        """Saves to the project's file; asks for one where there is none, and where another program changed it."""
        path = self._document.path
        if path is None:
            return self.save_as()
        if not self._is_replaced():
            return self.save_to(path)
        act = self._ask_about_the_file()
        return act is not None and act()

    def look_at_the_file(self) -> None:
        """Says when another program has changed the project's file. The window does it when it comes to the front."""
        if not self._is_replaced() or self._saving:
            return
        assert self._document.path is not None
        lost = " Reloading gives up the changes made here." if self._document.modified else ""
        message = f"{self._document.path.name} was changed by another program.{lost}"
        buttons = (("Reload", self._reload), ("Keep mine", self._keep_mine), ("Save as…", self.save_as))
        self._board.post(Notice(Level.WARNING, message, buttons=buttons, topic=_DISK))

    def _is_replaced(self) -> bool:
        known, path = self._document.on_disk, self._document.path
        return known is not None and known.path == path and known.replaced()

    def _ask_about_the_file(self) -> Callable[[], bool] | None:
        """What to do where saving would overwrite what another program wrote; None: nothing."""
        assert self._document.path is not None
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Changed on disk")
        box.setText(f"“{self._document.path.name}” was changed by another program since it was opened here.")
        box.setInformativeText("Saving would overwrite those changes. Reloading gives up the changes made here.")
        roles = QMessageBox.ButtonRole
        acts: dict[QAbstractButton, Callable[[], bool]] = {
            box.addButton("Save as…", roles.AcceptRole): self.save_as,
            box.addButton("Overwrite", roles.DestructiveRole): self._overwrite,
            box.addButton("Reload", roles.DestructiveRole): self._reload,
        }
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        chosen = acts.get(box.clickedButton())
        box.deleteLater()
        return chosen

    def _overwrite(self) -> bool:
        assert self._document.path is not None
        return self.save_to(self._document.path)

    def _reload(self) -> bool:
        assert self._document.path is not None
        return self._show(self._document.path)

    def _keep_mine(self) -> None:
        """What is on the disk now is known: the next saving overwrites it."""
        if self._document.path is not None:
            self._document.on_disk = FileState.of(self._document.path)
        self._document.mark_unsaved()

    def save_as(self) -> bool:
        """Asks for a file and saves to it."""
        dialog = QFileDialog(self._window, "Save project", str(self.folder()), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.selectFile(self._document.title + SUFFIX)
        chosen = dialog.exec() == QFileDialog.DialogCode.Accepted
        names = dialog.selectedFiles()
        dialog.deleteLater()
        return chosen and bool(names) and self.save_to(Path(names[0]))

    def save_to(self, path: Path) -> bool:
        """Saves to a file, which is the project's from now on."""
        finish_writing()
        state = Snapshot.of(self._document.project)
        self._saving = True
        try:
            done_aside(lambda: save_project(state.project(), path))
        except ProjectFileError as error:
            elsewhere = (("Save as…", self.save_as),)
            self._board.post(Notice(Level.ERROR, f"Not saved: {error}", buttons=elsewhere, topic=_TOPIC))
            return False
        finally:
            self._saving = False
        self._board.withdraw(_TOPIC)
        self._board.withdraw(_DISK)
        self._document.mark_saved(path.absolute())
        self._document.on_disk = FileState.of(path)
        self._preferences.remember(path)
        return True

    def may_leave(self) -> bool:
        """True when the project may go: it is saved, or the user gives its changes up."""
        if self._saving:
            return False
        finish_writing()
        if not self._document.modified:
            return True
        answer = self._ask_about_changes()
        if answer == QMessageBox.StandardButton.Save:
            return self.save()
        return answer == QMessageBox.StandardButton.Discard

    def offer_recovery(self) -> None:
        """A notice for every document that a crash left behind."""
        for recovery in left_behind():
            name = recovery.original.name if recovery.original else "a project without a file"
            when = f"{recovery.saved.astimezone():%d %B, %H:%M}"
            message = f"The last session ended without closing {name}. Its state of {when} was kept."
            buttons = (("Recover", partial(self.recover, recovery)), ("Discard", recovery.discard))
            self._board.post(
                Notice(Level.WARNING, message, buttons=buttons, topic=f"recovery {recovery.folder}", of_project=False)
            )

    def recover(self, recovery: Recovery) -> None:
        """Opens what a crash left behind; it is deleted only when this window has kept it too."""
        if not self.may_leave():
            self.offer_recovery()
            return
        try:
            loaded = recovery.load()
        except ProjectFileError as error:
            self._board.post(Notice(Level.ERROR, f"The kept state cannot be opened: {error}", topic=_TOPIC))
            return
        self._document.replace(loaded.project, recovery.original, saved=False)
        # As that window knew the file: what another program wrote since is asked about before it is overwritten.
        original = recovery.original
        self._document.on_disk = FileState(original.absolute(), recovery.digest) if original else None
        if self._keeper.keep():
            recovery.discard()
        self.look_at_the_file()

    def _load(self, path: Path) -> Loaded | None:
        try:
            loaded = load_project(path)
        except ProjectFileError as error:
            self._board.post(Notice(Level.ERROR, f"Cannot open {error}", topic=_TOPIC))
            return None
        self._board.withdraw(_TOPIC)
        return loaded

    def _ask_about_changes(self) -> int:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"Save the changes to “{self._document.title}”?")
        box.setInformativeText("Without saving they are lost.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        return answer

    def _tell_left_out(self, path: Path, problems: tuple[FileProblem, ...]) -> None:
        if not problems:
            return
        count = quantities.counted(len(problems), "part")
        message = f"{path.name}: {count} could not be read and would be lost by saving."
        detail = "\n".join(map(str, problems))
        self._board.post(Notice(Level.WARNING, message, detail, topic=_TOPIC))

    def folder(self) -> Path:
        """Where the user keeps projects: the folder of this one, or of the last."""
        recent = self._preferences.recent
        known = self._document.path or (recent[0] if recent else None)
        return known.parent if known else Path.home()
