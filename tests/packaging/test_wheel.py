"""A wheel installed elsewhere finds what it carries, whatever the current folder is."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(ROOT, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel in it and nothing else; what it needs comes from the environment of the tests."""
    target = tmp_path_factory.mktemp("site")
    options = ("--quiet", "--no-deps", "--no-index", "--no-compile", "--target", str(target))
    run(target, "-m", "pip", "install", *options, str(wheel))
    return target


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    return tmp_path


def run(cwd: Path, *arguments: str, path: Path | None = None) -> str:
    """A Python process's standard output; `path` is searched before everything that is installed."""
    environment = dict(os.environ) if path is None else os.environ | {"PYTHONPATH": str(path)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_carries_what_the_clone_has(wheel: Path):
    carried = set(zipfile.ZipFile(wheel).namelist())
    shipped = [
        path.relative_to(ROOT)
        for folder in ("resources", "plugins")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert shipped
    assert {f"workbench/_bundled/{path.as_posix()}" for path in shipped} <= carried
    assert "workbench/py.typed" in carried
    assert not {name for name in carried if name.startswith(("tests/", "resources/", "plugins/"))}


def test_its_resources_are_its_own(installed: Path, elsewhere: Path):
    program = "from workbench import locations as l; print(l.resources(), l.bundled_plugins(), sep='\\n')"
    resources, plugins = map(Path, run(elsewhere, "-c", program, path=installed).splitlines())
    assert resources.is_relative_to(installed)
    assert resources.is_dir()
    assert plugins.is_relative_to(installed)
    assert plugins.is_dir()


def test_its_plugins_are_found_by_what_it_carries(installed: Path, elsewhere: Path):
    """No package of the tests stands beside it: the plugin comes out of the wheel, and its template can be built."""
    listed = json.loads(run(elsewhere, "-m", "workbench", "plugins", "--json", path=installed))
    (plugin,) = [each for each in listed if each["name"] == "efficientnet_lite0"]
    assert Path(plugin["folder"]).is_relative_to(installed)
    run(elsewhere, "-m", "workbench", "new", "efficientnet-lite0", "-o", "e.workbench", path=installed)
    assert "block_16" in (elsewhere / "e.workbench").read_text()


def test_it_lists_the_templates(installed: Path, elsewhere: Path):
    listed = json.loads(run(elsewhere, "-m", "workbench", "templates", "--json", path=installed))
    assert "lenet5" in {template["name"] for template in listed}


def test_it_reads_the_bundled_digits(installed: Path, elsewhere: Path):
    program = (
        "from workbench.data.sources import open_source; d = open_source('digits'); "
        "import workbench; print(workbench.__file__); print(len(d.images), len(d.class_names))"
    )
    module, counts = run(elsewhere, "-c", program, path=installed).splitlines()
    assert Path(module).is_relative_to(installed)
    assert counts == "1797 10"
