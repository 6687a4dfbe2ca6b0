"""What is known of the data without reading them, and what a step and an epoch then are."""

from __future__ import annotations

from math import ceil

from workbench.data.facts import BUILT_IN
from workbench.project import DatasetSettings, TrainingSettings

ASSUMED_BATCHES = 100
"""Batches an epoch where nobody knows yet: curves over epochs look the same."""


def facts_text(dataset: DatasetSettings, training: TrainingSettings) -> str:
    """One line about images, classes and batches."""
    facts = BUILT_IN.get(dataset.spec)
    if not dataset.spec:
        return "Choose the data to train on."
    if facts is None:
        return f"{dataset.spec}: nothing is known of this dataset before it is read"
    height, width, channels = facts.shape
    held_out = ceil(facts.images * dataset.validation_share)
    batches = -(-(facts.images - held_out) // training.batch_size)
    return (
        f"{facts.images:,} images of {height}x{width}x{channels}, {len(facts.class_names)} classes; "
        f"{held_out:,} held out; {batches:,} batches an epoch"
    )


def batches_an_epoch(dataset: DatasetSettings, training: TrainingSettings) -> int:
    """Batches in one epoch, or an assumed number where only reading the dataset would tell."""
    facts = BUILT_IN.get(dataset.spec)
    if facts is None:
        return ASSUMED_BATCHES
    held_out = ceil(facts.images * dataset.validation_share)
    return max(1, -(-(facts.images - held_out) // training.batch_size))
