"""What a GAN's run folder holds, read in threads: grids of fixed noise, metrics, kept epochs, measured quality."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_GRID_FACTS = "grid.json"
_EVALUATIONS = "evaluations"
_QUALITY = "quality-*.json"


@dataclass(frozen=True)
class GridFacts:
    """How a grid of samples is laid out, and which points it shows."""

    columns: int
    rows: int
    count: int
    seed: int
    labels: tuple[int, ...] = ()


@dataclass(frozen=True)
class History:
    """A GAN's run as it is now. `grids` are pictures by epoch (0: untrained), `rows` the metrics of each epoch,
    `kept` the epochs whose weights there are, `quality` the newest table of `MeasureQuality`.
    """

    folder: Path
    facts: GridFacts | None = None
    grids: dict[int, Path] = field(default_factory=dict)
    rows: tuple[dict[str, float], ...] = ()
    kept: tuple[int, ...] = ()
    class_names: tuple[str, ...] = ()
    planned: int = 0
    quality: dict[str, Any] | None = None

    @property
    def epochs(self) -> tuple[int, ...]:
        """Those with a grid, in order."""
        return tuple(sorted(self.grids))


def is_gan(folder: Path) -> bool:
    """Whether a run has a grid of samples."""
    from workbench.runs.files import SAMPLES

    return (folder / SAMPLES / _GRID_FACTS).is_file()


def gans_among(folders: Iterable[Path]) -> tuple[Path, ...]:
    """The runs that are a GAN's, in their order."""
    return tuple(folder for folder in folders if is_gan(folder))


def read_history(folder: Path) -> History:
    """Everything but weights and pixels. Raises RunStoreError."""
    from workbench.runs import Run
    from workbench.runs.files import SAMPLES

    run = Run.open(folder)
    facts = _facts(folder / SAMPLES / _GRID_FACTS)
    grids = {int(path.stem): path for path in (folder / SAMPLES).glob("[0-9]*.png") if path.stem.isdecimal()}
    return History(
        folder=folder,
        facts=facts,
        grids=dict(sorted(grids.items())) if facts else {},
        rows=tuple(run.metrics()),
        kept=tuple(run.kept_epochs()),
        class_names=run.record.class_names if facts and facts.labels else (),
        planned=run.record.epochs_planned,
        quality=_quality(folder),
    )


def _facts(path: Path) -> GridFacts | None:
    """None where the file is missing or does not fit: the run is then shown without its grids."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        facts = GridFacts(
            int(told["columns"]),
            int(told["rows"]),
            int(told["count"]),
            int(told["seed"]),
            tuple(map(int, told.get("labels", ()))),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return facts if facts.columns > 0 and facts.rows > 0 and 0 < facts.count <= facts.columns * facts.rows else None


def _quality(folder: Path) -> dict[str, Any] | None:
    """The newest table that can be read."""
    for path in sorted((folder / _EVALUATIONS).glob(_QUALITY), key=lambda path: path.name, reverse=True):
        try:
            table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if table["points"] and table["class_names"]:
                return table
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
