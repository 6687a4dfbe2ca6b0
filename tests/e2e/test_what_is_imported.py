"""Commands that do not train start fast: no TensorFlow, and never Qt."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from workbench.__main__ import main
code = main(json.loads(sys.argv[1]))
heavy = ("tensorflow", "keras", "PySide6", "shiboken6", "pyqtgraph", "cv2")
print("LOADED", code, [name for name in heavy if name in sys.modules])
"""


def loaded_by(headless, *words):
    """Exit code and heavy modules after a command."""
    command = [sys.executable, "-c", PROGRAM, json.dumps([str(word) for word in words])]
    done = subprocess.run(command, env=headless, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", ["templates", "runs", "summary", "check"])
def test_a_command_that_does_not_train(headless, lenet, name):
    words = [name, lenet] if name in ("summary", "check") else [name]
    assert loaded_by(headless, *words) == "LOADED 0 []"


def test_train_refuses_a_broken_network_before_tensorflow(headless, lenet, tmp_path):
    document = json.loads(lenet.read_text())
    document["graphs"]["model"]["wires"].pop()
    broken = tmp_path / "broken.workbench"
    broken.write_text(json.dumps(document))
    assert loaded_by(headless, "train", broken) == "LOADED 1 []"


def test_export_refuses_an_unknown_run_before_tensorflow(headless, tmp_path):
    words = ["export", "latest", "--format", "savedmodel", "-o", tmp_path / "e", "--runs", tmp_path / "none"]
    assert loaded_by(headless, *words) == "LOADED 1 []"
