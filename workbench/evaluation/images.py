"""How near images are to their targets, one by one: values from 0 to 1, batch x height x width x channels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.errors import PredictionsError
from workbench.evaluation.predictions import read_arrays, write_arrays

Images = NDArray[Any]
Measures = NDArray[np.float64]
"""One for each image."""
SSIM_WINDOW = 11
_DEVIATION = 1.5
_LUMINANCE, _CONTRAST = 0.01**2, 0.03**2
SMALLEST_ERROR = 1e-10
"""Below it images count as the same: 100 dB."""


def psnr(true: Images, made: Images) -> Measures:
    """Peak signal-to-noise ratio in decibels."""
    error = np.square(true.astype(np.float64) - made).mean(axis=(1, 2, 3))
    return np.asarray(-10 * np.log10(np.maximum(error, SMALLEST_ERROR)), np.float64)


def ssim(true: Images, made: Images) -> Measures:
    """Structural similarity (Wang et al., 2004) under a Gaussian of 11 positions, fewer for smaller images."""
    window = _gaussian(min(SSIM_WINDOW, *true.shape[1:3]))
    x, y = true.astype(np.float64), made.astype(np.float64)
    mean_x, mean_y = _smooth(x, window), _smooth(y, window)
    spread_x = _smooth(x * x, window) - mean_x**2
    spread_y = _smooth(y * y, window) - mean_y**2
    together = _smooth(x * y, window) - mean_x * mean_y
    above = (2 * mean_x * mean_y + _LUMINANCE) * (2 * together + _CONTRAST)
    below = (mean_x**2 + mean_y**2 + _LUMINANCE) * (spread_x + spread_y + _CONTRAST)
    return np.asarray((above / below).mean(axis=(1, 2, 3)), np.float64)


def _gaussian(size: int) -> Measures:
    places = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(places**2) / (2 * _DEVIATION**2))
    return np.asarray(weights / weights.sum(), np.float64)


def _smooth(images: Images, window: Measures) -> Images:
    """Weighted means where the window lies inside, first along rows, then along columns."""
    rows = images.shape[1] - len(window) + 1
    columns = images.shape[2] - len(window) + 1
    down = sum(weight * images[:, at : at + rows] for at, weight in enumerate(window))
    across = sum(weight * down[:, :, at : at + columns] for at, weight in enumerate(window))
    return np.asarray(across)


@dataclass(frozen=True)
class ImageResults:
    """Rows are images. `baseline_*` measure the input enlarged by bicubic interpolation; empty where the input is the
    target itself. `shown` are the rows whose pictures are kept, uint8, worst first, as `inputs`, `outputs` and
    `targets`.
    """

    keys: NDArray[np.str_]
    indices: NDArray[np.int64]
    psnr: Measures
    ssim: Measures
    baseline_psnr: Measures
    baseline_ssim: Measures
    shown: NDArray[np.int64]
    inputs: Images
    outputs: Images
    targets: Images
    about: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.psnr)

    @property
    def means(self) -> dict[str, float]:
        """Over all images; of the baseline where there is one."""
        names = ("psnr", "ssim", "baseline_psnr", "baseline_ssim")
        return {name: float(values.mean()) for name in names if len(values := getattr(self, name))}


_ARRAYS = tuple(name for name in ImageResults.__dataclass_fields__ if name != "about")


def write_image_results(path: Path, results: ImageResults) -> None:
    """Writes the file whole or not at all. Raises OSError."""
    arrays = {name: np.asarray(getattr(results, name)) for name in _ARRAYS}
    write_arrays(path, arrays | {"about": np.asarray(json.dumps(dict(results.about)))})


def read_image_results(path: Path) -> ImageResults:
    """Reads what `write_image_results` wrote. Raises PredictionsError."""
    arrays = read_arrays(path)
    missing = [name for name in (*_ARRAYS, "about") if name not in arrays]
    if missing:
        raise PredictionsError(f"{path}: expected results of images. Missing: {', '.join(missing)}")
    try:
        about = json.loads(str(arrays["about"]))
    except ValueError as error:
        raise PredictionsError(f"{path}: what the results are about cannot be read ({error})") from None
    return ImageResults(**{name: arrays[name] for name in _ARRAYS}, about=about)
