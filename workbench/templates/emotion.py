"""Emotions on FER-2013's faces: mini-Xception at 48x48 with the data settings, augmentation and recipe for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.project import AugmentationSettings, AugmentationStep, Project, TrainingSettings
from workbench.templates import mini_xception
from workbench.templates.parameters import classes, input_shape, project
from workbench.templates.template import Template

RECIPE = TrainingSettings(
    epochs=200,
    batch_size=32,
    optimizer="Adam",
    learning_rate=0.001,
    schedule="plateau",
    schedule_params={"patience": 12},
    early_stopping=True,
    patience=30,
)
"""Arriaga's own: Adam, a tenth of the rate when the held-out loss stalls, and an end when it no longer gets better."""

_EDGE = {"border": "reflect", "fill": 0.0, "interpolation": "linear"}
AUGMENTATION = AugmentationSettings(
    (
        AugmentationStep("mirror_horizontal", {}, probability=0.5),
        AugmentationStep("rotation", {"degrees": 10.0, **_EDGE}),
        AugmentationStep("shift", {"x": 0.1, "y": 0.1, **_EDGE}),
        AugmentationStep("zoom", {"minimum": 0.9, "maximum": 1.1, "stretch": 1.0, **_EDGE}),
    )
)
"""Mirrored, turned, moved and zoomed a little: a face remains the same face."""

MOMENTUM = 0.9
"""Of the batch normalisations, as in most of today's networks: with Keras's 0.99 the averages that prediction uses are
far behind for the first hundreds of batches, and a small table of faces looks as if nothing were learned."""


def _make(values: Mapping[str, Any]) -> Project:
    network = mini_xception.network(values, momentum=MOMENTUM)
    return project("emotion", network, training=RECIPE, augmentation=AUGMENTATION, value_range="-1..1")


TEMPLATES = (
    Template(
        name="emotion",
        title="Emotions on faces",
        paper=mini_xception.PAPER,
        implementation=mini_xception.IMPLEMENTATION,
        lesson="A whole task to start from: mini-Xception on FER-2013's 48x48 grey faces, seven emotions, with the "
        "augmentation and the recipe that it was published with.",
        parameters=(input_shape(48, 48, 1), classes(7)),
        make=_make,
        guidance="The faces are fer2013.csv of Kaggle's competition \"Challenges in Representation Learning: Facial "
        'Expression Recognition" (needs an account). Choose that file as the data: its columns bring the seven names '
        "and the division into training, validation and test.",
    ),
)
