"""Where images come from: one module for each kind of SPEC."""

from workbench.data.sources.npz import ArraySet, open_arrays
from workbench.data.sources.open import open_source

__all__ = ["ArraySet", "open_arrays", "open_source"]
