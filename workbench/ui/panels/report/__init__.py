"""The model report: every layer with what it gives and costs."""

from workbench.ui.panels.report.panel import ReportPanel

__all__ = ["ReportPanel"]
