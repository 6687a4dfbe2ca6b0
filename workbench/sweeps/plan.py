"""From a sweep's description to its trials: pure functions of project, values, count and seed."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.layers.params import Integer
from workbench.project import Project, ProjectFileError, loads
from workbench.project.file import dumps
from workbench.sweeps.errors import SweepError
from workbench.sweeps.places import find_place
from workbench.sweeps.ranges import Choices, Range, Values
from workbench.templates import TemplateError, get_template

TEMPLATE = "template."
MAX_TRIALS = 10_000
_ATTEMPTS = 100
"""Draws for one trial before it is given up that any new one is left."""


@dataclass(frozen=True)
class Sweep:
    """What is tried. `grid` lists are combined with one another, all of them; with `random` values, each
    combination is tried `trials` times with drawn ones. `metric` "" is the runs' usual one. `fixed` holds for all.

    `project` is the text of a project file, or "" where `template` names a template.
    """

    name: str
    project: str = ""
    template: str = ""
    grid: Mapping[str, Values] = field(default_factory=dict)
    random: Mapping[str, Values] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    trials: int = 0
    seed: int = 0
    metric: str = ""


@dataclass(frozen=True)
class Trial:
    """One training of a sweep; numbers count from 1."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class SweepPlan:
    """A sweep whose every value was found to be allowed, with its trials."""

    sweep: Sweep
    trials: tuple[Trial, ...]


def plan_sweep(sweep: Sweep) -> SweepPlan:
    """The trials of a sweep. Raises SweepError for what is unknown, empty or not allowed.

    A trial's drawn values depend on the seed and its number only: asking for more trials keeps the first ones.
    """
    base = _base(sweep, _template_values(sweep.fixed))
    _check(sweep, base)
    trials = tuple(itertools.islice(_trials(sweep, base), MAX_TRIALS + 1))
    if len(trials) > MAX_TRIALS:
        raise SweepError(f"expected at most {MAX_TRIALS:,} trials; there are more combinations than that")
    return SweepPlan(sweep, trials)


def trial_project(sweep: Sweep, trial: Trial) -> Project:
    """The sweep's project with a trial's values in it. Raises SweepError."""
    values = {**sweep.fixed, **trial.values}
    project = _base(sweep, _template_values(values))
    for key, value in values.items():
        if not key.startswith(TEMPLATE):
            project.apply(find_place(project, key).edit(project, value))
    return project


def trial_text(sweep: Sweep, trial: Trial) -> str:
    """The same as the text of a project file, which is what an engine takes. Raises SweepError."""
    return dumps(trial_project(sweep, trial)).decode()


def _base(sweep: Sweep, template_values: Mapping[str, Any]) -> Project:
    try:
        if sweep.template:
            return get_template(sweep.template).build(template_values)
        return loads(sweep.project.encode(), "the sweep's project").project
    except (TemplateError, ProjectFileError) as error:
        raise SweepError(str(error)) from error


def _template_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(TEMPLATE): value for key, value in values.items() if key.startswith(TEMPLATE)}


def _check(sweep: Sweep, base: Project) -> None:
    varied = {**sweep.grid, **sweep.random}
    if not varied:
        raise SweepError("expected at least one value to vary, as learning_rate=1e-2,1e-3")
    twice = [key for key in sweep.grid if key in sweep.random] + [key for key in sweep.fixed if key in varied]
    if twice:
        raise SweepError(f"{twice[0]}: expected once. Received: in more than one place")
    for key, values in sweep.grid.items():
        if isinstance(values, Range):
            raise SweepError(f"{key}: expected listed values in a grid, as 16,32. Received the range {values}")
    if sweep.random and sweep.trials < 1:
        raise SweepError("expected a number of trials of 1 or more for random values")
    for key, value in sweep.fixed.items():
        _try(sweep, base, key, value)
    for key, values in varied.items():
        if key.startswith(TEMPLATE):
            _check_template(sweep, key)
        for value in values.values if isinstance(values, Choices) else _ends(sweep, base, key, values):
            _try(sweep, base, key, value)


def _ends(sweep: Sweep, base: Project, key: str, values: Range) -> tuple[Any, ...]:
    if not _whole(sweep, base, key):
        return values.low, values.high
    low, high = -(-values.low // 1), values.high // 1
    if low > high:
        raise SweepError(f"{key}: expected a range with a whole number in it. Received: {values}")
    return int(low), int(high)


def _try(sweep: Sweep, base: Project, key: str, value: Any) -> None:
    if not key.startswith(TEMPLATE):
        find_place(base, key).edit(base, value)
    else:
        _check_template(sweep, key)
        _base(sweep, {key.removeprefix(TEMPLATE): value})


def _check_template(sweep: Sweep, key: str) -> None:
    if not sweep.template:
        raise SweepError(f"{key}: expected a sweep that begins with a template. Received: one of a project")
    names = [param.name for param in get_template(sweep.template).parameters]
    if key.removeprefix(TEMPLATE) not in names:
        raise SweepError(f"{key}: {sweep.template} has the parameters {', '.join(names)}")


def _whole(sweep: Sweep, base: Project, key: str) -> bool:
    if not key.startswith(TEMPLATE):
        return find_place(base, key).whole
    parameters = {param.name: param for param in get_template(sweep.template).parameters}
    return isinstance(parameters[key.removeprefix(TEMPLATE)].kind, Integer)


def _trials(sweep: Sweep, base: Project) -> Iterator[Trial]:
    numbers = itertools.count(1)
    whole = {key: _whole(sweep, base, key) for key in sweep.random}
    listed = [[(key, value) for value in _listed(values)] for key, values in sweep.grid.items()]
    for combination in itertools.product(*listed):
        if not sweep.random:
            yield Trial(next(numbers), dict(combination))
            continue
        seen: set[str] = set()
        for draw in range(sweep.trials):
            drawn = _draw(sweep, whole, draw, seen)
            if drawn is None:
                break  # every combination of listed values has been drawn
            yield Trial(next(numbers), {**dict(combination), **drawn})


def _listed(values: Values) -> tuple[Any, ...]:
    return values.values if isinstance(values, Choices) else ()


def _draw(sweep: Sweep, whole: Mapping[str, bool], number: int, seen: set[str]) -> dict[str, Any] | None:
    for attempt in range(_ATTEMPTS):
        chance = random.Random(f"{sweep.seed}/{number}/{attempt}")
        drawn = {key: values.draw(chance, whole[key]) for key, values in sweep.random.items()}
        written = json.dumps(drawn, sort_keys=True)
        if written not in seen:
            seen.add(written)
            return drawn
    return None
