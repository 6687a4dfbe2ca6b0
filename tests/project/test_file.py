"""The project file: the same project always gives the same bytes, and every bad file one clear message."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.project.projects import small_graph, small_project
from workbench.graph import Graph, Node, NodeId, Wire, edits
from workbench.project import LiveAnalysis, Project, ProjectFileError, load_project, loads, save_project
from workbench.project.file import dumps

PATH = Path("net.workbench")


def document() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(dumps(small_project()))
    return value


def reading(value: object) -> Callable[[], object]:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return lambda: loads(content, PATH)


def refused(value: object) -> ProjectFileError:
    with pytest.raises(ProjectFileError) as caught:
        reading(value)()
    return caught.value


def changed(place: str, value: object) -> dict[str, Any]:
    """The document with one value replaced; `place` is written with dots."""
    whole: Any = document()
    *path, last = [int(key) if key.isdigit() else key for key in place.split(".")]
    part = whole
    for key in path:
        part = part[key]
    part[last] = value
    return whole  # type: ignore[no-any-return]


# -- sound files
def test_everything_comes_back(tmp_path):
    project = small_project()
    save_project(project, tmp_path / "net.workbench")
    loaded = load_project(tmp_path / "net.workbench")
    assert loaded.problems == ()
    again = loaded.project
    assert (again.title, again.dataset, again.training) == (project.title, project.dataset, project.training)
    ours, theirs = project.graphs["model"], again.graphs["model"]
    assert set(ours.wires) == set(theirs.wires)
    for node in ours:
        other = theirs.node(node.id)
        for field in ("type", "name", "params", "trainable", "position", "call_args", "shares"):
            assert getattr(node, field) == getattr(other, field), (node.name, field)
    assert theirs.node(NodeId("gone")) == ours.node(NodeId("gone"))
    assert (tmp_path / "net.workbench").read_bytes() == dumps(again)


def test_a_file_remembers_what_left_each_node():
    nodes = {node["id"]: node for node in document()["graphs"]["model"]["nodes"]}
    assert nodes["conv"]["outputs"] == {"output": {"shape": [8, 8, 4], "dtype": "float32"}}
    assert nodes["gone"]["outputs"] == {"output": {"shape": [None, 4, 2], "dtype": "float32"}}
    loaded = loads(dumps(small_project()), PATH).project.graphs["model"]
    assert loaded.node(NodeId("conv")).specs == (("output", (8, 8, 4), "float32"),)


@given(st.randoms())
def test_the_bytes_do_not_depend_on_the_order_of_the_edits(random):
    original, mixed = small_graph(), Graph("model")
    nodes, wires = list(original), list(original.wires)
    for node in random.sample(nodes, len(nodes)):
        mixed.add_node(node)
    for wire in random.sample(wires, len(wires)):
        mixed.connect(wire)
    assert dumps(Project([mixed])) == dumps(Project([original]))


def test_a_moved_node_changes_one_line():
    project = small_project()
    before = dumps(project).splitlines()
    edits.move(project.graphs["model"], {NodeId("conv"): (7.0, 8.0)}).apply(project.graphs["model"])
    after = dumps(project).splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [b'          "position": [7.0, 8.0],']


def test_the_file_is_text_for_people():
    text = dumps(small_project()).decode()
    assert text.startswith('{\n  "format": "cnn-workbench project",\n  "version": 3,\n')
    assert text.endswith("}\n")
    assert "größer" in text
    assert '"kernel_size": [3, 3]' in text


def test_several_graphs_are_sorted_by_name():
    names = list(json.loads(dumps(Project([Graph("b"), Graph("a")])))["graphs"])
    assert names == ["a", "b"]


# -- bad files: nothing can be opened
WIRE = {"source": "input", "target": "conv"}
BAD = [
    # content, place, part of the message
    (b"", "line 1, column 1", "ends too early"),
    (dumps(small_project())[:-200], "", "ends too early"),
    (dumps(small_project())[: len(dumps(small_project())) // 2], "", "ends too early"),
    (b"no json", "line 1, column 1", "Expected JSON"),
    (b'{"format": "cnn-workbench project", "version": 1,}', "line 1", "Expected JSON"),
    (b"\xff\xfe\x00", "byte 0", "UTF-8"),
    (b"PK\x03\x04\x80", "byte 4", "UTF-8"),
    (b"[]", "", "Expected a CNN Workbench project"),
    (b"null", "", "Expected a CNN Workbench project"),
    (b'{"format": "something else", "version": 1}', "", "Expected a CNN Workbench project"),
    (b"[" * 100_000, "", "64 levels"),
    (changed("version", 4), "version", "newer CNN Workbench"),
    (changed("version", 0), "version", "Received: 0"),
    (changed("version", "1"), "version", "Received: '1'"),
    (changed("version", True), "version", "Received: True"),
    (changed("version", None), "version", "Received: None"),
    (changed("graphs", {}), "graphs", "at least one"),
    (changed("graphs", []), "graphs", "at least one"),
    (changed("graphs.model", 3), "graphs.model", "Expected `object`, got `int`"),
    (changed("graphs.model.nodes", {}), "graphs.model.nodes", "Expected `array`, got `object`"),
    (changed("graphs.model.nodes.1.id", None), "graphs.model.nodes[1].id", "Expected `str`, got `null`"),
    (changed("graphs.model.nodes.1.params", []), "graphs.model.nodes[1].params", "Expected `object`"),
    (changed("graphs.model.nodes.1.position", [1]), "graphs.model.nodes[1].position", "length 2"),
    (changed("graphs.model.nodes.1.position", ["a", "b"]), "graphs.model.nodes[1].position[0]", "got `str`"),
    (changed("graphs.model.nodes.1.new", 1), "graphs.model.nodes[1]", "unknown field `new`"),
    (
        changed("graphs.model.nodes.1.outputs", {"output": {"shape": "x"}}),
        "graphs.model.nodes[1].outputs[...].shape",
        "got `str`",
    ),
    (changed("graphs.model.wires.0.order", "first"), "graphs.model.wires[0].order", "got `str`"),
    (changed("graphs.model.wires.0", {"source": "a"}), "graphs.model.wires[0]", "`target`"),
    (changed("training.epochs", 0), "training.epochs", ">= 1"),
    (changed("training.optimizer", "Magic"), "training.optimizer", "Magic"),
    (changed("training.learning_rate", -1), "training.learning_rate", "> 0"),
    (changed("dataset.validation_share", 1), "dataset.validation_share", "< 1"),
    (changed("dataset.spec", 3), "dataset.spec", "Expected `str`"),
    (changed("new", 1), "the top level", "unknown field `new`"),
    (b'{"format": "cnn-workbench project", "version": NaN}', "", "finite"),
    (b'{"format": "cnn-workbench project", "version": 1e999}', "", "finite"),
    (b'{"format": "cnn-workbench project", "version": ' + b"9" * 5000 + b"}", "", "64 bits"),
    (b'{"format": "cnn-workbench project", "version": 1, "version": 1}', "", "'version' again"),
    (b'{"format": "cnn-workbench project", "title": "\\ud800"}', "", "Unicode"),
    (b'{"format": "cnn-workbench project", "title": ' + b"[" * 70 + b"]" * 70 + b"}", "", "64 levels"),
]


@pytest.mark.parametrize(("content", "place", "message"), BAD, ids=[f"{row[1]} {row[2]}" for row in BAD])
def test_a_bad_file_is_refused_with_file_and_place(content, place, message):
    error = refused(content)
    assert error.path == PATH
    assert message in error.message
    assert place in error.place
    assert str(error) == ": ".join(filter(None, ["net.workbench", error.place, error.message]))
    assert "\n" not in str(error)
    assert len(str(error)) < 300


# -- damaged files: the rest can be opened, and what was left out is told
def test_dangling_and_repeated_wires_are_left_out_and_told_of():
    damaged = document()
    wires = damaged["graphs"]["model"]["wires"]
    wires += [WIRE, {"source": "input", "target": "nobody"}, {"source": "x", "target": "y"}]
    loaded = loads(json.dumps(damaged).encode(), PATH)
    assert set(loaded.project.graphs["model"].wires) == set(small_graph().wires)
    assert list(map(str, loaded.problems)) == [
        "graphs.model.wires[4]: Expected each wire once. Received: the same wire again",
        "graphs.model.wires[5]: Expected the ids of two nodes. Received: no node 'nobody'",
        "graphs.model.wires[6]: Expected the ids of two nodes. Received: no node 'x' and no node 'y'",
    ]


def test_a_repeated_id_is_left_out_and_told_of():
    damaged = document()
    damaged["graphs"]["model"]["nodes"][1]["id"] = "classes"
    loaded = loads(json.dumps(damaged).encode(), PATH)
    assert str(loaded.problems[0]) == "graphs.model.nodes[1].id: Expected an id of its own. Received: 'classes'"
    assert len(loaded.project.graphs["model"]) == 4


def test_unknown_types_and_bad_parameters_open_and_are_diagnosed():
    damaged = changed("graphs.model.nodes.1.params", {"filters": -1, "kernel_size": "big", "odd": [1]})
    loaded = loads(json.dumps(damaged).encode(), PATH)
    assert loaded.problems == ()
    told = [(problem.code, problem.param) for problem in LiveAnalysis(loaded.project).diagnostics]
    assert sorted(told, key=str) == [
        ("layer.unknown", None),
        ("param.invalid", "filters"),
        ("param.invalid", "kernel_size"),
        ("param.invalid", "odd"),
    ]


def test_cycles_open_and_are_diagnosed():
    damaged = document()
    damaged["graphs"]["model"]["wires"].append({"source": "classes", "target": "conv"})
    loaded = loads(json.dumps(damaged).encode(), PATH)
    codes = {problem.code for problem in LiveAnalysis(loaded.project).diagnostics}
    assert {"graph.cycle", "port.overfull"} <= codes
    assert dumps(loads(dumps(loaded.project), PATH).project) == dumps(loaded.project)


def test_the_same_nodes_may_be_in_two_graphs():
    one, two = small_graph(), Graph("other")
    two.add_node(Node(NodeId("conv"), "keras.layers.ReLU", "conv"))
    two.connect(Wire(NodeId("conv"), NodeId("conv")))
    loaded = loads(dumps(Project([one, two])), PATH)
    assert loaded.problems == ()
    assert len(loaded.project.graphs["other"]) == 1


# -- places
def test_places_that_cannot_be_read(tmp_path):
    for path, why in ((tmp_path / "none.workbench", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(ProjectFileError, match=f"Cannot be read: {why}") as caught:
            load_project(path)
        assert str(path) in str(caught.value)


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for folder, why in ((tmp_path / "none", "No such file"), (tmp_path / "file", "Not a directory")):
        with pytest.raises(ProjectFileError, match=f"Cannot be written: {why}"):
            save_project(small_project(), folder / "net.workbench")


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.workbench"
    with path.open("wb") as stream:
        stream.truncate(2**30)
    with pytest.raises(ProjectFileError, match="at most 512 MiB"):
        load_project(path)
