"""Whatever is wrong with a project file is told in one line with file and place; check, summary and train agree."""

import json
import re

import pytest


def node(document, name):
    return next(node for node in document["graphs"]["model"]["nodes"] if node["name"] == name)


def newer(document):
    document["version"] = 99


def unknown_layer(document):
    node(document, "c3")["type"] = "plugin:gone/Swirl"


def dangling_wire(document):
    document["graphs"]["model"]["wires"][0]["target"] = "nobody"


def cycle(document):
    document["graphs"]["model"]["wires"].append({"source": "s4", "target": "c1", "order": 1})


def out_of_range(document):
    node(document, "c1")["params"]["filters"] = 0


def no_input(document):
    graph = document["graphs"]["model"]
    graph["nodes"].remove(node(document, "input"))
    graph["wires"] = [wire for wire in graph["wires"] if wire["source"] != "input"]


def mixed_shapes(document):
    graph = document["graphs"]["model"]
    graph["nodes"].append({"id": "sum", "type": "keras.layers.Add", "name": "sum"})
    port = {"target": "sum", "target_port": "inputs"}
    graph["wires"] += [{"source": "c1", **port}, {"source": "s2", "order": 1, **port}]


def wrong_setting(document):
    document["training"]["batch_size"] = -4


def duplicate_name(document):
    node(document, "c3")["name"] = "c1"


DRAWN = [
    (unknown_layer, "model/c3: error"),
    (dangling_wire, "graphs.model.wires[0]: error"),
    (cycle, "error: graph.cycle"),
    (out_of_range, "model/c1: error"),
    (no_input, "error: graph.no-input"),
    (mixed_shapes, "model/sum: error"),
    (duplicate_name, "error: name.duplicate"),
]
UNREADABLE = [(newer, "version: "), (wrong_setting, "training.batch_size: ")]


def ids(cases):
    return [change.__name__ for change, _ in cases]


@pytest.mark.parametrize(("change", "place"), DRAWN, ids=ids(DRAWN))
def test_check_gives_each_problem_a_line_with_file_and_place(workbench, edited, change, place):
    path = edited(change)
    done = workbench("check", path)
    assert done.code == 1
    assert done.err == ""
    *problems, total = done.out.splitlines()
    assert all(line.startswith(f"{path}: ") for line in problems)
    assert any(place in line for line in problems)
    assert re.search(r"\d+ errors?", total)


@pytest.mark.parametrize(("change", "place"), DRAWN, ids=ids(DRAWN))
def test_train_refuses_with_the_same_lines_and_makes_no_run(workbench, edited, tmp_path, change, place):
    path = edited(change)
    errors = [line for line in workbench("check", path).out.splitlines() if ": error: " in line]
    done = workbench("train", path, "--runs", tmp_path / "runs")
    assert done.code == 1
    assert done.complaints == errors
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(("change", "place"), DRAWN, ids=ids(DRAWN))
def test_summary_shows_what_is_known_and_tells_the_rest(workbench, edited, change, place):
    path = edited(change)
    done = workbench("summary", path, "--json")
    assert done.code == 1
    assert done.document["graphs"][0]["layers"]
    assert any(place in line for line in done.complaints)
    assert workbench("summary", path).code == 1


@pytest.mark.parametrize(("change", "place"), UNREADABLE, ids=ids(UNREADABLE))
@pytest.mark.parametrize("command", ["check", "summary", "train"])
def test_a_file_that_cannot_be_opened_is_one_line(workbench, edited, command, change, place):
    path = edited(change)
    done = workbench(command, path)
    assert (done.code, done.out) == (1, "")
    (line,) = done.complaints
    assert line.startswith(f"{path}: {place}Expected")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b'{"format": "cnn-workbench project", "ver', "line 1"),
        (b"PK\x03\x04 a zip archive", "Expected JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[1, 2]", "Expected a CNN Workbench project"),
        (b"[" * 100_000, "Expected JSON"),
    ],
    ids=["empty", "truncated", "not JSON", "not text", "another JSON", "deep"],
)
def test_a_file_that_is_no_project_is_one_line(workbench, tmp_path, content, told):
    path = tmp_path / "bad.workbench"
    path.write_bytes(content)
    for command in ("check", "summary", "train"):
        done = workbench(command, path)
        assert (done.code, done.out) == (1, "")
        (line,) = done.complaints
        assert line.startswith(f"{path}: ")
        assert told in line


@pytest.mark.parametrize("command", ["check", "summary", "train"])
def test_a_missing_file_and_a_folder_are_one_line(workbench, tmp_path, command):
    for path in (tmp_path / "gone.workbench", tmp_path):
        done = workbench(command, path)
        assert done.code == 1
        (line,) = done.complaints
        assert line.startswith(f"{path}: Cannot be read")


@pytest.mark.parametrize("command", ["summary", "train"])
def test_with_json_the_lines_are_in_a_document_too(workbench, tmp_path, command):
    done = workbench(command, tmp_path / "gone.workbench", "--json")
    assert done.code == 1
    assert done.document == {"errors": done.complaints}


def test_check_gives_the_same_document_for_a_file_it_cannot_open(workbench, edited):
    path = edited(newer)
    document = workbench("check", path, "--json").document
    assert document["errors"] == 1
    (problem,) = document["problems"]
    assert problem["place"] == "version"
    assert "99" in problem["message"]


def test_check_json_names_graph_node_and_code(workbench, edited):
    done = workbench("check", edited(out_of_range), "--json")
    assert done.code == 1
    (problem,) = [problem for problem in done.document["problems"] if problem["node"] == "c1"]
    assert problem["graph"] == "model"
    assert problem["severity"] == "error"
    assert problem["code"]
    assert "filters" in problem["message"]


def test_a_good_project_has_no_problems(workbench, lenet):
    done = workbench("check", lenet)
    assert (done.code, done.out) == (0, f"{lenet}: no problems\n")
    assert json.loads(workbench("check", lenet, "--json").out)["problems"] == []
