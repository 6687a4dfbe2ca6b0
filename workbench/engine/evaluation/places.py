"""Where results are kept: in the run's folder, named after what they are and when."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path

from workbench.runs import Run

FOLDER = "evaluations"


def result_file(run: Run, kind: str, suffix: str = ".npz") -> Path:
    """A path that is free: `evaluations/<kind>-<date>-<time><suffix>`."""
    stem = f"{kind}-{datetime.now():%Y%m%d-%H%M%S}"
    names = (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}" for number in count(1))
    return next(path for path in (run.folder / FOLDER / name for name in names) if not path.exists())
