"""Images with masks."""

import numpy as np
import pytest

from tests.data.image_files import grey, png, write
from workbench.data.source import DatasetError
from workbench.data.sources import open_source


def opened(folder):
    return open_source(f"{folder}/images::{folder}/masks")


def mask(*values):
    return png(np.resize(np.array(values, np.uint8), (4, 5)))


def test_images_and_masks_of_one_name(tmp_path):
    write(tmp_path / "images", {"a.jpg": grey(1), "deep/b.png": grey(2), "c.png": grey(3)})
    write(tmp_path / "masks", {"a.png": mask(0, 1, 3), "deep/b_mask.png": mask(0, 2), "stray.png": mask(0)})
    source = opened(tmp_path)
    assert source.masked
    assert source.keys == ("a", "deep/b")
    assert source.class_names == ("0", "1", "2", "3")
    assert source.labels.tolist() == [0, 0]
    np.testing.assert_array_equal(source.read_mask(0), np.resize([0, 1, 3], (4, 5)))
    assert [problem.file for problem in source.problems] == [f"{tmp_path}/images/c.png"]


def test_black_and_white_masks_are_background_and_object(tmp_path):
    write(tmp_path / "images", {f"train/{n}.png": grey(n) for n in range(3)} | {"val/9.png": grey(9)})
    write(tmp_path / "masks", {f"train/{n}.png": mask(0, 255) for n in range(3)} | {"val/9.png": mask(255)})
    source = opened(tmp_path)
    assert source.class_names == ("background", "object")
    assert source.parts == ("train",) * 3 + ("validation",)
    assert source.keys == ("train/0", "train/1", "train/2", "validation/9")
    assert np.unique(source.read_mask(0)).tolist() == [0, 1]
    assert np.unique(source.read_mask(3)).tolist() == [1]


def test_a_class_that_was_not_seen_on_opening_is_told(tmp_path):
    write(tmp_path / "images", {"a.png": grey(1)})
    write(tmp_path / "masks", {"a.png": mask(0, 1)})
    source = opened(tmp_path)
    write(tmp_path / "masks", {"a.png": mask(0, 7)})
    with pytest.raises(DatasetError, match=r"masks/a\.png: Expected one of 0, 1, .* Received: value 7 in row 0"):
        source.read_mask(0)


def test_folders_that_do_not_fit_are_refused(tmp_path):
    write(tmp_path / "images", {"a.png": grey(1)})
    write(tmp_path / "masks", {"b.png": mask(0, 1)})
    with pytest.raises(DatasetError, match=r"Received: none of 1; a\.png would be a\.png"):
        opened(tmp_path)
    with pytest.raises(DatasetError, match="Expected a dataset"):
        open_source(f"{tmp_path}/images::{tmp_path}/nothing")
    with pytest.raises(DatasetError, match="Expected a folder of images"):
        open_source(f"{tmp_path}/images/a.png::{tmp_path}/masks")


def test_other_sources_have_no_masks():
    source = open_source("digits")
    assert not source.masked
    with pytest.raises(DatasetError, match="with masks"):
        source.read_mask(0)
