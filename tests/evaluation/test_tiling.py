"""Tiles against the whole: where they lie, what they weigh, and what they are together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.evaluation.tiling import Blend, axis, mirrored, tiling

SIDES = st.tuples(st.integers(1, 300), st.integers(1, 64), st.integers(0, 20), st.floats(0, 0.9))


def blended(image, tiles, network, classes):
    """The whole from its tiles, and the bands that it came in."""
    blend, bands = Blend(tiles, classes), []
    for tile in tiles.tiles:
        bands += blend.add(tile, network(tiles.cut(image, tile)))
    bands.append(blend.rest())
    assert [band.top for band in bands] == list(np.cumsum([0, *(len(band.values) for band in bands)])[:-1])
    return np.concatenate([band.values for band in bands]), bands


@settings(max_examples=300)
@given(SIDES)
def test_weights_sum_to_one_at_every_pixel(sides):
    size, kept, margin, overlap = sides
    line = axis(size, kept + 2 * margin, kept, overlap)
    total = np.zeros(size)
    for number in range(len(line.starts)):
        place, own = line.place(number)
        total[place] += line.weights[number, own]
        assert len(range(size)[place]) == len(range(kept)[own])
    np.testing.assert_allclose(total, 1, atol=1e-6)
    assert line.weights.min() > 0


@settings(max_examples=300)
@given(SIDES)
def test_neighbours_share_what_was_asked_for_and_nobody_reads_beyond_the_image(sides):
    size, kept, margin, overlap = sides
    line = axis(size, kept + 2 * margin, kept, overlap)
    shared = [start + kept - following for start, following in zip(line.starts[:-1], line.starts[1:], strict=True)]
    assert all(part >= round(kept * overlap) - 1 or part == kept - 1 for part in shared)
    if size > kept:
        assert (line.starts[0], line.starts[-1]) == (0, size - kept)
    for number in range(len(line.starts)):
        seen = np.arange(size)[line.read(number)]
        assert len(seen) == line.given
        place, own = line.place(number)
        middle = seen[(line.given - kept) // 2 :][own]
        np.testing.assert_array_equal(middle, np.arange(size)[place])


def test_weights_change_smoothly():
    """No step between neighbouring pixels is larger than the steepest of a squared sine over the shared part."""
    line = axis(1000, 128, 128, 0.25)
    shared = 128 - np.diff(line.starts).max()
    assert np.abs(np.diff(line.weights, axis=1)).max() <= np.pi / 2 / shared + 1e-6


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_mirroring_is_numpys_reflection(size):
    wide = np.pad(np.arange(size), 9, mode="reflect")
    np.testing.assert_array_equal(mirrored(np.arange(-9, size + 9), size), wide)


@pytest.mark.parametrize("shape", [(70, 45), (16, 16), (5, 200), (3, 4), (17, 16)])
def test_a_network_that_looks_at_single_pixels_gives_the_whole(shape):
    image = np.random.default_rng(0).random((*shape, 2), np.float32)
    weights = np.array([[1, -2, 3], [0.5, 4, -1]], np.float32)
    together, _ = blended(image, tiling(shape, (16, 16), (16, 16)), lambda cut: cut @ weights, 3)
    np.testing.assert_allclose(together, image @ weights, atol=1e-5)


@pytest.mark.parametrize("shape", [(70, 45), (12, 12), (9, 31), (200, 13)])
def test_a_valid_network_gives_its_whole_on_the_mirrored_image(shape):
    """Means of 5 x 5 pixels, without padding: 16 x 20 pixels give 12 x 16."""
    image = np.random.default_rng(1).random((*shape, 1), np.float32)

    def means(pixels):
        return np.lib.stride_tricks.sliding_window_view(pixels[..., 0], (5, 5)).mean((2, 3))[..., np.newaxis]

    together, _ = blended(image, tiling(shape, (16, 20), (12, 16)), means, 1)
    whole = means(np.pad(image, ((2, 2), (2, 2), (0, 0)), mode="reflect"))
    np.testing.assert_allclose(together, whole, atol=1e-5)


def test_a_constant_stays_constant_whatever_the_overlap():
    for overlap in (0, 0.1, 0.5, 0.8):
        tiles = tiling((101, 77), (24, 24), (24, 24), overlap)
        together, _ = blended(np.full((101, 77, 1), 0.7, np.float32), tiles, lambda cut: cut, 1)
        np.testing.assert_allclose(together, 0.7, rtol=1e-6)


def test_seams_are_blended_linearly_in_their_weights():
    """Two tiles that disagree meet in the middle: from one's answer to the other's without a jump."""
    tiles = tiling((8, 28), (8, 16), (8, 16))
    (first, second) = tiles.tiles
    blend = Blend(tiles, 1)
    assert list(blend.add(first, np.zeros((8, 16, 1), np.float32))) == []
    assert list(blend.add(second, np.ones((8, 16, 1), np.float32))) == []
    line = blend.rest().values[0, :, 0]
    assert (line[:12] == 0).all()
    assert (line[16:] == 1).all()
    np.testing.assert_allclose(line[12:16], np.sin(np.pi / 2 * (np.arange(4) + 0.5) / 4) ** 2, atol=1e-6)


def test_no_more_than_a_row_of_tiles_is_held():
    tiles = tiling((500, 40), (32, 32), (32, 32))
    _, bands = blended(np.zeros((500, 40, 1), np.float32), tiles, lambda cut: cut, 1)
    assert max(len(band.values) for band in bands) == 32
    assert len(bands) == len(tiles.down.starts)


@pytest.mark.parametrize(("kept", "overlap"), [(0, 0.25), (17, 0.25), (8, 1.0), (8, -0.1)])
def test_what_cannot_be_tiled(kept, overlap):
    with pytest.raises(ValueError, match="Expected an output"):
        axis(100, 16, kept, overlap)
