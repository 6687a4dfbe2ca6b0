"""The list of all runs: complete, current, and quick the second time."""

import json
import time

import pytest

from workbench.project.costs import project_costs
from workbench.project.file import dumps
from workbench.runs import RunIndex, RunStatus, RunStore, change_labels, delete, write_note
from workbench.runs import index as index_module
from workbench.templates import get_template


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture(scope="module")
def lenet():
    return dumps(get_template("lenet5").build()).decode()


def add(store, project, stem="lenet5", **facts):
    with store.create(stem, project, seed=3, epochs_planned=4, dataset="digits", settings={"optimizer": "SGD"}) as run:
        run.finish(RunStatus.FINISHED, **facts)
    return run.folder


def test_an_entry_holds_what_lists_show(store, lenet):
    folder = add(store, lenet, best={"val_loss": 0.2, "val_accuracy": 0.9}, best_epoch=2, epochs=4, seconds=8.0)
    change_labels(folder, title="Mine", starred=True, tags=("x",), sweep="s", trial=3, values={"learning_rate": 0.1})
    write_note(folder, "a note")
    (entry,) = RunIndex(store.root).entries()
    assert entry.folder == folder
    assert (entry.status, entry.project, entry.dataset, entry.params) == ("finished", "lenet5", "digits", 61_706)
    assert entry.macs == 416_520
    assert (entry.shown_name, entry.starred, entry.tags, entry.note) == ("Mine", True, ("x",), "a note")
    assert (entry.sweep, entry.trial, entry.values) == ("s", 3, {"learning_rate": 0.1})
    assert entry.headline == ("val_accuracy", 0.9)
    assert entry.size == sum(path.stat().st_size for path in folder.rglob("*"))
    assert not entry.has_weights


def test_every_change_is_seen(store, lenet):
    index = RunIndex(store.root)
    assert index.entries() == []
    first = add(store, lenet, "first")
    assert [entry.name for entry in index.entries()] == [first.name]
    second = add(store, lenet, "second")
    assert [entry.name for entry in index.entries()] == [second.name, first.name]
    write_note(first, "new")
    assert index.entries()[1].note == "new"
    change_labels(first, title="called")
    assert index.entries()[1].title == "called"
    (second / "run.json").write_text("{")
    entries = index.entries()
    assert [(entry.name, entry.status) for entry in entries] == [(first.name, "finished"), (second.name, "damaged")]
    assert "damaged" in entries[1].problem
    delete(first)
    assert [entry.name for entry in index.entries()] == [second.name]


def test_a_run_that_trains_is_followed_though_nothing_else_changes(store, lenet):
    index = RunIndex(store.root)
    run = store.create("net", lenet, seed=0)
    assert index.entries()[0].status == "running"
    run.close()  # as when its process dies: the record stays as it is
    assert index.entries()[0].status == "interrupted"


def test_what_has_not_changed_is_read_once_whatever_program_asks(store, lenet, monkeypatch):
    for _ in range(3):
        add(store, lenet)
    before = RunIndex(store.root).entries()

    def refuse(*_):
        raise AssertionError("read again")

    monkeypatch.setattr(index_module.RunIndex, "_read", refuse)
    assert RunIndex(store.root).entries() == before


def test_one_network_is_analysed_once(store, lenet, monkeypatch):
    counted = []

    def count(project):
        counted.append(project.title)
        return project_costs(project)

    monkeypatch.setattr(index_module, "project_costs", count)
    for rate in (0.1, 0.01, 0.001):
        document = json.loads(lenet)
        document["training"]["learning_rate"] = rate
        add(store, json.dumps(document))
    assert {entry.params for entry in RunIndex(store.root).entries()} == {61_706}
    assert len(counted) == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": 99}', b"[1]"])
def test_a_damaged_index_is_made_anew(store, lenet, content):
    add(store, lenet)
    before = RunIndex(store.root).entries()
    (store.root / ".index.json").write_bytes(content)
    assert RunIndex(store.root).entries() == before


def test_a_snapshot_that_cannot_be_read_costs_the_numbers_only(store):
    add(store, "no project")
    (entry,) = RunIndex(store.root).entries()
    assert (entry.status, entry.params, entry.project) == ("finished", None, "")


def test_a_thousand_runs_are_listed_again_in_a_moment(store, lenet):
    folder = add(store, lenet)
    record, project = (folder / "run.json").read_bytes(), (folder / "project.workbench").read_bytes()
    for number in range(1000):
        other = store.root / f"copy-{number}"
        other.mkdir()
        (other / "run.json").write_bytes(record)
        (other / "project.workbench").write_bytes(project)
    RunIndex(store.root).entries()
    start = time.perf_counter()
    assert len(RunIndex(store.root).entries()) == 1001
    assert time.perf_counter() - start < 2  # 0.03 s where nothing else runs
