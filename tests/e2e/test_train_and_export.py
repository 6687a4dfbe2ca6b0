"""From a project to a SavedModel on the command line, each command in a process of its own."""

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("runs") / "store"


@pytest.fixture(scope="module")
def trained(workbench, lenet, store):
    words = ["--epochs", 2, "--set", "seed=5", "--set", "batch_size=64"]
    return workbench("train", lenet, *words, "--runs", store, "--json")


def test_train_ends_with_one_object(trained, store):
    assert trained.code == 0, trained.err
    document = trained.document
    assert Path(document["run"]).parent == store
    assert (document["status"], document["epochs"]) == ("finished", 2)
    assert document["best"]["val_accuracy"] > 0.8
    assert document["seconds"] > 0


def test_progress_is_on_standard_error_in_plain_lines(trained):
    lines = trained.err.splitlines()
    assert any("1,437 images to train on, 360 held out" in line and "seed 5" in line for line in lines)
    assert [line.split("  ")[0] for line in lines if line.startswith("epoch")] == ["epoch 1/2", "epoch 2/2"]
    assert not any("absl" in line or "oneDNN" in line or "cuda" in line.lower() for line in lines)


def test_the_run_holds_what_the_command_line_asked_for(trained):
    folder = Path(trained.document["run"])
    record = json.loads((folder / "run.json").read_text())
    assert (record["seed"], record["settings"]["batch_size"], record["settings"]["epochs"]) == (5, 64, 2)
    snapshot = json.loads((folder / "project.workbench").read_text())
    assert snapshot["training"]["seed"] == 5
    with (folder / "metrics.csv").open() as table:
        assert [row["epoch"] for row in csv.DictReader(table)] == ["1", "2"]


def test_the_project_file_is_as_it_was(trained, lenet):
    assert json.loads(lenet.read_text())["training"]["epochs"] == 30


def test_runs_lists_it(workbench, trained, store):
    (run,) = workbench("runs", "--json", WORKBENCH_RUNS=str(store)).document
    assert run["path"] == trained.document["run"]
    assert (run["status"], run["seed"]) == ("finished", 5)


def test_export_reloads_and_compares(workbench, trained, store, tmp_path):
    target = tmp_path / "deep" / "exported"
    done = workbench("export", "latest", "--format", "savedmodel", "-o", target, "--runs", store, "--json")
    assert done.code == 0, done.err
    assert done.document["path"] == str(target)
    assert done.document["run"] == trained.document["run"]
    assert 0 <= done.document["difference"] <= 1e-5
    assert (target / "saved_model.pb").is_file()


def test_an_unknown_dataset_is_one_line_and_no_run(workbench, lenet, tmp_path):
    done = workbench("train", lenet, "--data", "no-such-data", "--runs", tmp_path / "runs")
    assert (done.code, done.out) == (1, "")
    last = done.err.splitlines()[-1]
    assert "no-such-data" in last
    assert last.endswith("Received: 'no-such-data'.")
    assert list((tmp_path / "runs").iterdir()) == []


def test_ctrl_c_stops_at_the_batch_and_keeps_the_run(lenet, tmp_path, headless):
    command = [sys.executable, "-m", "workbench", "train", str(lenet), "--epochs", "5000", "--json"]
    options = {"env": headless, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, "--runs", str(tmp_path)], **options) as process:
        for line in process.stderr:
            if line.startswith("epoch 1/"):
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    document = json.loads(out)
    assert document["status"] == "stopped"
    assert document["epochs"] >= 1
    folder = Path(document["run"])
    assert json.loads((folder / "run.json").read_text())["status"] == "stopped"
    assert (folder / "stopped.h5").is_file()
