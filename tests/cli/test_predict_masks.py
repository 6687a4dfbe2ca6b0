"""`workbench predict` with a run that tells pixels apart: masks, shares, and what is refused."""

import csv

import numpy as np
import pytest
from PIL import Image

from tests.engine.drawings import chain
from tests.engine.evaluation.runs import stored_run
from workbench.evaluation.palette import class_colours

NAMES = ("background", "bright")


def by_light(model):
    """Bright is what is lighter than half."""
    for weight, value in zip(model.weights, ([[[[8.0]]]], [-4.0]), strict=True):
        weight.assign(value)


@pytest.fixture
def run(tmp_path):
    graph = chain(
        ("input", "image", {"shape": [16, 16, 1]}),
        ("keras.layers.Conv2D", "map", {"filters": 1, "kernel_size": 1, "activation": "sigmoid"}),
    )
    made, _ = stored_run(tmp_path / "runs", graph, NAMES, change=by_light, spec="images::masks")
    return made


@pytest.fixture
def photo(tmp_path):
    pixels = np.zeros((40, 50), np.uint8)
    pixels[:, 30:] = 255
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_masks_shares_and_their_places(workbench, run, photo, tmp_path):
    out, table = tmp_path / "masks", tmp_path / "shares.csv"
    done = workbench("predict", run.folder, photo, "-o", out, "--csv", table, "--json")
    assert done.code == 0, done.err
    (image,) = done.document["images"]
    assert image["shares"] == {"background": 0.6, "bright": 0.4}
    assert (image["height"], image["width"], image["own_size"]) == (40, 50, True)
    assert done.document["palette"] == [list(colour) for colour in class_colours(2)]
    with Image.open(image["mask"]) as mask:
        assert mask.mode == "P"
        np.testing.assert_array_equal(np.asarray(mask), np.array(Image.open(photo)) // 255)
    rows = list(csv.reader(table.open()))
    assert rows == [["image", "mask", "height", "width", *NAMES], [str(photo), "photo.png", "40", "50", "0.6", "0.4"]]
    told = workbench("predict", run.folder, photo, "-o", out)
    assert told.code == 0
    assert "60.0%" in told.out
    assert str(out) in told.out


def test_an_unreadable_image_is_told_and_the_others_are_written(workbench, run, photo, tmp_path):
    (tmp_path / "broken.png").write_text("")
    done = workbench("predict", run.folder, tmp_path / "broken.png", photo, "--scale", "network", "--json")
    assert done.code == 1
    assert [image["own_size"] for image in done.document["images"]] == [False]
    assert "the file is empty" in done.document["errors"][0]


def test_images_are_not_overwritten(workbench, run, photo):
    before = photo.read_bytes()
    done = workbench("predict", run.folder, photo, "-o", photo.parent)
    assert done.code == 1
    assert "is not a mask of an earlier prediction" in done.complaints[-1]
    assert photo.read_bytes() == before
