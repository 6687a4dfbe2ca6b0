"""AlexNet, in one tower and in the two that its two graphics cards had. Local response normalisation is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, classes, input_shape, project, scaled
from workbench.templates.template import Paper, Template

_CONVOLUTIONS = (
    # name, filters, kernel size, strides, padding, in two groups, max pooling after it
    ("conv1", 96, 11, 4, "valid", False, True),
    ("conv2", 256, 5, 1, "same", True, True),
    ("conv3", 384, 3, 1, "same", False, False),
    ("conv4", 384, 3, 1, "same", True, False),
    ("conv5", 256, 3, 1, "same", True, True),
)


def _make(title: str, towers: int, values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    x = build.input(values["input"])
    for name, filters, kernel, strides, padding, split, pooled in _CONVOLUTIONS:
        x = build.layer(
            "Conv2D",
            name,
            x,
            filters=towers * max(1, scaled(filters, values) // towers),
            kernel_size=kernel,
            strides=strides,
            padding=padding,
            groups=towers if split else 1,
            activation="relu",
        )
        if pooled:
            x = build.layer("MaxPooling2D", f"pool{name[-1]}", x, pool_size=3, strides=2)
    x = build.layer("Flatten", "flatten", x)
    for name in ("fc6", "fc7"):
        x = build.layer("Dense", name, x, units=scaled(4096, values), activation="relu")
        x = build.layer("Dropout", f"drop{name[-1]}", x, rate=0.5)
    build.layer("Dense", "fc8", x, units=values["classes"], activation="softmax")
    return project(title, build.finish())


_PAPER = Paper(
    "ImageNet classification with deep convolutional neural networks",
    "Krizhevsky, Sutskever and Hinton",
    2012,
    "https://papers.nips.cc/paper/4824",
)
_PARAMETERS = (input_shape(227, 227, 3), classes(1000), WIDTH)

ALEXNET = Template(
    name="alexnet",
    title="AlexNet, one tower",
    paper=_PAPER,
    implementation="https://github.com/pytorch/vision/blob/main/torchvision/models/alexnet.py",
    lesson="ReLU, dropout, augmentation and graphics cards together made deep networks win ImageNet. The first dense "
    "layer holds more than half of all parameters: later networks pool globally instead.",
    parameters=_PARAMETERS,
    make=lambda values: _make("alexnet", 1, values),
)

ALEXNET_TWO_TOWERS = Template(
    name="alexnet-two-towers",
    title="AlexNet, two towers",
    paper=_PAPER,
    implementation="https://github.com/BVLC/caffe/tree/master/models/bvlc_alexnet",
    lesson="Two cards of 3 GB held half of the channels each: convolutions in groups. They came back years later as a "
    "way to save computation (ResNeXt, depthwise convolution).",
    parameters=_PARAMETERS,
    make=lambda values: _make("alexnet-two-towers", 2, values),
)

TEMPLATES = (ALEXNET, ALEXNET_TWO_TOWERS)
