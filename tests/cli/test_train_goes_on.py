"""`train --resume`, branches, and the trials before a run."""

import json

import pytest

from tests.engine.projects import small_project
from workbench.__main__ import main
from workbench.project import save_project
from workbench.runs import RunStore


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.workbench"
    save_project(small_project(epochs=1, keep_epochs="every"), path)
    return path


def workbench(capsys, *words):
    code = main([*map(str, words), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_a_run_goes_on_and_branches(small, tmp_path, capsys):
    runs = ["--runs", tmp_path / "runs"]
    code, first, _ = workbench(capsys, "train", small, *runs)
    assert (code, first["epochs"]) == (0, 1)
    code, longer, _ = workbench(capsys, "train", "--resume", "latest", "--epochs", 2, *runs)
    assert (code, longer["run"], longer["epochs"]) == (0, first["run"], 2)
    words = ["--branch-epoch", 1, "--epochs", 2, "--set", "optimizer=SGD", "--set", "optimizer.momentum=0.9"]
    code, branch, _ = workbench(capsys, "train", "--resume", first["name"], *words, *runs)
    assert (code, branch["epochs"]) == (0, 2)
    record = RunStore(tmp_path / "runs").resolve(branch["name"]).record
    assert (record.branched_from, record.branched_epoch) == (first["name"], 1)
    assert record.settings["optimizer_params"] == {"momentum": 0.9}
    code, told, _ = workbench(capsys, "train", "--resume", first["name"], *runs)
    assert code == 1
    assert "nothing is left to train" in told["errors"][0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["train"], "expected FILE"),
        (["train", "FILE", "--branch-epoch", "2"], "--branch-epoch needs --resume"),
        (["train", "FILE", "--resume", "latest"], "--resume takes no FILE"),
        (["train", "FILE", "--find-lr", "--resume", "latest"], "--find-lr takes a FILE"),
    ],
)
def test_words_that_contradict_each_other_are_refused(small, tmp_path, capsys, words, told):
    RunStore(tmp_path / "runs").create("some", small.read_text(), 0).close()
    words = [small if word == "FILE" else word for word in words]
    code, answer, _ = workbench(capsys, *words, "--runs", tmp_path / "runs")
    assert code == 2
    assert told in answer["errors"][0]


def test_there_must_be_such_a_run(tmp_path, capsys):
    code, answer, _ = workbench(capsys, "train", "--resume", "nothing", "--runs", tmp_path)
    assert code == 1
    assert "there is no run 'nothing'" in answer["errors"][0]


def test_a_learning_rate_is_looked_for(small, capsys):
    code, answer, _ = workbench(capsys, "train", small, "--find-lr")
    assert code == 0
    assert 1e-4 < answer["suggestion"] < 1
    assert len(answer["rates"]) == len(answer["losses"])


def test_one_batch_is_learned_by_heart(small, capsys):
    assert main(["train", str(small), "--overfit"]) == 0
    assert "Learned by heart" in capsys.readouterr().out
