"""The lint step fails where an import breaks the layout, and names the rule that it breaks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = {
    "tensorflow in the graph": (
        "graph/__init__.py",
        "import tensorflow",
        "Only engine imports keras or tensorflow",
    ),
    "numpy in the analysis": (
        "analysis/__init__.py",
        "import numpy",
        "Below data everything is plain Python",
    ),
    "Qt in the engine": ("engine/__init__.py", "from PySide6 import QtCore", "Only ui imports Qt"),
    "a plot in the run store": ("runs/__init__.py", "import pyqtgraph", "Only ui imports Qt"),
    "the document in the graph": (
        "graph/__init__.py",
        "from workbench import project",
        "Imports point down",
    ),
    "the window in a command": ("cli/__init__.py", "import workbench.ui", "Imports point down"),
    "the engine in its client": ("jobs/__init__.py", "import workbench.engine", "Imports point down"),
    "the document in the engine's client": (
        "jobs/__init__.py",
        "import workbench.project",
        "The engine's client shares only protocol and runs with it",
    ),
    "the engine in the window": (
        "ui/__init__.py",
        "import workbench.engine",
        "The window never uses the engine",
    ),
    "keras inside a function": (
        "codegen/__init__.py",
        "def write():\n    import keras",
        "Only engine imports keras or tensorflow",
    ),
    "keras in a command": (
        "cli/__init__.py",
        "import keras",
        "Entry point and commands import neither Qt nor keras directly",
    ),
    "a package without a place": ("extra/__init__.py", "", "Imports point down"),
    "a panel in a panel": (
        "ui/panels/planted.py",
        "import workbench.ui.panels.another",
        "Panels do not import one another",
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "workbench", tmp_path / "workbench", ignore=ignored)
    return tmp_path


def lint(root: Path) -> tuple[int, str]:
    """The lint step's exit code and its output on one line (it wraps long names)."""
    program = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_the_layout_as_it_stands_passes(copy: Path):
    code, output = lint(copy)
    assert code == 0, output
    assert "0 broken" in output


@pytest.mark.parametrize(("module", "line", "contract"), PLANTED.values(), ids=PLANTED)
def test_a_planted_import_fails(copy: Path, module: str, line: str, contract: str):
    planted = copy / "workbench" / module
    planted.parent.mkdir(parents=True, exist_ok=True)
    for neighbour in ("__init__.py", "another.py"):
        planted.with_name(neighbour).touch()
    with planted.open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    code, output = lint(copy)
    assert code != 0, output
    assert f"{contract} BROKEN" in output
