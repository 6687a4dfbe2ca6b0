import hashlib

import numpy as np
import pytest

from tests.data.augmentation.drawn import photograph, step
from tests.data.maps.sources import Maps, bright_squares, map_feed
from workbench.data.source import VOID, DatasetError
from workbench.data.targets import Output

ALL = np.arange(8)
MOVES = (step("rotation", 0, degrees=40), step("zoom", 1, minimum=0.6, maximum=1.6), step("mirror_horizontal", 2, 0.5))


def agreement(batch):
    """Share of the pixels inside the image in which brightness says the same as the mask."""
    bright, masks = batch.images[..., 0] > 0.5, batch.targets
    inside = masks != VOID
    return (bright == (masks == 1))[inside].mean()


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("shape", [(40, 48, 1), (32, 32, 1), (64, 80, 1)])
def test_masks_follow_their_images_through_framing(fit, shape):
    batch = map_feed(bright_squares(), shape, fit=fit).batch(ALL, 0)
    assert batch.targets.dtype == np.uint8
    assert batch.targets.shape == (8, *shape[:2])
    assert agreement(batch) > 0.985
    assert set(np.unique(batch.targets)) <= {0, 1, VOID}
    assert (batch.targets == 1).any(axis=(1, 2)).all()


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("border", ["constant", "reflect", "replicate"])
def test_masks_follow_their_images_through_every_movement(fit, border):
    steps = (
        step("rotation", 0, degrees=60, border=border),
        step("shift", 1, x=0.3, y=0.2, border=border),
        step("perspective", 2, strength=0.4, border=border),
        step("mirror_vertical", 3, 0.5),
        step("brightness", 4, amount=0.1),
    )
    feed = map_feed(bright_squares(), (32, 40, 1), *steps, fit=fit)
    first, second = feed.batch(ALL, 0), feed.batch(ALL, 1)
    assert agreement(first) > 0.975
    assert not np.array_equal(first.targets, second.targets)
    assert (first.targets == VOID).any() == (border == "constant" or fit == "pad")


def test_without_movement_masks_are_the_stored_ones():
    source = bright_squares()
    colour = map_feed(source, (40, 48, 1), step("gaussian_noise", 0), step("cutout", 1)).batch(ALL, 0)
    np.testing.assert_array_equal(colour.targets, np.stack(source.masks))


def test_targets_of_valid_convolutions_are_the_middle():
    source = bright_squares(height=57, width=57)
    whole = map_feed(source, (57, 57, 1), *MOVES).batch(ALL, 3)
    middle = map_feed(source, (57, 57, 1), *MOVES, output=Output((39, 37, 2))).batch(ALL, 3)
    np.testing.assert_array_equal(middle.images, whole.images)
    np.testing.assert_array_equal(middle.targets, whole.targets[:, 9:48, 10:47])


def test_targets_of_coarser_and_finer_outputs_show_the_same():
    source = bright_squares()
    fine = map_feed(source, (40, 48, 1), *MOVES, output=Output((80, 96, 2), (2.0, 2.0))).batch(ALL, 1)
    coarse = map_feed(source, (40, 48, 1), *MOVES, output=Output((20, 24, 2), (0.5, 0.5))).batch(ALL, 1)
    same = map_feed(source, (40, 48, 1), *MOVES).batch(ALL, 1)
    assert fine.targets.shape == (8, 80, 96)
    assert coarse.targets.shape == (8, 20, 24)
    assert (fine.targets[:, ::2, ::2] == same.targets).mean() > 0.97
    assert (same.targets[:, ::2, ::2] == coarse.targets).mean() > 0.95
    whole = map_feed(source, (40, 48, 1), output=Output((7, 5, 2), None)).batch(ALL, 1)
    assert whole.targets.shape == (8, 7, 5)


def test_batches_are_pure_functions_of_seed_epoch_and_key():
    def digest(batch):
        return hashlib.sha256(batch.images.tobytes() + batch.targets.tobytes()).hexdigest()

    steps = (*MOVES, step("mixup", 3), step("cutmix", 4))
    one, other = map_feed(bright_squares(), (32, 32, 1), *steps), map_feed(bright_squares(), (32, 32, 1), *steps)
    other.batch(ALL, 7)
    assert digest(one.batch(ALL, 2)) == digest(other.batch(ALL, 2))
    backwards = one.batch(ALL[::-1], 2)
    np.testing.assert_array_equal(backwards.targets[::-1], one.batch(ALL, 2).targets)
    small = map_feed(bright_squares(), (32, 32, 1), *steps, budget=0)
    assert digest(small.batch(ALL, 2)) == digest(one.batch(ALL, 2))


def test_kept_rows_are_the_same():
    source = bright_squares()
    kept, read = map_feed(source, (32, 32, 1)), map_feed(source, (32, 32, 1), budget=0)
    for _ in range(2):
        np.testing.assert_array_equal(kept.batch(ALL, 0).targets, read.batch(ALL, 0).targets)
        np.testing.assert_array_equal(kept.batch(ALL, 0).images, read.batch(ALL, 0).images)


def test_cutmix_pastes_the_partners_labels():
    batch = map_feed(bright_squares(), (40, 48, 1), step("cutmix", 0)).batch(ALL, 0)
    assert batch.targets.dtype == np.uint8
    np.testing.assert_array_equal(batch.targets, (batch.images[..., 0] > 0.5).astype(np.uint8))
    assert not np.array_equal(batch.targets, np.stack(bright_squares().masks))


def test_cutmix_pastes_into_the_middle_that_is_looked_at():
    whole = map_feed(bright_squares(), (40, 48, 1), step("cutmix", 0))
    middle = map_feed(bright_squares(), (40, 48, 1), step("cutmix", 0), output=Output((20, 30, 2)))
    np.testing.assert_array_equal(middle.batch(ALL, 0).targets, whole.batch(ALL, 0).targets[:, 10:30, 9:39])


def test_mixup_makes_shares_of_the_values_it_makes():
    feed = map_feed(bright_squares(), (40, 48, 1), step("mixup", 0, alpha=1.0))
    batch = feed.batch(ALL, 0)
    assert feed.soft
    assert batch.targets.dtype == np.float32
    np.testing.assert_allclose(batch.targets.sum(axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(batch.targets[..., 1], batch.images[..., 0], atol=1e-6)
    plain = map_feed(bright_squares(), (40, 48, 1), soft=True).batch(ALL, 0)
    np.testing.assert_array_equal(plain.targets.argmax(axis=-1), np.stack(bright_squares().masks))


def test_void_has_no_share():
    source = bright_squares()
    source.masks[0] = np.where(source.masks[0] == 1, np.uint8(VOID), source.masks[0])
    shares = map_feed(source, (40, 48, 1), soft=True).batch(np.array([0]), 0).targets[0]
    np.testing.assert_array_equal(shares.sum(axis=-1), source.masks[0] != VOID)


def test_a_mask_of_another_size_or_none_is_replaced_and_told():
    source = bright_squares()
    source.masks[2] = source.masks[2][:-1]
    source.masks[5] = None
    feed = map_feed(source, (40, 48, 1))
    batch = feed.batch(ALL, 0)
    assert sorted(feed.problems) == [2, 5]
    assert "Expected a mask of the image's size, 40 x 48. Received: 39 x 48" in feed.problems[2]
    np.testing.assert_array_equal(batch.targets, (batch.images[..., 0] > 0.5).astype(np.uint8))
    source.masks = [None] * 8
    with pytest.raises(DatasetError, match="No image can be read any more"):
        map_feed(source, (40, 48, 1)).batch(ALL, 0)


# -- images as targets
PHOTOS = [photograph(seed=index) for index in range(8)]


def test_an_autoencoder_is_to_give_what_it_gets():
    feed = map_feed(Maps(PHOTOS), (48, 64, 3), *MOVES, step("brightness", 4), kind="image", output=Output((48, 64, 3)))
    batch = feed.batch(ALL, 0)
    np.testing.assert_array_equal(batch.targets, batch.images)
    assert not np.array_equal(batch.images, feed.batch(ALL, 1).images)


def test_degrading_is_for_the_input_only():
    clean = map_feed(Maps(PHOTOS), (48, 64, 3), *MOVES, kind="image", output=Output((48, 64, 3))).batch(ALL, 0)
    steps = (*MOVES, step("gaussian_noise", 4), step("cutout", 5), step("gaussian_blur", 6))
    noisy = map_feed(Maps(PHOTOS), (48, 64, 3), *steps, kind="image", output=Output((48, 64, 3))).batch(ALL, 0)
    np.testing.assert_array_equal(noisy.targets, clean.targets)
    assert not np.array_equal(noisy.images, clean.images)


def test_super_resolution_has_the_detail_that_the_input_lacks():
    photos = [photograph(96, 128, seed=index) for index in range(8)]
    small = map_feed(Maps(photos), (24, 32, 3), kind="image", output=Output((48, 64, 3), (2.0, 2.0))).batch(ALL, 0)
    expected = np.stack(photos).reshape(8, 48, 2, 64, 2, 3).mean(axis=(2, 4)) / 255
    np.testing.assert_allclose(small.targets, expected, atol=0.6 / 255)
    blocks = expected.reshape(8, 24, 2, 32, 2, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(small.images, blocks, atol=1.1 / 255)
    moved = map_feed(Maps(photos), (24, 32, 3), *MOVES, kind="image", output=Output((48, 64, 3), (2.0, 2.0)))
    batch = moved.batch(ALL, 0)
    blocks = batch.targets.reshape(8, 24, 2, 32, 2, 3).mean(axis=(2, 4))
    assert np.abs(batch.images - blocks).mean() < 0.03


def test_colour_is_the_target_of_grey():
    feed = map_feed(Maps(PHOTOS), (48, 64, 1), *MOVES, kind="image", output=Output((48, 64, 3)))
    batch = feed.batch(ALL, 0)
    assert batch.images.shape[-1] == 1
    luma = batch.targets @ np.array([0.299, 0.587, 0.114], np.float32)
    np.testing.assert_allclose(batch.images[..., 0], luma, atol=1.5 / 255)


def test_paired_pictures_move_with_their_images_and_keep_their_colours():
    source = Maps(PHOTOS, pictures=[255 - photo for photo in PHOTOS])
    feed = map_feed(source, (48, 64, 3), *MOVES[2:], step("brightness", 4), kind="image", output=Output((48, 64, 3)))
    plain = map_feed(source, (48, 64, 3), *MOVES[2:], kind="image", output=Output((48, 64, 3)))
    np.testing.assert_array_equal(feed.batch(ALL, 0).targets, plain.batch(ALL, 0).targets)
    np.testing.assert_allclose(plain.batch(ALL, 0).targets, 1 - plain.batch(ALL, 0).images, atol=1e-6)


def test_other_channels_than_images_have_are_refused():
    with pytest.raises(DatasetError, match="Expected an output with 1 or 3 channels"):
        map_feed(Maps(PHOTOS), (48, 64, 3), kind="image", output=Output((48, 64, 7))).batch(ALL, 0)
