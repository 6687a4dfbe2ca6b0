"""PSNR and SSIM against formulas of their own and scikit-image, in every range of values; and a network that trains."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from tests.engine.projects import train_small
from workbench.data.fit import value_bounds
from workbench.engine.image_metrics import OfImages
from workbench.project import DatasetSettings
from workbench.templates import get_template


def images(seed: int, shape=(3, 24, 31, 3)):
    """Smooth images from 0 to 1 and noisy copies."""
    dice = np.random.default_rng(seed)
    rows, columns = np.mgrid[: shape[1], : shape[2]]
    waves = [np.sin(rows / dice.uniform(2, 6) + columns / dice.uniform(2, 6)) for _ in range(shape[0] * shape[3])]
    clean = (np.stack(waves).reshape(shape[0], shape[3], *shape[1:3]).transpose(0, 2, 3, 1) + 1) / 2
    return clean.astype(np.float32), np.clip(clean + dice.normal(0, 0.1, clean.shape), 0, 1).astype(np.float32)


@pytest.mark.parametrize("value_range", ["0..1", "-1..1", "0..255"])
def test_they_are_as_in_scikit_image_in_every_range(value_range):
    clean, noisy = images(1)
    low, high = value_bounds(value_range)
    psnr, ssim = OfImages("psnr", (low, high)), OfImages("ssim", (low, high))
    for metric in (psnr, ssim):
        for part in (slice(0, 2), slice(2, 3)):  # the mean is over images, not over batches
            metric.update_state(clean[part] * (high - low) + low, noisy[part] * (high - low) + low)
    pairs = list(zip(clean, noisy, strict=True))
    expected = np.mean([peak_signal_noise_ratio(a, b, data_range=1) for a, b in pairs])
    assert float(psnr.result()) == pytest.approx(expected, abs=1e-3)
    how = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "channel_axis": -1, "full": True}
    maps = [structural_similarity(a, b, data_range=1, **how)[1][5:-5, 5:-5] for a, b in pairs]
    assert float(ssim.result()) == pytest.approx(np.mean(maps), abs=1e-3)


def test_equal_images_are_at_the_top_and_small_ones_are_measured():
    clean, noisy = images(2, (2, 6, 7, 1))
    psnr, ssim = OfImages("psnr", (0, 1)), OfImages("ssim", (0, 1))
    psnr.update_state(clean, clean)
    ssim.update_state(clean, clean)
    assert float(psnr.result()) == pytest.approx(100)
    assert float(ssim.result()) == pytest.approx(1)
    ssim.reset_state()
    ssim.update_state(clean, noisy)
    assert 0 < float(ssim.result()) < 0.999


def test_metrics_of_images_are_left_out_where_there_are_no_images(tmp_path):
    done, _ = train_small(tmp_path, metrics=("psnr", "accuracy"), epochs=1)
    assert "accuracy" in done.best
    assert "psnr" not in done.best


def trained(tmp_path, name, **values):
    project = get_template(name).build(values)
    settings = {"spec": "digits", "target": "image"}
    return project, DatasetSettings(**settings), tmp_path
