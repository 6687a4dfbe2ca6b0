"""U-Net with valid convolutions as published, and with same padding."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from workbench.layers import Param
from workbench.layers.params import Integer
from workbench.project import Project, TrainingSettings
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, classes, input_shape, project, scaled
from workbench.templates.template import Paper, Template

_TRAINING = TrainingSettings(
    batch_size=4, loss="crossentropy_dice", metrics=("mean_iou", "mean_dice", "accuracy"), learning_rate=0.001
)
"""Large images, few at a time; most of their pixels are background, which accuracy alone would reward."""
DEPTH = Param("depth", Integer(1, 8), 4, "How often the size is halved")


def _make(title: str, padding: str, values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    depth, shared = values["depth"], {"padding": padding}
    filters = [scaled(64 * 2**level, values) for level in range(depth + 1)]
    x: Any = build.input(values["input"])
    skips = []
    for level in range(depth):
        down = build.block("unet.down", f"down_{level + 1}", x, filters=filters[level], **shared)
        skips.append((down, "skip"))
        x = (down, "output")
    for name in ("bottom_1", "bottom_2"):
        x = build.layer("Conv2D", name, x, filters=filters[depth], kernel_size=3, activation="relu", **shared)
    for level in reversed(range(depth)):
        x = build.block("unet.up", f"up_{level + 1}", x, skips[level], filters=filters[level], **shared)
    build.layer("Conv2D", "output", x, filters=values["classes"], kernel_size=1, activation="softmax")
    return project(title, build.finish(), training=_TRAINING)


def _template(name: str, title: str, padding: str, size: int, lesson: str) -> Template:
    return Template(
        name=name,
        title=title,
        paper=Paper(
            "U-Net: convolutional networks for biomedical image segmentation",
            "Ronneberger, Fischer and Brox",
            2015,
            "https://arxiv.org/abs/1505.04597",
        ),
        implementation="https://github.com/milesial/Pytorch-UNet",
        lesson=lesson,
        parameters=(input_shape(size, size, 1), classes(2), WIDTH, DEPTH),
        make=partial(_make, name, padding),
    )


TEMPLATES = (
    _template(
        "unet",
        "U-Net, valid convolutions",
        "valid",
        572,
        "What and where: deep features say what, shallow ones, joined on the way up, say where. Valid convolutions "
        "see no made-up border: the output is smaller than the input, and large images are tiled.",
    ),
    _template(
        "unet-same",
        "U-Net, same padding",
        "same",
        512,
        "The form most used today: the mask has the image's size, as long as that divides by two at every level.",
    ),
)
