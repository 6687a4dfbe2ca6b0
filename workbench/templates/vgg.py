"""VGG-16 and VGG-19."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, classes, input_shape, project, scaled
from workbench.templates.template import Paper, Template

_FILTERS = (64, 128, 256, 512, 512)


def _make(title: str, depths: tuple[int, ...], values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    x = build.input(values["input"])
    for stage, (depth, filters) in enumerate(zip(depths, _FILTERS, strict=True), 1):
        for number in range(1, depth + 1):
            x = build.layer(
                "Conv2D",
                f"block{stage}_conv{number}",
                x,
                filters=scaled(filters, values),
                kernel_size=3,
                padding="same",
                activation="relu",
            )
        x = build.layer("MaxPooling2D", f"block{stage}_pool", x)
    x = build.layer("Flatten", "flatten", x)
    for name in ("fc1", "fc2"):
        x = build.layer("Dense", name, x, units=scaled(4096, values), activation="relu")
    build.layer("Dense", "predictions", x, units=values["classes"], activation="softmax")
    return project(title, build.finish())


def _template(name: str, title: str, depths: tuple[int, ...]) -> Template:
    return Template(
        name=name,
        title=title,
        paper=Paper(
            "Very deep convolutional networks for large-scale image recognition",
            "Simonyan and Zisserman",
            2014,
            "https://arxiv.org/abs/1409.1556",
        ),
        implementation=f"https://github.com/keras-team/keras/blob/master/keras/src/applications/{name}.py",
        lesson="Regularity: nothing but 3x3 convolutions and 2x2 pooling. Two 3x3 see what one 5x5 sees with fewer "
        "weights, and depth pays. Its features transfer well; its dense layers hold nine tenths of its weights.",
        parameters=(input_shape(224, 224, 3), classes(1000), WIDTH),
        make=partial(_make, name, depths),
    )


TEMPLATES = (
    _template("vgg16", "VGG-16", (2, 2, 3, 3, 3)),
    _template("vgg19", "VGG-19", (2, 2, 4, 4, 4)),
)
