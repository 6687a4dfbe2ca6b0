import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench import cli
from workbench.project import save_project
from workbench.templates import get_template

Document = dict[str, Any]


class Outcome:
    """What a command left: its exit code and what it printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)

    @property
    def complaints(self) -> list[str]:
        return self.err.splitlines()


@pytest.fixture
def workbench(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Runs a command in this process."""

    def run(*words: object) -> Outcome:
        code = cli.run([str(word) for word in words])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Outcome(code, printed.out, printed.err)

    return run


@pytest.fixture
def lenet(tmp_path: Path) -> Path:
    """LeNet-5 as a project file."""
    path = tmp_path / "lenet.workbench"
    save_project(get_template("lenet5").build(), path)
    return path


@pytest.fixture
def edited(lenet: Path) -> Callable[[Callable[[Document], None]], Path]:
    """LeNet-5's file after a change to its JSON."""

    def edit(change: Callable[[Document], None]) -> Path:
        document = json.loads(lenet.read_text())
        change(document)
        lenet.write_text(json.dumps(document))
        return lenet

    return edit
