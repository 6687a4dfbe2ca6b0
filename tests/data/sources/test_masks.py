"""Images with masks."""

import numpy as np
import pytest
from PIL import Image

from tests.data.image_files import SMOOTH, encoded, grey, png, write
from workbench.data.health import check_health
from workbench.data.source import VOID, DatasetError
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


# -- palettes
RED, GREEN, BLACK, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 0), (255, 255, 255)


def coloured(*colours):
    return png(np.resize(np.array(colours, np.uint8), (4, 5, 3)))


def indexed(values, colours):
    image = Image.fromarray(np.resize(np.array(values, np.uint8), (4, 5)))
    image.putpalette([value for colour in colours for value in colour])
    return encoded(image, "PNG")


def pairs(folder, **masks):
    write(folder / "images", {f"{name}.png": grey(7) for name in masks})
    write(folder / "masks", {f"{name}.png": content for name, content in masks.items()})
    return opened(folder)


def test_colours_become_classes_black_first(tmp_path):
    source = pairs(tmp_path, a=coloured(RED, BLACK), b=coloured(BLACK, (1, 2, 3)), c=coloured(BLACK))
    assert source.class_names == ("black", "#010203", "red")
    np.testing.assert_array_equal(source.read_mask(0), np.resize([2, 0], (4, 5)))
    np.testing.assert_array_equal(source.read_mask(1), np.resize([0, 1], (4, 5)))
    np.testing.assert_array_equal(source.read_mask(2), np.zeros((4, 5)))


def test_a_colour_that_is_no_class_is_told_with_its_place(tmp_path):
    source = pairs(tmp_path, a=coloured(RED, BLACK), b=coloured(GREEN))
    pixels = np.zeros((4, 5, 3), np.uint8)
    pixels[2, 3:] = (0x7F, 0, 0)
    write(tmp_path / "masks", {"a.png": png(pixels)})
    with pytest.raises(
        DatasetError,
        match=r"masks/a\.png: Expected one of black, lime, red, as in the 2 masks that were looked at\. "
        r"Received: colour #7f0000 in row 2, column 3 \(2 pixels\)",
    ):
        source.read_mask(0)


def test_a_palettes_indices_are_classes_and_255_is_none(tmp_path):
    colours = [BLACK, RED, GREEN] + [WHITE] * 253
    source = pairs(tmp_path, a=indexed([0, 2, 255], colours), b=indexed([0, 1], colours))
    assert source.class_names == ("0", "1", "2")
    np.testing.assert_array_equal(source.read_mask(0), np.resize([0, 2, VOID], (4, 5)))


def test_indices_that_mean_other_colours_in_other_files_are_read_as_colours(tmp_path):
    source = pairs(tmp_path, a=indexed([0, 1], [BLACK, RED]), b=indexed([0, 1], [GREEN, BLACK]))
    assert source.class_names == ("black", "lime", "red")
    np.testing.assert_array_equal(source.read_mask(0), np.resize([0, 2], (4, 5)))
    np.testing.assert_array_equal(source.read_mask(1), np.resize([1, 0], (4, 5)))


@pytest.mark.parametrize(
    ("values", "names", "expected"),
    [
        ([0, 1], ("background", "object"), [0, 1]),
        ([0, 255], ("background", "object"), [0, 1]),
        ([0, 128], ("0", "128"), [0, 1]),
        ([0, 128, 255], ("0", "128", "255"), [0, 1, 2]),
        ([0, 1, 4, 255], tuple("01234"), [0, 1, 4, VOID]),
    ],
)
def test_grey_values_are_levels_or_class_numbers(tmp_path, values, names, expected):
    source = pairs(tmp_path, a=mask(*values))
    assert source.class_names == names
    np.testing.assert_array_equal(source.read_mask(0), np.resize(expected, (4, 5)))


def test_masks_of_one_bit_are_black_and_white(tmp_path):
    bits = Image.fromarray(np.resize(np.array([0, 255], np.uint8), (4, 5))).convert("1")
    source = pairs(tmp_path, a=encoded(bits, "PNG"), b=mask(0, 255))
    np.testing.assert_array_equal(source.read_mask(0), source.read_mask(1))


def test_photographs_are_no_masks_and_the_way_out_is_told(tmp_path):
    with pytest.raises(DatasetError, match=r"Expected a mask of at most 64 colours\. Received: .* target to image"):
        pairs(tmp_path, a=png(SMOOTH))
    write(tmp_path / "images", {"a.png": png(SMOOTH)})
    source = open_source(f"{tmp_path}/images::{tmp_path}/masks", pictures=True)
    assert (source.masked, source.paired) == (False, True)
    np.testing.assert_array_equal(source.read_target(0), SMOOTH)


def test_one_smoothed_mask_among_others_is_told_when_it_is_read(tmp_path):
    smooth = png(np.arange(100, dtype=np.uint8).reshape(10, 10))
    source = pairs(tmp_path, a=mask(0, 1), b=mask(0, 2), c=smooth)
    assert source.class_names == ("0", "1", "2")
    with pytest.raises(DatasetError, match="Received: value 3 in row 0, column 3"):
        source.read_mask(2)


@pytest.mark.parametrize(
    ("name", "text", "stored", "names", "expected"),
    [
        ("classes.txt", "sky\nroad\ntree\n", [0, 2, 255], ("sky", "road", "tree"), [0, 2, VOID]),
        ("classes.txt", "road\nhole\n", [0, 255], ("road", "hole"), [0, 1]),
        ("classes.csv", "name, value\nroad, 7\nvoid, 0\nhole, 3\n", [0, 3, 7], ("road", "hole"), [VOID, 1, 0]),
    ],
)
def test_a_file_beside_the_masks_names_grey_classes(tmp_path, name, text, stored, names, expected):
    write(tmp_path / "masks", {name: text.encode()})
    source = pairs(tmp_path, a=mask(*stored))
    assert source.class_names == names
    np.testing.assert_array_equal(source.read_mask(0), np.resize(expected, (4, 5)))
    assert not source.problems


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("class_dict.csv", "name,r,g,b\nroad,255,0,0\nsky,0,255,0\nVoid,0,0,0\n"),
        ("label_colors.txt", "# colours\n255 0 0 road\n0 255 0\tsky\n0 0 0 void\n"),
        ("labelmap.txt", "# label:color_rgb:parts:actions\nroad:255,0,0::\nsky:0,255,0::\nvoid:0,0,0::\n"),
    ],
)
def test_a_file_beside_the_masks_names_colours(tmp_path, name, text):
    write(tmp_path / "masks", {name: text.encode()})
    source = pairs(tmp_path, a=coloured(RED, BLACK), b=coloured(BLACK))
    assert source.class_names == ("road", "sky")
    np.testing.assert_array_equal(source.read_mask(0), np.resize([0, VOID], (4, 5)))
    assert (source.read_mask(1) == VOID).all()


def test_a_damaged_list_of_classes_is_told_with_its_line(tmp_path):
    write(tmp_path / "masks", {"label_colors.txt": b"255 0 0 road\n255 0 sky\n"})
    with pytest.raises(DatasetError, match=r"label_colors\.txt: line 2: Expected R G B name\. Received: '255 0 sky'"):
        pairs(tmp_path, a=coloured(RED))


def test_masks_of_another_size_are_found_without_decoding(tmp_path):
    source = pairs(tmp_path, a=mask(0, 1), b=png(np.zeros((4, 6), np.uint8)))
    source.check(0)
    with pytest.raises(DatasetError, match=r"b\.png: Expected a mask of the image's size, 4 x 5\. Received: 4 x 6"):
        source.check(1)


def test_other_masks_make_another_digest(tmp_path):
    before = pairs(tmp_path, a=mask(0, 1), b=mask(1)).digest
    assert pairs(tmp_path, a=mask(0, 1), b=mask(1)).digest == before
    assert pairs(tmp_path, a=mask(0, 1), b=mask(0, 1, 0, 1, 1, 1, 0)).digest != before
    listed = tmp_path / "masks" / "classes.csv"
    digests = set()
    for order in ("a,0\nb,1\n", "a,1\nb,0\n"):
        listed.write_text(f"name,value\n{order}")
        digests.add(opened(tmp_path).digest)
    assert len(digests) == 2


# -- health
def test_health_counts_pixels_and_tells_what_is_wrong(tmp_path):
    source = pairs(tmp_path, a=mask(0, 0, 1), b=mask(0), c=mask(*[2, 255] * 2, *[0] * 16), d=mask(*[0] * 20))
    health = check_health(source)
    assert health.pixels == (14 + 20 + 16 + 20, 6, 2)
    found = {finding.kind: finding for finding in health.findings}
    assert found["empty_masks"].groups == ((1,), (3,))
    assert "2 masks do not hold anything but 0" in found["empty_masks"].message
    assert found["empty_masks"].severity == "note"
    assert found["void_pixels"].message.startswith("2.50% of the pixels are void")


def test_health_of_masks_with_nothing_on_them_is_an_error(tmp_path):
    found = check_health(pairs(tmp_path, a=mask(0), b=mask(0))).findings
    (empty,) = [finding for finding in found if finding.kind == "empty_masks"]
    assert (empty.severity, empty.message) == ("error", "No mask holds anything but background")


def test_health_names_classes_that_nobody_drew(tmp_path):
    write(tmp_path / "masks", {"classes.txt": b"sky\nroad\ntree\n"})
    found = check_health(pairs(tmp_path, a=mask(0, 1), b=mask(1))).findings
    assert "Classes without a pixel: tree" in [finding.message for finding in found if finding.kind == "empty_class"]


def test_black_and_white_masks_with_smoothed_edges_are_refused(tmp_path):
    for name, edge in {"jpeg": (3, 5, 250, 252), "scaled": (64, 128, 191, 250, 251)}.items():
        drawn = np.zeros((40, 40), np.uint8)
        drawn[10:30, 10:30] = 255
        folder = tmp_path / name
        masks = {}
        for number in range(5):
            some = drawn.copy()
            some[9, 10 : 10 + len(edge)] = np.array(edge) - number
            masks[f"{number}.png"] = png(some)
        write(folder / "images", {f"{number}.png": png(drawn) for number in range(5)})
        write(folder / "masks", masks)
        with pytest.raises(DatasetError, match="save masks as PNG without smoothing"):
            opened(folder)


def test_class_numbers_near_black_with_void_stay_classes(tmp_path):
    numbers = np.resize(np.arange(21, dtype=np.uint8) // 2 * 2, (40, 40))
    numbers[:, :3], numbers[0, :20] = 255, np.arange(20)
    write(tmp_path / "images", {"a.png": png(numbers)})
    write(tmp_path / "masks", {"a.png": png(numbers)})
    assert len(opened(tmp_path).class_names) == 21
