"""A user's plugin folder, and a shelf that forgets."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from workbench.plugins import SHELF, Shelf, choices, user_folder

MANIFEST = """
[plugin]
name = "{name}"
version = "2.1"
api = 1
title = "A plugin"
module = "{name}"
"""


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Every test starts as on a new computer, and leaves no module and no type behind."""
    for name in ("config", "data"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    yield
    for plugin in user_folder().glob("*"):
        choices.choose(plugin.name, False)
    SHELF.look()
    kept = {plugin.name for plugin in SHELF.plugins if plugin.bundled}
    for name in [name for name in sys.modules if name.startswith("workbench_plugins.")]:
        if name.split(".")[1] not in kept:
            del sys.modules[name]


@pytest.fixture
def write_plugin():
    """Writes a plugin into the user's folder; switches it on unless told."""

    def write(name: str, module: str = "", manifest: str = "", on: bool = True, **files: str) -> Path:
        folder = user_folder() / name
        folder.mkdir(parents=True)
        (folder / "plugin.toml").write_text(MANIFEST.format(name=name) + dedent(manifest))
        for stem, text in {name: module, **files}.items():
            (folder / f"{stem}.py").write_text(dedent(text))
        if on:
            choices.choose(name, True)
        return folder

    return write


@pytest.fixture
def shelf() -> Shelf:
    """The program's own: catalogues are made from what it plugs in."""
    return SHELF
