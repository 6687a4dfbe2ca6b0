"""What is known of the data without reading them, and what a step and an epoch then are."""

from __future__ import annotations

from math import ceil, floor

from workbench.data.facts import BUILT_IN
from workbench.project import Observations, Project, is_adversarial

ASSUMED_BATCHES = 100
"""Batches an epoch where nobody knows yet: curves over epochs look the same."""


def facts_text(project: Project, observed: Observations) -> str:
    """One line about images, classes and batches."""
    dataset, seen = project.dataset, observed.seen(project.dataset.spec)
    if not dataset.spec:
        return "Choose the data to train on."
    if seen is None:
        return f"{dataset.spec}: nothing is known of this dataset before it is read"
    trained = seen.training_images(dataset)
    facts = BUILT_IN.get(dataset.spec)
    shape = " of " + "x".join(map(str, facts.shape)) if facts else ""
    batches = batches_an_epoch(project, observed)
    return (
        f"{seen.images:,} images{shape}, {len(seen.class_names):,} classes; {seen.images - trained:,} held out; "
        f"{batches:,} {'batch' if batches == 1 else 'batches'} an epoch"
    )


def batches_an_epoch(project: Project, observed: Observations) -> int:
    """Batches in one epoch, or an assumed number where only reading the dataset would tell."""
    seen = observed.seen(project.dataset.spec)
    if seen is None:
        return ASSUMED_BATCHES
    batches = seen.training_images(project.dataset) / project.training.batch_size
    return max(1, floor(batches) if is_adversarial(project) else ceil(batches))
