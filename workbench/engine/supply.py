"""What a network trains on, whatever its dataset is: arrays for chosen samples, and how they go in and are compared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.data.feed import Batch, Feed
from workbench.data.keys import Ids, drawn
from workbench.data.source import DatasetError, Indices

Arrays = tuple[NDArray[Any], ...]


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

    def add(self, problems: Iterable[str]) -> None:
        """Counts samples that were left out."""
        with self._lock:
            new = [problem for problem in problems if problem not in self.seen]
            self.seen.update(new)
        self._tell(new)

    def tell_to(self, note: Callable[[str], None]) -> None:
        """Tells from now on, and what was found before: in the batch that is tried before a run begins."""
        self.note = note
        self._tell(sorted(self.seen))

    def _tell(self, problems: Iterable[str]) -> None:
        for problem in problems:
            self.note(f"left out, another image takes its place: {problem}")


class ImageSupply:
    """A feed of images with their classes, told when some cannot be read; `weights` are by class."""

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
        images, read = self._read(positions, epoch)
        targets: NDArray[Any] = np.ascontiguousarray(read)
        if self._weights is None:
            return images, targets
        shares = targets.dtype.kind == "f"
        return images, targets, targets @ self._weights if shares else self._weights[targets]

    def packed(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """(images, targets) or (images, targets, weights)."""
        return tuple(arrays)

    def _read(self, positions: Indices, epoch: int) -> Batch:
        """The feed replaces images that cannot be read; where it finds none any more, the folder is gone."""
        while True:
            known = len(self.feed.problems)
            before = set(self.feed.problems) if known else set()
            try:
                batch = self.feed.batch(positions, epoch)
            except DatasetError as error:
                for index in set(self.feed.problems) - before:
                    self.feed.problems.pop(index, None)  # they are not to blame
                if not self._unreadable.wait(str(error), "Bring the folder or the drive back, then continue."):
                    raise
                continue
            if len(self.feed.problems) > known:
                self._unreadable.add(list(self.feed.problems.values()))
            return batch


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
