"""Sweeps: many trainings of one project with other values, each an ordinary run. Plans and their state, no training."""

from workbench.sweeps.description import read_description
from workbench.sweeps.errors import SweepError
from workbench.sweeps.places import SweepPlace, find_place, sweep_places
from workbench.sweeps.plan import Sweep, SweepPlan, Trial, plan_sweep, trial_project
from workbench.sweeps.ranges import Choices, Range, Values, parse_values
from workbench.sweeps.state import OPEN, SweepRecord, SweepStore, TrialRecord, TrialStatus, ranked

__all__ = [
    "OPEN",
    "Choices",
    "Range",
    "Sweep",
    "SweepError",
    "SweepPlace",
    "SweepPlan",
    "SweepRecord",
    "SweepStore",
    "Trial",
    "TrialRecord",
    "TrialStatus",
    "Values",
    "find_place",
    "parse_values",
    "plan_sweep",
    "ranked",
    "read_description",
    "sweep_places",
    "trial_project",
]
