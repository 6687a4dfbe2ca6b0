"""GoogLeNet without auxiliary heads, and the pair of inception modules that its paper compares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from workbench.graph import NodeId
from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import classes, input_shape, project
from workbench.templates.template import Paper, Template

_PAPER = Paper("Going deeper with convolutions", "Szegedy et al.", 2014, "https://arxiv.org/abs/1409.4842")
_IMPLEMENTATION = "https://github.com/pytorch/vision/blob/main/torchvision/models/googlenet.py"
_WIDTHS = ("filters_1x1", "reduce_3x3", "filters_3x3", "reduce_5x5", "filters_5x5", "pool_projection")
_STAGES: tuple[tuple[tuple[str, tuple[int, ...]], ...], ...] = (
    (("3a", (64, 96, 128, 16, 32, 32)), ("3b", (128, 128, 192, 32, 96, 64))),
    (
        ("4a", (192, 96, 208, 16, 48, 64)),
        ("4b", (160, 112, 224, 24, 64, 64)),
        ("4c", (128, 128, 256, 24, 64, 64)),
        ("4d", (112, 144, 288, 32, 64, 64)),
        ("4e", (256, 160, 320, 32, 128, 128)),
    ),
    (("5a", (256, 160, 320, 32, 128, 128)), ("5b", (384, 192, 384, 48, 128, 128))),
)


def _stem(build: NetworkBuilder, x: NodeId) -> NodeId:
    relu = {"padding": "same", "activation": "relu"}
    pool = {"pool_size": 3, "strides": 2, "padding": "same"}
    x = build.layer("Conv2D", "conv1", x, filters=64, kernel_size=7, strides=2, **relu)
    x = build.layer("MaxPooling2D", "pool1", x, **pool)
    x = build.layer("Conv2D", "conv2_reduce", x, filters=64, kernel_size=1, **relu)
    x = build.layer("Conv2D", "conv2", x, filters=192, kernel_size=3, **relu)
    return build.layer("MaxPooling2D", "pool2", x, **pool)


def _googlenet(values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    x = _stem(build, build.input(values["input"]))
    for stage, modules in enumerate(_STAGES, 3):
        for name, widths in modules:
            params = dict(zip(_WIDTHS, widths, strict=True))
            x = build.block("inception.reduced", f"inception_{name}", x, **params)
        if stage < 5:
            x = build.layer("MaxPooling2D", f"pool{stage}", x, pool_size=3, strides=2, padding="same")
    x = build.layer("GlobalAveragePooling2D", "avg_pool", x)
    x = build.layer("Dropout", "dropout", x, rate=0.4)
    build.layer("Dense", "predictions", x, units=values["classes"], activation="softmax")
    return project("googlenet", build.finish())


def _module(block: str, title: str, values: Mapping[str, Any]) -> Project:
    """One module with the widths of 3a, on its input."""
    given = dict(zip(_WIDTHS, _STAGES[0][0][1], strict=True))
    if block == "inception.naive":
        given = {name: value for name, value in given.items() if name.startswith("filters")}
    build = NetworkBuilder()
    build.block(block, "inception", build.input(values["input"]), **given)
    return project(title, build.finish())


TEMPLATES = (
    Template(
        name="googlenet",
        title="GoogLeNet",
        paper=_PAPER,
        implementation=_IMPLEMENTATION,
        lesson="Which kernel size? Use all of them, side by side, with 1x1 convolutions that make it affordable: "
        "a ninth of AlexNet's parameters and fewer errors.",
        parameters=(input_shape(224, 224, 3), classes(1000)),
        make=_googlenet,
    ),
    Template(
        name="inception-naive",
        title="Inception module, naive",
        paper=_PAPER,
        implementation=_IMPLEMENTATION,
        lesson="Its 5x5 branch alone costs 120,422,400 multiplications on 28x28x192: compare inception-reduced.",
        parameters=(input_shape(28, 28, 192),),
        make=partial(_module, "inception.naive", "inception-naive"),
    ),
    Template(
        name="inception-reduced",
        title="Inception module, reduced",
        paper=_PAPER,
        implementation=_IMPLEMENTATION,
        lesson="A 1x1 convolution to 16 channels before the 5x5 one: 12,443,648 multiplications, a tenth.",
        parameters=(input_shape(28, 28, 192),),
        make=partial(_module, "inception.reduced", "inception-reduced"),
    ),
)
