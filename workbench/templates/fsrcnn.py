"""FSRCNN: super-resolution whose last layer enlarges, by a transposed convolution or by fixed interpolation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.layers import Param
from workbench.layers.params import Choice, Integer
from workbench.project import Project, TrainingSettings
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import image_channels, input_shape, project
from workbench.templates.template import Paper, Template

RECIPE = TrainingSettings(
    epochs=100,
    batch_size=16,
    learning_rate=0.004,
    schedule="cosine",
    loss="mean_squared_error",
    metrics=("psnr", "ssim"),
)
TRANSPOSED = "transposed"
_DETAIL, _SHRUNK, _MAPPINGS = 56, 12, 4
_LAST = {"kernel_initializer": {"class_name": "RandomNormal", "config": {"stddev": 0.001}}}
"""As published: what is added up over 56 maps starts near 0."""
_SAME = {"padding": "same", "kernel_initializer": "he_normal"}


def _make(values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    channels = image_channels("fsrcnn", values["input"])
    x = build.input(values["input"])
    steps = [("features", _DETAIL, 5), ("shrink", _SHRUNK, 1)]
    steps += [(f"mapping_{number}", _SHRUNK, 3) for number in range(1, _MAPPINGS + 1)]
    for name, filters, kernel in (*steps, ("expand", _DETAIL, 1)):
        x = build.layer("Conv2D", name, x, filters=filters, kernel_size=kernel, **_SAME)
        x = build.layer("PReLU", f"{name}_prelu", x, shared_axes=[1, 2])
    factor, ends = values["factor"], {"filters": channels, "kernel_size": 9, "padding": "same", **_LAST}
    if values["enlarge"] == TRANSPOSED:
        build.layer("Conv2DTranspose", "image", x, strides=factor, **ends)
    else:
        x = build.layer("UpSampling2D", "enlarged", x, size=factor, interpolation=values["enlarge"])
        build.layer("Conv2D", "image", x, **ends)
    return project("fsrcnn", build.finish(), training=RECIPE, target="image")


TEMPLATES = (
    Template(
        name="fsrcnn",
        title="FSRCNN (super-resolution)",
        paper=Paper(
            "Accelerating the super-resolution convolutional neural network",
            "Dong, Loy and Tang",
            2016,
            "https://arxiv.org/abs/1608.00367",
        ),
        implementation="https://github.com/yjn870/FSRCNN-pytorch",
        lesson="Works on the small image and enlarges at the end. With `enlarge` a project of the same number of "
        "parameters enlarges by fixed interpolation instead: train both and compare the runs.",
        parameters=(
            input_shape(32, 32, 1),
            Param("factor", Integer(2, 8), 3, "How many times larger the output is"),
            Param(
                "enlarge",
                Choice((TRANSPOSED, "nearest", "bilinear", "bicubic")),
                TRANSPOSED,
                "The last layer: a transposed convolution, or interpolation and a convolution",
            ),
        ),
        make=_make,
        guidance="Choose any images as the data: they are made small for the input and are themselves the target. "
        "A second project with another `enlarge` gives the comparison.",
    ),
)
