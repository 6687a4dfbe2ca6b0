import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image

from tests.engine.segmenting import mask_folders, pixelwise, segmentation
from workbench.data.source import DatasetError
from workbench.engine import JobError, run_job
from workbench.project.augmentation_presets import new_step
from workbench.project.file import dumps
from workbench.protocol import Checked, EpochEnd, Finished, Train
from workbench.runs import Run, RunStatus, RunStore, read_checkpoint
from workbench.templates import get_template

MOVES = (new_step("rotation", 0.5), new_step("mirror_horizontal"), new_step("brightness", 0.5))


def train(project, runs, **fields):
    events = []
    done = run_job(Train(project=dumps(project).decode(), runs=str(runs), **fields), events.append, threading.Event())
    assert isinstance(done, Finished)
    return done, [event for event in events if isinstance(event, EpochEnd)], events


@pytest.mark.parametrize(
    ("graph", "classes", "settings"),
    [
        (pixelwise(), 2, {}),
        (pixelwise(classes=1, activation="sigmoid"), 2, {"loss": "crossentropy_dice"}),
        (pixelwise(classes=3, activation=None), 3, {"class_weights": "balanced", "loss": "focal_dice"}),
        (pixelwise(padding="valid"), 2, {"loss": "crossentropy_tversky"}),
    ],
)
def test_masks_are_learned(tmp_path, graph, classes, settings):
    spec = mask_folders(tmp_path, 24, classes=classes)
    project = segmentation(spec, graph, augmentation=MOVES, epochs=8, learning_rate=0.05, **settings)
    done, epochs, _ = train(project, tmp_path / "runs")
    assert epochs[-1].metrics["val_mean_iou"] > 0.75
    assert epochs[-1].metrics["loss"] < epochs[0].metrics["loss"]
    names = {2: ("background", "object"), 3: ("0", "1", "2")}[classes]
    assert Run.open(RunStore(tmp_path / "runs").root / done.name).record.class_names == names


@pytest.mark.parametrize("mix", ["mixup", "cutmix"])
def test_masks_are_learned_from_mixed_images(tmp_path, mix):
    steps = (new_step(mix, 0.5),)
    project = segmentation(mask_folders(tmp_path, 24), augmentation=steps, epochs=7, learning_rate=0.05)
    _, epochs, _ = train(project, tmp_path / "runs")
    assert epochs[-1].metrics["val_mean_iou"] > 0.75


def test_the_valid_unet_trains_on_targets_that_nobody_cropped(tmp_path):
    spec = mask_folders(tmp_path, 3, (572, 572))
    project = get_template("unet").build({"width": 0.02})
    trained = segmentation(spec, project.graphs["model"], epochs=1, batch_size=1, metrics=("iou",), preflight=False)
    _, epochs, _ = train(trained, tmp_path / "runs")
    assert np.isfinite(epochs[0].metrics["val_loss"])
    assert set(epochs[0].metrics) >= {"background_iou", "val_object_iou"}


def test_pictures_are_learned_too(tmp_path):
    spec = mask_folders(tmp_path, 24)
    graph = pixelwise(classes=1, activation="sigmoid")
    project = segmentation(spec, graph, data={"target": "image"}, epochs=6, loss="auto", metrics=())
    _, epochs, _ = train(project, tmp_path / "runs")  # the paired picture is the mask as it looks
    assert epochs[-1].metrics["val_loss"] < 0.05
    itself = segmentation("digits", pixelwise((8, 8, 1), 1, "sigmoid"), data={"target": "image"}, epochs=1)
    _, epochs, _ = train(itself, tmp_path / "runs")
    assert epochs[-1].metrics["val_mean_absolute_error"] < 0.3


RESUMED = """
import os, signal, sys, threading
from tests.engine.segmenting import pixelwise, segmentation
from tests.engine.test_segmentation import MOVES
from workbench.engine import run_job
from workbench.engine.training import progress
from workbench.project.augmentation_presets import new_step
from workbench.project.file import dumps
from workbench.protocol import BatchProgress, Train
progress._EVENT_SECONDS = 0.0
spec, runs, resume, kill_at = sys.argv[1:]
def report(event):
    if isinstance(event, BatchProgress) and f"{event.epoch}.{event.batch}" == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
steps = (*MOVES, new_step("cutmix", 0.5))
project = segmentation(
    spec, augmentation=steps, deterministic=True, loss="crossentropy_dice", class_weights="balanced", epochs=3
)
run_job(Train(project=dumps(project).decode(), runs=runs, resume=resume), report, threading.Event())
"""


def test_a_killed_run_ends_bit_for_bit_as_one_never_stopped(tmp_path):
    spec = mask_folders(tmp_path, 20)

    def trained(runs, resume="", kill_at="never"):
        command = [sys.executable, "-c", RESUMED, spec, str(runs), resume, kill_at]
        return subprocess.run(command, capture_output=True, text=True, timeout=200)

    done = trained(tmp_path / "whole")
    assert done.returncode == 0, done.stderr
    assert trained(tmp_path / "killed", kill_at="2.2").returncode == -9
    run = RunStore(tmp_path / "killed").resolve("latest")
    assert run.status is RunStatus.INTERRUPTED
    assert trained(tmp_path / "killed", resume=str(run.folder)).returncode == 0
    whole, again = RunStore(tmp_path / "whole").resolve("latest"), Run.open(run.folder)
    for file in ("checkpoint.h5", "best.h5"):
        one, two = (read_checkpoint(each.folder / file) for each in (whole, again))
        for key, value in one.variables.items():
            np.testing.assert_array_equal(value, two.variables[key], err_msg=key)
    rows = [[{**row, "seconds": 0} for row in each.metrics()] for each in (whole, again)]
    assert rows[0] == rows[1]


# -- bad input
def refused(project, runs):
    with pytest.raises((DatasetError, JobError)) as caught:
        train(project, runs)
    return str(caught.value)


def test_masks_with_nothing_on_them_are_refused(tmp_path):
    spec = mask_folders(tmp_path, 6)
    for path in (tmp_path / "masks").iterdir():
        Image.fromarray(np.zeros((24, 32), np.uint8)).save(path)
    said = refused(segmentation(spec), tmp_path / "runs")
    assert "Expected training masks with two classes or more. Received: nothing but background in 4 masks" in said


def test_masks_for_a_network_of_other_classes_are_refused(tmp_path):
    said = refused(segmentation(mask_folders(tmp_path, 6), pixelwise(classes=5)), tmp_path / "runs")
    assert "output has shape 24x32x5; 2 classes need 2 values for each of 24x32 places" in said
    vector = get_template("lenet5").build({"classes": 2}).graphs["model"]
    said = refused(segmentation(f"{tmp_path / 'images'}::{tmp_path / 'masks'}", vector), tmp_path / "runs")
    assert "Expected an output of height x width x classes. Received: 2" in said


def test_classes_are_not_learned_from_masks_nor_masks_from_classes(tmp_path):
    said = refused(segmentation(mask_folders(tmp_path, 6), data={"target": "classes"}), tmp_path / "runs")
    assert "Expected a dataset with a class for each image. Received: images, which has masks" in said
    said = refused(segmentation("digits", pixelwise((8, 8, 1)), data={"target": "masks"}), tmp_path / "runs")
    assert "Expected a dataset with masks (IMAGES::MASKS). Received: digits, which has classes" in said


def test_bad_masks_are_told_and_the_others_are_trained_on(tmp_path):
    spec = mask_folders(tmp_path, 12)
    Image.fromarray(np.zeros((20, 32), np.uint8)).save(tmp_path / "masks" / "004.png")
    (tmp_path / "masks" / "007.png").write_bytes(b"no image")
    (tmp_path / "masks" / "008.png").unlink()
    done, _, events = train(segmentation(spec, epochs=1), tmp_path / "runs")
    assert done.unreadable == 2
    log = Run.open(RunStore(tmp_path / "runs").root / done.name).log_file.read_text()
    assert "Expected a mask of the image's size, 24 x 32. Received: 20 x 32" in log
    assert "007.png" in log
    assert any(isinstance(event, Checked) for event in events)
