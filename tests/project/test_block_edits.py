"""A selection becomes a block and a block its contents again: same costs, same bytes after undo."""

from dataclasses import replace

import pytest

from workbench.analysis import primitives
from workbench.graph import NodeId, Wire, edits
from workbench.project import (
    AddBlock,
    BlockError,
    BlockSettings,
    History,
    InGraph,
    LiveAnalysis,
    Promotion,
    RemoveBlock,
    SetBlock,
    collapse,
    expand,
    loads,
)
from workbench.project.file import dumps
from workbench.templates import get_template


class Drawing:
    """LeNet-5 with its history and its analysis."""

    def __init__(self, template: str = "lenet5") -> None:
        self.project = get_template(template).build()
        self.history = History(self.project)
        self.live = LiveAnalysis(self.project)
        self.analysis = self.live.of("model")
        self.graph = self.project.graphs["model"]

    def make_block(self, *nodes: str, name: str = "Stem") -> NodeId:
        self.history.do(collapse(self.analysis, map(NodeId, nodes), name))
        return next(node.id for node in self.graph if node.type == f"user:{name}")


def test_a_selection_becomes_a_block_with_the_same_costs():
    drawing = Drawing()
    before = drawing.analysis.totals
    block = drawing.make_block("c1", "s2")
    assert drawing.analysis.totals == before
    assert drawing.live.diagnostics == ()
    assert [p.name for p in primitives(drawing.analysis)][:3] == ["input", "stem_1.c1", "stem_1.s2"]
    assert str(drawing.analysis.report(block).outputs["output"]) == "14x14x6"


def test_the_definition_shows_the_shapes_of_its_first_instance():
    drawing = Drawing()
    drawing.make_block("c1", "s2")
    assert str(drawing.live.of("user:Stem").report(NodeId("c1")).outputs["output"]) == "28x28x6"


def test_undo_gives_the_same_bytes_and_redo_the_same_block():
    drawing = Drawing()
    before = dumps(drawing.project)
    drawing.make_block("c1", "s2", "c3")
    made = dumps(drawing.project)
    drawing.history.undo()
    assert dumps(drawing.project) == before
    drawing.history.redo()
    assert dumps(drawing.project) == made
    assert dumps(loads(made, "file").project) == made


def test_expanding_takes_the_contents_back():
    drawing = Drawing()
    before = drawing.analysis.totals
    block = drawing.make_block("c1", "s2")
    drawing.history.do(expand(drawing.analysis, block))
    assert drawing.analysis.totals == before
    assert {"stem_1.c1", "stem_1.s2"} < {node.name for node in drawing.graph}
    assert drawing.live.diagnostics == ()


def test_a_built_in_block_expands_with_every_repetition():
    drawing = Drawing("resnet18")
    before = drawing.analysis.totals
    drawing.history.do(expand(drawing.analysis, NodeId("conv2_blocks")))
    assert drawing.analysis.totals == before
    assert {"conv2_blocks.0.add", "conv2_blocks.1.add"} < {node.name for node in drawing.graph}


def test_instances_follow_their_definition():
    drawing = Drawing()
    drawing.make_block("c1", "s2")
    graph = drawing.project.graph("user:Stem")
    drawing.history.do(InGraph("user:Stem", edits.set_params(graph, NodeId("c1"), {"filters": 8}, {})))
    assert drawing.analysis.totals.params > 61_706
    drawing.history.undo()
    assert drawing.analysis.totals.params == 61_706


def test_a_promoted_parameter_follows_its_expression_in_each_instance():
    drawing = Drawing()
    block = drawing.make_block("c1", "s2")
    settings = BlockSettings((Promotion("width", "integer", 3),), {"c1": {"filters": "width * 2"}})
    drawing.history.do(SetBlock("user:Stem", settings))
    assert drawing.analysis.totals.params == 61_706
    drawing.history.do(InGraph("model", edits.set_params(drawing.graph, block, {"width": 4}, {})))
    assert str(drawing.analysis.report(block).outputs["output"]) == "14x14x8"


@pytest.mark.parametrize("expression", ["width +", "depth * 2", "width / 0"])
def test_an_expression_without_a_value_is_a_diagnostic(expression):
    drawing = Drawing()
    block = drawing.make_block("c1", "s2")
    settings = BlockSettings((Promotion("width", "integer", 3),), {"c1": {"filters": expression}})
    drawing.history.do(SetBlock("user:Stem", settings))
    assert [(p.code, p.node) for p in drawing.live.errors if p.node == block] == [("block.expression", block)]


def test_a_block_that_would_contain_itself_is_a_diagnostic():
    drawing = Drawing()
    drawing.make_block("c1", "s2")
    inner = drawing.project.graph("user:Stem")
    node = inner.node(NodeId("c1"))
    inside_itself = replace(node, type="user:Stem", params={})
    drawing.history.do(InGraph("user:Stem", edits.Update((inside_itself,))))
    assert "block.recursive" in {problem.code for problem in drawing.live.errors}


def test_deleting_a_definition_leaves_named_placeholders_and_undo_brings_it_back():
    drawing = Drawing()
    block = drawing.make_block("c1", "s2")
    drawing.history.do(RemoveBlock("user:Stem"))
    assert [p.code for p in drawing.live.errors if p.node == block] == ["layer.unknown"]
    drawing.history.undo()
    assert drawing.live.diagnostics == ()


def test_what_cannot_become_a_block_is_refused_with_the_reason():
    drawing = Drawing()
    with pytest.raises(BlockError, match="Received: none"):
        collapse(drawing.analysis, (), "Empty")
    with pytest.raises(BlockError, match="an Input node among them"):
        collapse(drawing.analysis, (NodeId("input"),), "Start")
    with pytest.raises(BlockError, match="leaves the selection and returns"):
        collapse(drawing.analysis, (NodeId("c1"), NodeId("c3")), "Torn")
    drawing.history.do(InGraph("model", edits.Remove(wires=(Wire(NodeId("input"), NodeId("c1")),))))
    with pytest.raises(BlockError, match="whose inputs are connected"):
        expand(drawing.analysis, NodeId("c1"))


def test_a_name_that_is_taken_changes_nothing():
    drawing = Drawing()
    drawing.make_block("c1", "s2")
    with pytest.raises(ValueError, match="exists"):
        drawing.history.do(AddBlock(drawing.project.blocks["user:Stem"]))
