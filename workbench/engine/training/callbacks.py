"""Keras's list of callbacks without its conversion of every batch's numbers, which waits for the device each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras


class RawLogs(keras.callbacks.CallbackList):
    """Hands each batch's tensors on as they are; whoever needs a number converts it."""

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs)
