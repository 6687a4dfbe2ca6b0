"""The inspector: parameters and facts of the selected nodes."""

from workbench.ui.panels.inspector.panel import InspectorPanel

__all__ = ["InspectorPanel"]
