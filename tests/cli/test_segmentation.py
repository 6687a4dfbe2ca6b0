"""Segmentation from the command line: new, check, train, evaluate."""

import json

from tests.engine.segmenting import mask_folders


def test_a_unet_is_made_checked_trained_and_judged(workbench, tmp_path):
    spec = mask_folders(tmp_path, 9, (32, 32), parts=True)
    path, runs = tmp_path / "unet.workbench", tmp_path / "runs"
    made = workbench("new", "unet-same", "--input", "32x32x1", "-p", "width=0.06", "-p", "depth=2", "-o", path)
    assert made.code == 0
    settings = ("--set", "loss=crossentropy_dice", "--set", "metrics=accuracy,mean_iou,iou", "--set", "batch_size=2")
    rate = ("--set", "learning_rate=0.01", "--set", "class_weights=balanced")
    done = workbench("train", path, "--data", spec, "--epochs", "2", *settings, *rate, "--runs", runs, "--json")
    assert done.code == 0, done.err
    assert set(done.document["best"]) >= {"val_mean_iou", "val_object_iou", "val_background_iou", "val_accuracy"}
    judged = workbench("evaluate", "latest", "--runs", runs, "--json")
    assert judged.code == 0, judged.err
    said = judged.document
    assert (said["target"], said["part"], said["images"]) == ("masks", "test", 3)
    assert [row["name"] for row in said["classes"]] == ["background", "object"]
    assert sum(row["pixels"] for row in said["classes"]) == 3 * 32 * 32
    assert [row["iou"] for row in said["worst"]] == sorted(row["iou"] for row in said["worst"])
    table = workbench("evaluate", "latest", "--runs", runs)
    assert table.code == 0
    assert "mean IoU" in table.out
    assert "The worst images" in table.out
    exported = workbench(
        "export", "latest", "--runs", runs, "--format", "savedmodel", "-o", tmp_path / "saved", "--json"
    )
    assert exported.code == 0, exported.err
    assert exported.document["difference"] < 1e-5


def test_bad_masks_are_one_line(workbench, tmp_path):
    spec = mask_folders(tmp_path, 3, (32, 32))
    path = tmp_path / "unet.workbench"
    workbench("new", "unet-same", "--input", "32x32x1", "-p", "width=0.06", "-p", "depth=2", "-o", path)
    done = workbench("train", path, "--data", f"{tmp_path}/images::{tmp_path}/nothing", "--runs", tmp_path / "runs")
    assert done.code == 1
    assert "Expected a dataset" in done.complaints[-1]
    done = workbench("train", path, "--data", spec, "--set", "target=classes", "--runs", tmp_path / "runs", "--json")
    assert done.code == 1
    assert "Expected a dataset with a class for each image" in json.dumps(done.document)
    done = workbench("train", path, "--data", spec, "--set", "target=pixels")
    assert done.code == 2
    assert "target: Expected one of auto, classes, masks, image. Received: 'pixels'" in done.err
