"""What training takes, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis.memory import MemoryModel


@dataclass(frozen=True)
class Resources:
    """Memory as far as it is known: `model` of what training takes, `free` bytes on the device."""

    model: MemoryModel | None = None
    free: int | None = None

    def needed(self, batch_size: int) -> int | None:
        """Bytes that training is estimated to take at a batch size; None where it is not known."""
        return None if self.model is None else self.model.at(batch_size).total

    def fits(self, batch_size: int) -> bool | None:
        """Whether that is free; None where it is not known."""
        needed = self.needed(batch_size)
        return None if needed is None or self.free is None else needed <= self.free

    @property
    def largest_batch(self) -> int | None:
        """The largest batch that is estimated to fit, 0 where none does; None where it is not known."""
        return None if self.model is None or self.free is None else self.model.largest_batch(self.free)
