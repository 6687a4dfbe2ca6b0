from pathlib import Path

import pytest

from workbench import locations


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("WORKBENCH_RUNS")


def test_a_clone_has_its_resources_beside_the_package():
    clone = Path(locations.__file__).parents[1]
    assert locations.resources() == clone / "resources"
    assert locations.bundled_plugins() == clone / "plugins"


def test_runs_are_user_data_unless_told_otherwise():
    assert locations.runs_folder() == locations.user_data() / "runs"


def test_the_chosen_runs_folder_is_remembered_and_forgotten(tmp_path: Path):
    locations.choose_runs_folder(tmp_path / "mine")
    assert locations.runs_folder() == tmp_path / "mine"
    locations.choose_runs_folder(None)
    assert locations.runs_folder() == locations.user_data() / "runs"


def test_the_environment_wins_over_the_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    locations.choose_runs_folder(tmp_path / "mine")
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "theirs"))
    assert locations.runs_folder() == tmp_path / "theirs"


def test_an_unreadable_choice_counts_as_none(tmp_path: Path):
    locations.choose_runs_folder(tmp_path)
    (choice,) = locations.settings_folder().iterdir()
    choice.write_bytes(b"\xff\xfe\x00")
    assert locations.runs_folder() == locations.user_data() / "runs"
