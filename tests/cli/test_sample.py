"""`workbench sample` on a GAN that was trained for a moment."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.engine.generating.tiny import LATENT, train_tiny
from workbench.data.opencv import cv2
from workbench.evaluation.latents import latents, slerp


@pytest.fixture(scope="module")
def gan(tmp_path_factory):
    return train_tiny(tmp_path_factory.mktemp("runs"), conditional=True)


@pytest.fixture
def sample(workbench, gan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return workbench("sample", Path(gan).name, "--runs", Path(gan).parent, *words)

    return run


def test_a_grid_is_the_same_from_the_same_seed_bit_for_bit(sample, tmp_path):
    for name in ("a.png", "b.png"):
        done = sample("-n", 10, "--seed", 3, "-o", name)
        assert done.code == 0
        assert "10 samples of epoch 2, seed 3" in done.out
    sample("-n", 10, "--seed", 4, "-o", "c.png")
    first, again, other = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert first == again
    assert first != other
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (4 * 10 + 2, 3 * 10 + 2)
        about = json.loads(image.info["Comment"])
    assert (about["seed"], about["count"], about["epoch"]) == (3, 10, 2)
    assert str(tmp_path) not in str(about)


def test_the_grid_shows_the_samples_in_order(sample, tmp_path):
    assert sample("-n", 6, "--columns", 3, "-o", "grid.png").code == 0
    assert sample("-n", 6, "-o", "arrays.npz").code == 0
    with np.load(tmp_path / "arrays.npz") as arrays:
        images = arrays["images"]
        np.testing.assert_array_equal(arrays["latents"], latents(0, 6, LATENT))
    grid = np.asarray(Image.open(tmp_path / "grid.png"))
    np.testing.assert_array_equal(grid[12:20, 22:30], images[5, ..., 0])


def test_json_says_what_was_made(sample, gan, tmp_path):
    done = sample("-n", 5, "--class", "7", "--truncation", 0.7, "--epoch", 1, "-o", "grid.png", "--json")
    said = done.document
    assert said["run"] == str(Path(gan))
    assert said["output"] == str(tmp_path / "grid.png")
    assert (said["images"], said["latent_size"], said["epoch"], said["class"]) == (5, LATENT, 1, "7")
    assert (said["truncation"], said["seed"], said["walk"]) == (0.7, 0, None)
    assert said["class_names"] == list("0123456789")


def test_a_class_and_a_truncation_are_obeyed(sample, tmp_path):
    assert sample("-n", 3, "--class", "7", "--truncation", 0.5, "-o", "some.npz").code == 0
    with np.load(tmp_path / "some.npz") as arrays:
        assert arrays["labels"].tolist() == [7, 7, 7]
        assert np.abs(arrays["latents"]).max() <= 0.5


def test_a_walk_is_a_film_or_a_strip_the_same_every_time(sample, tmp_path):
    assert "walk of 12 frames" in sample("--walk", "-n", 12, "--seed", 1, "-o", "walk.gif").out
    with Image.open(tmp_path / "walk.gif") as film:
        assert film.n_frames == 12  # type: ignore[attr-defined]
        assert film.size == (256, 256)
        assert film.info["duration"] == 50
    first = (tmp_path / "walk.gif").read_bytes()
    sample("--walk", "-n", 12, "--seed", 1, "-o", "walk.gif")
    assert (tmp_path / "walk.gif").read_bytes() == first
    assert sample("--walk", 3, "--closed", "-n", 30, "--fps", 15, "-o", "walk.mp4").code == 0
    video = cv2.VideoCapture(str(tmp_path / "walk.mp4"))
    assert (video.get(cv2.CAP_PROP_FRAME_COUNT), video.get(cv2.CAP_PROP_FPS)) == (30, 15)
    video.release()
    assert sample("--walk", "-n", 5, "-o", "walk.npz").code == 0
    with np.load(tmp_path / "walk.npz") as arrays:
        start, end = latents(0, 2, LATENT)
        np.testing.assert_array_equal(arrays["latents"], slerp(start, end, np.arange(5) / 4))


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("-o", "grid.jpg"), 2, "ends in .png, .gif, .mp4, .npz. Received: grid.jpg"),
        (("-o", "nowhere/grid.png"), 2, "nowhere/grid.png: there is no such folder"),
        (("-o", "walk.gif"), 2, "a film shows a walk: add --walk"),
        (("-o", "walk.gif", "--walk", "1"), 2, "2 samples or more. Received: 1"),
        (("-o", "walk.gif", "--walk", "-n", "1"), 2, "2 frames or more. Received: 1"),
        (("-o", "grid.png", "--closed"), 2, "add --walk"),
        (("-o", "grid.png", "--truncation", "-1"), 2, "a number above 0, as 1.5. Received: '-1'"),
        (("-o", "grid.png", "--fps", "nan"), 2, "0.1 to 100 frames a second. Received: 'nan'"),
        (("-o", "grid.png", "--class", "trousers"), 1, "there is no class 'trousers'; there are: 0, 1, 2"),
        (("-o", "grid.png", "--class", "12"), 1, "Expected a class from 0 to 9. Received: 12"),
        (("-o", "grid.png", "--epoch", "9"), 1, "no checkpoint of epoch 9; there are: 1, 2"),
        (("-n", "2"), 2, "the following arguments are required: -o/--output"),
    ],
)
def test_what_is_wrong_is_one_line(sample, words, code, complaint):
    done = sample(*words)
    assert done.code == code
    assert complaint in done.complaints[-1]


def test_a_run_that_is_no_gans_is_told(workbench, tmp_path):
    from tests.engine.projects import train_small

    done, _ = train_small(tmp_path / "runs", epochs=1)
    told = workbench("sample", done.name, "--runs", tmp_path / "runs", "-o", tmp_path / "grid.png")
    assert told.code == 1
    assert "has no generator: it is not a GAN's" in told.complaints[-1]
    assert not (tmp_path / "grid.png").exists()
