"""How a SPEC becomes a source."""

from __future__ import annotations

from workbench.data.facts import BUILT_IN
from workbench.data.source import DatasetError, Source
from workbench.data.sources.digits import read_digits


def open_source(spec: str) -> Source:
    """The dataset that a SPEC of the command line names. Raises DatasetError."""
    if spec == "digits":
        return read_digits()
    came = repr(spec) if spec else "none, the project names no data"
    raise DatasetError(f"Expected a dataset: {', '.join(BUILT_IN)}. Received: {came}")
