import json

import h5py
import numpy as np
import pytest

from workbench.runs import (
    Checkpoint,
    Run,
    RunStatus,
    RunStore,
    RunStoreError,
    read_checkpoint,
    write_checkpoint,
)


def test_variables_and_state_come_back_as_they_were(tmp_path):
    variables = {
        "model/conv_1/000.kernel": np.random.default_rng(0).normal(size=(3, 3, 1, 6)).astype("float32"),
        "model/drop/000.seed_generator_state": np.array([1, 2], dtype="uint32"),
        "optimizer/000.iteration": np.array(45, dtype="int64"),
    }
    state = {"epoch": 3, "callbacks": {"early_stopping": {"wait": 2, "best": 0.1}}}
    write_checkpoint(tmp_path / "c.h5", Checkpoint(variables, state))
    back = read_checkpoint(tmp_path / "c.h5")
    assert back.state == state
    assert back.variables.keys() == variables.keys()
    for key, value in variables.items():
        assert back.variables[key].dtype == value.dtype
        np.testing.assert_array_equal(back.variables[key], value)


def test_a_write_that_fails_keeps_the_old_checkpoint(tmp_path):
    path = tmp_path / "c.h5"
    write_checkpoint(path, Checkpoint({"model/a/000.w": np.ones(2)}))
    with pytest.raises(TypeError):
        write_checkpoint(path, Checkpoint({"model/a/000.w": np.array([object()])}))
    np.testing.assert_array_equal(read_checkpoint(path).variables["model/a/000.w"], [1, 1])
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_and_a_damaged_file_are_told_with_their_path(tmp_path):
    with pytest.raises(RunStoreError, match=r"none\.h5: there is no such checkpoint"):
        read_checkpoint(tmp_path / "none.h5")
    (tmp_path / "bad.h5").write_bytes(b"nonsense")
    with pytest.raises(RunStoreError, match=r"bad\.h5: not a checkpoint"):
        read_checkpoint(tmp_path / "bad.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(RunStoreError, match=r"other\.h5: not a checkpoint"):
        read_checkpoint(tmp_path / "other.h5")


def test_a_newer_format_is_named(tmp_path):
    write_checkpoint(tmp_path / "c.h5", Checkpoint({}))
    with h5py.File(tmp_path / "c.h5", "a") as file:
        file.attrs["format"] = 9
    with pytest.raises(RunStoreError, match="format 9"):
        read_checkpoint(tmp_path / "c.h5")


@pytest.mark.parametrize("kind", ["external link", "soft link", "external storage", "virtual"])
def test_a_checkpoint_reads_no_other_file(tmp_path, kind):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["w"] = np.arange(4.0)
    path = tmp_path / "c.h5"
    with h5py.File(path, "w") as file:
        file.attrs["format"] = 1
        file["state"] = json.dumps({})
        variables = file.create_group("variables")
        if kind == "external link":
            variables["w"] = h5py.ExternalLink(str(secret), "w")
        elif kind == "soft link":
            variables["w"] = h5py.SoftLink("/state")
        elif kind == "external storage":
            variables.create_dataset("w", shape=(4,), dtype="f8", external=[(str(secret), 0, 32)])
        else:
            layout = h5py.VirtualLayout(shape=(4,), dtype="f8")
            layout[:] = h5py.VirtualSource(str(secret), "w", shape=(4,))
            variables.create_virtual_dataset("w", layout)
    with pytest.raises(RunStoreError, match="never"):
        read_checkpoint(path)


def test_the_weights_asked_for_fall_back_to_what_there_is(tmp_path):
    with RunStore(tmp_path).create("net", "{}", seed=0, epochs_planned=5) as active:
        run = Run.open(active.folder)
        with pytest.raises(RunStoreError, match=r"holds no weights \(running, 0 of 5 epochs\)"):
            run.weights_file("best")
        active.save_checkpoint(Checkpoint({}))
        assert run.weights_file("best").name == run.weights_file("last").name == "checkpoint.h5"
        active.save_best(Checkpoint({}))
        active.save_stopped(Checkpoint({}))
        assert run.weights_file("best").name == "best.h5"
        assert run.weights_file("last").name == "stopped.h5"
        active.finish(RunStatus.STOPPED)
