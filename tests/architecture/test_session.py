"""The guards of this test session, seen on a small session of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

GUI_TESTS = """
import logging, subprocess, threading, time
import pytest
from PySide6.QtCore import QThread, qWarning
from PySide6.QtWidgets import QWidget

kept = []

def test_tidy(qtbot):
    window, thread = QWidget(), QThread()
    qtbot.addWidget(window)
    window.show()
    thread.start()
    thread.quit()
    thread.wait()

def test_widget(qtbot):
    kept.append(QWidget())

def test_qthread(qtbot):
    kept.append(QThread())
    kept[-1].start()

def test_thread():
    threading.Thread(target=time.sleep, args=(1,)).start()

def test_process():
    kept.append(subprocess.Popen(["sleep", "60"]))

def test_log():
    logging.getLogger("somewhere").warning("odd")

@pytest.mark.expects_warnings
def test_expected_log():
    logging.getLogger("somewhere").warning("odd")

def test_qt_warning(qtbot):
    qWarning("odd")

def test_clean_up():
    kept[1].quit()
    kept[1].wait()
    kept[2].kill()
    kept[2].wait()
    kept.clear()
"""

PLAIN_TESTS = """
import os
from pathlib import Path
import pytest

def test_home_is_private():
    assert Path.home() != Path("/home/of/the/user")
    assert os.environ["WORKBENCH_RUNS"].startswith(str(Path.home()))

@pytest.mark.gui
def test_marked():
    pass

def test_own_warning():
    import warnings
    warnings.warn_explicit("old", DeprecationWarning, "x.py", 1, module="workbench.graph.model")

@pytest.mark.slow
def test_slow():
    raise AssertionError("not excluded")
"""


@pytest.fixture
def session(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "gui").mkdir(parents=True)
    for name in ("__init__.py", "conftest.py", "exploring.py", "leaks.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests")
    (tmp_path / "tests" / "test_plain.py").write_text(PLAIN_TESTS)
    (tmp_path / "tests" / "gui" / "__init__.py").touch()
    (tmp_path / "tests" / "gui" / "conftest.py").write_text("import tests.leaks\n\ntests.leaks.GRACE = 0.2\n")
    (tmp_path / "tests" / "gui" / "test_gui.py").write_text(GUI_TESTS)
    return tmp_path


def run_pytest(session: Path, *search: Path) -> str:
    environment = os.environ | {
        "HOME": "/home/of/the/user",
        "PYTHONPATH": os.pathsep.join(map(str, (*search, session))),
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=no", "-vv"]
    done = subprocess.run(command, cwd=session, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.gui
def test_a_gui_test_leaves_nothing_behind_and_warns_of_nothing(session: Path):
    output = run_pytest(session)
    for test, why in {
        "test_widget": "top-level widgets",
        "test_qthread": "running QThreads",
        "test_thread": "Python threads",
        "test_process": "child processes",
        "test_log": "logged: somewhere: odd",
    }.items():
        (line,) = (line for line in output.splitlines() if line.startswith(f"ERROR tests/gui/test_gui.py::{test} "))
        assert why in line
    assert "FAILED tests/gui/test_gui.py::test_qt_warning" in output
    for test in ("test_tidy", "test_expected_log", "test_clean_up"):
        assert f"ERROR tests/gui/test_gui.py::{test}" not in output


def test_where_qt_cannot_be_loaded_gui_tests_are_skipped_and_the_rest_runs(session: Path, tmp_path: Path):
    broken = tmp_path / "broken" / "PySide6"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libEGL.so.1: no such file')\n")
    output = run_pytest(session, broken.parent)
    assert "all of tests/gui: Qt cannot be loaded: libEGL.so.1: no such file" in output
    assert "test_plain.py::test_home_is_private PASSED" in output
    assert "test_plain.py::test_marked SKIPPED" in output
    assert "test_plain.py::test_own_warning FAILED" in output
    assert "test_plain.py::test_slow" not in output
    assert "qtlog" not in output
    assert "1 failed, 1 passed, 2 skipped, 1 deselected" in output
