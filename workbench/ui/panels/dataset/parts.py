"""The parts of a dataset as the panel shows them, and text that fits narrow places."""

import re

PART_WORDS = ("Training", "Validation", "Test")
PART_SHORT = ("Train", "Val.", "Test")
"""Where there is little room."""
PART_TOKENS = ("plot_1", "plot_2", "plot_3")
"""Colours, as the curves have them."""


def breakable(text: str) -> str:
    """Long paths and names may break behind what divides their words."""
    return re.sub(r"([/_\-.])(?=\w)", "\\1\u200b", text)
