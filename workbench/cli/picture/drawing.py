"""From a project's graphs to shapes: nodes where they stand on the canvas, wires with what they carry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench import locations
from workbench.analysis import GraphAnalysis, LayerReport
from workbench.cli.picture.shapes import (
    NAME_SIZE,
    SMALL_SIZE,
    TEXT_SIZE,
    Box,
    Drawing,
    Line,
    Shape,
    Words,
    elided,
    font,
)
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.graph.layout import ROW_GAP, layered
from workbench.layers import Category
from workbench.project import LiveAnalysis, Project
from workbench.text import visible

Theme = Literal["light", "dark"]
Position = tuple[float, float]
_WIDTH, _HEIGHT = 160.0, 72.0
"""Of a node, as on the canvas."""
_MARGIN, _HEADING = 24.0, 32.0
_STRIPE, _RADIUS, _LEFT = 6.0, 6.0, 16.0
_LINES = (17.0, 38.0, 56.0)
_SHEET = 3.0
_STEPS = 16
_STUB = 16.0


@dataclass(frozen=True)
class _Colours:
    """A theme's tokens."""

    colors: Mapping[str, str]
    categories: Mapping[str, str]

    @classmethod
    def of(cls, theme: Theme) -> _Colours:
        text = (locations.resources() / "themes" / f"{theme}.json").read_text(encoding="utf-8")
        tokens: dict[str, Any] = json.loads(text)
        return cls(tokens["colors"], tokens["categories"])


def drawing_of(project: Project, analysis: LiveAnalysis, theme: Theme = "light") -> Drawing:
    """All graphs of a project below one another; several have their names above them."""
    colours = _Colours.of(theme)
    shapes: list[Shape] = []
    top, width = _MARGIN, 0.0
    for name, graph in project.graphs.items():
        if len(project.graphs) > 1:
            shapes.append(Words(_MARGIN, top + _HEADING / 2, visible(name), colours.colors["text"], 14, bold=True))
            top += _HEADING
        part, size = _graph(graph, analysis.of(name), colours, top)
        shapes += part
        width, top = max(width, size[0]), top + size[1] + ROW_GAP
    height = top - ROW_GAP + _MARGIN if project.graphs else 2 * _MARGIN
    return Drawing(width + 2 * _MARGIN, height, colours.colors["canvas"], tuple(shapes))


def _graph(
    graph: Graph, analysis: GraphAnalysis, colours: _Colours, top: float
) -> tuple[list[Shape], tuple[float, float]]:
    places = {node.id: node.position for node in graph}
    if len(set(places.values())) < len(places):
        places = layered(graph)  # never laid out: a file that was written by hand, or imported
    if not places:
        return [], (0, 0)
    left, upper = (min(place[axis] for place in places.values()) for axis in (0, 1))
    places = {node: (x - left + _MARGIN, y - upper + top) for node, (x, y) in places.items()}
    shapes: list[Shape] = []
    for wire in graph.wires:
        shapes += _wire(wire, places, analysis, colours)
    for node in graph:
        shapes += _node(node, places[node.id], analysis, colours)
    right, lower = (max(place[axis] for place in places.values()) for axis in (0, 1))
    return shapes, (right + _WIDTH - _MARGIN, lower + _HEIGHT - top)


def _node(node: Node, place: Position, analysis: GraphAnalysis, colours: _Colours) -> Iterator[Shape]:
    kind = analysis.catalogue.get(node.type)
    color = colours.colors
    category = kind.category if kind else Category.OPAQUE
    x, y = place
    if category is Category.BLOCK:
        for sheet in (2, 1):
            yield Box(
                x + sheet * _SHEET, y + sheet * _SHEET, _WIDTH, _HEIGHT, color["node"], color["node_border"], _RADIUS
            )
    yield Box(x, y, _WIDTH, _HEIGHT, color["node"], color["node_border"], _RADIUS)
    yield Box(x, y + _RADIUS, _STRIPE, _HEIGHT - 2 * _RADIUS, colours.categories[category.value])
    summary = kind.summary(kind.full_params(node.params)) if kind else ""
    lines = (
        (node.name, NAME_SIZE, color["text"]),
        (summary or (kind.label if kind else node.type), TEXT_SIZE, color["text"]),
        (_cost(analysis.report(node.id)), SMALL_SIZE, color["text_muted"]),
    )
    for number, ((text, size, fill), down) in enumerate(zip(lines, _LINES, strict=True)):
        words = elided(visible(text), size, _WIDTH - _LEFT - 10)
        if words:
            yield Words(x + _LEFT, y + down, words, fill, size, bold=number == 0)


def _cost(report: LayerReport) -> str:
    return f"{report.params:,} params" if report.params else ""


def _wire(wire: Wire, places: Mapping[NodeId, Position], analysis: GraphAnalysis, colours: _Colours) -> Iterator[Shape]:
    spec = analysis.wire_spec(wire)
    start = places[wire.source][0] + _WIDTH, places[wire.source][1] + _HEIGHT / 2
    end = places[wire.target][0], places[wire.target][1] + _HEIGHT / 2
    points = _curve(start, end) if end[0] > start[0] else _round(start, end)
    token = "wire" if spec is not None else "wire_unknown"
    yield Line(points, colours.colors[token], dashed=spec is None)
    if spec is None:
        return
    text = str(spec)
    room = font(SMALL_SIZE).getlength(text) + 8
    if end[0] > start[0] and end[0] - start[0] < room:
        room, text = 0.0, ""
    if text:
        x, y = points[len(points) // 2]
        x = (start[0] + end[0]) / 2 if end[0] > start[0] else x
        yield Box(x - room / 2, y - 8, room, 16, colours.colors["canvas"], radius=3)
        yield Words(x, y, text, colours.colors["text_muted"], SMALL_SIZE, anchor="middle")


def _curve(start: Position, end: Position) -> tuple[Position, ...]:
    """A cubic that leaves and arrives level."""
    reach = max(_STUB, (end[0] - start[0]) / 2)
    ends = start, (start[0] + reach, start[1]), (end[0] - reach, end[1]), end
    found = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x, y = (sum(weight * point[axis] for weight, point in zip(weights, ends, strict=True)) for axis in (0, 1))
        found.append((x, y))
    return tuple(found)


def _round(start: Position, end: Position) -> tuple[Position, ...]:
    """To the row below: out to the right, back between the rows, in from the left."""
    right, left, low = start[0] + _STUB, end[0] - _STUB, start[1] + _HEIGHT / 2 + 16
    middle = (right + left) / 2
    return (start, (right, start[1]), (right, low), (middle, low), (left, low), (left, end[1]), end)
