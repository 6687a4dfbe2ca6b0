"""Folders of class folders."""

import os

import numpy as np
import pytest

from tests.data.image_files import grey, write
from workbench.data.check import check_samples
from workbench.data.source import DatasetError
from workbench.data.sources import open_source


def opened(folder):
    return open_source(str(folder))


def told(source):
    return [(problem.file.rpartition("/")[2], problem.message) for problem in source.problems]


def test_classes_are_folders_in_the_order_of_their_names(tmp_path):
    write(tmp_path, {"dog/b.png": grey(2), "dog/a.png": grey(1), "cat/deep/x.y.png": grey(3), "cat/z.JPG": grey(4)})
    source = opened(tmp_path)
    assert source.class_names == ("cat", "dog")
    assert source.keys == ("cat/z", "cat/deep/x.y", "dog/a", "dog/b")
    assert source.labels.tolist() == [0, 0, 1, 1]
    assert source.parts == ("",) * 4
    assert [int(source.read(index)[0, 0, 0]) for index in range(4)] == [4, 3, 1, 2]
    assert source.origin(2) == tmp_path / "dog/a.png"
    assert not source.problems


@pytest.mark.parametrize(
    ("folders", "parts"),
    [
        (("train", "test"), ("train", "test")),
        (("Training", "val", "TEST"), ("train", "validation", "test")),
        (("train", "valid"), ("train", "validation")),
        (("train", "validation"), ("train", "validation")),
    ],
)
def test_folders_of_parts_above_the_classes(tmp_path, folders, parts):
    for folder in folders:
        write(tmp_path, {f"{folder}/a/1.png": grey(1), f"{folder}/b/1.png": grey(2)})
    source = opened(tmp_path)
    assert source.class_names == ("a", "b")
    assert source.keys == tuple(f"{part}/{name}/1" for part in parts for name in "ab")
    assert source.parts == tuple(part for part in parts for _ in "ab")


def test_classes_that_are_called_train_and_test(tmp_path):
    write(tmp_path, {"train/1.png": grey(1), "car/1.png": grey(2)})
    assert opened(tmp_path).class_names == ("car", "train")
    write(tmp_path / "all", {"train/1.png": grey(1), "test/1.png": grey(2)})
    assert opened(tmp_path / "all").class_names == ("test", "train")


def test_two_folders_for_one_part_are_refused(tmp_path):
    write(tmp_path, {"train/a/1.png": grey(1), "val/a/1.png": grey(1), "valid/a/1.png": grey(1)})
    with pytest.raises(DatasetError, match="one folder for each of train, validation and test"):
        opened(tmp_path)


def test_two_files_of_one_name_keep_different_keys(tmp_path):
    write(tmp_path, {"a/1.png": grey(1), "a/1.jpg": grey(1), "a/2.png": grey(1), "b/1.png": grey(0)})
    assert opened(tmp_path).keys == ("a/1.jpg", "a/1.png", "a/2", "b/1")


def test_what_is_no_image_is_told_and_what_systems_leave_is_not(tmp_path):
    write(
        tmp_path,
        {
            "a/1.png": grey(1),
            "a/notes.txt": b"x",
            "a/.DS_Store": b"",
            "a/Thumbs.db": b"",
            "b/1.png": grey(1),
            "c.png": grey(2),
        },
    )
    (tmp_path / "empty").mkdir()
    source = opened(tmp_path)
    assert len(source) == 2
    assert sorted(told(source)) == [
        ("c.png", "stands beside the class folders, in no class, and is left out"),
        ("empty", "the class has no images"),
        ("notes.txt", "is not named as an image and is left out"),
    ]
    assert source.class_names == ("a", "b", "empty")


def test_links_are_followed_inside_only(tmp_path):
    outside = tmp_path / "outside"
    write(outside, {"secret.png": grey(9)})
    data = tmp_path / "data"
    write(data, {"a/1.png": grey(1), "b/1.png": grey(2)})
    (data / "a/inside.png").symlink_to(data / "b/1.png")
    (data / "a/out.png").symlink_to(outside / "secret.png")
    (data / "a/gone.png").symlink_to(data / "nothing.png")
    (data / "a/round").symlink_to(data)
    (data / "a/self.png").symlink_to(data / "a/self.png")
    (data / "c").symlink_to(outside)
    source = opened(data)
    assert source.keys == ("a/1", "a/inside", "b/1")
    assert sorted(name for name, _ in told(source)) == ["c", "gone.png", "out.png", "round", "self.png"]


def test_names_that_are_not_utf_8_are_told(tmp_path):
    write(tmp_path, {"a/1.png": grey(1), "b/1.png": grey(1)})
    with open(os.fsencode(tmp_path) + b"/a/caf\xe9.png", "wb") as stream:  # noqa: PTH123
        stream.write(grey(2))
    source = opened(tmp_path)
    assert source.keys == ("a/1", "b/1")
    assert told(source) == [("caf\\xe9.png", "its name is not UTF-8 and it is left out; rename it")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path):
    write(tmp_path, {"a/1.png": grey(1), "b/1.png": grey(1)})
    (tmp_path / "b").chmod(0)
    try:
        assert told(opened(tmp_path))[0] == ("b", "the folder cannot be read (Permission denied)")
    finally:
        (tmp_path / "b").chmod(0o700)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no folders and no images"),
        ({"1.png": grey(1)}, "1 images in no class"),
        ({"a/notes.txt": b""}, "no image in 1 folders"),
        ({"table.csv": b"image,label\n"}, "a table; open it itself"),
    ],
)
def test_a_folder_without_samples_says_what_it_holds(tmp_path, files, message):
    write(tmp_path, files)
    with pytest.raises(DatasetError, match=message):
        opened(tmp_path)


def test_unreadable_images_surface_when_they_are_looked_at(tmp_path):
    write(tmp_path, {"a/1.png": grey(1), "a/2.png": b"", "b/1.png": grey(1)[:-20], "b/2.png": b"words, words"})
    source = opened(tmp_path)
    assert not source.problems
    found = check_samples(source)
    assert [problem.index for problem in found] == [1, 2, 3]
    assert [str(problem) for problem in found] == [
        f"{tmp_path}/a/2.png: the file is empty",
        f"{tmp_path}/b/1.png: the image is cut off before its end",
        f"{tmp_path}/b/2.png: Expected an image. Received: a text file",
    ]
    for index in (1, 2, 3):
        with pytest.raises(DatasetError, match=r"/[ab]/[12]\.png: "):
            source.read(index)


def test_the_digest_knows_names_labels_and_sizes(tmp_path):
    write(tmp_path / "one", {"a/1.png": grey(1), "b/1.png": grey(2)})
    write(tmp_path / "two", {"a/1.png": grey(1), "b/1.png": grey(2)})
    write(tmp_path / "three", {"a/1.png": grey(1), "b/1.png": grey(2, (9, 9))})
    write(tmp_path / "four", {"a/1.png": grey(1), "b/2.png": grey(2)})
    digests = [opened(tmp_path / name).digest for name in ("one", "two", "three", "four")]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_manifest_adds_what_is_new_and_tells_what_is_gone(tmp_path):
    write(tmp_path, {"a/1.png": grey(1), "a/3.png": grey(1), "b/2.png": grey(2), "c/1.png": grey(3)})
    (tmp_path / "dataset.json").write_text(
        '{"name": "n", "class_names": ["b", "a"], "samples": ["b/2.png", "a/3.png", "a/4.png"]}'
    )
    source = opened(tmp_path)
    assert source.class_names == ("b", "a")
    assert source.keys == ("b/2", "a/3", "a/1")
    assert np.array_equal(source.labels, [0, 1, 1])
    assert sorted(name for name, _ in told(source)) == ["1.png", "4.png"]
