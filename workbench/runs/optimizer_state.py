"""What an optimiser keeps for each weight, told apart by the names that Keras gives its variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from numpy.typing import NDArray

from workbench.project.weights import OPTIMIZER, Arrays, slot_key, weight_key

Value = TypeVar("Value")
_PREFIX = "optimizer/"
_STEPS = "iteration"


def state_by_key(optimizer: str, variables: Mapping[str, NDArray[Any]], stems: Mapping[str, str]) -> Arrays:
    """The state in a checkpoint by the store's keys. `stems` gives the key of the weight `<layer>_<weight>`.

    Empty where the checkpoint holds none for any of these weights.
    """
    arrays: Arrays = {}
    steps = None
    for key, value in variables.items():
        if not key.startswith(_PREFIX):
            continue
        name = key.partition(".")[2]
        if name == _STEPS:
            steps = value
        elif found := stem_of(name, stems):
            arrays[slot_key(*found)] = value
    if arrays and steps is not None:
        arrays[steps_key(optimizer)] = steps
    return arrays


def steps_key(optimizer: str) -> str:
    """Where the store has the number of steps that an optimiser took."""
    return weight_key(OPTIMIZER, 0, optimizer)


def stem_of(name: str, stems: Mapping[str, Value]) -> tuple[Value, str] | None:
    """What the longest stem stands for that a variable's name begins with, and the slot that it is."""
    cut = name.rfind("_")
    while cut > 0:
        if name[:cut] in stems:
            return stems[name[:cut]], name[cut + 1 :]
        cut = name.rfind("_", 0, cut)
    return None
