"""The user's library of blocks."""

import json

import pytest

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Block, History, LiveAnalysis, Project, loads
from workbench.project.file import dumps
from workbench.project.library import LibraryError, add_to, file_for, listed, load_block, save_block

K = "keras.layers."


def chain(name: str, *middle: Node) -> Graph:
    """A definition with one port in and one out."""
    graph = Graph(name)
    nodes = (Node(NodeId("in"), "block_input", "input"), *middle, Node(NodeId("out"), "block_output", "output"))
    for number, node in enumerate(nodes):
        graph.add_node(node)
        if number:
            graph.connect(Wire(nodes[number - 1].id, node.id))
    return graph


@pytest.fixture
def project() -> Project:
    """`outer` is made of `inner`; `other` has nothing to do with them."""
    model = Graph("model")
    model.add_node(Node(NodeId("i"), "input", "i", {"shape": [8, 8, 3]}))
    model.add_node(Node(NodeId("b"), "user:outer", "b"))
    model.connect(Wire(NodeId("i"), NodeId("b")))
    blocks = (
        Block(chain("user:inner", Node(NodeId("c"), K + "Conv2D", "c", {"filters": 4, "kernel_size": 3}))),
        Block(chain("user:outer", Node(NodeId("x"), "user:inner", "x"))),
        Block(chain("user:other", Node(NodeId("r"), K + "ReLU", "r"))),
    )
    return Project([model], blocks=blocks)


def test_a_block_is_saved_with_what_it_uses_and_nothing_else(project, tmp_path):
    path = save_block(project, "user:outer", tmp_path)
    assert listed(tmp_path) == [path]
    block = load_block(path)
    assert block.name == "outer"
    assert set(block.blocks) == {"user:outer", "user:inner"}


def test_inserted_into_another_project_it_works_and_undo_takes_it_back(project, tmp_path):
    path = save_block(project, "user:outer", tmp_path)
    other = Project([Graph("model")])
    before, history = dumps(other), History(other)
    edit, key = add_to(other, load_block(path))
    history.do(edit)
    assert set(other.blocks) == {"user:outer", "user:inner"}
    graph = other.graphs["model"]
    graph.add_node(Node(NodeId("i"), "input", "i", {"shape": [8, 8, 3]}))
    graph.add_node(Node(NodeId("b"), key, "b"))
    graph.connect(Wire(NodeId("i"), NodeId("b")))
    assert str(LiveAnalysis(other).of("model").report(NodeId("b")).outputs["output"]) == "6x6x4"
    graph.disconnect(Wire(NodeId("i"), NodeId("b")))
    graph.remove_node(NodeId("i"))
    graph.remove_node(NodeId("b"))
    history.undo()
    assert dumps(other) == before


def test_names_that_are_taken_get_a_number_and_inner_types_follow(project, tmp_path):
    path = save_block(project, "user:outer", tmp_path)
    edit, key = add_to(project, load_block(path))
    project.apply(edit)
    assert key == "user:outer 2"
    assert {node.type for node in project.blocks[key].graph} >= {"user:inner 2"}
    assert {node.type for node in project.blocks["user:outer"].graph} >= {"user:inner"}
    assert loads(dumps(project), "x").problems == ()


def test_saving_again_replaces(project, tmp_path):
    assert save_block(project, "user:outer", tmp_path) == save_block(project, "user:outer", tmp_path)
    assert len(listed(tmp_path)) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "…", "", "x" * 300, "CON:"])
def test_a_name_never_leaves_the_folder(tmp_path, name):
    assert file_for(name, tmp_path).parent == tmp_path
    assert len(file_for(name, tmp_path).name) < 100


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "ends too early"),
        ("[]", "Expected a CNN Workbench block"),
        ('{"format": "cnn-workbench block", "version": 9}', "version: Expected 1"),
        ('{"format": "cnn-workbench block", "version": 1, "main": "user:a", "blocks": {}}', "main: Expected one"),
        ('{"format": "cnn-workbench block", "version": 1, "main": 3, "blocks": {}}', "Expected `str`"),
    ],
)
def test_a_damaged_file_is_one_line(tmp_path, content, said):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(LibraryError, match=said) as caught:
        load_block(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wire_to_nowhere_is_refused(project, tmp_path):
    path = save_block(project, "user:inner", tmp_path)
    document = json.loads(path.read_text())
    document["blocks"]["user:inner"]["graph"]["wires"][0]["target"] = "gone"
    path.write_text(json.dumps(document))
    with pytest.raises(LibraryError, match=r"wires\[0\]"):
        load_block(path)


def test_what_is_not_there_and_what_cannot_be_written(project, tmp_path):
    with pytest.raises(LibraryError, match="Cannot be read"):
        load_block(tmp_path / "none.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="Cannot be written"):
        save_block(project, "user:inner", tmp_path / "file")
