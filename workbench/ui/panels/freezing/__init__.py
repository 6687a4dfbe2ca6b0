"""The Freezing panel."""

from workbench.ui.panels.freezing.panel import FreezingPanel

__all__ = ["FreezingPanel"]
