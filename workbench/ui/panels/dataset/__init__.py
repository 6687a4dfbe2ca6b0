"""The Data panel."""

from workbench.ui.panels.dataset.panel import DatasetPanel

__all__ = ["DatasetPanel"]
