import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


class Done:
    """What a process left; `document` is its standard output as the one JSON document that it must be."""

    def __init__(self, process: "subprocess.CompletedProcess[str]") -> None:
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr
        assert "Traceback" not in self.out + self.err

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def headless() -> dict[str, str]:
    """The environment of a machine without a display."""
    return {name: value for name, value in os.environ.items() if name not in DISPLAY}


@pytest.fixture(scope="session")
def workbench(headless: dict[str, str]) -> Callable[..., Done]:
    """Runs a command in a process of its own, as a person does."""

    def run(*words: object, **environment: str) -> Done:
        command = [sys.executable, "-m", "workbench", *map(str, words)]
        options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 300}
        return Done(subprocess.run(command, env=headless | environment, stdin=subprocess.DEVNULL, **options))

    return run


@pytest.fixture(scope="module")
def lenet(workbench: Callable[..., Done], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("project") / "l.workbench"
    assert workbench("new", "lenet5", "-o", path).code == 0
    return path
