"""What every test gets: a home of its own, Qt only where it can be loaded, and nothing left behind."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TESTS = Path(__file__).parent
GUI_FOLDERS = (TESTS / "gui", TESTS / "ui")
NETWORK_PROBE = ("storage.googleapis.com", 443)  # where Keras fetches its data sets

try:
    import PySide6.QtWidgets  # noqa: F401
except ImportError as error:
    WHY_NO_QT: str | None = f"Qt cannot be loaded: {error}"
    pytest_plugins = ["tests.exploring"]
else:
    WHY_NO_QT = None
    pytest_plugins = ["tests.exploring", "pytestqt.plugin", "tests.leaks"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares pytest-qt's settings where the plugin itself is not loaded."""
    if WHY_NO_QT is not None:
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "unused: Qt cannot be loaded")
        parser.addini("qt_log_ignore", "unused: Qt cannot be loaded", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Gives the session its own home, so that no test sees or changes the user's files."""
    home = Path(tempfile.mkdtemp(prefix="workbench-tests-"))
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    private = {
        "HOME": home,
        "XDG_CACHE_HOME": home / "cache",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_RUNTIME_DIR": runtime,
        "WORKBENCH_RUNS": home / "runs",
    }
    before = dict(os.environ)
    os.environ.update({name: str(path) for name, path in private.items()})

    def restore() -> None:
        for name in private:
            os.environ.pop(name)
            if name in before:
                os.environ[name] = before[name]
        shutil.rmtree(home, ignore_errors=True)

    config.add_cleanup(restore)


class SkippedFolder(pytest.Collector):
    """A folder of GUI tests that cannot run here: none of its modules is imported, nor its conftest."""

    def collect(self):
        pytest.skip(f"all of tests/{self.name}: {WHY_NO_QT}", allow_module_level=True)


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if WHY_NO_QT is not None and path in GUI_FOLDERS:
        return SkippedFolder.from_parent(parent, name=path.name)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(folder in item.path.parents for folder in GUI_FOLDERS):
            item.add_marker("gui")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if WHY_NO_QT is not None and item.get_closest_marker("gui"):
        pytest.skip(WHY_NO_QT)
    if item.get_closest_marker("network") and not network_is_up():
        pytest.skip(f"no network: {NETWORK_PROBE[0]} cannot be reached")


@cache
def network_is_up() -> bool:
    try:
        with socket.create_connection(NETWORK_PROBE, timeout=3):
            return True
    except OSError:
        return False


@pytest.fixture(autouse=True)
def no_failing_listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A listener that raises takes nothing along in the program; in a test it is a failure."""
    failed: list[BaseException] = []
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        failed.append(error)
        before(kind, error, trace)

    with monkeypatch.context() as patch:
        patch.setattr(sys, "excepthook", hook)
        yield
    assert not failed, failed
