"""1x1 convolutions with strides, kept from a fault of the library that computes them.

WORKAROUND: oneDNN, as TensorFlow 2.21 brings it, writes beyond its memory on CPUs with AVX-512 when it computes the
filter's gradient of a 1x1 convolution with strides whose input has fewer than 16 channels: the process then dies, at
once or later. Seen with 60x60 and 1, 3, 4, 8 and 12 channels, as a shortcut of mini-Xception has it; not with 16, 24,
40 or 64, nor with DNNL_MAX_CPU_ISA=AVX2, which would slow down everything else. Such a convolution looks at every n-th
position alone: to take those first and then convolve without strides reads the same values.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_ENOUGH = 16
"""Channels from which on it was not seen."""


@cache
def keep_from_fault() -> None:
    """From now on Keras convolves so."""
    from keras.src.backend.tensorflow import nn

    original = nn.conv

    def conv(
        inputs: Any,
        kernel: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
    ) -> Any:
        spatial = tuple(kernel.shape[:-2])
        steps = (strides,) * len(spatial) if isinstance(strides, int) else tuple(strides)
        if data_format == "channels_last" and set(spatial) == {1} and max(steps) > 1 and kernel.shape[-2] < _ENOUGH:
            taken = (slice(None), *(slice(None, None, step) for step in steps), slice(None))
            inputs, strides = inputs[taken], 1
        return original(inputs, kernel, strides, padding, data_format, dilation_rate)

    nn.conv = conv
