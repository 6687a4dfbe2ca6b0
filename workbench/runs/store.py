"""The folder of all runs: creating, listing and finding them."""

import contextlib
import re
import shutil
import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from workbench.runs import files
from workbench.runs.active import ActiveRun
from workbench.runs.errors import RunStoreError, cannot
from workbench.runs.record import RunRecord, RunStatus, encode_record
from workbench.runs.run import DamagedRun, Run
from workbench.text import did_you_mean

LATEST = "latest"
_DATED = re.compile(r"-\d{8}-\d{6}(-\d+)?$")
_STEM_LENGTH = 40


class RunStore:
    """The runs under `root`; the folder is made when the first run is."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()

    def create(self, stem: str, project: str, seed: int, **facts: Any) -> ActiveRun:
        """Begins a run named `<stem>-<date>-<time>`, holding its lock.

        `project` is the text of the project file, `facts` are other fields of `RunRecord`. The folder appears
        with its record and snapshot at once. Raises RunStoreError where the store cannot be written.
        """
        now = datetime.now().astimezone()
        base = f"{run_stem(stem)}-{now:%Y%m%d-%H%M%S}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            staging = self.root / f".new-{uuid.uuid4().hex}"
            staging.mkdir()
        except OSError as error:
            raise cannot("make a run in this folder", self.root, error) from error
        try:
            (staging / files.PROJECT).write_text(project, encoding="utf-8")
            facts |= {"seed": seed, "created": now.isoformat(), "status": RunStatus.RUNNING}
            folder = _place(staging, self.root / base, facts)
        except OSError as error:
            raise cannot("make a run in this folder", self.root, error) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return ActiveRun(folder)

    def list(self) -> list[Run | DamagedRun]:
        """Every run, the newest first, damaged ones after them; [] where the store does not exist yet.

        Raises RunStoreError where the folder cannot be read.
        """
        readable: list[Run] = []
        damaged: list[Run | DamagedRun] = []
        for folder in self._folders():
            try:
                readable.append(Run.open(folder))
            except RunStoreError as error:
                damaged.append(DamagedRun(folder, str(error)))
        return [*sorted(readable, key=_age, reverse=True), *damaged]

    def resolve(self, text: str) -> Run:
        """The run that a person means: "latest", a name in this store, or a path. Raises RunStoreError."""
        return Run.open(self.folder(text))

    def folder(self, text: str) -> Path:
        """The same run's folder, which may be damaged. Raises RunStoreError."""
        if text == LATEST:
            return self._latest().folder
        for folder in (self.root / text, Path(text).expanduser()):
            if text and folder.is_dir() and folder.absolute() != self.root:
                return folder.absolute()
        names = [folder.name for folder in self._folders()]
        raise RunStoreError(f"{self.root}: there is no run {text!r}{did_you_mean(text, names)}")

    def _latest(self) -> Run:
        runs = [run for run in self.list() if isinstance(run, Run)]
        if not runs:
            raise RunStoreError(f"{self.root}: there are no runs here yet")
        return runs[0]

    def _folders(self) -> Sequence[Path]:
        if not self.root.exists():
            return []
        try:
            return sorted(path for path in self.root.iterdir() if path.is_dir() and not path.name.startswith("."))
        except OSError as error:
            raise cannot("read the run store", self.root, error) from error


def _place(staging: Path, wanted: Path, facts: dict[str, Any]) -> Path:
    """Moves the staged run to the wanted name, or to that with the first free number."""
    for number in count(1):
        target = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        record = RunRecord(name=target.name, **facts)
        (staging / files.RECORD).write_bytes(encode_record(record))
        # Renaming onto a folder that holds files fails, so two processes never share a run.
        with contextlib.suppress(FileExistsError, NotADirectoryError):
            if not target.exists():
                return _rename(staging, target)
    raise AssertionError("count() has no end")


def _rename(staging: Path, target: Path) -> Path:
    try:
        return staging.rename(target)
    except OSError as error:
        if target.exists():
            raise FileExistsError(str(target)) from error
        raise


def project_of(run: str) -> str:
    """The stem of a run's name: what `run_stem` gives for the project that it was begun with."""
    return _DATED.sub("", run)


def run_stem(stem: str) -> str:
    """What the names of a project's runs begin with."""
    slug = re.sub(r"[^\w-]+", "-", stem.lower(), flags=re.ASCII).strip("-_")
    return slug[:_STEM_LENGTH] or "run"


def _age(run: Run) -> tuple[float, str]:
    try:
        return datetime.fromisoformat(run.record.created).timestamp(), run.name
    except ValueError:
        return 0.0, run.name
