"""A plugin whose rules raise, or give nonsense: a problem at the node that names the plugin, and nothing else."""

import json
import signal
import subprocess
import sys

import pytest

from tests.plugins.test_kinds import IN_KERAS, chain
from workbench.__main__ import main
from workbench.graph import Listeners, edits
from workbench.project import History, LiveAnalysis, Project, load_project, save_project
from workbench.project.edits import InGraph
from workbench.project.file import dumps, loads

MANIFEST = """
keras_module = "in_keras"

[[layer]]
type = "bad"
label = "Bad"
category = "activation"

[[block]]
type = "twice"
label = "Twice"
"""
MODULE = """
from workbench.plugins.api import BlockBuilder, BlockType, Category, LayerType, Param, Number, TensorSpec


def raises(*_):
    return [][9]


def same(call):
    return call.output(call.input.shape)


def expand(call):
    b = BlockBuilder(call)
    return b.port_out(b.add("plugin:faulty/bad", "inner", b.port_in()))


RULES = dict(shape=same)
RULES.update({rules})
LAYERS = (LayerType(key="plugin:faulty/bad", label="Bad", category=Category.ACTIVATION, doc="", stem="bad",
                    params=(Param("start", Number(), 1.0, ""),), **RULES),)
BLOCKS = (BlockType(key="plugin:faulty/twice", label="Twice", doc="", stem="twice", expand={expand}),)
"""
EVERY_RULE = "shape=raises, weights=raises, macs=raises, window=raises, shorthand=raises"
FAULTS = {
    "shape raises": ("shape=raises", "IndexError"),
    "weights raise": ("weights=raises", "IndexError"),
    "macs raise": ("macs=raises", "IndexError"),
    "window raises": ("window=raises", "IndexError"),
    "shape gives a tuple": ("shape=lambda call: (3, 3)", "not a TensorSpec"),
    "shape gives sizes that are none": ("shape=lambda call: call.output(('a', -1))", "whole numbers"),
    "shape gives a list of sizes": ("shape=lambda call: call.output([8, 8, 3])", "TypeError"),
    "weights give names": ("weights=lambda call: ('kernel',)", "WeightSpec"),
    "macs give a text": ("macs=lambda call, output: 'many'", "whole number"),
    "recursion": ("shape=lambda call: RULES['shape'](call)", "RecursionError"),
}


@pytest.fixture
def faulty(write_plugin, shelf):
    def write(rules: str = EVERY_RULE, expand: str = "expand") -> None:
        write_plugin("faulty", MODULE.format(rules=f"dict({rules})", expand=expand), MANIFEST, in_keras=IN_KERAS)
        shelf.look()
        assert shelf.named("faulty").contents(), shelf.named("faulty").problem

    return write


@pytest.mark.parametrize(("rules", "words"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("kind", ["bad", "twice"])
def test_a_rule_that_fails_is_a_problem_of_its_node(faulty, rules, words, kind):
    faulty(rules)
    project = chain(f"plugin:faulty/{kind}", "keras.layers.ReLU")
    (problem,) = LiveAnalysis(project).errors
    assert (problem.code, problem.node) == ("layer.failed", kind)
    assert "the plugin faulty" in problem.message
    assert words in problem.message
    assert problem.path == ("0/inner" if kind == "twice" else "")


@pytest.mark.parametrize("expand", ["raises", "lambda call: 3", "lambda call: BlockBuilder(call).graph"])
def test_an_expansion_that_fails_is_a_problem_of_the_block(faulty, expand):
    faulty("", expand)
    (problem,) = LiveAnalysis(chain("plugin:faulty/twice")).errors
    assert (problem.code, problem.node) == ("layer.failed", "twice")
    assert "Twice of the plugin faulty" in problem.message


def test_every_rule_may_fail_and_edits_saving_and_undo_work(faulty, tmp_path):
    faulty(expand="raises")
    project = chain("plugin:faulty/bad", "plugin:faulty/twice")
    analysis, history, before = LiveAnalysis(project), History(project), dumps(project)
    graph = project.graphs["model"]
    history.do(InGraph("model", edits.rename(graph, next(n.id for n in graph if n.name == "bad"), "other")))
    assert analysis.errors
    save_project(project, tmp_path / "p.workbench")
    assert load_project(tmp_path / "p.workbench").project.graphs["model"].find_name("other")
    history.undo()
    assert dumps(project) == before == dumps(loads(before, "p").project)


def test_a_project_is_written_with_its_last_known_specs_where_analysis_fails(monkeypatch):
    project = loads(dumps(chain("keras.layers.ReLU")), "p").project
    content = dumps(project)

    def fails(*_):
        raise RuntimeError("a fault of the analysis")

    monkeypatch.setattr("workbench.project.records.GraphAnalysis", fails)
    written = json.loads(dumps(project))
    assert written == json.loads(content)


def test_a_listener_that_fails_keeps_no_edit_from_being_one_step(monkeypatch):
    failed, heard = [], []
    monkeypatch.setattr(sys, "excepthook", lambda _, error, __: failed.append(str(error)))

    def fails(_):
        raise RuntimeError("a fault of a view")

    project = chain("keras.layers.ReLU")
    history, before = History(project), dumps(project)
    project.subscribe(fails)
    project.subscribe(heard.append)
    graph = project.graphs["model"]
    graph.subscribe(fails)
    history.do(InGraph("model", edits.rename(graph, next(iter(graph)).id, "other")))
    assert failed == ["a fault of a view"] * 2
    assert len(heard) == 1
    assert history.can_undo
    history.undo()
    assert dumps(project) == before


def test_a_listener_can_end_itself_while_it_is_told():
    listeners, heard = Listeners[int](), []
    end = listeners.add(lambda number: (heard.append(number), end()))
    listeners.tell(1)
    listeners.tell(2)
    assert heard == [1]


def write_project(folder, project: Project):
    path = folder / "faulty.workbench"
    save_project(project, path)
    return path


def test_the_commands_name_the_node_and_the_plugin(faulty, tmp_path, capsys):
    faulty()
    path = write_project(tmp_path, chain("plugin:faulty/bad"))
    assert main(["check", str(path)]) == 1
    told = capsys.readouterr().out
    assert "layer.failed" in told
    assert "Bad of the plugin faulty" in told
    for command in ("summary", "code", "render"):
        main([command, str(path), *(["-o", str(tmp_path / "out.svg")] if command == "render" else [])])
        assert "fault of the program" not in capsys.readouterr().err


def test_a_plugin_that_is_off_is_named_with_the_way_to_switch_it_on(faulty, tmp_path, capsys, shelf):
    faulty()
    path = write_project(tmp_path, chain("plugin:faulty/bad"))
    shelf.choose("faulty", False)
    assert main(["check", str(path)]) == 1
    assert "workbench plugins --enable faulty" in capsys.readouterr().out


START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from workbench.ui import app
opened = app.open_window
def told(path, application):
    window = opened(path, application)
    window.document.history.mark_unsaved()
    QTimer.singleShot(300, lambda: print("open", len(window.document.analysis.errors), flush=True))
    return window
app.open_window = told
sys.exit(app.run_gui(Path(sys.argv[1])))
"""


@pytest.mark.gui
def test_the_window_opens_such_a_project_and_sigterm_keeps_it(faulty, tmp_path):
    pytest.importorskip("PySide6.QtWidgets")
    faulty()
    path = write_project(tmp_path, chain("plugin:faulty/bad"))
    window = subprocess.Popen([sys.executable, "-c", START, path], stdout=subprocess.PIPE, text=True)
    assert window.stdout.readline() == "open 1\n"
    window.send_signal(signal.SIGTERM)
    assert window.wait(20) == 130
    window.stdout.close()
    (kept,) = (tmp_path / "data").glob("cnn-workbench/recovery/*")
    assert load_project(kept / "0.workbench").project.graphs["model"].find_name("bad")
