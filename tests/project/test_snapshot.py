"""A snapshot stays as the project was, and makes the same file."""

import pytest

from tests.project.test_block_edits import Drawing
from workbench.graph import edits
from workbench.project import Snapshot
from workbench.project.file import dumps
from workbench.templates import TEMPLATES


@pytest.mark.parametrize("template", ["lenet5", "dcgan", "unet"])
def test_a_snapshot_makes_the_same_file(template):
    project = TEMPLATES[template].build()
    assert dumps(Snapshot.of(project).project()) == dumps(project)


def test_blocks_of_ones_own_are_in_it():
    drawing = Drawing()
    drawing.make_block("c1", "s2")
    assert drawing.project.blocks
    assert dumps(Snapshot.of(drawing.project).project()) == dumps(drawing.project)


def test_what_is_changed_afterwards_is_not_in_it():
    project = TEMPLATES["lenet5"].build()
    before, snapshot = dumps(project), Snapshot.of(project)
    graph = project.graphs["model"]
    first = next(iter(graph))
    edits.Remove((first.id,), tuple(graph.wires_from(first.id))).apply(graph)
    assert dumps(project) != before
    assert dumps(snapshot.project()) == before
    # and the other way round
    drawn = snapshot.project().graphs["model"]
    drawn.replace_node(edits.set_params(drawn, first.id, {"shape": [8, 8, 1]}, {}).nodes[0])
    assert dumps(snapshot.project()) == before
