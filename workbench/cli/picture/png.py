"""A drawing as PNG, by Pillow and its own font."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from math import hypot
from typing import Any

from PIL import Image, ImageDraw

from workbench.cli.picture.shapes import Box, Drawing, Line, Words, font

MOST_PIXELS = 100_000_000
_DASH = 5.0
_ANCHORS = {"start": "lm", "middle": "mm", "end": "rm"}


def to_png(drawing: Drawing, scale: float = 2.0) -> bytes:
    """The whole file, `scale` pixels to one of the drawing. Raises ValueError where that is too large."""
    width, height = round(drawing.width * scale), round(drawing.height * scale)
    if width * height > MOST_PIXELS:
        raise ValueError(f"Expected at most {MOST_PIXELS:,} pixels. Received: {width:,} x {height:,}")
    image = Image.new("RGB", (width, height), drawing.ground)
    canvas = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        _DRAW[type(shape)](canvas, shape, scale)
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _box(canvas: ImageDraw.ImageDraw, box: Box, scale: float) -> None:
    place = [box.x * scale, box.y * scale, (box.x + box.width) * scale, (box.y + box.height) * scale]
    width = max(1, round(scale)) if box.stroke else 0
    canvas.rounded_rectangle(place, box.radius * scale, box.fill, box.stroke or None, width)


def _line(canvas: ImageDraw.ImageDraw, line: Line, scale: float) -> None:
    points = [(x * scale, y * scale) for x, y in line.points]
    width = max(1, round(line.width * scale))
    if not line.dashed:
        canvas.line(points, line.stroke, width, joint="curve")
        return
    for start, end in pairwise(points):
        count = max(1, round(hypot(end[0] - start[0], end[1] - start[1]) / (_DASH * scale)))
        for step in range(0, count, 2):
            ends = [tuple(a + (b - a) * at / count for a, b in zip(start, end, strict=True)) for at in (step, step + 1)]
            canvas.line([(ends[0][0], ends[0][1]), (ends[1][0], ends[1][1])], line.stroke, width)


def _words(canvas: ImageDraw.ImageDraw, words: Words, scale: float) -> None:
    place, size = (words.x * scale, words.y * scale), max(1, round(words.size * scale))
    for number in range(2 if words.bold else 1):  # Pillow's own font has one weight
        canvas.text(
            (place[0] + number * scale / 4, place[1]), words.text, words.fill, font(size), _ANCHORS[words.anchor]
        )


_DRAW: dict[type, Any] = {Box: _box, Line: _line, Words: _words}
