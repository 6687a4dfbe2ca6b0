import json

import pytest

from tests.project.projects import small_project
from workbench.project import ProjectFileError, loads, migrations
from workbench.project import file as project_file
from workbench.project.file import dumps
from workbench.project.migrations import MIGRATIONS, migrate
from workbench.project.records import VERSION


def rename_title(document):
    return {**{key: value for key, value in document.items() if key != "name"}, "title": document["name"]}


def test_steps_are_taken_one_after_another():
    steps = {1: lambda document: {**document, "a": 1}, 2: lambda document: {**document, "b": document["a"] + 1}}
    assert migrate({"version": 1}, 3, steps) == {"version": 3, "a": 1, "b": 2}
    assert migrate({"version": 2, "a": 5}, 3, steps) == {"version": 3, "a": 5, "b": 6}


def test_the_current_version_is_left_alone():
    document = {"version": 3, "a": [1]}
    assert migrate(document, 3, {}) is document


def test_there_is_a_step_from_every_older_version():
    assert set(MIGRATIONS) == set(range(1, VERSION))


def test_an_older_file_is_brought_to_the_current_version(monkeypatch):
    monkeypatch.setattr(project_file, "VERSION", VERSION + 1)
    monkeypatch.setattr(
        project_file, "migrate", lambda d, target: migrations.migrate(d, target, {VERSION: rename_title})
    )
    older = json.loads(dumps(small_project()))
    older["name"] = older.pop("title")
    assert loads(json.dumps(older).encode(), "old.workbench").project.title == "small"


def test_a_version_that_no_step_starts_from_is_refused(monkeypatch):
    monkeypatch.setattr(project_file, "VERSION", VERSION + 1)
    with pytest.raises(ProjectFileError, match=f"version: no migration from version {VERSION}"):
        loads(dumps(small_project()), "old.workbench")
