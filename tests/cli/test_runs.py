"""`runs`, and how other commands find one."""

import pytest

from workbench.runs import RunStatus, RunStore


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def add(store, stem, created, status=RunStatus.FINISHED, **facts):
    with store.create(stem, "{}", seed=7, epochs_planned=4) as run:
        run.finish(status, created=created, **facts)
    return run.folder


def test_an_empty_store(workbench, store):
    done = workbench("runs", "--runs", store.root)
    assert done.code == 0
    assert "no runs" in done.out
    assert workbench("runs", "--runs", store.root, "--json").document == []


def test_runs_come_newest_first_and_damaged_ones_last_with_the_reason(workbench, store):
    old = add(store, "old", "2026-01-01T10:00:00+00:00", best={"val_accuracy": 0.9}, epochs=4, best_epoch=3)
    new = add(store, "new", "2026-03-01T10:00:00+00:00", RunStatus.FAILED, problem="the disk is full")
    damaged = store.root / "a-damaged-one"
    damaged.mkdir()
    (damaged / "run.json").write_text("{")
    listed = workbench("runs", "--runs", store.root, "--json").document
    assert [run["path"] for run in listed] == [str(new), str(old), str(damaged)]
    assert [run["status"] for run in listed] == ["failed", "finished", "damaged"]
    assert listed[1]["best"] == {"val_accuracy": 0.9}
    assert listed[1]["seed"] == 7
    assert listed[0]["problem"] == "the disk is full"
    assert "run.json" in listed[2]["problem"]
    out = workbench("runs", "--runs", store.root).out
    assert out.index("new-") < out.index("old-") < out.index("a-damaged-one")
    assert "4/4" in out
    assert f"{new}: the disk is full" in out


def test_the_store_of_the_environment(workbench, store, monkeypatch):
    folder = add(store, "one", "2026-01-01T10:00:00+00:00")
    monkeypatch.setenv("WORKBENCH_RUNS", str(store.root))
    assert [run["name"] for run in workbench("runs", "--json").document] == [folder.name]


def test_a_store_that_is_no_folder(workbench, tmp_path):
    file = tmp_path / "runs"
    file.write_text("")
    done = workbench("runs", "--runs", file)
    assert done.code == 1
    assert done.complaints[0].startswith(f"{file}: ")


@pytest.mark.parametrize("name", ["latest", "nothing-like-it"])
def test_export_of_a_run_that_is_not_there(workbench, store, tmp_path, name):
    add_none = workbench("export", name, "--format", "savedmodel", "-o", tmp_path / "e", "--runs", store.root)
    assert add_none.code == 1
    (line,) = add_none.complaints
    assert str(store.root) in line


@pytest.mark.parametrize("how", ["name", "path", "latest"])
def test_export_of_a_run_without_weights(workbench, store, tmp_path, how):
    folder = add(store, "bare", "2026-01-01T10:00:00+00:00", RunStatus.STOPPED)
    chosen = {"name": folder.name, "path": folder, "latest": "latest"}[how]
    done = workbench("export", chosen, "--format", "savedmodel", "-o", tmp_path / "e", "--runs", store.root)
    assert done.code == 1
    (line,) = done.complaints
    assert line.startswith(f"{folder}: this run holds no weights")


@pytest.mark.parametrize("words", [["--format", "onnx"], []])
def test_a_format_that_is_not_offered_is_wrong_usage(workbench, tmp_path, words):
    done = workbench("export", "latest", *words, "-o", tmp_path / "e")
    assert done.code == 2
    assert "--format" in done.err


def test_search_shows_what_fits(workbench, store):
    add(store, "old", "2026-01-01T10:00:00+00:00", best={"val_accuracy": 0.9})
    bad = add(store, "bad", "2026-02-01T10:00:00+00:00", RunStatus.FAILED)
    listed = workbench("runs", "--runs", store.root, "--search", "status:failed", "--json").document
    assert [run["name"] for run in listed] == [bad.name]
    done = workbench("runs", "--runs", store.root, "--search", "nothing-like-it")
    assert done.code == 0
    assert "None of the 2 runs" in done.out


def test_notes_names_stars_and_tags(workbench, store):
    folder = add(store, "one", "2026-01-01T10:00:00+00:00")
    for words in (("--note", "latest", "wider is better"), ("--rename", folder.name, "Best"), ("--star", folder)):
        assert workbench("runs", "--runs", store.root, *words).code == 0
    assert workbench("runs", "--runs", store.root, "--tag", folder.name, "a,b").code == 0
    (run,) = workbench("runs", "--runs", store.root, "--json").document
    assert (run["note"], run["title"], run["starred"], run["tags"]) == ("wider is better", "Best", True, ["a", "b"])
    workbench("runs", "--runs", store.root, "--star", folder)
    workbench("runs", "--runs", store.root, "--note", folder, "")
    (run,) = workbench("runs", "--runs", store.root, "--json").document
    assert (run["note"], run["starred"]) == ("", False)


def test_deleted_runs_can_be_restored_until_the_trash_is_emptied(workbench, store):
    first = add(store, "one", "2026-01-01T10:00:00+00:00")
    second = add(store, "two", "2026-01-01T10:00:00+00:00")
    damaged = store.root / "broken"
    damaged.mkdir()
    done = workbench("runs", "--runs", store.root, "--delete", first.name, "--delete", "broken", "--json")
    assert [item["name"] for item in done.document] == [first.name, "broken"]
    assert [run["name"] for run in workbench("runs", "--runs", store.root, "--json").document] == [second.name]
    assert workbench("runs", "--runs", store.root, "--restore", first.name).code == 0
    assert len(workbench("runs", "--runs", store.root, "--json").document) == 2
    assert "1 deleted run removed" in workbench("runs", "--runs", store.root, "--empty-trash").out
    gone = workbench("runs", "--runs", store.root, "--restore", "broken")
    assert gone.code == 1
    assert "there is no deleted run 'broken'" in gone.complaints[0]


@pytest.mark.parametrize("words", [("--delete", "nothing"), ("--note", "nothing", "x"), ("--star", "")])
def test_a_run_that_is_not_there_is_one_line(workbench, store, words):
    add(store, "one", "2026-01-01T10:00:00+00:00")
    done = workbench("runs", "--runs", store.root, *words)
    assert done.code == 1
    assert len(done.complaints) == 1
