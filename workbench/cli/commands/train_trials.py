"""What `workbench train` can try before a run: learning rates, batch sizes, one batch by heart. Nothing is kept."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.protocol import (
    AnyCommand,
    BatchSizeFound,
    FindBatchSize,
    FindLearningRate,
    LearningRateCurve,
    OverfitBatch,
    OverfitDone,
)


@dataclass(frozen=True)
class Trial:
    """An option, the job it asks for from a project's text, a device and the file of its weights, and what is told."""

    help: str
    command: Callable[[str, str, str], AnyCommand]
    record: Callable[[Any], dict[str, Any]]
    lines: Callable[[Any], list[str]]
    exit_code: Callable[[Any], int]


def add_trials(parser: argparse.ArgumentParser) -> None:
    """`--find-lr`, `--find-batch`, `--overfit`: at most one of them."""
    group = parser.add_mutually_exclusive_group()
    for name, trial in TRIALS.items():
        group.add_argument(f"--{name}", dest="trial", action="store_const", const=name, help=trial.help)


def _rate_record(done: LearningRateCurve) -> dict[str, Any]:
    return {
        "suggestion": done.suggestion,
        "diverged": done.diverged,
        "message": done.message,
        "rates": done.rates,
        "losses": done.losses,
        "smoothed": done.smoothed,
    }


def _rate_lines(done: LearningRateCurve) -> list[str]:
    if done.suggestion is None:
        return [done.message]
    return [
        f"learning rate {done.suggestion:.2g}. {done.message} Use it with --set learning_rate={done.suggestion:.2g}"
    ]


def _batch_record(done: BatchSizeFound) -> dict[str, Any]:
    tried = [
        {"batch_size": each.batch_size, "fits": each.fits, "images_per_second": each.images_per_second}
        for each in done.tried
    ]
    return {"largest": done.largest, "limit": done.limit, "tried": tried}


def _batch_lines(done: BatchSizeFound) -> list[str]:
    lines = [
        f"batch {each.batch_size:,}: "
        + (f"fits, {each.images_per_second:,.0f} images/s" if each.fits else "does not fit")
        for each in sorted(done.tried, key=lambda each: each.batch_size)
    ]
    largest = f"the largest batch that fits: {done.largest:,}" if done.largest else "not even one image fits"
    return [*lines, f"{largest} ({done.limit})"]


def _overfit_record(done: OverfitDone) -> dict[str, Any]:
    return {"ok": done.ok, "message": done.message, "losses": done.losses, "accuracies": done.accuracies}


TRIALS: Mapping[str, Trial] = {
    "find-lr": Trial(
        "look for a learning rate by raising it over 100 batches; nothing is kept",
        lambda project, device, weights: FindLearningRate(project=project, device=device, weights=weights),
        _rate_record,
        _rate_lines,
        lambda done: 0 if done.suggestion is not None else 1,
    ),
    "find-batch": Trial(
        "look for the largest batch that fits in memory",
        lambda project, device, _: FindBatchSize(project=project, device=device),
        _batch_record,
        _batch_lines,
        lambda done: 0 if done.largest else 1,
    ),
    "overfit": Trial(
        "train on one batch alone, which a sound network learns by heart; nothing is kept",
        lambda project, device, weights: OverfitBatch(project=project, device=device, weights=weights),
        _overfit_record,
        lambda done: [done.message],
        lambda done: 0 if done.ok else 1,
    ),
}
