"""Where ports are and how wires run."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from workbench.ui.canvas.geometry import (
    NODE_HEIGHT,
    NODE_WIDTH,
    NodeShape,
    PortShape,
    free_place,
    snap,
    wire_path,
)

START, END = QPointF(160, 36), QPointF(960, 36)


def box(x: float, y: float) -> QRectF:
    return QRectF(x, y, NODE_WIDTH, NODE_HEIGHT)


def runs_through(path: QPainterPath, area: QRectF) -> bool:
    return any(area.contains(path.pointAtPercent(step / 400)) for step in range(401))


def test_a_single_port_is_at_the_middle_of_its_edge():
    shape = NodeShape((PortShape("input"),), (PortShape("output"),))
    assert shape.port_middle("input", is_output=False) == QPointF(0, NODE_HEIGHT / 2)
    assert shape.port_middle("output", is_output=True) == QPointF(NODE_WIDTH, NODE_HEIGHT / 2)


def test_ports_never_overlap_and_stay_on_the_node():
    shape = NodeShape(tuple(PortShape(f"in{index}") for index in range(9)))
    rects = [shape.port_rect(port.name, is_output=False) for port in shape.inputs]
    assert all(above.bottom() < below.top() for above, below in pairwise(rects))
    assert 0 < rects[0].top() < rects[-1].bottom() < shape.height


@pytest.mark.parametrize("wires", [2, 3, 8, 40])
def test_ends_at_a_port_for_several_are_in_order_and_within_it(wires: int):
    shape = NodeShape((PortShape("inputs", variadic=True, wires=wires),))
    heights = [shape.wire_end("inputs", place).y() for place in range(wires)]
    assert heights == sorted(heights)
    assert len(set(heights)) == wires
    pill = shape.port_rect("inputs", is_output=False)
    assert pill.top() <= heights[0] < heights[-1] <= pill.bottom()
    assert pill.top() >= 0
    assert pill.bottom() <= shape.height


def test_a_port_that_is_not_known_is_on_the_edge():
    assert NodeShape().port_middle("gone", is_output=False) == QPointF(0, NODE_HEIGHT / 2)


@pytest.mark.parametrize(("value", "line"), [(3, 0), (5, 8), (-5, -8), (16, 16)])
def test_snapping(value: float, line: float):
    assert snap(value) == line


def test_a_free_place_is_the_wanted_one_or_below_what_stands_there():
    assert free_place((3, 5), []) == (0, 8)
    taken = [(0.0, 0.0), (0.0, 104.0)]
    x, y = free_place((8, 8), taken)
    assert x == 8
    assert not any(box(x, y).intersects(box(*other)) for other in taken)


def test_a_free_way_is_direct():
    path = wire_path(START, END, [box(400, 200)])
    assert path.boundingRect().height() == 0


def test_a_wire_goes_around_the_nearest_side():
    above, below = [box(400, -20)], [box(400, 20)]
    for obstacles in (above, below):
        path = wire_path(START, END, obstacles)
        assert not runs_through(path, obstacles[0])
        assert path.currentPosition() == END
    assert wire_path(START, END, above).pointAtPercent(0.5).y() > 36
    assert wire_path(START, END, below).pointAtPercent(0.5).y() < 36


def test_a_wire_goes_around_a_wall_of_nodes():
    wall = [box(400, y) for y in (-160, -80, 0, 80)]
    path = wire_path(START, END, wall)
    assert not any(runs_through(path, part) for part in wall)


def test_a_wire_back_to_the_next_row_runs_between_the_rows():
    path = wire_path(QPointF(900, 36), QPointF(0, 196))
    assert path.pointAtPercent(0.5).y() == pytest.approx(116)
    assert path.boundingRect().right() > 900
    assert path.boundingRect().left() < 0


def test_a_wire_back_over_a_row_keeps_clear_of_its_nodes():
    row = [box(x, 160) for x in (0, 240, 480, 720)]
    path = wire_path(QPointF(900, 36), QPointF(0, 356), row)
    assert not any(runs_through(path, part) for part in row)
