"""The entry point, before any command or window takes over."""

import subprocess
import sys
from pathlib import Path

import pytest

import workbench
from workbench import cli
from workbench.__main__ import main

HEAVY = ("PySide6", "pyqtgraph", "keras", "tensorflow", "cv2", "numpy", "networkx")


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)


def test_version(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert workbench.__version__ in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sessions without a display server")
@pytest.mark.usefixtures("no_display")
def test_no_display_is_one_line_that_names_the_commands(capsys: pytest.CaptureFixture[str]):
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "no display" in captured.err
    assert all(command in captured.err for command in cli.COMMANDS)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModuleNotFoundError("No module named 'PySide6'", name="PySide6"), "No module named 'PySide6'"),
        (
            ImportError("libEGL.so.1: cannot open", name="QtWidgets", path="/x/PySide6/QtWidgets.abi3.so"),
            "libEGL.so.1",
        ),
    ],
    ids=["no PySide6", "no libEGL"],
)
def test_qt_that_cannot_be_loaded_is_one_line(error: ImportError, told: str, monkeypatch, capsys):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    refuse_import(monkeypatch, error)
    assert main([]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert told in message
    assert "summary" in message


def test_another_import_error_is_not_blamed_on_qt(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    refuse_import(monkeypatch, ModuleNotFoundError("No module named 'other'", name="other"))
    with pytest.raises(ModuleNotFoundError, match="other"):
        main([])


def refuse_import(monkeypatch: pytest.MonkeyPatch, error: ImportError) -> None:
    """Makes the window's module fail to import as it does where Qt is not whole."""

    class Refusal:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "workbench.ui.app":
                raise error

    monkeypatch.delitem(sys.modules, "workbench.ui.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refusal, *sys.meta_path])


def test_a_missing_project_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path / "gone.workbench")]) == 1
    assert "gone.workbench: no such file" in capsys.readouterr().err


def test_a_folder_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path)]) == 1
    assert "not a file" in capsys.readouterr().err


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]):
    assert main(["trian"]) == 2
    message = capsys.readouterr().err
    assert "trian" in message
    assert "train" in message.replace("trian", "")


def test_the_entry_point_imports_nothing_heavy():
    program = f"import sys, workbench.__main__; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
