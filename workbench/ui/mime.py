"""What is dragged between parts of the window."""

LAYER = "application/x-workbench-layer"
"""A layer type's key in UTF-8: dragged from the palette, dropped on the canvas."""
