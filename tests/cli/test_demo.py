"""What `demo` says and offers; the job itself is stood in for here and done whole in tests/e2e."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workbench import cli
from workbench.cli.commands import demo
from workbench.protocol import ExportDone, Finished, Stopped
from workbench.runs import RunStore

FINISHED: dict[str, Any] = {
    "name": "demo-lenet5",
    "best": {"val_accuracy": 0.98, "val_loss": 0.1},
    "best_epoch": 21,
    "last": {"val_accuracy": 0.97},
    "epochs": 30,
    "seconds": 8.5,
}


@pytest.fixture
def jobs(monkeypatch, tmp_path):
    """Stands in for the engine; gives what was asked for."""
    asked = {}
    with RunStore(tmp_path / "runs").create("demo", "{}", seed=0) as run:
        folder = run.folder

    def train(project, name, root):
        asked.update(training=project.training, root=root)
        return Finished(run=str(folder), **FINISHED)

    def export(run, path):
        asked.update(exported=run)
        return ExportDone(path=str(path), difference=2e-7, scale=1.0, tolerance=1e-5, images=256)

    monkeypatch.setattr(demo, "train", train)
    monkeypatch.setattr(demo, "export", export)
    return asked


def test_the_document(workbench, jobs, tmp_path):
    done = workbench("demo", "--json", "--seed", 4, "--runs", tmp_path / "runs")
    assert done.code == 0
    document = done.document
    assert document["accuracy"] == 0.98
    assert document["export_difference"] == 2e-7
    assert Path(document["run"]) == jobs["exported"]
    assert document["export"] == str(jobs["exported"] / "savedmodel")
    assert (jobs["training"].seed, jobs["training"].epochs) == (4, 30)
    assert jobs["root"] == tmp_path / "runs"


def test_the_last_lines_are_accuracy_and_difference(workbench, jobs):
    *_, accuracy, difference = workbench("demo").out.splitlines()
    assert "held-out accuracy: 0.9800" in accuracy
    assert "0.9700 after the last epoch" in accuracy
    assert "export difference: 2e-07" in difference


def test_stopped_it_exports_nothing(workbench, jobs, monkeypatch):
    monkeypatch.setattr(demo, "train", lambda *_: Stopped(run="/r/x", name="x"))
    done = workbench("demo", "--json")
    assert done.code == 130
    assert done.document["run"] == "/r/x"
    assert "exported" not in jobs


@pytest.mark.parametrize("seed", ["-1", "x", "4294967296", "²"])
def test_a_seed_that_is_none(workbench, seed):
    assert workbench("demo", "--seed", seed).code == 2


@pytest.fixture
def terminal(monkeypatch):
    """A person at a terminal with a display; gives what was started, and takes the answer."""
    started = []
    monkeypatch.setenv("DISPLAY", ":7")
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: started.append(command))
    return started


@pytest.mark.parametrize(("answer", "opens"), [("y", True), ("Yes", True), ("", False), ("n", False)])
@pytest.mark.usefixtures("jobs")
def test_with_a_display_it_offers_to_open_the_result(terminal, monkeypatch, answer, opens):
    monkeypatch.setattr("builtins.input", lambda prompt: answer)
    assert cli.run(["demo"]) == 0
    assert len(terminal) == opens
    if opens:
        assert terminal[0][1:3] == ["-m", "workbench"]
        assert terminal[0][3].endswith("project.workbench")


@pytest.mark.usefixtures("jobs")
def test_with_json_or_without_a_display_it_offers_nothing(terminal, monkeypatch, capsys):
    def no_question(prompt):
        raise AssertionError("asked")

    monkeypatch.setattr("builtins.input", no_question)
    assert cli.run(["demo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == 0.98
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    if sys.platform == "linux":
        assert cli.run(["demo"]) == 0
