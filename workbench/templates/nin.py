"""Network in Network, for CIFAR-10."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.graph import NodeId
from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, classes, input_shape, project, scaled
from workbench.templates.template import Paper, Template


def _make(values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()

    def mlpconv(name: str, x: NodeId, kernel: int, widths: tuple[int, int, int]) -> NodeId:
        filters, first, second = widths
        return build.block(
            "mlpconv", name, x, filters=filters, filters_1x1_a=first, filters_1x1_b=second, kernel_size=kernel
        )

    wide, middle, narrow = (scaled(filters, values) for filters in (192, 160, 96))
    x = mlpconv("mlpconv_1", build.input(values["input"]), 5, (wide, middle, narrow))
    x = build.layer("MaxPooling2D", "pool_1", x, pool_size=3, strides=2, padding="same")
    x = build.layer("Dropout", "drop_1", x, rate=0.5)
    x = mlpconv("mlpconv_2", x, 5, (wide, wide, wide))
    x = build.layer("AveragePooling2D", "pool_2", x, pool_size=3, strides=2, padding="same")
    x = build.layer("Dropout", "drop_2", x, rate=0.5)
    x = mlpconv("mlpconv_3", x, 3, (wide, wide, values["classes"]))
    x = build.layer("GlobalAveragePooling2D", "gap", x)
    build.layer("Softmax", "softmax", x)
    return project("nin", build.finish())


TEMPLATES = (
    Template(
        name="nin",
        title="Network in Network",
        paper=Paper("Network in network", "Lin, Chen and Yan", 2013, "https://arxiv.org/abs/1312.4400"),
        implementation="https://github.com/BVLC/caffe/wiki/Model-Zoo",
        lesson="1x1 convolutions are dense layers for every pixel, and global average pooling can take the place of "
        "dense layers at the end: one map for each class.",
        parameters=(input_shape(32, 32, 3), classes(10), WIDTH),
        make=_make,
    ),
)
