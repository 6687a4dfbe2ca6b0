"""However a document is changed, the scene that followed it is the one that would be drawn anew."""

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF

from tests.gui.canvas.conftest import K, MakePerson, Person, chain_graph
from workbench.graph import NodeId, edits
from workbench.layers import CATALOGUE
from workbench.ui.canvas.connections import best_port, judge
from workbench.ui.canvas.scene import CanvasScene

Step = Callable[[Person, random.Random], object]


def pick(person: Person, chance: random.Random) -> NodeId:
    return chance.choice([node.id for node in person.graph])


def connect(person: Person, chance: random.Random) -> None:
    analysis = person.document.graph_analysis
    source = best_port(analysis, pick(person, chance), is_output=True)
    target = best_port(analysis, pick(person, chance), is_output=False)
    if source and target:
        verdict = judge(analysis, source, target)
        if verdict.wire:  # a misfit too: a user may insist
            person.view.operations.connect(verdict.wire)


def delete(person: Person, chance: random.Random) -> None:
    if len(person.graph) > 3:
        person.view.select({pick(person, chance), pick(person, chance)})
        person.view.delete_selection()


def cut_wire(person: Person, chance: random.Random) -> None:
    wires = sorted(person.graph.wires)
    if wires:
        person.view.operations.disconnect(chance.choice(wires))


def insert(person: Person, chance: random.Random) -> None:
    wires = sorted(person.graph.wires)
    if wires:
        person.view.operations.add_into(CATALOGUE[K + "Dropout"], chance.choice(wires), QPointF(100, 100))


STEPS: tuple[Step, ...] = (
    lambda person, chance: person.view.add_layer(chance.choice([layer.key for layer in CATALOGUE])),
    connect,
    connect,
    connect,
    delete,
    cut_wire,
    insert,
    lambda person, chance: person.view.operations.move({pick(person, chance): (chance.randrange(2000), 99)}),
    lambda person, chance: person.view.operations.rename(pick(person, chance), f"name_{chance.random()}"),
    lambda person, chance: person.document.edit(edits.set_trainable(person.graph, [pick(person, chance)], False)),
    lambda person, chance: (person.view.select([pick(person, chance)]), person.view.duplicate()),
    lambda person, chance: person.view.auto_layout(),
    lambda person, chance: person.undo(),
    lambda person, chance: person.undo(),
    lambda person, chance: person.redo(),
)


def described(scene: CanvasScene) -> tuple[object, object]:
    nodes = {node: (item.pos().toTuple(), item.look) for node, item in scene.nodes.items()}
    wires = {wire: (item.path(), item.look) for wire, item in scene.wires.items()}
    return nodes, wires


@pytest.mark.parametrize("seed", range(8))
def test_random_work(person_on: MakePerson, seed: int):
    person, chance = person_on(chain_graph()), random.Random(seed)
    for _ in range(60):
        chance.choice(STEPS)(person, chance)
    person.view.grab()
    followed = described(person.view.canvas_scene)
    assert followed == described(CanvasScene(person.document, person.view.canvas_scene.ink))
    while person.document.history.can_undo:
        person.undo()
    assert {node.name for node in person.graph} == {node.name for node in chain_graph()}
    assert described(person.view.canvas_scene) == described(CanvasScene(person.document, person.view.canvas_scene.ink))
