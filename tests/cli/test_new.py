"""`new` and `templates`."""

import json
import os

import pytest

from workbench.project import load_project


def test_it_writes_the_template_with_its_defaults(workbench, tmp_path):
    path = tmp_path / "l.workbench"
    done = workbench("new", "lenet5", "-o", path)
    assert done.code == 0
    assert "61,706" in done.out
    assert workbench("summary", path, "--json").document["total_params"] == 61706


def test_input_classes_and_parameters(workbench, tmp_path):
    path = tmp_path / "l.workbench"
    assert workbench("new", "lenet5", "--input", "48x40x3", "-p", "activation=relu", "-o", path).code == 0
    (graph,) = load_project(path).project.graphs.values()
    nodes = {node.name: node for node in graph}
    assert nodes["input"].params["shape"] == [48, 40, 3]
    assert nodes["c1"].params["activation"] == "relu"


def test_sizes_and_numbers_as_parameters(workbench, tmp_path):
    path = tmp_path / "l.workbench"
    assert workbench("new", "lenet5", "-p", "input=40x40x1", "-p", "classes=10", "-o", path).code == 0
    assert workbench("summary", path, "--json").document["graphs"][0]["layers"][0]["output_shape"] == [40, 40, 1]


def test_a_project_with_problems_is_written_and_says_so(workbench, tmp_path):
    path = tmp_path / "l.workbench"
    done = workbench("new", "lenet5", "--classes", "3", "-o", path)
    assert done.code == 0
    assert "1 error" in done.out
    assert workbench("check", path).code == 1


def test_an_existing_file_stays_unless_forced(workbench, tmp_path):
    path = tmp_path / "l.workbench"
    path.write_text("mine")
    done = workbench("new", "lenet5", "-o", path)
    assert done.code == 1
    assert "--force" in done.complaints[0]
    assert path.read_text() == "mine"
    assert workbench("new", "lenet5", "-o", path, "--force").code == 0
    assert json.loads(path.read_text())["title"] == "lenet5"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["lenet6"], "lenet5"),
        (["lenet5", "-p", "colour=red"], "activation"),
        (["lenet5", "-p", "activation=step"], "tanh"),
        (["lenet5", "-p", "activation"], "key=value"),
        (["lenet5", "--classes", "0"], "1 or more"),
        (["lenet5", "--input", "32"], "32x32x1"),
        (["lenet5", "--input", "0x32x1"], "1 or more"),
    ],
)
def test_wrong_words_are_wrong_usage_and_write_nothing(workbench, tmp_path, words, told):
    done = workbench("new", *words, "-o", tmp_path / "l.workbench")
    assert done.code == 2
    assert told in done.complaints[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_line(workbench, tmp_path):
    path = tmp_path / "no such folder" / "l.workbench"
    done = workbench("new", "lenet5", "-o", path)
    assert done.code == 1
    (line,) = done.complaints
    assert line.startswith(f"{path}: Cannot be written")


def test_without_a_place_it_is_wrong_usage(workbench):
    done = workbench("new", "lenet5")
    assert done.code == 2
    assert "-o" in done.err


def test_templates_give_name_paper_and_parameters(workbench):
    done = workbench("templates", "--json")
    assert done.code == 0
    (lenet,) = [template for template in done.document if template["name"] == "lenet5"]
    assert lenet["paper"]["year"] == 1998
    assert lenet["paper"]["title"].startswith("Gradient-based learning")
    defaults = {parameter["name"]: parameter["default"] for parameter in lenet["parameters"]}
    assert defaults["input"] == [32, 32, 1]
    assert defaults["classes"] == 10


def test_the_list_for_people_is_never_cut_off(workbench, monkeypatch):
    monkeypatch.setitem(os.environ, "COLUMNS", "40")
    out = workbench("templates").out
    assert "lenet5" in out
    assert "Gradient-based learning applied to document recognition (1998)" in out
    assert "input=32x32x1" in out
