"""Inception-v3, with the channels of keras.applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import classes, input_shape, project
from workbench.templates.template import Paper, Template

_STEM = (
    # name, filters, kernel size, strides, padding, max pooling after it
    ("conv1", 32, 3, 2, "valid", False),
    ("conv2", 32, 3, 1, "valid", False),
    ("conv3", 64, 3, 1, "same", True),
    ("conv4", 80, 1, 1, "valid", False),
    ("conv5", 192, 3, 1, "valid", True),
)
_MODULES: tuple[tuple[str, Mapping[str, int]], ...] = (
    ("a", {"pool_projection": 32}),
    ("a", {"pool_projection": 64}),
    ("a", {"pool_projection": 64}),
    ("b", {}),
    ("c", {"channels_7x7": 128}),
    ("c", {"channels_7x7": 160}),
    ("c", {"channels_7x7": 160}),
    ("c", {"channels_7x7": 192}),
    ("d", {}),
    ("e", {}),
    ("e", {}),
)


def _make(values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    x = build.input(values["input"])
    for name, filters, kernel, strides, padding, pooled in _STEM:
        x = build.layer(
            "Conv2D", name, x, filters=filters, kernel_size=kernel, strides=strides, padding=padding, use_bias=False
        )
        x = build.layer("BatchNormalization", f"{name}_bn", x, scale=False)
        x = build.layer("Activation", f"{name}_relu", x, activation="relu")
        if pooled:
            x = build.layer("MaxPooling2D", f"{name}_pool", x, pool_size=3, strides=2)
    for number, (module, params) in enumerate(_MODULES):
        x = build.block(f"inception.v3-{module}", f"mixed{number}", x, **params)
    x = build.layer("GlobalAveragePooling2D", "avg_pool", x)
    build.layer("Dense", "predictions", x, units=values["classes"], activation="softmax")
    return project("inception-v3", build.finish())


TEMPLATES = (
    Template(
        name="inception-v3",
        title="Inception-v3",
        paper=Paper(
            "Rethinking the Inception architecture for computer vision",
            "Szegedy et al.",
            2015,
            "https://arxiv.org/abs/1512.00567",
        ),
        implementation="https://github.com/keras-team/keras/blob/master/keras/src/applications/inception_v3.py",
        lesson="Large kernels factorise: 5x5 into two 3x3, 7x7 into 1x7 and 7x1. Shrink the grid with convolution and "
        "pooling side by side, so that nothing is squeezed away at once.",
        parameters=(input_shape(299, 299, 3), classes(1000)),
        make=_make,
    ),
)
