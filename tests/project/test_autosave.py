"""Autosave and what a crash leaves behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.project.projects import small_project
from workbench.project import Autosave, Project, ProjectFileError, SetTraining, find_recoveries
from workbench.project.file import dumps

CRASHING = """
import pathlib, sys, time
from tests.project.projects import small_project
from workbench.project import Autosave
autosave = Autosave(pathlib.Path(sys.argv[1]))
for _ in range(2):
    autosave.save(small_project(), pathlib.Path("/somewhere/net.workbench"))
print("saved", flush=True)
time.sleep(60)
"""


def project_of(epochs: int) -> Project:
    project = small_project()
    project.apply(SetTraining(replace(project.training, epochs=epochs)))
    return project


def abandoned(root: Path, *states: Project, original: Path | None = None) -> Path:
    """The folder of a document whose process died: its lock is free."""
    autosave = Autosave(root)
    for project in states:
        autosave.save(project, original)
    autosave._lock.release()  # what the system does with a dead process's locks
    return autosave.folder


@pytest.fixture
def killed(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", CRASHING, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "saved\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_killed_process_leaves_its_document_to_be_recovered(tmp_path, killed):
    assert find_recoveries(tmp_path) == []  # still open there
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    (recovery,) = find_recoveries(tmp_path)
    assert recovery.original == Path("/somewhere/net.workbench")
    assert dumps(recovery.load().project) == dumps(small_project())
    recovery.discard()
    assert find_recoveries(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_an_open_document_is_not_offered_and_a_closed_one_leaves_nothing(tmp_path):
    autosave = Autosave(tmp_path)
    autosave.save(small_project(), None)
    assert find_recoveries(tmp_path) == []
    autosave.close()
    assert find_recoveries(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_newest_state_comes_back_and_older_ones_where_it_cannot_be_read(tmp_path):
    folder = abandoned(tmp_path, *map(project_of, (1, 2, 3, 4)))
    (recovery,) = find_recoveries(tmp_path)
    assert sorted(path.name for path in folder.glob("*.workbench")) == [f"{n}.workbench" for n in range(3)]
    for epochs in (4, 3, 2):
        assert recovery.load().project.training.epochs == epochs
        (folder / f"{4 - epochs}.workbench").write_bytes(b'{"cut off')
    with pytest.raises(ProjectFileError, match=r"0\.workbench"):
        recovery.load()


def test_a_failed_autosave_keeps_the_states_before(tmp_path, monkeypatch):
    autosave = Autosave(tmp_path)
    autosave.save(project_of(1), None)
    autosave.save(project_of(2), None)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space left"):
            autosave.save(project_of(3), None)
    autosave._lock.release()
    (recovery,) = find_recoveries(tmp_path)
    assert recovery.load().project.training.epochs == 2


def test_a_document_that_was_saved_has_nothing_to_recover(tmp_path):
    autosave = Autosave(tmp_path)
    autosave.save(small_project(), None)
    autosave.clear()
    autosave._lock.release()
    assert find_recoveries(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("about", [None, "", "{}", '{"saved": "yesterday", "original": 3}', "[]"])
def test_a_state_is_offered_even_where_the_note_about_it_is_missing_or_broken(tmp_path, about):
    """The process may die between the two writes, and the first autosave is the one most needed."""
    folder = abandoned(tmp_path, small_project(), original=tmp_path / "net.workbench")
    (folder / "about.json").unlink()
    if about is not None:
        (folder / "about.json").write_text(about)
    (recovery,) = find_recoveries(tmp_path)
    assert recovery.original is None
    assert dumps(recovery.load().project) == dumps(small_project())


def test_the_latest_crash_comes_first(tmp_path):
    for epochs in (1, 2, 3):
        abandoned(tmp_path, project_of(epochs))
    assert [found.load().project.training.epochs for found in find_recoveries(tmp_path)] == [3, 2, 1]


def test_no_folder_means_nothing_to_recover(tmp_path):
    assert find_recoveries(tmp_path / "none") == []
