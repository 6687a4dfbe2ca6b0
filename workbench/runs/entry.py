"""A run as lists show it: everything that can be sorted, searched or said in a line, without its curves and weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from workbench.project.results import headline
from workbench.runs.record import RateChange

DAMAGED = "damaged"


class RunEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One folder of the store. `status` is a `RunStatus` or "damaged"; `params` and `macs` are None where the
    snapshot cannot be analysed; `size` is in bytes; `settings` are those of the training."""

    root: str
    name: str
    status: str
    problem: str = ""
    title: str = ""
    starred: bool = False
    tags: tuple[str, ...] = ()
    sweep: str = ""
    trial: int = 0
    values: dict[str, Any] = {}
    note: str = ""
    project: str = ""
    dataset: str = ""
    created: str = ""
    age: float = 0.0
    """When it began, in seconds since 1970."""
    epochs: int = 0
    planned: int = 0
    best: dict[str, float] = {}
    monitor: str = ""
    """The metric that decided which epoch is best."""
    best_epoch: int = 0
    last: dict[str, float] = {}
    seconds: float = 0.0
    device: str = ""
    seed: int = 0
    settings: dict[str, Any] = {}
    rate_changes: tuple[RateChange, ...] = ()
    params: int | None = None
    macs: int | None = None
    size: int = 0
    has_weights: bool = False
    kept_epochs: tuple[int, ...] = ()
    """Epochs that another training can begin from."""

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return Path(self.root, self.name)

    @property
    def shown_name(self) -> str:
        """What to call it."""
        return self.title or self.name

    @property
    def headline(self) -> tuple[str, float] | None:
        """Name and value of the metric that decided which epoch is best."""
        return headline(self.best, self.monitor)
