"""The table and the document of `summary`."""

import csv
import re
from io import StringIO

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Project, save_project
from workbench.templates import get_template


def test_lenet5_as_published(workbench, lenet):
    done = workbench("summary", lenet, "--json")
    assert (done.code, done.err) == (0, "")
    document = done.document
    assert document["total_params"] == document["trainable_params"] == 61706
    (graph,) = document["graphs"]
    assert graph["name"] == "model"
    assert graph["total_params"] == 61706
    assert graph["macs"] == document["macs"] == 416_520
    by_name = {layer["name"]: layer for layer in graph["layers"]}
    assert by_name["c3"] == {
        "name": "c3",
        "type": "Conv2D",
        "output_shape": [10, 10, 16],
        "params": 2416,
        "trainable_params": 2416,
        "macs": 240_000,
        "receptive_field": [14, 14],
    }
    assert by_name["output"]["receptive_field"] == "whole input"
    assert sum(layer["params"] for layer in graph["layers"]) == 61706


def test_the_table_says_the_same(workbench, lenet):
    out = workbench("summary", lenet).out
    (row,) = [line for line in out.splitlines() if line.startswith("c3")]
    assert re.split(r"\s{2,}", row.strip()) == ["c3", "Conv2D", "10x10x16", "2,416", "2,416", "240,000", "14x14"]
    assert "61,706 parameters" in out


def test_totals_are_summed_over_graphs_and_frozen_layers_count_once(workbench, tmp_path):
    path = tmp_path / "two.workbench"
    save_project(Project([dense_graph("a", 3), dense_graph("b", 5, trainable=False)]), path)
    document = workbench("summary", path, "--json").document
    assert [graph["total_params"] for graph in document["graphs"]] == [15, 25]
    assert document["total_params"] == 40
    assert document["trainable_params"] == 15
    assert document["macs"] == 12 + 20


def test_names_are_not_markup(workbench, tmp_path):
    path = tmp_path / "odd.workbench"
    save_project(Project([dense_graph("model", 10, name="[red]:smile:")]), path)
    assert "[red]:smile:" in workbench("summary", path).out


def dense_graph(graph_name, units, trainable=True, name="dense"):
    """An input of 4 and a dense layer."""
    graph = Graph(graph_name)
    graph.add_node(Node(NodeId("i"), "input", "input", {"shape": [4]}))
    graph.add_node(Node(NodeId("d"), "keras.layers.Dense", name, {"units": units}, trainable))
    graph.connect(Wire(NodeId("i"), NodeId("d")))
    return graph


def test_blocks_are_summed_up_layer_by_layer(workbench, tmp_path):
    path = tmp_path / "resnet.workbench"
    save_project(get_template("resnet18").build(), path)
    (graph,) = workbench("summary", path, "--json").document["graphs"]
    assert graph["total_params"] == sum(layer["params"] for layer in graph["layers"]) == 11_699_112
    assert graph["trainable_params"] == 11_689_512
    assert {layer["type"] for layer in graph["layers"]} >= {"Conv2D", "Add"}


def test_csv_and_markdown(workbench, lenet):
    rows = list(csv.DictReader(StringIO(workbench("summary", lenet, "--csv").out)))
    assert {row["name"]: row["MACs"] for row in rows}["c3"] == "240000"
    markdown = workbench("summary", lenet, "--markdown").out
    assert markdown.startswith("## model\n\n| name |")
    assert "**61,706**" in markdown


def test_csv_of_several_graphs_says_which(workbench, tmp_path):
    path = tmp_path / "two.workbench"
    save_project(Project([dense_graph("a", 3), dense_graph("b", 5)]), path)
    rows = list(csv.DictReader(StringIO(workbench("summary", path, "--csv").out)))
    assert [row["name"] for row in rows] == ["a/input", "a/dense", "b/input", "b/dense"]


def test_one_format_at_a_time(workbench, lenet):
    assert workbench("summary", lenet, "--csv", "--json").code == 2


def test_a_cost_that_is_not_known_is_a_lower_bound_and_never_nothing(workbench, tmp_path):
    graph = Graph("model")
    graph.add_node(Node(NodeId("i"), "input", "images", params={"shape": [None, None, 3]}))
    graph.add_node(Node(NodeId("c"), "keras.layers.Conv2D", "conv", params={"filters": 2, "kernel_size": 3}))
    graph.add_node(Node(NodeId("p"), "keras.layers.GlobalAveragePooling2D", "pool"))
    graph.add_node(Node(NodeId("d"), "keras.layers.Dense", "dense", params={"units": 4}))
    for source, target in (("i", "c"), ("c", "p"), ("p", "d")):
        graph.connect(Wire(NodeId(source), NodeId(target)))
    path = tmp_path / "open.workbench"
    save_project(Project([graph]), path)
    document = workbench("summary", path, "--json").document
    assert document["macs"] is None
    assert document["total_params"] == 56 + 12
    assert "68 parameters, 68 of them trainable; at least 8 MACs a sample" in workbench("summary", path).out
    assert "**at least 8**" in workbench("summary", path, "--markdown").out
