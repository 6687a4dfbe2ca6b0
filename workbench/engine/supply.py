"""What a network trains on, whatever its dataset is: arrays for chosen samples, and how they go in and are compared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.data.feed import Feed
from workbench.data.keys import Ids, drawn
from workbench.data.source import DatasetError, Indices
from workbench.engine.errors import JobError

Arrays = tuple[NDArray[Any], ...]
_PROBES = 8
"""Samples elsewhere that are tried before a whole unreadable batch is taken for a folder that is gone."""


class Supply(Protocol):
    """Samples in batches, as flat arrays; any thread may ask."""

    def __len__(self) -> int: ...

    def order(self, epoch: int) -> Indices:
        """Positions in the order of an epoch."""
        ...

    def arrays(self, positions: Indices, epoch: int) -> Arrays:
        """The arrays of a batch."""
        ...

    def packed(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Arrays or tensors as `fit` takes them: (x, y) or (x, y, weights)."""
        ...


@dataclass
class Unreadable:
    """Samples that could not be read, each told once; and what to do where nothing can be read any more."""

    note: Callable[[str], None] = lambda text: None
    wait: Callable[[str, str], bool] = lambda problem, hint: False
    """Waits until it is to be tried again; False: give up."""
    seen: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, error: DatasetError) -> None:
        """Counts a sample that is left out."""
        with self._lock:
            new = str(error) not in self.seen
            self.seen.add(str(error))
        if new:
            self.note(f"left out: {error}")


class ImageSupply:
    """A feed of images with their classes. What cannot be read is left out; `weights` are by class."""

    def __init__(self, feed: Feed, unreadable: Unreadable, weights: NDArray[np.float32] | None = None) -> None:
        self.feed = feed
        self._unreadable = unreadable
        self._weights = weights

    def __len__(self) -> int:
        return len(self.feed)

    def order(self, epoch: int) -> Indices:
        """Positions in the order of an epoch."""
        return self.feed.order(epoch)

    def arrays(self, positions: Indices, epoch: int) -> Arrays:
        """(images, targets), and a weight for each sample where classes are weighted."""
        images, targets = self._read(positions, epoch)
        targets = np.ascontiguousarray(targets)
        if self._weights is None:
            return images, targets
        shares = targets.dtype.kind == "f"
        return images, targets, targets @ self._weights if shares else self._weights[targets]

    def packed(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """(images, targets) or (images, targets, weights)."""
        return tuple(arrays)

    def _read(self, positions: Indices, epoch: int) -> Any:
        try:
            return self.feed.batch(positions, epoch)
        except DatasetError:
            return self._read_what_can_be(positions, epoch)

    def _read_what_can_be(self, positions: Indices, epoch: int) -> Any:
        while True:
            good, errors = self._sorted_out(positions, epoch)
            if not len(good):  # all at once: either the samples are bad, or the folder is gone
                elsewhere = np.linspace(0, len(self) - 1, min(_PROBES, len(self))).astype(np.int64)
                good, _ = self._sorted_out(elsewhere, epoch)
            if len(good):
                for error in errors:
                    self._unreadable.add(error)
                return self.feed.batch(good, epoch)
            problem = f"No image can be read any more: {errors[0]}"
            if not self._unreadable.wait(problem, "Bring the folder or the drive back, then continue."):
                raise JobError(problem)

    def _sorted_out(self, positions: Indices, epoch: int) -> tuple[Indices, list[DatasetError]]:
        good, errors = [], []
        for position in positions:
            try:
                self.feed.batch(np.array([position]), epoch)
                good.append(position)
            except DatasetError as error:
                errors.append(error)
        return np.array(good, np.int64), errors


class ArraySupply:
    """Arrays by input and by output, for networks with several of either."""

    def __init__(
        self,
        inputs: Mapping[str, NDArray[Any]],
        outputs: Mapping[str, NDArray[Any]],
        samples: Indices,
        ids: Ids,
        seed: int,
    ) -> None:
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.samples = samples
        self._columns = (*inputs.values(), *outputs.values())
        self._ids = ids[samples]
        self._seed = seed

    def __len__(self) -> int:
        return len(self.samples)

    def order(self, epoch: int) -> Indices:
        """Positions in the order of an epoch, a pure function of seed, epoch and sample keys."""
        return np.argsort(drawn(self._ids, "order", self._seed, epoch), kind="stable")

    def arrays(self, positions: Indices, epoch: int) -> Arrays:
        """The inputs' arrays, then the outputs'."""
        chosen = self.samples[positions]
        return tuple(column[chosen] for column in self._columns)

    def packed(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """(inputs, targets), each a list in the model's order or the only one."""
        count = len(self.inputs)
        return _one_or_all(arrays[:count]), _one_or_all(arrays[count:])


def _one_or_all(arrays: Sequence[Any]) -> Any:
    return tuple(arrays) if len(arrays) > 1 else arrays[0]
