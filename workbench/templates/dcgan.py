"""DCGAN: a generator and a discriminator, each a graph of the project."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from typing import Any

from workbench.graph import Graph
from workbench.layers import Param
from workbench.layers.params import Choice, Integer
from workbench.project import Project
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, project, scaled
from workbench.templates.template import Paper, Template

_SIZES = ("16", "32", "64", "128", "256")


def _stages(values: Mapping[str, Any]) -> int:
    """How often 4x4 is doubled to reach the image size."""
    return int(log2(int(values["size"]))) - 2


def _generator(values: Mapping[str, Any]) -> Graph:
    build = NetworkBuilder("generator")
    latent, stages = values["latent"], _stages(values)
    x = build.layer("Reshape", "to_map", build.input([latent], "latent"), target_shape=[1, 1, latent])
    widths = [scaled(64 * 2**level, values) for level in reversed(range(stages))]
    x = build.block("dcgan.generator-stage", "stage_1", x, filters=widths[0], strides=1, padding="valid")
    for number, filters in enumerate(widths[1:], 2):
        x = build.block("dcgan.generator-stage", f"stage_{number}", x, filters=filters)
    build.layer(
        "Conv2DTranspose",
        "image",
        x,
        filters=values["channels"],
        kernel_size=4,
        strides=2,
        padding="same",
        use_bias=False,
        activation="tanh",
    )
    return build.finish()


def _discriminator(values: Mapping[str, Any]) -> Graph:
    build = NetworkBuilder("discriminator")
    size = int(values["size"])
    x = build.input([size, size, values["channels"]], "image")
    for level in range(_stages(values)):
        filters = scaled(64 * 2**level, values)
        x = build.block("dcgan.discriminator-stage", f"stage_{level + 1}", x, filters=filters, normalise=level > 0)
    x = build.layer("Conv2D", "score", x, filters=1, kernel_size=4, use_bias=False)
    build.layer("Flatten", "logit", x)
    return build.finish()


def _make(values: Mapping[str, Any]) -> Project:
    return project("dcgan", _generator(values), _discriminator(values))


TEMPLATES = (
    Template(
        name="dcgan",
        title="DCGAN",
        paper=Paper(
            "Unsupervised representation learning with deep convolutional generative adversarial networks",
            "Radford, Metz and Chintala",
            2015,
            "https://arxiv.org/abs/1511.06434",
        ),
        implementation="https://github.com/pytorch/examples/tree/main/dcgan",
        lesson="What makes adversarial training of convolutional networks stable: strides instead of pooling, batch "
        "normalisation, no dense layers, ReLU in the generator and leaky ReLU in the discriminator.",
        parameters=(
            Param("size", Choice(_SIZES), "64", "Height and width of the images"),
            Param("channels", Integer(1, 4), 3, "1 for grey images, 3 for colour"),
            Param("latent", Integer(1), 100, "Size of the latent vector"),
            WIDTH,
        ),
        make=_make,
    ),
)
