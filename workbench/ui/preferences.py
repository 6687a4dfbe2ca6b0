"""What the user prefers and what the window remembers, in `settings.ini` in the settings folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from workbench import locations
from workbench.ui.theme import ThemeChoice

RECENT_KEPT = 10
AUTOSAVE_SECONDS = 30
AUTOSAVE_RANGE = (5, 600)
DEVICES = ("auto", "cpu")
"""Device choices that exist everywhere; the engine reports the rest."""


class Preferences(QObject):
    """Typed access to the settings file. A value that cannot be read counts as not set."""

    changed = Signal(str)
    """The name of a preference that has another value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = QSettings(str(locations.settings_folder() / "settings.ini"), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeChoice:
        """Light, dark, or as the system is."""
        value = self._text("preferences/theme", ThemeChoice.SYSTEM.value)
        return ThemeChoice(value) if value in set(ThemeChoice) else ThemeChoice.SYSTEM

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._set("theme", choice.value)

    @property
    def device(self) -> str:
        """Where to train: `auto`, `cpu`, `gpu:0` and so on."""
        return self._text("preferences/device", DEVICES[0])

    @device.setter
    def device(self, device: str) -> None:
        self._set("device", device)

    @property
    def autosave_seconds(self) -> int:
        """Seconds from a change to its autosave."""
        text = self._text("preferences/autosave_seconds", str(AUTOSAVE_SECONDS))
        low, high = AUTOSAVE_RANGE
        return min(max(int(text), low), high) if text.isdecimal() else AUTOSAVE_SECONDS

    @autosave_seconds.setter
    def autosave_seconds(self, seconds: int) -> None:
        self._set("autosave_seconds", str(seconds))

    @property
    def runs_folder(self) -> Path:
        """The run store, as the command line sees it too."""
        return locations.runs_folder()

    @runs_folder.setter
    def runs_folder(self, folder: Path | None) -> None:
        """None returns to the default. Raises OSError where the choice cannot be written down."""
        locations.choose_runs_folder(folder)
        self.changed.emit("runs_folder")

    @property
    def recent(self) -> tuple[Path, ...]:
        """Projects opened or saved last, newest first; those that are gone are left out."""
        paths = (Path(text) for text in self._text("window/recent", "").split("\n") if text)
        return tuple(path for path in paths if path.is_file())

    def remember(self, path: Path) -> None:
        """Puts a project at the head of the recent ones."""
        path = path.absolute()
        paths = [path, *(other for other in self.recent if other != path)][:RECENT_KEPT]
        self._file.setValue("window/recent", "\n".join(map(str, paths)))
        self.changed.emit("recent")

    def forget_recent(self) -> None:
        """Empties the list of recent projects."""
        self._file.remove("window/recent")
        self.changed.emit("recent")

    @property
    def recent_data(self) -> tuple[str, ...]:
        """SPECs of the data used last, newest first."""
        return tuple(text for text in self._text("window/recent_data", "").split("\n") if text)

    def remember_data(self, spec: str) -> None:
        """Puts a SPEC at the head of the recent ones."""
        if not spec or "\n" in spec:
            return
        specs = [spec, *(other for other in self.recent_data if other != spec)][:RECENT_KEPT]
        if tuple(specs) != self.recent_data:
            self._file.setValue("window/recent_data", "\n".join(specs))
            self.changed.emit("recent_data")

    def window_state(self, name: str) -> QByteArray | None:
        """What was kept under this name, or None."""
        value = self._file.value(f"window/{name}")
        return value if isinstance(value, QByteArray) else None

    def keep_window_state(self, name: str, state: QByteArray) -> None:
        """Keeps geometry or the arrangement of docks for the next start."""
        self._file.setValue(f"window/{name}", state)

    def _text(self, key: str, default: str) -> str:
        value = self._file.value(key, default)
        return value if isinstance(value, str) else default

    def _set(self, name: str, value: str) -> None:
        self._file.setValue(f"preferences/{name}", value)
        self.changed.emit(name)
