"""What a job sets for all of TensorFlow and Keras, and puts back: precision and determinism."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
import tensorflow as tf

from workbench.project import TrainingSettings


@contextlib.contextmanager
def numerics(settings: TrainingSettings) -> Iterator[None]:
    """Computes as the settings say within the block: in which precision, and whether in one order."""
    keras.config.set_dtype_policy(settings.precision)
    if settings.deterministic:
        tf.config.experimental.enable_op_determinism()
    try:
        yield
    finally:
        keras.config.set_dtype_policy("float32")
        if settings.deterministic:
            _disable_op_determinism()


def _disable_op_determinism() -> None:
    # TensorFlow publishes no way back; without it every later job of this process would be slower.
    from tensorflow.python.framework import config

    config.disable_op_determinism()
