"""ResNet-18 to ResNet-152, and the plain network of 34 layers that the paper compares with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from workbench.graph import NodeId
from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, classes, input_shape, project, scaled
from workbench.templates.template import Paper, Template

_PAPER = Paper(
    "Deep residual learning for image recognition", "He, Zhang, Ren and Sun", 2015, "https://arxiv.org/abs/1512.03385"
)
_TORCHVISION = "https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py"
_KERAS = "https://github.com/keras-team/keras/blob/master/keras/src/applications/resnet.py"


def _stem(build: NetworkBuilder, values: Mapping[str, Any], bias: bool, epsilon: float) -> NodeId:
    x = build.input(values["input"])
    x = build.layer("ZeroPadding2D", "conv1_pad", x, padding=3)
    x = build.layer("Conv2D", "conv1_conv", x, filters=scaled(64, values), kernel_size=7, strides=2, use_bias=bias)
    x = build.layer("BatchNormalization", "conv1_bn", x, epsilon=epsilon)
    x = build.layer("Activation", "conv1_relu", x, activation="relu")
    x = build.layer("ZeroPadding2D", "pool1_pad", x, padding=1)
    return build.layer("MaxPooling2D", "pool1_pool", x, pool_size=3, strides=2)


def _residual(block: str, depths: tuple[int, ...], title: str, values: Mapping[str, Any]) -> Project:
    """A stage is a block that changes the shape and a chain of blocks that keep it."""
    bottleneck = block == "residual.bottleneck"
    shared: dict[str, Any] = {"use_bias": bottleneck, "epsilon": 1.001e-5 if bottleneck else 1e-5}
    build = NetworkBuilder()
    x = _stem(build, values, bottleneck, shared["epsilon"])
    for stage, depth in enumerate(depths):
        first = {"strides": 1 if stage == 0 else 2, "shortcut": "projection"}
        keeps = stage == 0 and not bottleneck
        params = {"filters": scaled(64 * 2**stage, values), **shared}
        if not keeps:
            x = build.block(block, f"conv{stage + 2}_block1", x, **params, **first)
        rest = depth if keeps else depth - 1
        if rest:
            x = build.block(block, f"conv{stage + 2}_blocks", x, **params, repeat=rest)
    return _finish(build, x, title, values)


def _plain(depths: tuple[int, ...], title: str, values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    x = _stem(build, values, False, 1e-5)
    for stage, depth in enumerate(depths):
        params = {"filters": scaled(64 * 2**stage, values), "epsilon": 1e-5}
        rest = 2 * depth
        if stage:
            x = build.block("conv-norm-activation", f"conv{stage + 2}_1", x, **params, strides=2)
            rest -= 1
        x = build.block("conv-norm-activation", f"conv{stage + 2}_rest", x, **params, repeat=rest)
    return _finish(build, x, title, values)


def _finish(build: NetworkBuilder, x: NodeId, title: str, values: Mapping[str, Any]) -> Project:
    x = build.layer("GlobalAveragePooling2D", "avg_pool", x)
    build.layer("Dense", "predictions", x, units=values["classes"], activation="softmax")
    return project(title, build.finish())


def _template(name: str, title: str, make: Any, implementation: str, lesson: str) -> Template:
    return Template(
        name=name,
        title=title,
        paper=_PAPER,
        implementation=implementation,
        lesson=lesson,
        parameters=(input_shape(224, 224, 3), classes(1000), WIDTH),
        make=make,
    )


_SKIP = (
    "The shortcut: a block learns what to add to its input, so a deeper network is never harder to train than a "
    "shallow one. "
)
_BOTTLENECK = _SKIP + "1x1 convolutions around each 3x3 make depth cheap."
_DEPTHS_34 = (3, 4, 6, 3)

TEMPLATES = (
    _template(
        "resnet18",
        "ResNet-18",
        partial(_residual, "residual.basic", (2, 2, 2, 2), "resnet18"),
        _TORCHVISION,
        _SKIP + "The smallest of the family, and the usual first baseline.",
    ),
    _template(
        "resnet34",
        "ResNet-34",
        partial(_residual, "residual.basic", _DEPTHS_34, "resnet34"),
        _TORCHVISION,
        _SKIP + "Train it beside plain34: the same layers without the shortcuts do worse.",
    ),
    _template(
        "plain34",
        "Plain network of 34 layers",
        partial(_plain, _DEPTHS_34, "plain34"),
        _TORCHVISION,
        "What ResNet-34 would be without shortcuts: deeper than 18 layers it trains worse, not better. That failure, "
        "degradation, is what residual learning answers.",
    ),
    *(
        _template(
            f"resnet{depth}",
            f"ResNet-{depth}",
            partial(_residual, "residual.bottleneck", depths, f"resnet{depth}"),
            _KERAS,
            _BOTTLENECK,
        )
        for depth, depths in ((50, (3, 4, 6, 3)), (101, (3, 4, 23, 3)), (152, (3, 8, 36, 3)))
    ),
)
