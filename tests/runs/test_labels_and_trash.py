"""What people write about runs, and runs that are deleted and come back."""

import os
import time

import pytest

from workbench.runs import (
    RunLabels,
    RunStatus,
    RunStore,
    RunStoreError,
    change_labels,
    delete,
    empty_trash,
    read_labels,
    read_note,
    restore,
    trashed_runs,
    write_note,
)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def finished(store, stem="lenet5"):
    with store.create(stem, "{}", seed=0) as run:
        run.finish(RunStatus.FINISHED)
    return run.folder


def test_a_note_is_kept_changed_and_removed(store):
    folder = finished(store)
    assert read_note(folder) == ""
    write_note(folder, "# Why\nWider; näher am Ziel.")
    assert read_note(folder) == "# Why\nWider; näher am Ziel."
    write_note(folder, " \n")
    assert read_note(folder) == ""
    assert not (folder / "notes.md").exists()


def test_labels_change_one_by_one_and_do_not_touch_the_record(store):
    folder = finished(store)
    record = (folder / "run.json").read_bytes()
    change_labels(folder, title="Baseline")
    change_labels(folder, starred=True, tags=("a", "b"))
    assert read_labels(folder) == RunLabels(title="Baseline", starred=True, tags=("a", "b"))
    assert (folder / "run.json").read_bytes() == record


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"starred": 3}', b"\xff"])
def test_damaged_labels_are_none(store, content):
    folder = finished(store)
    (folder / "labels.json").write_bytes(content)
    assert read_labels(folder) == RunLabels()


def test_a_run_that_trains_can_be_noted_but_not_deleted(store):
    with store.create("net", "{}", seed=0) as run:
        write_note(run.folder, "while it runs")
        with pytest.raises(RunStoreError, match="this run is training"):
            delete(run.folder)
        run.finish(RunStatus.FINISHED)
    assert store.resolve(run.name).status is RunStatus.FINISHED
    delete(run.folder)
    assert store.list() == []


def test_deleted_runs_leave_the_list_and_come_back_whole(store):
    folder = finished(store)
    write_note(folder, "keep me")
    trashed = delete(folder)
    assert store.list() == []
    assert [(item.name, item.folder) for item in trashed_runs(store.root)] == [(folder.name, trashed.folder)]
    assert restore(trashed) == folder
    assert read_note(folder) == "keep me"
    assert trashed_runs(store.root) == []


def test_two_deleted_runs_of_one_name_do_not_meet(store):
    first = finished(store)
    write_note(first, "first")
    one = delete(first)
    first.mkdir()
    two = delete(first)
    assert one.folder != two.folder
    assert {item.name for item in trashed_runs(store.root)} == {first.name}
    first.mkdir()
    back = restore(one)
    assert back.name == f"{first.name}-2"
    assert read_note(back) == "first"


def test_the_trash_forgets_what_is_old(store):
    old, new = delete(finished(store, "old")), delete(finished(store, "new"))
    long_ago = time.time() - 31 * 24 * 3600
    os.utime(old.folder, (long_ago, long_ago))
    assert empty_trash(store.root, 30) == 1
    assert [item.name for item in trashed_runs(store.root)] == [new.name]
    assert empty_trash(store.root) == 1
    assert trashed_runs(store.root) == []


def test_what_is_not_there_is_told(store):
    with pytest.raises(RunStoreError, match="there is no such run folder"):
        delete(store.root / "nothing")
    with pytest.raises(RunStoreError, match="there is no such run folder"):
        write_note(store.root / "nothing", "x")
