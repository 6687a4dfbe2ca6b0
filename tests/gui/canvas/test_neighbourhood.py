"""Which nodes stand near a place, beside a plain look at all of them."""

import random

from PySide6.QtCore import QRectF

from workbench.graph import NodeId
from workbench.ui.canvas.neighbourhood import Neighbourhood


def test_it_finds_what_a_plain_look_at_all_of_them_finds_while_they_come_move_and_go():
    draw = random.Random(5)
    standing: Neighbourhood[NodeId] = Neighbourhood()
    bodies: dict[NodeId, QRectF] = {}
    for _ in range(600):
        node = NodeId(f"n{draw.randrange(80)}")
        if draw.random() < 0.2:
            standing.remove(node)
            bodies.pop(node, None)
        else:
            bodies[node] = QRectF(
                draw.uniform(-3000, 3000), draw.uniform(-3000, 3000), 160, draw.choice((72, 104, 600))
            )
            standing.put(node, bodies[node])
        box = QRectF(draw.uniform(-3000, 3000), draw.uniform(-3000, 3000), draw.uniform(1, 4000), draw.uniform(1, 900))
        wanted = {node: body for node, body in bodies.items() if body.intersects(box)}
        assert standing.near(box) == wanted


def test_nothing_stands_after_clearing():
    standing: Neighbourhood[NodeId] = Neighbourhood()
    standing.put(NodeId("a"), QRectF(0, 0, 160, 72))
    standing.clear()
    assert standing.near(QRectF(-1000, -1000, 2000, 2000)) == {}
