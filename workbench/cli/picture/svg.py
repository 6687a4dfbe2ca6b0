"""A drawing as SVG: text stays text."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from workbench.cli.picture.shapes import Box, Drawing, Line, Shape, Words, font

_FONTS = "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif"
_BASELINE = 0.36
"""Of the size of type: from the middle of a line down to its baseline."""


def to_svg(drawing: Drawing) -> str:
    """The whole file."""
    width, height = f"{drawing.width:g}", f"{drawing.height:g}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{_FONTS}">'
    )
    ground = f'<rect width="{width}" height="{height}" fill="{drawing.ground}"/>'
    return "\n".join([head, ground, *map(_element, drawing.shapes), "</svg>", ""])


def _element(shape: Shape) -> str:
    match shape:
        case Box():
            stroke = f' stroke="{shape.stroke}"' if shape.stroke else ""
            size = f'width="{shape.width:g}" height="{shape.height:g}" rx="{shape.radius:g}"'
            return f'<rect x="{shape.x:g}" y="{shape.y:g}" {size} fill="{shape.fill}"{stroke}/>'
        case Line():
            points = " ".join(f"{x:.6g},{y:.6g}" for x, y in shape.points)
            dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
            look = f'fill="none" stroke="{shape.stroke}" stroke-width="{shape.width:g}" stroke-linejoin="round"'
            return f'<polyline points="{points}" {look}{dashes}/>'
        case Words():
            weight = ' font-weight="600"' if shape.bold else ""
            place = f'x="{shape.x:g}" y="{shape.y + _BASELINE * shape.size:g}" text-anchor={quoteattr(shape.anchor)}'
            # Whatever font the reader has, words take the room that was measured for them.
            fit = f'textLength="{font(shape.size).getlength(shape.text):.4g}" lengthAdjust="spacingAndGlyphs"'
            look = f'font-size="{shape.size}"{weight} fill="{shape.fill}" {fit}'
            return f"<text {place} {look}>{escape(shape.text)}</text>"
