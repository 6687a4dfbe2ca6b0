"""How a SPEC becomes a source."""

from __future__ import annotations

from threading import Event

from workbench.data.facts import BUILT_IN
from workbench.data.progress import Progress
from workbench.data.source import DatasetError, Source
from workbench.data.sources.digits import read_digits


def open_source(spec: str, group: str = "", progress: Progress | None = None, cancel: Event | None = None) -> Source:
    """The dataset that a SPEC of the command line names; `group` is the column of a CSV whose values stay together.

    Raises DatasetError, and Cancelled.
    """
    if spec == "digits":
        return read_digits()
    came = repr(spec) if spec else "none, the project names no data"
    raise DatasetError(f"Expected a dataset: {', '.join(BUILT_IN)}. Received: {came}")
