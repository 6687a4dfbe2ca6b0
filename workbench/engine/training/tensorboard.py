"""A TensorBoard log: scalars by epoch, those of validation as a run of their own, as Keras writes them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import tensorflow as tf

from workbench.protocol import LayerNorms, Metrics


class TensorLog:
    """Writes into `folder/train` and `folder/validation`."""

    def __init__(self, folder: Path) -> None:
        self._train = tf.summary.create_file_writer(str(folder / "train"))
        self._validation = tf.summary.create_file_writer(str(folder / "validation"))

    def write(self, epoch: int, metrics: Metrics, rate: float, norms: Mapping[str, LayerNorms]) -> None:
        """The numbers of an epoch (from 1). A log that cannot be written is no reason to end a training."""
        with contextlib.suppress(tf.errors.OpError):
            self._write(epoch, metrics, rate, norms)

    def _write(self, epoch: int, metrics: Metrics, rate: float, norms: Mapping[str, LayerNorms]) -> None:
        with self._train.as_default(step=epoch - 1):
            for name, value in metrics.items():
                if not name.startswith("val_"):
                    _scalar(f"epoch_{name}", value)
            _scalar("learning_rate", rate)
            for layer, norm in norms.items():
                _scalar(f"norms/{layer}/weights", norm.weights)
                _scalar(f"norms/{layer}/gradients", norm.gradients)
        with self._validation.as_default(step=epoch - 1):
            for name, value in metrics.items():
                if name.startswith("val_"):
                    _scalar(f"epoch_{name.removeprefix('val_')}", value)
        self._train.flush()
        self._validation.flush()

    def close(self) -> None:
        """Ends both files."""
        self._train.close()
        self._validation.close()


def _scalar(tag: str, value: float) -> None:
    """What `tf.summary.scalar` writes; that function is TensorBoard's own, which need not be installed to log."""
    plugin = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
    metadata = tf.compat.v1.SummaryMetadata(plugin_data=plugin)
    tf.summary.write(tag, tf.constant(value, tf.float32), metadata=metadata)
