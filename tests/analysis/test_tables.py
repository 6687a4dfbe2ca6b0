"""The model report as rows, CSV and Markdown."""

import csv
from io import StringIO

from workbench.analysis.tables import COLUMNS, layer_rows, sums, to_csv, to_markdown
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import LiveAnalysis, Project
from workbench.templates import get_template


def rows_of(template: str, **values: object):
    analysis = LiveAnalysis(get_template(template).build(values))
    return layer_rows(analysis.of("model"))


def project_rows(*nodes: Node):
    graph = Graph("model")
    for number, node in enumerate(nodes):
        graph.add_node(node)
        if number:
            graph.connect(Wire(nodes[number - 1].id, node.id))
    return layer_rows(LiveAnalysis(Project([graph])).of("model"))


def test_blocks_are_listed_as_what_they_expand_into():
    rows = rows_of("resnet50")
    assert sums(rows).params == 25_636_712
    (row,) = [row for row in rows if row.name == "conv3_blocks.1.2_conv"]
    assert (row.type, row.output, row.params) == ("Conv2D", "28x28x128", 147_584)
    assert row.macs == 28 * 28 * 128 * 128 * 9
    assert row.flops == 2 * row.macs
    assert row.activation_bytes == 28 * 28 * 128 * 4
    assert row.stride == "8x8"
    assert row.path.split("/")[1:] == ["1", "2_conv"]


def test_a_frozen_block_trains_nothing_inside():
    block = Node(NodeId("b"), "block:residual.basic", "b", {"filters": 4}, trainable=False)
    rows = project_rows(Node(NodeId("i"), "input", "i", {"shape": [8, 8, 4]}), block)
    assert sums(rows).params > 0
    assert sums(rows).trainable_params == 0


def test_csv_has_plain_numbers_and_nothing_a_spreadsheet_would_run():
    named = Node(NodeId("d"), "keras.layers.Dense", '=cmd("x")', {"units": 3})
    rows = project_rows(Node(NodeId("i"), "input", "i", {"shape": [None, 4]}), named)
    read = list(csv.DictReader(StringIO(to_csv(rows))))
    assert tuple(read[0]) == COLUMNS
    assert read[1]["name"] == '\'=cmd("x")'
    assert read[1]["parameters"] == "15"
    assert read[1]["MACs"] == ""  # of an unknown number of positions
    assert read[1]["output"] == "?x3"


def test_markdown_escapes_names_and_ends_with_totals():
    named = Node(NodeId("d"), "keras.layers.Dense", "a|b", {"units": 1000})
    text = to_markdown(project_rows(Node(NodeId("i"), "input", "i", {"shape": [4]}), named))
    lines = text.splitlines()
    assert "a\\|b" in lines[3]
    assert "5,000" in lines[3]
    assert lines[-1].startswith("| **total** | **2 layers** |")
    assert "**5,000**" in lines[-1]


def test_what_is_not_known_is_a_question_mark_not_a_failure():
    graph = Graph("model")
    graph.add_node(Node(NodeId("c"), "keras.layers.Conv2D", "c", {"filters": 3, "kernel_size": 3}))
    (row,) = layer_rows(LiveAnalysis(Project([graph])).of("model"))
    assert (row.output, row.receptive_field, row.stride, row.macs, row.flops) == ("?", "?", "?", None, None)
    assert "| ? |" in to_markdown([row])
