"""A graph as a picture without a screen: shapes from the layout, written as SVG or PNG."""

from workbench.cli.picture.drawing import drawing_of
from workbench.cli.picture.png import to_png
from workbench.cli.picture.shapes import Drawing
from workbench.cli.picture.svg import to_svg

__all__ = ["Drawing", "drawing_of", "to_png", "to_svg"]
