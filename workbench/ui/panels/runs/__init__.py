"""The Runs panel: every run, compared, noted, searched; and sweeps."""

from workbench.ui.panels.runs.panel import RunsPanel

__all__ = ["RunsPanel"]
