"""Settings that name an entry with parameters of its own: an optimiser, a schedule, a loss.

The parameters are in a field `<group>_params` beside the setting and are written `<group>.<parameter>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.layers import Param
from workbench.project.objectives import LOSSES
from workbench.project.optimizers import OPTIMIZERS
from workbench.project.schedules import SCHEDULES

_TABLES: Mapping[str, Mapping[str, Any]] = {
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "loss": LOSSES,
    "generator_optimizer": OPTIMIZERS,
    "discriminator_optimizer": OPTIMIZERS,
}
"""The entries that each group chooses among."""


def groups_among(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups that settings with these fields have."""
    return tuple(group for group in _TABLES if group in fields and f"{group}_params" in fields)


def params_of(group: str, choice: str) -> Mapping[str, Param]:
    """The parameters by name that a choice in a group has; none where it is not known."""
    entry = _TABLES[group].get(choice)
    return {} if entry is None else entry.by_name


def check_name(setting: str, value: str, table: Mapping[str, Any]) -> None:
    """Raises ValueError where a setting names no entry."""
    if value not in table:
        raise ValueError(f"{setting}: Expected one of {', '.join(table)}. Received: {value!r}")


def check_params(group: str, choice: str, given: Mapping[str, Any]) -> None:
    """Raises ValueError where a parameter is unknown or does not fit."""
    known = params_of(group, choice)
    for name, value in given.items():
        if name not in known:
            there = ", ".join(known) or "none"
            raise ValueError(f"{group}.{name}: Expected one of the parameters {there}. Received: {name!r}")
        if problem := known[name].problem(value):
            raise ValueError(f"{group}.{name}: {problem}")
