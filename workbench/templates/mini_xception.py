"""mini-Xception for emotions on small grey faces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.graph import Graph
from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import classes, input_shape, project
from workbench.templates.template import Paper, Template

PAPER = Paper(
    "Real-time convolutional neural networks for emotion and gender classification",
    "Arriaga, Valdenegro-Toro and Ploeger",
    2017,
    "https://arxiv.org/abs/1710.07557",
)
IMPLEMENTATION = "https://github.com/oarriaga/face_classification"
_L2 = {"class_name": "L2", "config": {"l2": 0.01}}


def network(values: Mapping[str, Any], **normalisation: Any) -> Graph:
    """The network for `input` and `classes`; `normalisation` are parameters of its batch normalisations."""
    build = NetworkBuilder()
    x = build.input(values["input"])
    for name in ("conv_1", "conv_2"):
        x = build.layer("Conv2D", name, x, filters=8, kernel_size=3, use_bias=False, kernel_regularizer=_L2)
        x = build.layer("BatchNormalization", f"{name}_bn", x, **normalisation)
        x = build.layer("Activation", f"{name}_relu", x, activation="relu")
    for number, filters in enumerate((16, 32, 64, 128), 1):
        x = _module(build, f"module_{number}", x, filters, normalisation)
    x = build.layer("Conv2D", "classes", x, filters=values["classes"], kernel_size=3, padding="same")
    x = build.layer("GlobalAveragePooling2D", "gap", x)
    build.layer("Softmax", "predictions", x)
    return build.finish()


def _make(values: Mapping[str, Any]) -> Project:
    return project("mini-xception", network(values))


def _module(build: NetworkBuilder, name: str, entry: Any, filters: int, normalisation: Mapping[str, Any]) -> Any:
    """Two separable convolutions and pooling beside a 1x1 convolution, added."""
    same = {"padding": "same", "use_bias": False}
    skip = build.layer("Conv2D", f"{name}_skip", entry, filters=filters, kernel_size=1, strides=2, **same)
    skip = build.layer("BatchNormalization", f"{name}_skip_bn", skip, **normalisation)
    x = entry
    for index in (1, 2):
        params = {"filters": filters, "kernel_size": 3, "depthwise_regularizer": _L2, "pointwise_regularizer": _L2}
        x = build.layer("SeparableConv2D", f"{name}_conv{index}", x, **params, **same)
        x = build.layer("BatchNormalization", f"{name}_bn{index}", x, **normalisation)
        if index == 1:
            x = build.layer("Activation", f"{name}_relu", x, activation="relu")
    x = build.layer("MaxPooling2D", f"{name}_pool", x, pool_size=3, strides=2, padding="same")
    return build.layer("Add", f"{name}_add", x, skip)


TEMPLATES = (
    Template(
        name="mini-xception",
        title="mini-Xception (emotion)",
        paper=PAPER,
        implementation=IMPLEMENTATION,
        lesson="Separable convolutions, shortcuts and no dense layer: seven emotions from 58 thousand parameters, "
        "fast enough for a robot. Inputs of 48x48 (FER-2013's own) or 64x64 grey faces.",
        parameters=(input_shape(64, 64, 1), classes(7)),
        make=_make,
    ),
)
