"""The parts of a dataset as the panel shows them."""

PART_WORDS = ("Training", "Validation", "Test")
PART_SHORT = ("Train", "Val.", "Test")
"""Where there is little room."""
PART_TOKENS = ("plot_1", "plot_2", "plot_3")
"""Colours, as the curves have them."""
