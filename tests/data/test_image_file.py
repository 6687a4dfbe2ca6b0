"""Every kind of image file: what is in it decides, and what is wrong is said in one line."""

import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from tests.data.image_files import RNG, SMOOTH, encoded, picture, png
from workbench.data.image_file import MOST_PIXELS, check_image, frames, read_image, read_mask
from workbench.data.opencv import cv2
from workbench.data.source import DatasetError


def read(tmp_path, content, name="image.png"):
    path = tmp_path / name
    path.write_bytes(content)
    check_image(path)
    image = read_image(path)
    assert image.ndim == 3
    assert image.shape[2] in (1, 3)
    return image


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "TGA"])
def test_lossless_colours(tmp_path, kind):
    np.testing.assert_array_equal(read(tmp_path, encoded(picture(), kind)), SMOOTH)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_colours_are_near(tmp_path, kind):
    image = read(tmp_path, encoded(picture(), kind, quality=95))
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - SMOOTH).mean() < 2


def test_grey_has_one_channel(tmp_path):
    pixels = RNG.integers(0, 256, (6, 7), dtype=np.uint8)
    np.testing.assert_array_equal(read(tmp_path, png(pixels)), pixels[..., None])


def test_black_and_white_is_0_and_255(tmp_path):
    pixels = np.array([[0, 255], [255, 0]], np.uint8)
    image = read(tmp_path, encoded(Image.fromarray(pixels).convert("1"), "PNG"))
    np.testing.assert_array_equal(image[..., 0], pixels)


@pytest.mark.parametrize("shape", [(6, 7), (6, 7, 3)], ids=["grey", "colour"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bits_are_kept_as_float32(tmp_path, shape, suffix):
    pixels = RNG.integers(0, 65536, shape, dtype=np.uint16)
    pixels.flat[:2] = 0, 65535
    stored = cv2.imencode(suffix, pixels[..., ::-1] if pixels.ndim == 3 else pixels)[1].tobytes()
    image = read(tmp_path, stored)
    assert image.dtype == np.float32
    assert (image.min(), image.max()) == (0, 255)
    np.testing.assert_array_equal(np.rint(image * 257), pixels.reshape(image.shape))


def test_alpha_is_laid_on_white(tmp_path):
    pixels = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 51]]], np.uint8)
    image = read(tmp_path, encoded(Image.fromarray(pixels), "PNG"))
    assert image.tolist() == [[[10, 20, 30], [255, 255, 255], [204, 204, 204]]]
    grey = np.array([[[7, 255], [7, 0]]], np.uint8)
    assert read(tmp_path, encoded(Image.fromarray(grey, "LA"), "PNG")).tolist() == [[[7], [255]]]


def test_16_bit_alpha_is_laid_on_white(tmp_path):
    pixels = np.array([[[1000, 2000, 3000, 65535], [1000, 2000, 3000, 0]]], np.uint16)
    image = read(tmp_path, cv2.imencode(".png", pixels)[1].tobytes())
    np.testing.assert_allclose(image[0, 0] * 257, [3000, 2000, 1000])
    assert image[0, 1].tolist() == [255, 255, 255]


def test_a_palette_becomes_its_colours(tmp_path):
    indexed = picture().quantize(16)
    np.testing.assert_array_equal(read(tmp_path, encoded(indexed, "PNG")), np.asarray(indexed.convert("RGB")))


def test_cmyk_becomes_rgb(tmp_path):
    image = read(tmp_path, encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert np.abs(image.astype(int) - (255, 0, 0)).max() < 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_a_photograph_upright(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = {
        1: lambda p: p, 2: lambda p: p[:, ::-1], 3: lambda p: p[::-1, ::-1], 4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1), 6: lambda p: np.rot90(p, -1),
        7: lambda p: p.swapaxes(0, 1)[::-1, ::-1], 8: lambda p: np.rot90(p),
    }[orientation](SMOOTH)  # fmt: skip
    np.testing.assert_array_equal(read(tmp_path, encoded(picture(), "PNG", exif=exif)), turned)


def test_of_an_animation_the_first_frame_is_read(tmp_path):
    shots = [Image.new("RGB", (5, 4), colour) for colour in ("red", "lime", "blue")]
    content = encoded(shots[0], "GIF", save_all=True, append_images=shots[1:])
    assert (read(tmp_path, content) == (255, 0, 0)).all()
    assert frames(tmp_path / "image.png") == 3


def test_the_suffix_may_lie(tmp_path):
    np.testing.assert_array_equal(read(tmp_path, encoded(picture(), "PNG"), "image.jpg"), SMOOTH)


def bomb():
    """A PNG of some bytes that claims 60,000 x 60,000 pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


REFUSED = {
    "empty": (b"", "the file is empty"),
    "text": (b"label,image\n1,cat.png\n" * 9, "Expected an image. Received: a text file"),
    "other": (bytes(range(256)), "Expected an image. Received: something else"),
    "bomb": (bomb(), f"pixels.*{MOST_PIXELS:,}|more than {MOST_PIXELS:,} pixels"),
    "cut PNG": (png(SMOOTH)[:-200], "cut off before its end"),
    "cut JPEG": (encoded(picture(), "JPEG", quality=95)[:-200], "cut off before its end"),
    "only a head": (png(SMOOTH)[:40], "cut off|damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_image_is_refused_by_its_header(tmp_path, name):
    content, message = REFUSED[name]
    path = tmp_path / "sample.png"
    path.write_bytes(content)
    for look in (check_image, read_image):
        with pytest.raises(DatasetError, match=message) as caught:
            look(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


def test_a_bomb_is_refused_before_it_takes_memory(tmp_path):
    import resource

    (tmp_path / "bomb.png").write_bytes(bomb())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DatasetError):
        read_image(tmp_path / "bomb.png")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_what_follows_the_end_does_not_matter(tmp_path):
    for kind in ("PNG", "JPEG"):
        assert read(tmp_path, encoded(picture(), kind) + bytes(20_000)).shape == SMOOTH.shape


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # image_file does so itself; pytest undoes it
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize("seed", range(6))
def test_damage_gives_an_image_or_one_message(tmp_path, kind, seed):
    """Whatever is flipped, nothing but DatasetError comes out."""
    rng = np.random.default_rng(seed)
    content = bytearray(encoded(picture(), kind))
    for _ in range(rng.integers(1, 20)):
        content[rng.integers(len(content))] = rng.integers(256)
    path = tmp_path / "image"
    path.write_bytes(content[: rng.integers(len(content) // 2, len(content) + 1)])
    for look in (check_image, read_image, frames):
        with suppress(DatasetError):
            look(path)


@pytest.mark.parametrize("kind", ["RGB", "L", "P", "RGBA"])
def test_damaged_pixels_of_a_png_are_refused(tmp_path, kind):
    content = bytearray(encoded(picture().convert(kind), "PNG"))
    content[len(content) * 3 // 4] ^= 0xFF
    (tmp_path / "image.png").write_bytes(content)
    with pytest.raises(DatasetError, match=r"image\.png: the image is damaged"):
        read_image(tmp_path / "image.png")


def test_a_folder_or_a_missing_file_is_told(tmp_path):
    with pytest.raises(DatasetError, match="no such file"):
        read_image(tmp_path / "missing.png")
    with pytest.raises(DatasetError, match="directory"):
        read_image(tmp_path)


def test_32_bits_are_refused_since_white_is_unknown(tmp_path):
    with pytest.raises(DatasetError, match="Expected 8 or 16 bits"):
        read(tmp_path, encoded(Image.fromarray(np.ones((3, 3), np.float32)), "TIFF"))


def test_masks_are_indices(tmp_path):
    indices = RNG.integers(0, 5, (6, 7), dtype=np.uint8)
    palette = Image.fromarray(indices, "P")
    palette.putpalette([value for colour in range(256) for value in (colour, 255 - colour, 9)])
    for content in (encoded(palette, "PNG"), png(indices), png(np.dstack([indices] * 3))):
        (tmp_path / "mask.png").write_bytes(content)
        values, colours = read_mask(tmp_path / "mask.png")
        np.testing.assert_array_equal(values, indices)
        assert (colours is None) == (content != encoded(palette, "PNG"))
    (tmp_path / "mask.png").write_bytes(encoded(palette, "PNG"))
    _, colours = read_mask(tmp_path / "mask.png")
    assert colours is not None
    assert colours[:5].tolist() == [[index, 255 - index, 9] for index in range(5)]
    (tmp_path / "mask.png").write_bytes(png(SMOOTH))
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png")[0], SMOOTH)
    (tmp_path / "mask.png").write_bytes(encoded(Image.fromarray(np.full((3, 3), 300, np.uint16)), "PNG"))
    with pytest.raises(DatasetError, match=r"up to 255\. Received: 300"):
        read_mask(tmp_path / "mask.png")


def test_opencv_leaves_qts_variables_alone():
    import subprocess
    import sys

    code = "import workbench.data.fit, os; print([name for name in os.environ if name.startswith('QT_QPA_F')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
