import os
import subprocess
import sys
import textwrap
import threading

import pytest

from workbench.runs import DamagedRun, Run, RunStatus, RunStore, RunStoreError


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "deep" / "runs")


def _finished(store, stem="lenet5"):
    with store.create(stem, "{}", seed=0) as run:
        run.finish(RunStatus.FINISHED)
    return run


def test_a_run_is_named_for_people_and_sorted_by_time(store):
    first, second = _finished(store, "My LeNet/5 (copy)"), _finished(store, "…")
    assert first.name.startswith("my-lenet-5-copy-20")
    assert second.name.startswith("run-20")
    assert [run.name for run in store.list()] == [second.name, first.name]


def test_an_empty_store_lists_nothing_and_makes_no_folder(store):
    assert store.list() == []
    assert not store.root.exists()


def test_runs_made_within_one_second_do_not_share_a_folder(store):
    made = []
    threads = [threading.Thread(target=lambda: made.append(_finished(store).folder)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 12
    assert {run.record.name for run in store.list()} == {folder.name for folder in made}
    assert [path for path in store.root.iterdir() if path.name.startswith(".")] == []


def test_a_run_keeps_its_snapshot_and_facts(store):
    facts = {"class_names": ("a", "b"), "versions": {"keras": "3"}, "settings": {"epochs": 3}, "dataset": "digits"}
    with store.create("net", '{"graphs": 1}', seed=7, **facts) as active:
        active.update(epochs=1, best={"val_accuracy": 0.5}, best_epoch=1)
        active.finish(RunStatus.STOPPED, seconds=1.5)
    run = Run.open(active.folder)
    assert run.project_file.read_text() == '{"graphs": 1}'
    assert run.status is RunStatus.STOPPED
    record = run.record
    assert (record.seed, record.class_names, record.versions) == (7, ("a", "b"), {"keras": "3"})
    assert (record.settings, record.dataset, record.best_epoch) == ({"epochs": 3}, "digits", 1)
    assert (record.best, record.seconds) == ({"val_accuracy": 0.5}, 1.5)


def test_a_run_in_progress_reads_as_running_and_then_as_it_ended(store):
    with store.create("net", "{}", seed=0) as active:
        assert Run.open(active.folder).status is RunStatus.RUNNING
        active.finish(RunStatus.FINISHED)
    assert Run.open(active.folder).status is RunStatus.FINISHED


def test_a_run_that_ends_without_a_result_is_failed_with_the_reason(store):
    with pytest.raises(ValueError, match="loss"), store.create("net", "{}", seed=0) as active:
        raise ValueError("the loss is not a number")
    run = Run.open(active.folder)
    assert (run.status, run.problem) == (RunStatus.FAILED, "the loss is not a number")


def test_a_run_whose_process_was_killed_is_interrupted(store):
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from workbench.runs import RunStore
        RunStore(Path({str(store.root)!r})).create("net", "{{}}", seed=0)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    (run,) = store.list()
    assert run.status is RunStatus.INTERRUPTED
    assert store.resolve("latest").status is RunStatus.INTERRUPTED


def test_only_one_process_writes_a_run(store):
    from workbench.runs.active import ActiveRun

    with (
        store.create("net", "{}", seed=0) as active,
        pytest.raises(RunStoreError, match="another process is training"),
    ):
        ActiveRun(active.folder)


def test_resolve_takes_latest_a_name_and_a_path(store, tmp_path):
    older, newer = _finished(store), _finished(store)
    assert store.resolve("latest").folder == newer.folder
    assert store.resolve(older.name).folder == older.folder
    assert store.resolve(str(older.folder)).folder == older.folder
    elsewhere = RunStore(tmp_path / "other")
    assert elsewhere.resolve(str(newer.folder)).name == newer.name


def test_resolve_says_what_is_missing_and_what_is_close(store):
    with pytest.raises(RunStoreError, match="no runs here yet"):
        store.resolve("latest")
    run = _finished(store)
    with pytest.raises(RunStoreError, match=f"no run '{run.name}x'; did you mean {run.name}"):
        store.resolve(f"{run.name}x")
    with pytest.raises(RunStoreError, match="there is no run '/no/such'"):
        store.resolve("/no/such")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "run.json is missing"),
        (b"", "damaged"),
        (b'{"format": 1, "name": "x"', "damaged"),
        (b'{"format": 1, "name": "x"}', "missing required field"),
        (b'{"format": 99}', "newer version"),
        (b"[1, 2]", "damaged"),
        (b'{"format": 1, "name": "x", "status": "odd", "created": "", "seed": 0}', r"status"),
    ],
)
def test_a_damaged_run_is_listed_with_its_problem_beside_the_others(store, content, problem):
    good = _finished(store)
    bad = store.root / "broken"
    bad.mkdir()
    if content is not None:
        (bad / "run.json").write_bytes(content)
    listed = store.list()
    assert [run.name for run in listed] == [good.name, "broken"]
    assert isinstance(listed[1], DamagedRun)
    with pytest.raises(RunStoreError, match=problem) as raised:
        store.resolve("broken")
    assert str(raised.value) == listed[1].problem
    assert store.resolve("latest").name == good.name


def test_a_store_that_cannot_be_made_says_so(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(RunStoreError, match=r"file/runs: cannot make a run in this folder: not a directory"):
        RunStore(blocker / "runs").create("net", "{}", seed=0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_is_not_writable_says_so(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RunStoreError, match="permission denied"):
        RunStore(tmp_path).create("net", "{}", seed=0)
    tmp_path.chmod(0o700)


def test_metrics_come_back_and_a_cut_row_is_left_out(store):
    with store.create("net", "{}", seed=0) as active:
        active.add_epoch({"epoch": 1, "loss": 0.123456789, "val_loss": float("nan")})
        active.add_epoch({"epoch": 2, "loss": 0.1})
        active.finish(RunStatus.FINISHED)
    run = Run.open(active.folder)
    with (active.folder / "metrics.csv").open("a") as file:
        file.write("3,0.0")
    first, second = run.metrics()
    assert (first["epoch"], first["loss"]) == (1.0, 0.123456789)
    assert first["val_loss"] != first["val_loss"]
    assert second == {"epoch": 2.0, "loss": 0.1}


def test_the_record_survives_a_write_that_fails(store, monkeypatch):
    with store.create("net", "{}", seed=0) as active:
        active.update(epochs=1)

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(RunStoreError, match="no space left"):
            active.update(epochs=2)
        monkeypatch.undo()
        assert Run.open(active.folder).record.epochs == active.record.epochs == 1
        assert not list(active.folder.glob(".run.json*"))
        active.finish(RunStatus.STOPPED)
