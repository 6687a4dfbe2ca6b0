"""CSV tables: files with labels, and FER-2013's rows of pixels."""

import numpy as np
import pytest

from tests.data.image_files import grey, write
from workbench.data.source import DatasetError
from workbench.data.sources import open_source
from workbench.data.sources.columns import EMOTIONS


def table(tmp_path, text, **options):
    (tmp_path / "t.csv").write_text(text, encoding=options.pop("encoding", "utf-8"))
    return open_source(str(tmp_path / "t.csv"), **options)


@pytest.fixture
def images(tmp_path):
    write(tmp_path, {f"images/{name}.png": grey(value) for value, name in enumerate("abcdef")})
    return tmp_path


def test_files_and_labels_in_the_order_of_the_rows(images):
    source = table(images, "image,label\nimages/c.png,dog\n./images/a.png,cat\n\nimages\\b.png, dog \n")
    assert source.class_names == ("cat", "dog")
    assert source.labels.tolist() == [1, 0, 1]
    assert source.keys == ("dog/images/c", "cat/images/a", "dog/images/b")
    assert [int(source.read(index)[0, 0, 0]) for index in range(3)] == [2, 0, 1]
    assert source.parts == ("",) * 3
    assert source.groups == ()


@pytest.mark.parametrize(
    "heading",
    [
        "image,label,split",
        "Filename,Class,Usage",
        "PATH, Target ,Partition",
        "img_path;category;set",
        "label\tsplit\tfile",
    ],
)
def test_headings_are_matched_sensibly(images, heading):
    delimiter = next(mark for mark in ";\t," if mark in heading)
    cells = {"image": "images/a.png", "label": "x", "split": "val"}
    if heading.startswith("label"):
        cells = {name: cells[name] for name in ("label", "split", "image")}
    source = table(images, f"\ufeff{heading}\n{delimiter.join(cells.values())}\n")
    assert (source.keys, source.parts) == (("validation/x/images/a",), ("validation",))


def test_numbers_are_classes_in_their_own_order(images):
    rows = "".join(f"images/{name}.png,{label}\n" for name, label in zip("abcd", (10, 9, 2, 10), strict=True))
    source = table(images, "file,label\n" + rows)
    assert source.class_names == ("2", "9", "10")
    assert source.labels.tolist() == [2, 1, 0, 2]


def test_links_and_strange_names_are_told(images):
    (images / "images/out.png").symlink_to("/etc/hostname")
    (images / "images/self.png").symlink_to(images / "images/self.png")
    source = table(images, "image,label\nimages/a.png,x\nimages/out.png,x\nimages/self.png,x\n\0,x\n")
    assert len(source.problems) + len(source) == 4
    assert source.keys[0] == "x/images/a"
    assert "leads out of the table's folder" in source.problems[0].message


def test_a_quoted_name_with_a_comma(images):
    write(images, {"one, two.png": grey(7)})
    assert table(images, 'image,label\n"one, two.png","a, b"\n').keys == ("a, b/one, two",)


def test_groups(images):
    text = "image,label,patient,group\nimages/a.png,x,p1,g1\nimages/b.png,x,p2,g1\n"
    assert table(images, text).groups == ("g1", "g1")
    assert table(images, text, group="Patient").groups == ("p1", "p2")
    with pytest.raises(DatasetError, match=r"Expected a column 'ward'.*Received: image, label, patient, group"):
        table(images, text, group="ward")
    with pytest.raises(DatasetError, match="Expected a CSV with a column 'patient'"):
        open_source("digits", group="patient")


def test_rows_that_cannot_be_used_are_told_with_their_number(images):
    write(images.parent, {"outside.png": grey(1)})
    source = table(
        images,
        "image,label,split\nimages/a.png,x,train\nimages/zz.png,x,train\nimages/b.png,,train\n,x,train\nimages/c.png\n"
        "../outside.png,x,train\nimages/d.png,x,sometimes\nimages/a.png,y,test\n/etc/passwd,x,train\n",
    )
    assert source.keys == ("train/x/images/a",)
    assert [(problem.row, problem.message) for problem in source.problems] == [
        (3, "images/zz.png is not there"),
        (4, "the label is missing"),
        (5, "the image is missing"),
        (6, "Expected 3 or more fields. Received: 1"),
        (7, "../outside.png is outside the table's folder and is not read; put the table above its images"),
        (8, "Expected train, validation or test. Received: 'sometimes'"),
        (9, "images/a.png stands in a row above as well; the first one counts"),
        (10, "/etc/passwd is outside the table's folder and is not read; put the table above its images"),
    ]
    assert str(source.problems[0]) == f"{images}/t.csv, row 3: images/zz.png is not there"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty first row"),
        (b"picture,what\nimages/a.png,x\n", "the columns image and label.*Received: picture, what"),
        (b"image\nimages/a.png\n", "the columns image and label.*Received: image"),
        (b"image,label\n", "Expected rows with images. Received: 0"),
        (b"image,label\nimages/zz.png,x\n", "Received: 1 that cannot be used, first .*row 2: images/zz.png is not"),
        (b"image,label\n\xff\xfe,x\n", "Expected a table in UTF-8"),
        (b"image,label\n" + b"x" * (1 << 25) + b",1\n", "the table cannot be read"),
    ],
)
def test_a_table_without_samples_is_refused(images, content, message):
    (images / "t.csv").write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        open_source(str(images / "t.csv"))
    assert "\n" not in str(caught.value)


def pixels_of(rng):
    return rng.integers(0, 256, (8, 8), dtype=np.uint8)


def row(pixels):
    return " ".join(map(str, pixels.ravel()))


def test_fer_2013(tmp_path):
    rng = np.random.default_rng(0)
    faces = [pixels_of(rng) for _ in range(4)]
    uses = ("Training", "PublicTest", "PrivateTest", "Training")
    text = "emotion,pixels,Usage\n" + "".join(
        f'{label},"{row(face)}",{use}\n' for label, face, use in zip((3, 0, 6, 3), faces, uses, strict=True)
    )
    source = table(tmp_path, text)
    assert source.class_names == EMOTIONS
    assert source.labels.tolist() == [3, 0, 6, 3]
    assert source.parts == ("train", "validation", "test", "train")
    assert source.keys[1] == "validation/angry/000001"
    for index, face in enumerate(faces):
        np.testing.assert_array_equal(source.read(index)[..., 0], face)


def test_fer_2013_with_other_columns_and_windows_lines(tmp_path):
    face = pixels_of(np.random.default_rng(1))
    source = table(tmp_path, f"emotion, Usage, pixels\r\n2, Training, {row(face)}\r\n")
    np.testing.assert_array_equal(source.read(0)[..., 0], face)
    assert source.parts == ("train",)


def test_bad_pixels_are_told_with_their_row(tmp_path):
    face = row(pixels_of(np.random.default_rng(2)))
    most = face.rsplit(" ", 1)[0]
    text = (
        f"emotion,pixels,Usage\n0,1 2 3,Training\n1,{face},Training\n1,{face},Training\n,{face},Training\n"
        f"2,,Training\n1,{face},Sometimes\n2\n1,{most} x,Training\n1,{most} 999,Training\n"
    )
    source = table(tmp_path, text)
    assert [(problem.row, problem.message) for problem in source.problems] == [
        (2, "Expected 64 pixels, as most rows have. Received: 3"),
        (5, "the label is missing"),
        (6, "Expected 64 pixels, as most rows have. Received: 0"),
        (7, "Expected Training, PublicTest or PrivateTest. Received: 'Sometimes'"),
        (8, "Expected 3 or more fields. Received: 1"),
    ]
    assert len(source) == 4
    with pytest.raises(DatasetError, match=r"row 9: Expected 64 pixels from 0 to 255. Received: something else"):
        source.read(2)
    with pytest.raises(DatasetError, match=r"row 10: .*Received: \d+ to 999"):
        source.read(3)


def test_a_table_that_vanishes_is_told(tmp_path):
    source = table(tmp_path, "label,pixels\n0,1 2 3 4\n1,5 6 7 8\n")
    assert source.class_names == ("0", "1")
    (tmp_path / "t.csv").unlink()
    with pytest.raises(DatasetError, match=r"t\.csv: the file cannot be read"):
        source.read(0)


def test_decimal_labels_are_values(images):
    with pytest.raises(DatasetError, match="look like values to predict"):
        table(images, "image,label\nimages/a.png,0.5\nimages/b.png,1.25\n")


def test_one_file_under_two_spellings_counts_once(images):
    text = "image,label\nimages/a.png,1\n./images//a.png,-1\nimages\\a.png,1\nimages/b.png,10\nimages/c.png,-2\n"
    source = table(images, text)
    assert source.class_names == ("-2", "1", "10")
    assert [problem.row for problem in source.problems] == [3, 4]


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(images):
    with pytest.raises(DatasetError, match="line 2: a quotation mark is not closed"):
        table(images, 'image,label\nimages/a.png,"cat\nimages/b.png,dog\nimages/c.png,cat"\n')
