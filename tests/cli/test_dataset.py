"""`dataset`: the report, for people and as JSON, and the export."""

from tests.data.image_files import grey, write


def test_counts_without_reading_a_file(workbench, tmp_path):
    write(tmp_path, {"train/cat/1.png": b"", "train/dog/1.png": b"", "test/dog/2.png": b""})
    done = workbench("dataset", tmp_path)
    assert done.code == 0
    assert f"{tmp_path.name}: 3 images in 2 classes" in done.out
    document = workbench("dataset", tmp_path, "--json").document
    assert document["classes"] == [
        {"name": "cat", "training": 1, "validation": 0, "test": 0},
        {"name": "dog", "training": 1, "validation": 0, "test": 1},
    ]
    assert "findings" not in document


def test_a_check_tells_what_is_wrong_and_fails_for_what_spoils_training(workbench, tmp_path):
    write(
        tmp_path, {"a/1.png": grey(1), "a/2.png": grey(2), "b/1.png": grey(2), "b/2.png": b"text", "b/notes.txt": b""}
    )
    done = workbench("dataset", tmp_path, "--check")
    assert done.code == 1
    assert f"{tmp_path}/b/2.png: Expected an image. Received: a text file" in done.out
    assert "error: 2 images are there with the same pixels and different labels" in done.out
    assert "sizes: 4x5x1 (3)" in done.out
    document = workbench("dataset", tmp_path, "--check", "--json").document
    kinds = {finding["kind"]: finding for finding in document["findings"]}
    assert kinds["contradicting"]["samples"] == [["a/2", "b/1"]]
    assert document["left_out"] == [f"{tmp_path}/b/notes.txt: is not named as an image and is left out"]
    assert document["sizes"] == [{"height": 4, "width": 5, "channels": 1, "images": 3}]


def test_the_digits_are_sound_and_become_a_folder(workbench, tmp_path):
    done = workbench("dataset", "digits", "--check", "-o", tmp_path / "digits")
    assert done.code == 0
    assert "1,797 images written" in done.out
    here, there = (workbench("dataset", spec, "--json").document for spec in ("digits", tmp_path / "digits"))
    assert here["classes"] == there["classes"]
    again = workbench("dataset", "digits", "-o", tmp_path / "digits")
    assert again.code == 1
    assert "not there yet" in again.complaints[0]


def test_what_cannot_be_opened_is_one_line(workbench, tmp_path):
    done = workbench("dataset", tmp_path / "nothing")
    assert done.code == 1
    assert len(done.complaints) == 1
    assert done.complaints[0].startswith("Expected a dataset: digits, ")


def test_the_group_column(workbench, tmp_path):
    write(tmp_path, {"1.png": grey(1), "2.png": grey(2)})
    (tmp_path / "t.csv").write_text("image,label,patient\n1.png,a,p\n2.png,b,p\n")
    assert workbench("dataset", tmp_path / "t.csv", "--group", "patient", "--json").document["groups"] == 1
    assert workbench("dataset", tmp_path / "t.csv", "--group", "ward").code == 1
