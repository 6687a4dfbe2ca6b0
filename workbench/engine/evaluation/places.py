"""Where results are kept, in the run's folder, named after what they are and when; and what is said beside them."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path

from workbench.runs import Run

FOLDER = "evaluations"
_TOLD = 5
"""Unreadable images named in the notes; the others are counted."""


def result_file(run: Run, kind: str, suffix: str = ".npz") -> Path:
    """A path that is free: `evaluations/<kind>-<date>-<time><suffix>`."""
    stem = f"{kind}-{datetime.now():%Y%m%d-%H%M%S}"
    names = (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}" for number in count(1))
    return next(path for path in (run.folder / FOLDER / name for name in names) if not path.exists())


def unreadable_told(problems: list[str]) -> list[str]:
    """The note on images that could not be read; none where all could."""
    if not problems:
        return []
    more = f"; and {len(problems) - _TOLD:,} more" if len(problems) > _TOLD else ""
    counted = "1 image" if len(problems) == 1 else f"{len(problems):,} images"
    return [f"{counted} could not be read and are left out: {'; '.join(problems[:_TOLD])}{more}"]
